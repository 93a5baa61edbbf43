"""One marker word in letters of cases in every state: no public page, and no page of another member, ever holds it."""

import re

import pytest
from django.contrib.admin import site
from django.contrib.admin.utils import quote
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from qa.models import Publication
from tests.cast import MARKER, make_case, topic
from tests.qa.pages import publish
from tests.walks import Visitor, addresses, patterns, shown, walk
from workflow.states import State

pytestmark = pytest.mark.once

WORDS = [MARKER, MARKER.lower(), "Mikey", "Gloucester"]


@pytest.fixture
def cases(cast):
    return [make_case(cast, state=state, danger="yes" if number % 2 else "no") for number, state in enumerate(State)]


def assert_clean(seen, path):
    for word in WORDS:
        assert word not in seen, f"{word} at {path}"


@pytest.mark.parametrize("who", ["stranger", "bela"])
def test_it_shows_no_word_of_a_letter_to_anybody_else(cast, cases, who):
    visitor = Visitor(None if who == "stranger" else cast.bela)
    walked = 0
    for path in addresses(cases):
        assert_clean(shown(visitor.ask(path)), path)
        assert_clean(shown(visitor.ask(path, "post", data={"x": "y"})), path)
        walked += 1
    assert walked > 100


@pytest.mark.parametrize("who", ["erin", "theo", "ada"])
def test_it_shows_no_word_of_the_letter_to_experts_and_administrators(cast, cases, who):
    """They see the de-identified question, at no address the letter."""
    for path, seen in walk(getattr(cast, who), cases):
        assert_clean(seen, path)


@pytest.mark.parametrize("who", ["rosa", "erin", "mo", "ada"])
def test_it_puts_no_word_of_a_letter_into_titles_addresses_and_file_names(cast, cases, who):
    """Also where the body may show it: tabs, histories and downloads are seen over a shoulder."""
    visitor, titles = Visitor(getattr(cast, who)), 0
    for path in addresses(cases):
        response = visitor.ask(path)
        told = "".join(
            re.findall(r"<title>.*?</title>|<meta[^>]+>", response.content.decode(errors="replace"), re.DOTALL)
        )
        assert not any(word in part for word in WORDS for part in (told, str(dict(response.headers)), path)), path
        titles += bool(told)
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
    for path, seen in walk(None, [make_case(cast)]):
        assert_clean(seen, path)
    client = Client()
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
        assert_clean(shown(Client().get(path)), path)
