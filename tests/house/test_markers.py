"""One marker word in letters of cases in every state: no public page, and no page of another member, ever holds it."""

import re

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from qa.models import Publication, Topic
from tests.cast import MARKER, make_case, topic
from tests.qa.pages import publish
from workflow.states import State

WORDS = [MARKER, MARKER.lower(), "Mikey", "Gloucester"]


def patterns(resolver=None, prefix=""):
    """Every named address but the administrators' site (tests/config/test_admin.py walks that)."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver) and pattern.namespace != "admin":
            yield from patterns(pattern, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield f"{prefix}{pattern.name}", re.findall(r"<(?:\w+:)?(\w+)>", str(pattern.pattern))


def addresses(cases):
    """Each address, filled with every case, every page and every topic there is."""
    slugs = [*Publication.objects.values_list("slug", flat=True), *Topic.objects.values_list("slug", flat=True)]
    for name, wanted in patterns():
        for public_id in [case.public_id for case in cases] if "public_id" in wanted else [""]:
            for slug in slugs if "slug" in wanted else [""]:
                values = {
                    "public_id": public_id,
                    "slug": slug,
                    "flag_id": 1,
                    "part": 0,
                    "message_id": 1,
                    "mail": "received",
                    "language": "en",
                    "number": 1,
                    "key": "1",
                    "pk": 1,
                    "token": "x",
                    "page": "case",
                }
                if unknown := set(wanted) - set(values):
                    raise ImproperlyConfigured(f"{name} wants {unknown}: add it here")
                yield reverse(name, kwargs={key: values[key] for key in wanted})


@pytest.fixture
def cases(cast):
    return [make_case(cast, state=state, danger="yes" if number % 2 else "no") for number, state in enumerate(State)]


def assert_clean(response, path):
    seen = response.content.decode(errors="replace") + str(dict(response.headers)) + str(response.cookies)
    for word in WORDS:
        assert word not in seen, f"{word} at {path}"


@pytest.mark.parametrize("who", ["stranger", "bela"])
def test_it_shows_no_word_of_a_letter_to_anybody_else(cast, cases, who):
    client = Client()
    walked = 0
    for path in addresses(cases):
        if who != "stranger":
            client.force_login(cast.bela)  # /leave/ and signing out are walked too
        assert_clean(client.get(path), path)
        assert_clean(client.post(path, {"x": "y"}), path)
        walked += 1
    assert walked > 100


@pytest.mark.parametrize("who", ["stranger", "bela"])
def test_it_finds_no_word_of_a_letter_by_searching(cast, cases, who):
    client = Client()
    if who != "stranger":
        client.force_login(cast.bela)
    for words in ("Mikey", "Gloucester", "his sister sees everything"):
        response = client.get(reverse("qa:search"), {"q": words})
        assert all("sister" not in item.page.question_text for item in response.context["results"].found)
        assert not any(MARKER in str(item) for item in response.context["results"].found)


def test_it_shows_a_stranger_no_word_of_members_pages_by_any_address(cast):
    """Feeds, sitemap, API, cards and structured data are walked too: each is an address."""
    page = publish(f"{MARKER} title", topic(), audience="members", may_index=True, question_text=MARKER, label=MARKER)
    assert MARKER in client_of(cast.bela).get(page.get_absolute_url()).content.decode()
    names = {name for name, _ in patterns()}
    assert {"qa:atom", "qa:json_feed", "qa:sitemap_part", "qa:api_publications", "qa:embed", "qa:short"} <= names
    client = Client()
    for path in addresses([make_case(cast)]):
        assert_clean(client.get(path), path)
    for query in ({"q": MARKER}, {"after": "9999999999999999-9"}, {"topic": topic().slug}):
        assert MARKER not in client.get(reverse("qa:api_publications"), query).content.decode()


def client_of(person):
    client = Client()
    client.force_login(person)
    return client


def test_it_would_notice_a_leak(cast, cases):
    page = Publication.objects.get()
    page.question_text = f"{page.question_text} {MARKER}"
    page.save()
    path = page.get_absolute_url()
    with pytest.raises(AssertionError):
        assert_clean(Client().get(path), path)
