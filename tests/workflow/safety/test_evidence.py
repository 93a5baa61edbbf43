"""The opened letter says why it was flagged; the case page, which shows no letter, quotes nothing."""

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from tests.cast import again, make_case, settle
from workflow.actions import answering, intake, review, triage
from workflow.actions.severity import change_severity
from workflow.models import Finding, SafetyFlag
from workflow.models.findings import Place
from workflow.safety.blocks import all_blocks, demanded, missing
from workflow.safety.rules_file import standard_book
from workflow.safety.scan import Scanner
from workflow.safety.words import Category, Severity, Subject, Timing
from workflow.transitions import Refused, Seen
from workflow.views.said import Said, said_in
from workflow.views.workbench import groups_of, pieces_of

pytestmark = pytest.mark.once

DANGER = (
    "My son is on the bathroom floor and I cannot wake him. He overdosed years ago too, & his <b>lips</b> are blue."
)


def page(cast, name, case):
    browser = Client()
    browser.force_login(cast.mo)
    return browser.get(reverse(f"workflow:{name}", args=[case.public_id])).content.decode()


def test_it_marks_the_words_and_names_rule_and_reason(cast):
    case = intake.submit_letter(by=cast.rosa, text=DANGER, danger="no")
    text = page(cast, "letter", case)
    assert "Why this letter was flagged" in text
    assert "<mark>cannot wake</mark>" in text
    assert "overdose.cannot-wake" in text
    assert "Says that the person cannot be woken, or hardly." in text
    assert case.flags.first().rules_version in text


def test_it_marks_the_evidence_inside_the_letter_with_the_rule_beside_it(cast):
    case = intake.submit_letter(by=cast.rosa, text=DANGER, danger="no")
    text = page(cast, "letter", case)
    letter = text[text.index("data-letter>") :]
    letter = letter[: letter.index("</section>")]
    start = DANGER.index("cannot wake")
    assert f'id="said-{start}-{start + len("cannot wake")}"' in letter
    assert f'href="#said-{start}-{start + len("cannot wake")}"' in text[: text.index("data-letter>")]
    assert re.search(r'<span class="vh">Danger, [^<]*overdose\.cannot-wake[^<]*: </span>cannot wake', letter)
    assert re.search(r'danger-mark__rule" aria-hidden="true"[^>]*>[^<]*overdose\.cannot-wake', letter)
    assert "&lt;b&gt;" in letter
    words = re.sub(r'<span class="(?:vh|danger-mark__rule)"[^>]*>.*?</span>', "", letter)
    assert unescape(re.sub(r"<[^>]+>", "", words.removeprefix("data-letter>"))).strip() == DANGER


def said(start, end, rule="rule.one"):
    return Said(start, end, (rule,), ("Because.",))


def found(start, end):
    return Finding(place=Place.LETTER, kind="PERSON", start=start, end=end, text="x")


@given(
    names=st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9)), max_size=5),
    dangers=st.lists(st.tuples(st.integers(0, 40), st.integers(1, 20)), max_size=5, unique=True),
)
def test_it_loses_and_doubles_no_letter_of_the_letter_however_marks_overlap(names, dangers):
    text = "".join(chr(97 + place % 26) for place in range(60))
    groups = groups_of([found(start, start + size) for start, size in names])
    places = [said(start, start + size) for start, size in dangers]
    pieces = pieces_of(text, groups, places)
    assert "".join(piece.text for piece in pieces) == text
    for one in places:
        assert sum(one in piece.opens for piece in pieces) == 1
        assert sum(one in piece.closes for piece in pieces) == 1
        inside = False
        words = ""
        for piece in pieces:
            inside = inside or one in piece.opens
            words += piece.text if inside else ""
            assert piece.is_danger or not inside
            inside = inside and one not in piece.closes
        assert words == text[one.start : one.end]


def test_it_takes_evidence_that_points_outside_of_the_letter_for_nothing(cast):
    case = intake.submit_letter(by=cast.rosa, text=DANGER, danger="no")
    assert said_in(case, DANGER)
    assert said_in(case, "Short.") == []


def test_it_quotes_no_letter_where_none_was_opened(cast):
    case = intake.submit_letter(by=cast.rosa, text=DANGER, danger="no")
    assert "cannot wake" not in page(cast, "case", case)
    assert not case.events.filter(kind="letter_opened").exists()


def danger(category, severity="urgent", rules=()):
    return SafetyFlag(category=category, severity=severity, rules=list(rules))


def lacks(answer, *flags):
    return [block.key for block in missing(demanded(flags), answer)]


def test_it_names_the_advice_that_an_answer_lacks():
    overdose = ["911", "naloxone", "tolerance", "medication", "never-alone", "writer"]
    assert lacks("Call 911.", danger("overdose")) == overdose[1:]
    whole = (
        "He cannot be woken? Call 911 and give naloxone; a second dose after 2 to 3 minutes.\nAfter detox his body is no longer "
        "used to it, and the same dose can be too much.\nAsk about methadone. Nobody should use alone.\nFor you: a family group."
    )
    assert lacks(whole, danger("overdose")) == []
    assert lacks("", danger("unread")) == []
    assert lacks("", danger("medical"), danger("self_harm")) == ["911", "988"]


@pytest.mark.parametrize(
    ("category", "words"),
    [
        ("overdose", "Your own medication matters. You are not alone. His tolerance for your frustration is low."),
        ("suicide", "You do not need 911 or 988. There is no reason to call 988, and don’t call 911."),
        ("withdrawal", "Let him detox at home. A doctor costs money."),
        ("violence", "We know domestic violence well. A plan is good."),
        ("child", "Protect the child."),
    ],
)
def test_words_that_only_name_a_thing_or_say_the_contrary_do_not_count(category, words):
    assert lacks(words, danger(category)) == [block.key for block in demanded([danger(category)])]


def test_a_release_demands_the_word_on_tolerance_also_as_a_concern():
    found = [
        danger(f.category, f.severity, [e.rule for e in f.evidence])
        for f in Scanner(standard_book(), model=None).scan("He gets out of detox tomorrow.").flags
    ]
    assert {flag.severity for flag in found} == {"concern"}
    assert lacks("", *found) == ["tolerance"]
    book = standard_book()
    known = {rule.id for rule in (*book.rules, *book.compounds)}
    assert all(block.rules <= known for block in all_blocks())


ADVICE = (
    "<p>Call 911 and give naloxone (Narcan); a second dose after 2 to 3 minutes. His tolerance is lower after detox.</p>"
    "<p>Ask about medication for opioid use disorder. Nobody should use alone. 988 is there for you too.</p>"
)


def test_it_approves_no_answer_without_the_advice_its_danger_needs(cast):
    case = intake.submit_letter(by=cast.rosa, text=DANGER, danger="no")
    for flag in case.flags.all():
        triage.acknowledge_flag(case_id=case.pk, flag_id=flag.pk, by=cast.mo)
    settle(case, by=cast.mo)
    case = triage.triage(case_id=case.pk, by=cast.mo, seen=None, expert=cast.erin)
    with pytest.raises(Refused, match="lacks advice"):
        answering.submit_draft(case_id=case.pk, by=cast.erin, body="<p>Rest.</p>", based_on=0, seen=Seen.of(case))
    for flag, verdict in zip(case.flags.all(), ["danger", "false_alarm"], strict=False):
        triage.close_flag(case_id=case.pk, flag_id=flag.pk, by=cast.mo, outcome="He is safe.", verdict=verdict)
    assert again(case).missing_safety_blocks(), "what was a danger still asks for its advice"
    case = answering.submit_draft(case_id=case.pk, by=cast.erin, body=ADVICE, based_on=1, seen=Seen.of(again(case)))
    assert review.approve(case_id=case.pk, by=cast.mo, seen=None).state == "reviewed"


def test_a_danger_that_was_made_milder_still_asks_for_its_advice_until_it_is_a_false_alarm(cast):
    case = make_case(cast)
    kind = {"category": Category.OVERDOSE, "subject": Subject.CHILD, "timing": Timing.NOW}
    flag = triage.raise_flag(case_id=case.pk, by=cast.dana, severity=Severity.CONCERN, **kind)
    assert again(case).demanded_blocks() == [], "a concern asks for none"
    change = {"case_id": case.pk, "flag_id": flag.pk, "by": cast.mo, "reason": "The sister called."}
    change_severity(severity=Severity.URGENT, **change)
    wanted = [block.key for block in again(case).demanded_blocks()]
    assert "naloxone" in wanted
    triage.acknowledge_flag(case_id=case.pk, flag_id=flag.pk, by=cast.mo)
    change_severity(severity=Severity.CONCERN, **change)
    assert [block.key for block in again(case).demanded_blocks()] == wanted
    with pytest.raises(Refused, match="what was done"):
        triage.close_flag(case_id=case.pk, flag_id=flag.pk, by=cast.mo, outcome=" ", verdict="false_alarm")
    triage.close_flag(case_id=case.pk, flag_id=flag.pk, by=cast.mo, outcome="It was a film.", verdict="false_alarm")
    assert again(case).demanded_blocks() == []
    other = triage.raise_flag(case_id=case.pk, by=cast.dana, severity=Severity.URGENT, **kind)
    assert [block.key for block in again(case).demanded_blocks()] == wanted, (
        "another flag of the kind stands for itself"
    )
    triage.acknowledge_flag(case_id=case.pk, flag_id=other.pk, by=cast.mo)
    change_severity(severity=Severity.CONCERN, **{**change, "flag_id": other.pk})
    triage.close_flag(case_id=case.pk, flag_id=other.pk, by=cast.mo, outcome="He is safe.", verdict="danger")
    assert [block.key for block in again(case).demanded_blocks()] == wanted
