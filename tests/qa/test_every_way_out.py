"""An answer whose row was changed past every form still leaves the house clean, by whichever door."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone

from qa.models import Publication, Snippet
from qa.passages import Passage
from qa.templatetags.reading import answer_html, answer_with_passages
from tests.qa.pages import publish

DIRTY = '<p onclick="bite()">Be <b>calm</b>.</p><script>bite()</script><a href="javascript:bite()">Here</a><img src=x>'
BITES = ("onclick", "<script", "javascript:", "<img", "\\u003cscript", "&lt;script", "&lt;img", "onclick=")


def bites(text):
    return [bite for bite in BITES if bite in text.lower()]


@pytest.fixture
def page(db):
    made = publish("A page")
    Publication.objects.update(answer_html=DIRTY)
    return made


@pytest.mark.parametrize("name", ["publication", "api_publication", "atom", "json_feed", "embed"])
def test_it_leaves_clean_by_every_address(client, page, name):
    by = {"publication": [page.slug], "embed": [page.slug], "api_publication": [page.slug]}
    text = client.get(reverse(f"qa:{name}", args=by.get(name, []))).content.decode()
    assert bites(text.split("<main")[-1]) == []


@pytest.mark.parametrize("target", ["out.xml", "out.csv", "out"])
def test_it_leaves_clean_in_every_export(tmp_path, page, target):
    call_command("export_archive", str(tmp_path / target), stdout=StringIO(), stderr=StringIO())
    files = [one for one in tmp_path.rglob("*") if one.is_file()]
    text = "".join(one.read_text() for one in files)
    assert "calm" in text
    assert bites(text) == []


@pytest.mark.pure
def test_it_is_shown_clean_with_and_without_passages():
    for shown in (answer_html(DIRTY), answer_with_passages(DIRTY, {1: Passage("calm")})):
        assert "calm" in shown
        assert bites(shown) == []


def test_a_snippet_is_kept_clean(cast):
    made = Snippet(key="calm", title="Calm", body=DIRTY, owner=cast.theo, review_by=timezone.localdate())
    made.keep()
    assert bites(Snippet.objects.get(key="calm").body) == []
