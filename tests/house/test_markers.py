"""One marker word in letters of cases in every state: no public page, and no page of another member, ever holds it."""

import re

import pytest
from django.contrib.admin import site
from django.contrib.admin.utils import quote
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from qa.models import Publication, Topic
from tests.cast import MARKER, make_case, topic
from tests.qa.pages import publish
from workflow.states import State

pytestmark = pytest.mark.once

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
                    "form": "json",
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


@pytest.mark.parametrize("who", ["erin", "theo", "ada"])
def test_it_shows_no_word_of_the_letter_to_experts_and_administrators(cast, cases, who):
    """They see the de-identified question, at no address the letter."""
    client = client_of(getattr(cast, who))
    for path in addresses(cases):
        assert_clean(client.get(path), path)
        client.force_login(getattr(cast, who))


@pytest.mark.parametrize("who", ["rosa", "erin", "mo", "ada"])
def test_it_puts_no_word_of_a_letter_into_titles_addresses_and_file_names(cast, cases, who):
    """Also where the body may show it: tabs, histories and downloads are seen over a shoulder."""
    client, titles = client_of(getattr(cast, who)), 0
    for path in addresses(cases):
        response = client.get(path)
        client.force_login(getattr(cast, who))
        shown = "".join(
            re.findall(r"<title>.*?</title>|<meta[^>]+>", response.content.decode(errors="replace"), re.DOTALL)
        )
        told = [shown, str(dict(response.headers)), path]
        assert not any(word in part for word in WORDS for part in told), path
        titles += bool(shown)
    assert titles > 20


def test_it_shows_administrators_no_word_in_any_table_row_or_search(cast, cases):
    client, walked = client_of(cast.ada), 0
    for model in site._registry:
        listed = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        rows = list(model._default_manager.values_list("pk", flat=True)[:20])
        more = [f"{listed}{quote(pk)}/{page}/" for pk in rows for page in ("change", "history", "delete")]
        for path in (listed, f"{listed}add/", f"{listed}?q={MARKER}", f"{listed}?q=Mikey", *more):
            response = client.get(path)
            text = re.sub(r'(?:q=|q%3D|value=")(?:Zyxwermelt|Mikey)', "", response.content.decode(errors="replace"))
            assert not any(word in text for word in WORDS), path
            walked += 1
    assert walked > 60


@pytest.mark.parametrize("target", ["all.csv", "all.xml", "folder"])
def test_it_exports_no_word_of_a_letter_and_names_no_file_by_it(cast, cases, tmp_path, target):
    call_command("export_archive", str(tmp_path / target), "--members", verbosity=0)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    for path in files:
        text = f"{path.relative_to(tmp_path)} {path.read_text(encoding='utf-8')}"
        assert not any(word in text for word in WORDS), path.name


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
