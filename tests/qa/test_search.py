"""Search: finds everyday words, forgives odd input, marks without letting anything through. The same on both databases."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from qa.models import Publication, Topic
from qa.search import CANDIDATES, SHOWN, pieces, search
from qa.words import folded, stem, tokens
from tests.qa.pages import publish

STRANGER = AnonymousUser()


def titles(text, reader=STRANGER):
    return [item.page.title for item in search(text, reader).found]


@pytest.fixture
def shelf(db):
    publish("He overdosed and came home", number=1)
    publish("She drinks every night", number=2, question_text="Only beer, she says.", answer_html="<p>Rest.</p>")
    publish("Café money disappears", number=3, question_text="My wife's purse is empty.", answer_html="<p>Rest.</p>")


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("overdose", "He overdosed and came home"),
        ("OVERDOSING", "He overdosed and came home"),
        ("od", "He overdosed and came home"),
        ("my husband is drinking", "She drinks every night"),
        ("alcohol", "She drinks every night"),
        ("cafe", "Café money disappears"),
        ("wifes purse", "Café money disappears"),
        ("what do I do about the money", "Café money disappears"),
        ("he came home from an overdose, please?!", "He overdosed and came home"),
    ],
)
def test_it_finds_everyday_words_in_any_form(shelf, typed, first):
    assert titles(typed)[0] == first


def test_it_puts_pages_with_every_word_before_those_with_some_and_titles_before_texts(db):
    publish("Sleep", number=1, question_text="He came home from jail.", answer_html="<p>x</p>")
    publish("Home from jail", number=2, question_text="Short.", answer_html="<p>x</p>")
    publish("Jail", number=3, question_text="Short.", answer_html="<p>x</p>")
    assert titles("home jail") == ["Home from jail", "Sleep", "Jail"]
    assert search("home jail", STRANGER).is_loose


HOSTILE = [
    "", "   ", "\x00", "a\x00b", '"', "'", "a\"b", "%", "_", "\\", "son%", "'; DROP TABLE qa_publication; --", "* OR *",
    "NEAR(", "((((", "a AND", "-", "日本語", "🕯️", "é" * 500, "x" * 100_000, "<script>alert(1)</script>", "&lt;b&gt;",
    "{{ 7*7 }}", "{% load x %}", "\u202eabc", "İı", "ß", "a " * 500, "\ud800",
]  # fmt: skip


@pytest.mark.parametrize("typed", HOSTILE)
def test_it_never_fails_whatever_is_typed(shelf, typed):
    response = Client().get(reverse("qa:search"), {"q": typed.encode("utf-8", "replace").decode()})
    assert response.status_code == 200
    search(typed, STRANGER)
    assert Publication.objects.count() == 3


def test_it_shows_what_was_typed_as_text_only(shelf):
    text = Client().get(reverse("qa:search"), {"q": '"><script>alert(1)</script>'}).content.decode()
    assert "<script>alert" not in text
    assert "&quot;&gt;&lt;script&gt;alert(1)" in text


def test_it_marks_hits_and_escapes_everything_around_them(db):
    publish("<b>Detox</b> & after", question_text="<i>detoxing</i> at home", answer_html="<p>x</p>")
    text = Client().get(reverse("qa:search"), {"q": "detox"}).content.decode()
    assert "&lt;b&gt;<mark>Detox</mark>&lt;/b&gt; &amp; after" in text
    assert "<mark>detoxing</mark>" in text
    assert "<i>" not in text


def test_it_helps_on_when_nothing_is_found(shelf):
    Topic.objects.create(slug="money", title="Money")
    text = Client().get(reverse("qa:search"), {"q": "overdsoe"}).content.decode()
    assert "No letter has these words yet" in text
    assert "?q=overdose" in text
    assert reverse("workflow:ask") in text
    assert reverse("qa:topic", args=["money"]) in text


def test_it_offers_crisis_help_when_the_words_are_about_danger(db):
    danger = Topic.objects.create(slug="overdose", title="After an overdose", is_safety=True)
    publish("He did not wake up", danger)
    assert search("overdose", STRANGER).is_about_safety
    assert reverse("qa:help_now") in Client().get(reverse("qa:search"), {"q": "narcan overdose"}).content.decode()


def test_it_ranks_a_bounded_set_of_pages(db, django_assert_max_num_queries):
    Publication.objects.bulk_create(
        [
            Publication(
                slug=f"s{number}", title="Detox", words=folded("detox"), audience="public",
                answered_on="2026-11-01", reviewed_on="2026-11-01",
            )
            for number in range(CANDIDATES + 20)
        ]
    )  # fmt: skip
    with django_assert_max_num_queries(4):
        assert len(titles("detox")) == SHOWN


def test_it_forgets_the_words_of_an_erased_page(db):
    page = publish("Something")
    page.withdraw(erase=True)
    page.refresh_from_db()
    assert page.words.strip() == ""


@pytest.mark.pure
@given(st.text(max_size=60), st.lists(st.sampled_from(["a", "ov", "son", "x"]), min_size=1))
def test_it_loses_no_letter_of_a_text_by_marking_it(text, stems):
    assert "".join(part for part, _ in pieces(text, stems)) == text


@pytest.mark.pure
def test_it_folds_words():
    assert tokens("Don't CAFÉ—naïve_x 24/7") == ["dont", "cafe", "naive", "x", "24", "7"]
    assert {stem("overdose"), stem("overdosed"), stem("overdosing")} == {"overdos"}
    assert stem("stopping") == "stop"
