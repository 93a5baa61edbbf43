"""The opened letter says why it was flagged; the case page, which shows no letter, quotes nothing."""

import json
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
from workflow.views.said import Said, why_flagged
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
    assert re.search(r"<mark>[^<]*cannot wake[^<]*</mark>", text)
    assert "overdose.cannot-wake" in text
    assert "Says that the person cannot be woken, or hardly." in text
    assert case.flags.first().rules_version in text


def test_it_shows_the_letter_first_and_then_why_with_a_number_that_leads_from_the_one_to_the_other(cast):
    case = intake.submit_letter(by=cast.rosa, text=DANGER, danger="no")
    text = page(cast, "letter", case)
    assert text.index("data-letter>") < text.index("Why this letter was flagged") < text.index('id="words"')
    letter = text[text.index("data-letter>") :]
    letter, after = letter.split("</section>", 1)
    why = why_flagged(case, DANGER)
    assert why.places
    for one in why.places:
        assert f'id="{one.key}"' in letter
        assert f'href="#why-{one.number}" title="' in letter
        assert after.count(f'id="why-{one.number}"') == 1
        assert f'href="#{one.key}"' in after
        assert not any(read.rule in letter for read in one.reads), "no rule's name stands inside the letter's sentences"
    assert "&lt;b&gt;" in letter
    words = re.sub(r'<span class="vh"[^>]*>.*?</span>', "", letter)
    words = re.sub(r'<a class="danger-number".*?</a>', "", words)
    assert unescape(re.sub(r"<[^>]+>", "", words.removeprefix("data-letter>"))).strip() == DANGER


def item(start, end, rule="overdose.one", severity="urgent"):
    read = {"rule": rule, "reason": f"Because of {rule}.", "source": "A list", "softened": ""}
    return {"start": start, "end": end, "severity": severity, "timing": "now", "subject": "loved_one", **read}


def flagged_by(case, category, items, severity=Severity.URGENT):
    facts = {"category": category, "severity": severity, "subject": Subject.LOVED_ONE, "timing": Timing.NOW}
    evidence = json.dumps({"evidence": items, "set_aside": []})
    return SafetyFlag.objects.create(case=case, source="scan", evidence=evidence, rules_version="1", **facts)


def test_it_tells_all_that_was_read_in_one_place_in_one_row_the_gravest_first_and_folds_after_three(cast):
    case = make_case(cast)
    text = "He took pills and drank all night. She is gone. I am so tired. He hits me. He fell again."
    places = [(0, 33), (35, 46), (48, 61), (63, 72), (74, 88)]
    five = [item(0, 33, f"overdose.rule-{number}") for number in range(4)]
    flagged_by(case, "overdose", [*five, item(8, 13), item(8, 13), *(item(*place) for place in places[1:4])])
    flagged_by(case, "violence", [item(74, 87, "violence.one")], Severity.EMERGENCY)
    why = why_flagged(case, text)
    assert [(one.number, one.start, one.end) for one in why.places] == [
        (1, 74, 87),
        (2, 0, 33),
        (3, 35, 46),
        (4, 48, 61),
        (5, 63, 72),
    ]
    assert [read.rule for read in why.places[1].reads] == [
        *(f"overdose.rule-{number}" for number in range(4)),
        "overdose.one",
    ]
    assert [read.words for read in why.places[1].reads] == ["", "", "", "", "pills"]
    assert ([one.number for one in why.first], [one.number for one in why.rest]) == ([1, 2, 3], [4, 5])
    flagged_by(case, "suicide", [item(0, 0, "unread.all")])
    assert [read.rule for read in why_flagged(case, text).whole] == ["unread.all"]


def test_it_folds_what_is_more_than_three_places_without_a_script(cast):
    case = make_case(cast)
    flagged_by(case, "overdose", [item(start, start + 5) for start in range(0, 50, 10)])
    text = page(cast, "letter", case)
    first, rest = text[text.index('id="why-title"') :].split("<details", 1)
    assert [f'id="why-{number}"' in first for number in range(1, 6)] == [True] * 3 + [False] * 2
    assert "<summary>2 more places</summary>" in rest
    assert all(f'id="why-{number}"' in rest for number in (4, 5))


def said(start, end):
    return Said(start, end)


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
    assert why_flagged(case, DANGER).places
    assert why_flagged(case, "Short.").places == []


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
