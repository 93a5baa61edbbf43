"""What is inserted into an answer survives the cleaning, is found again, comes from the registry; and versions are compared."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from qa import blocks
from qa.models import HelpLine, Snippet
from qa.sanitize import clean_html, plain_text
from qa.templatetags.reading import answer_html
from tests.cast import again, make_case
from workflow.actions import answering, triage
from workflow.language import check
from workflow.safety.blocks import all_blocks
from workflow.safety.words import Category
from workflow.states import State

pytestmark = pytest.mark.once


@pytest.fixture
def held(cast):
    return make_case(cast, state=State.TRIAGED)


@pytest.fixture
def erin(client, cast):
    client.force_login(cast.erin)
    return client


def at(name, case, *more):
    return reverse(f"workflow:{name}", args=[case.public_id, *more])


def test_it_makes_blocks_that_survive_the_cleaning_and_are_found_again(cast):
    numbers = list(HelpLine.objects.values_list("number", flat=True))
    assert HelpLine.objects.count() >= 5
    for line in HelpLine.objects.all():
        html = clean_html(f"<p>Before.</p>{blocks.help_line(line)}<p>After.</p>")
        assert blocks.help_lines_in(html) == {line.name}, line
        assert not [advice for advice in check(html, registry=numbers) if advice.kind in {"number", "link"}], line
    assert blocks.has_words(clean_html(blocks.outline()))
    assert "data-copy hidden" in answer_html(blocks.outline()), "readers get it as words to copy"
    assert not blocks.has_words(
        "<h3>Words you could use</h3><p>Stay.</p><h2>Next</h2><blockquote><p>x</p></blockquote>"
    )
    assert blocks.help_lines_in('<blockquote><p><a href="tel:988">988</a></p></blockquote>') == set()


def test_it_inserts_at_the_end_without_javascript_and_keeps_what_was_typed(erin, held):
    assert 'value="line.988"' in erin.get(at("write", held)).content.decode()
    erin.post(at("insert", held), {"body": "<p>Typed.</p>", "based_on": 0, "insert": "line.988"})
    body = again(held).draft.body
    assert body.startswith("<p>Typed.</p><blockquote><h3>Help line: 988")
    assert blocks.help_lines_in(body) == {"988 Suicide & Crisis Lifeline"}
    response = erin.post(at("insert", held), {"body": "<p>More.</p>", "based_on": 1, "insert": "line.nothing"})
    assert response.status_code == 422
    assert "More." in response.content.decode()


def test_it_offers_no_line_whose_check_is_overdue_but_911_and_988(erin, held):
    HelpLine.objects.update(review_by=timezone.localdate() - timedelta(days=1))
    page = erin.get(at("write", held)).content.decode()
    assert 'value="line.samhsa"' not in page
    assert 'value="line.911"' in page
    response = erin.post(at("insert", held), {"body": "<p>Typed.</p>", "based_on": 0, "insert": "line.samhsa"})
    assert response.status_code == 422
    erin.post(at("insert", held), {"body": "<p>Typed.</p>", "based_on": 0, "insert": "line.911"})
    assert again(held).overdue_lines() == [], "an answer may have to name them"


@pytest.mark.parametrize("language", ["en", "es"])
def test_it_inserts_every_demanded_advice_in_the_language_of_the_letter(erin, cast, held, language):
    HelpLine.objects.filter(key="domestic-violence").update(review_by=timezone.localdate() - timedelta(days=1))
    held.language = language
    held.save(update_fields=["language"])
    for category in Category:
        about = {"severity": "urgent", "subject": "loved_one", "timing": "now", "note": "x"}
        triage.raise_flag(case_id=held.pk, by=cast.mo, category=category, **about)
    wanted = held.demanded_blocks()
    assert {block.key for block in all_blocks()} - {block.key for block in wanted} == {"poison"}, "by rules alone"
    page = erin.get(at("write", held))
    kinds = page.context["inserts"]
    assert next(iter(kinds)) == "What this danger needs"
    assert [part.label for part in page.context["help"].lacking] == held.missing_safety_blocks() != []
    number = HelpLine.objects.get(key="911").number
    for based_on, block in enumerate(wanted):
        body = again(held).draft.body if based_on else ""
        erin.post(at("insert", held), {"body": body, "based_on": based_on, "insert": f"needed.{block.key}"})
        assert block.name not in again(held).missing_safety_blocks(), "its own words are recognized"
    answer = again(held).draft.body
    assert held.lacking_blocks(answer) == []
    assert blocks.help_lines_in(answer) == set(
        HelpLine.objects.filter(key__in=["911", "988", "samhsa", "childhelp"]).values_list(
            "name" if language == "en" else "name_es", flat=True
        )
    )
    assert f'<a href="tel:{number}"' in answer
    assert ("Llame al 911" if language == "es" else "call 911") in answer.replace("llame", "Llame")
    shown = erin.post(at("language", held), {"body": answer}).content.decode()
    assert "must still speak of" not in shown
    assert "must still speak of" in erin.post(at("language", held), {"body": "<p>Rest.</p>"}).content.decode()
    text = plain_text(answer)
    found = {text[one.start : one.end] for _, one in held.identifiers_in({"answer": text})}
    assert found == set(), "a line of the registry is no person"


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Call 911 now.", "911"),
        ("Call 988.", "988"),
        ("Text 838255 if he served.", "988"),
        ("Call (800) 662-HELP.", "samhsa"),
        ("Call 8006624357.", "samhsa"),
    ],
)
def test_it_offers_the_block_of_a_number_however_it_was_typed(erin, held, typed, key):
    line, body = HelpLine.objects.get(key=key), f"<p>{typed}</p>"
    (offer,) = erin.post(at("language", held), {"body": body}).context["help"].offers
    assert offer.line == line
    erin.post(at("insert", held), {"body": body, "based_on": 0, "number": offer.advice.words})
    assert blocks.help_lines_in(again(held).draft.body) == {line.name}
    assert not erin.post(at("language", held), {"body": again(held).draft.body}).context["help"].offers
    assert ("911" in typed) == again(held).draft.body.startswith("<p>Call 911 now.</p>"), "911 is a name already"


def test_it_puts_the_block_of_a_number_into_a_spanish_answer_in_spanish(erin, held):
    held.language = "es"
    held.save(update_fields=["language"])
    erin.post(at("insert", held), {"body": "<p>Llame al 988.</p>", "based_on": 0, "number": "988"})
    line = HelpLine.objects.get(key="988")
    assert blocks.help_lines_in(again(held).draft.body) == {line.name_es}


def test_it_stops_a_number_that_is_nobodys(held):
    numbers = [way for line in HelpLine.objects.all() for way in (line.number, line.also)]
    assert [a.words for a in check("<p>Call 8005551234, or (800) 555-ABCD.</p>", registry=numbers) if a.is_block] == [
        "8005551234",
        "(800) 555-ABCD",
    ]
    assert check("<p>He slept 911 hours of 2000000000.</p>", registry=["988"]) == []


def test_it_inserts_a_snippet_cleaned_and_warns_of_an_old_one(erin, cast, held):
    yesterday = timezone.localdate() - timedelta(days=1)
    snippet = Snippet(key="rest", title="Rest", owner=cast.erin, review_by=yesterday)
    snippet.body = "You may rest.\n\n<b>Today</b>."
    snippet.keep()
    assert (snippet.body, snippet.version) == ("<p>You may rest.</p><p>Today.</p>", 1)
    assert "not looked at since its day" in erin.get(at("write", held)).content.decode()
    erin.post(at("insert", held), {"body": "", "based_on": 0, "insert": "snippet.rest"})
    assert again(held).draft.body == snippet.body
    snippet.body = "You may rest now."
    snippet.keep()
    assert snippet.version == 2
    assert again(held).draft.body == "<p>You may rest.</p><p>Today.</p>", "an answer keeps the words it was given"


def test_it_lets_administrators_look_after_snippets_without_showing_members(client, cast):
    client.force_login(cast.ada)
    page = client.get(reverse("admin:qa_snippet_add")).content.decode()
    assert ">Erin<" in page
    assert f">{cast.rosa.called}<" not in page
    day = timezone.localdate() + timedelta(days=90)
    fields = {"key": "rest", "title": "Rest", "body": "Rest.", "owner": cast.erin.pk, "review_by": str(day)}
    client.post(reverse("admin:qa_snippet_add"), fields)
    assert Snippet.objects.get().body == "<p>Rest.</p>"


def test_it_compares_any_two_versions_word_by_word(erin, cast, held):
    for number, words in enumerate(["One calm hour.", "One quiet hour.", "Two quiet hours."]):
        answering.save_answer(case_id=held.pk, by=cast.erin, body=f"<p>{words}</p>", based_on=number)
    page = erin.get(at("compare", held))
    assert (page.context["before"].number, page.context["after"].number) == (2, 3)
    page = erin.get(at("compare", held), {"from": "1", "to": "2"})
    assert [(kind, a.strip(), b.strip()) for kind, a, b in page.context["changes"] if kind != "equal"] == [
        ("replace", "calm", "quiet")
    ]
    assert erin.get(at("compare", held), {"from": "9"}).status_code == 404
    assert erin.get(at("compare", held), {"from": "x", "to": "-1"}).status_code == 200
