"""Language help: every rule finds its examples and leaves the others alone; quotations, names and help-line blocks stay untouched."""

import time
import tomllib
from pathlib import Path

import pytest

from workflow.language import check, reading_grade
from workflow.language.rules import rules

pytestmark = pytest.mark.pure
LETTERS = sorted((Path(__file__).resolve().parents[3] / "config" / "demo" / "letters").glob("*.toml"))
LINES = ["988", "1-800-662-4357"]


def keys(html):
    return [advice.key for advice in check(html, registry=LINES)]


@pytest.mark.parametrize(("rule", "words"), [(rule, words) for rule in rules() for words in rule.examples])
def test_it_finds_what_it_should(rule, words):
    assert rule.key in keys(f"<p>{words}</p>")


@pytest.mark.parametrize(("rule", "words"), [(rule, words) for rule in rules() for words in rule.counter_examples])
def test_it_leaves_alone_what_it_should(rule, words):
    assert rule.key not in keys(f"<p>{words}</p>")


def test_it_says_for_every_rule_why_and_what_instead():
    assert len({rule.key for rule in rules()}) == len(rules())
    assert all(rule.why and rule.use and rule.examples and rule.counter_examples for rule in rules())


@pytest.mark.parametrize(
    "html",
    [
        "<p>You write “he is an addict” and I hear how tired you are.</p>",
        '<p>You call yourself "codependent".</p>',
        "<blockquote><p>My son is an addict.</p></blockquote>",
        "<p>The National Institute on Drug Abuse says so.</p>",
        "<p>Alcoholics Anonymous and Codependents Anonymous meet there.</p>",
        "<p>The Substance Abuse and Mental Health Services Administration runs it.</p>",
        "<p>Your “addict” of a brother, as you call him.</p>",
    ],
)
def test_it_touches_neither_quotations_nor_names(html):
    assert keys(html) == []


def test_it_finds_dangerous_detail_in_quotations_too():
    found = check("<blockquote><p>He hanged himself.</p></blockquote>")
    assert [(advice.key, advice.is_block) for advice in found] == [("method", True)]


def test_it_shows_the_words_in_their_place_and_names_each_once():
    found = check("<p>Before it, an <strong>addict</strong> after it. Another addict.</p>")
    assert [(advice.before, advice.words, advice.after[:9]) for advice in found] == [
        ("Before it, an ", "addict", " after it")
    ]


def test_it_sends_numbers_to_the_registry():
    typed = check("<p>Call 1-800-662-4357 or (978) 555-0101, or text HELLO to 741741.</p>", registry=LINES)
    assert {(advice.key, advice.words) for advice in typed} == {
        ("known_number", "1-800-662-4357"),
        ("number", "(978) 555-0101"),
        ("number", "741741"),
    }
    assert keys("<p>It happened in 2019-2020, at 2 a.m., on page 1234, 555 miles away.</p>") == []
    block = "<blockquote><h3>Help line: SAMHSA</h3><p><a href='tel:+18006624357'>1-800-662-4357</a></p></blockquote>"
    assert keys(block) == []
    assert keys(block + "<p>Or 978-555-0101.</p>") == ["number"]


@pytest.mark.parametrize(
    ("link", "severity"),
    [
        ('<a href="https://bit.ly/x">the guide</a>', "block"),
        ('<a href="tel:+19785550101">call</a>', "block"),
        ('<a href="tel:988">988</a>', "advise"),
        ('<a href="http://example.org/">the guide</a>', "advise"),
        ('<a href="https://example.org/?utm_source=x">the guide</a>', "advise"),
        ('<a href="https://example.org/">here</a>', "advise"),
        ('<a href="https://localhost/">the guide</a>', "block"),
        ('<a href="https://al-anon.org/">Al-Anon</a>', None),
    ],
)
def test_it_looks_at_links_without_fetching_them(link, severity):
    found = check(f"<p>{link}</p>", registry=LINES)
    assert [advice.severity for advice in found] == ([severity] if severity else [])


def test_it_knows_the_same_finding_again_and_only_that():
    first, again, other = (check(f"<p>{words}</p>")[0] for words in ("An addict.", "One ADDICT more", "A junkie."))
    assert first.mark == again.mark != other.mark


def test_it_measures_how_hard_a_text_reads():
    easy = "<p>" + "You are tired. He is home. You can rest now. Ask him one thing. " * 4 + "</p>"
    hard = (
        "<p>" + "Consideration of pharmacological interventions necessitates comprehensive evaluation by "
        "qualified practitioners notwithstanding individual preferences regarding institutional participation. "
        * 3
        + "</p>"
    )
    assert reading_grade(easy) < 4 < 12 < reading_grade(hard)
    assert reading_grade("<p>Too short.</p>") is None


def test_it_finds_no_block_in_the_demo_and_little_to_advise():
    """Good answers by other hands: what is found there is a false alarm, or ours to mend."""
    answers = [row["answer"] for row in (tomllib.loads(f.read_text("utf-8")) for f in LETTERS) if row.get("answer")]
    every = (advice for answer in answers for advice in check(answer, registry=LINES))
    found = [
        (advice.severity, advice.words) for advice in every if advice.key != "known_number"
    ]  # 911 and 988 get an offer
    assert len(answers) >= 30
    assert [words for severity, words in found if severity == "block"] == []
    assert len(found) <= len(answers) / 4, found


def test_it_is_quick_with_the_longest_answer():
    html = "<p>" + "He said that he is an addict and took pills at 3 in the morning. " * 900 + "</p>"
    started = time.perf_counter()
    check(html)
    assert time.perf_counter() - started < 2
