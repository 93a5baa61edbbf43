"""Findings: made at intake, decided by moderators, followed by the question; the gate; readers' reports."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import ANSWER, QUESTION, again, make_case, settle
from workflow.actions import answering, findings, intake, pages, publication, review, triage
from workflow.models import Finding
from workflow.models.reports import Concern
from workflow.states import State
from workflow.transitions import Refused, Seen, Stale

pytestmark = pytest.mark.once

LETTER = "My son Mike is 24. Mike left Gloucester on March 14. Grace at work says I should wait. I am tired."


@pytest.fixture
def case(cast):
    return intake.submit_letter(by=cast.rosa, text=LETTER, danger="no", audience="public")


def the(case, said):
    return next(row for row in case.findings.all() if row.text == said)


def decide(case, said, by, decision="replaced", **more):
    return findings.decide(case_id=case.pk, finding_id=the(case, said).pk, by=by, decision=decision, **more)


def test_it_fills_the_question_with_the_replacements(case):
    assert case.question.text.startswith("My son is 24. My son left our town on a day in spring.")
    assert case.has_open_findings()


def test_it_puts_the_words_back_that_are_kept(cast, case):
    decide(case, "Gloucester", cast.mo, "kept", reason="A large place.")
    assert "My son left Gloucester on" in again(case).question.text
    assert the(case, "Gloucester").decided_by == cast.mo


def test_it_wants_a_reason_to_keep(cast, case):
    with pytest.raises(Refused, match="why this may stay"):
        decide(case, "Gloucester", cast.mo, "kept")


def test_it_replaces_all_mentions_of_a_person_with_other_words(cast, case):
    row = case.findings.filter(kind="PERSON").order_by("start")[1]
    findings.decide(
        case_id=case.pk, finding_id=row.pk, by=cast.mo, decision="replaced", words="our boy", is_whole_person=True
    )
    assert again(case).question.text.startswith("My son is 24. Our boy left")
    assert not case.findings.filter(person=row.person, decision="").exists()


def test_it_keeps_what_a_moderator_wrote_when_a_decision_follows(cast, case):
    text = case.question.text.replace("I am tired.", "I am so very tired by now.")
    triage.save_question(case_id=case.pk, by=cast.mo, seen=None, words={"text": text})
    decide(case, "Gloucester", cast.mo, words="our town by the sea")
    words = again(case).question.text
    assert "left our town by the sea on" in words
    assert words.endswith("I am so very tired by now.")


def test_it_takes_out_what_the_check_missed_everywhere(cast, case):
    findings.add(case_id=case.pk, by=cast.mo, words="at work", replacement="a friend")
    assert "a friend says I should wait" in again(case).question.text
    with pytest.raises(Refused, match="do not stand in the letter"):
        findings.add(case_id=case.pk, by=cast.mo, words="no such words", replacement="x")


def test_it_undoes_what_was_decided_last_in_one_go(cast, case):
    before = case.question.text
    findings.decide_rest(case_id=case.pk, by=cast.mo, hints=False)
    findings.add(case_id=case.pk, by=cast.mo, words="I am tired", replacement="I am worn out")
    findings.undo(case_id=case.pk, by=cast.mo)
    assert again(case).question.text == before
    findings.undo(case_id=case.pk, by=cast.mo)
    assert case.findings.filter(decision="").count() == case.findings.count()


@pytest.mark.both
def test_it_lets_only_one_of_two_moderators_decide(cast, case):
    seen = Seen.of(again(case))
    decide(case, "Gloucester", cast.mo, words="a harbor town", seen=seen)
    with pytest.raises(Stale):
        decide(case, "Gloucester", cast.dana, "kept", reason="No.", seen=seen)
    assert the(case, "Gloucester").decision == "replaced"


def test_it_takes_the_letter_although_the_check_fails_and_refuses_triage_until_a_person_decides(cast, monkeypatch):
    def broken(text, **more):
        raise RuntimeError("no")

    monkeypatch.setattr(findings, "find", broken)
    case = intake.submit_letter(by=cast.rosa, text=LETTER, danger="no")
    row = Finding.objects.get(case=case)
    assert (row.kind, row.is_open, case.question.text) == ("CHECK", True, LETTER)
    with pytest.raises(Refused, match="could identify the family"):
        triage.triage(case_id=case.pk, by=cast.mo, seen=None)


def test_it_replaces_a_person_in_a_second_letter_as_in_the_first(cast, case):
    row = case.findings.filter(kind="PERSON").order_by("start")[1]
    findings.decide(
        case_id=case.pk, finding_id=row.pk, by=cast.mo, decision="replaced", words="our boy", is_whole_person=True
    )
    second = intake.submit_letter(by=cast.rosa, text="I wrote before. Mikey came back.", danger="no")
    assert second.question.text == "I wrote before. Our boy came back."


def test_it_does_not_confirm_words_that_name_somebody(cast, case):
    findings.decide_rest(case_id=case.pk, by=cast.mo, hints=False)
    findings.decide_rest(case_id=case.pk, by=cast.mo, hints=True, reason="Common.")
    words = {"title": "What Kowalczyk did", "text": QUESTION}
    saved = triage.save_question(case_id=case.pk, by=cast.mo, seen=None, words=words, confirm=True, ticked_by=cast.mo)
    assert saved.question.confirmed_at is None
    row = case.findings.get(place="title")
    assert row.text == "Kowalczyk"
    findings.decide(case_id=case.pk, finding_id=row.pk, by=cast.mo, decision="replaced", words="he")
    assert again(case).question.title == "What he did"


def test_it_looks_at_the_answer_and_refuses_approval_while_it_names_somebody(cast):
    case = make_case(cast, state=State.TRIAGED)
    body = ANSWER + "<p>Tell Mikey that you love him. Call 978-555-0142.</p>"
    answering.submit_draft(case_id=case.pk, by=cast.erin, body=body, based_on=0, seen=None)
    assert {row.text for row in case.findings.filter(place="answer")} == {"Mikey", "978-555-0142"}
    with pytest.raises(Refused, match="could identify the family"):
        review.approve(case_id=case.pk, by=cast.mo, seen=None)


def test_it_refuses_to_publish_what_came_in_by_any_other_way(cast):
    case = make_case(cast, state=State.REVIEWED)
    question = case.question
    question.intro = "From Gloucester, about Wojciech."
    question.save()
    case = again(case)
    publication.consent(case_id=case.pk, by=cast.rosa, page_hash=case.page_hash(), audience="public")
    with pytest.raises(Refused, match="stands in the text for readers"):
        publication.publish(case_id=case.pk, by=cast.mo, seen=None)


def test_it_brings_a_members_wish_back_to_the_workbench(cast):
    case = make_case(cast, state=State.REVIEWED)
    publication.suggest_change(case_id=case.pk, by=cast.rosa, wish="Our street is in it.")
    row = case.findings.get(kind="WISH")
    assert row.is_open
    client = Client()
    client.force_login(cast.mo)
    page = client.get(reverse("workflow:letter", args=[case.public_id])).content.decode()
    assert "this still identifies us" in page


def test_it_keeps_a_page_from_coming_back_unseen_after_a_reader_recognized_somebody(cast):
    case = make_case(cast, state=State.PUBLISHED)
    pages.report(page=case.question.publication, concern=Concern.RECOGNISED, words="The harbor.")
    publication.unpublish(case_id=case.pk, by=cast.mo, seen=None, reason="Recognized.")
    assert Client().get(case.question.publication.get_absolute_url()).status_code == 410
    publication.consent(case_id=case.pk, by=cast.rosa, page_hash=again(case).page_hash(), audience="public")
    with pytest.raises(Refused, match="could identify the family"):
        publication.publish(case_id=case.pk, by=cast.mo, seen=None)


def test_it_settles_in_the_cast_like_a_moderator(cast, case):
    settle(case, by=cast.mo)
    assert not again(case).has_open_findings()


def test_it_confirms_only_what_the_same_person_read_as_the_family_would_and_keeps_who(cast, case):
    findings.decide_rest(case_id=case.pk, by=cast.mo, hints=False)
    findings.decide_rest(case_id=case.pk, by=cast.mo, hints=True, reason="Common.")
    words = {"title": "When he comes home", "text": QUESTION}
    for somebody in (None, cast.dana):
        with pytest.raises(Refused, match="somebody who knows them"):
            triage.save_question(case_id=case.pk, by=cast.mo, seen=None, words=words, confirm=True, ticked_by=somebody)
    assert not again(case).has_confirmed_question()
    triage.save_question(case_id=case.pk, by=cast.mo, seen=None, words=words, confirm=True, ticked_by=cast.mo)
    told = case.events.get(kind="question_confirmed")
    assert (told.actor, told.data["nobody_recognized_says"]) == (cast.mo, cast.mo.pk)
