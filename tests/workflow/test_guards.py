"""What each step needs of the case, one refusal at a time; and what a change afterwards voids."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils import timezone

from qa.models import Audience, Letter, Publication
from tests.cast import ANSWER, LETTER, MARKER, QUESTION, again, make_case, settle, topic
from workflow.actions import answering, findings, intake, publication, review, triage
from workflow.events import Kind
from workflow.models import Case, Event
from workflow.models.events import Immutable
from workflow.safety.words import Category, Severity, Subject, Timing
from workflow.states import State
from workflow.transitions import Refused, Seen, Stale

pytestmark = pytest.mark.once


def raise_a_flag(cast, case, severity=Severity.URGENT):
    return triage.raise_flag(
        case_id=case.pk,
        by=cast.mo,
        category=Category.OVERDOSE,
        severity=severity,
        subject=Subject.LOVED_ONE,
        timing=Timing.NOW,
        note="Found by hand.",
    )


def test_it_refuses_triage_while_a_flag_waits(cast):
    case = make_case(cast)
    settle(case, by=cast.mo)
    flag = raise_a_flag(cast, case)
    with pytest.raises(Refused, match="still waits for somebody to take it on"):
        triage.triage(case_id=case.pk, by=cast.mo, seen=None)
    triage.acknowledge_flag(case_id=case.pk, flag_id=flag.pk, by=cast.dana)
    assert triage.triage(case_id=case.pk, by=cast.mo, seen=None).state == State.TRIAGED


def test_it_refuses_triage_without_a_confirmed_question(cast):
    case = make_case(cast)
    findings.decide_rest(case_id=case.pk, by=cast.mo, hints=False)
    findings.decide_rest(case_id=case.pk, by=cast.mo, hints=True, reason="Common.")
    triage.save_question(
        case_id=case.pk, by=cast.mo, seen=None, words={"title": "A title", "text": QUESTION}, topics=[topic()]
    )
    with pytest.raises(Refused, match="not confirmed"):
        triage.triage(case_id=case.pk, by=cast.mo, seen=None)


def test_it_refuses_triage_without_a_topic(cast):
    case = make_case(cast)
    settle(case, by=cast.mo)
    case.question.topics.clear()
    with pytest.raises(Refused, match="No topic"):
        triage.triage(case_id=case.pk, by=cast.mo, seen=None)


def test_it_unconfirms_a_question_whose_words_change(cast):
    case = make_case(cast)
    settle(case, by=cast.mo)
    triage.save_question(case_id=case.pk, by=cast.mo, seen=None, words={"text": f"{QUESTION} More."})
    with pytest.raises(Refused, match="not confirmed"):
        triage.triage(case_id=case.pk, by=cast.mo, seen=None)


def test_it_refuses_an_empty_draft(cast):
    case = make_case(cast, state=State.TRIAGED)
    with pytest.raises(Refused, match="no answer text"):
        answering.submit_draft(case_id=case.pk, by=cast.erin, body="<p> </p>", based_on=0, seen=None)


def test_it_refuses_that_somebody_approves_their_own_answer(cast):
    case = make_case(cast, state=State.TRIAGED)
    triage.assign(case_id=case.pk, by=cast.mo, expert=cast.mora)
    answering.submit_draft(case_id=case.pk, by=cast.mora, body=ANSWER, based_on=0, seen=None)
    with pytest.raises(Refused, match="did not write"):
        review.approve(case_id=case.pk, by=cast.mora, seen=None)
    assert review.approve(case_id=case.pk, by=cast.mo, seen=None).state == State.REVIEWED


def test_it_refuses_an_approval_by_somebody_who_wrote_an_earlier_revision(cast):
    case = make_case(cast, state=State.TRIAGED)
    triage.assign(case_id=case.pk, by=cast.mo, expert=cast.mora)
    answering.save_answer(case_id=case.pk, by=cast.mora, body="<p>Mine.</p>", based_on=0)
    triage.assign(case_id=case.pk, by=cast.mo, expert=cast.erin)
    answering.submit_draft(case_id=case.pk, by=cast.erin, body=ANSWER, based_on=1, seen=None)
    with pytest.raises(Refused, match="did not write"):
        review.approve(case_id=case.pk, by=cast.mora, seen=None)


@pytest.mark.both
def test_the_database_refuses_one_pair_of_eyes(cast):
    case = make_case(cast, state=State.REVIEWED)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(approved_by=cast.erin)


@pytest.mark.both
def test_the_database_refuses_an_unknown_state_and_a_delivery_without_approval(cast):
    case = make_case(cast, state=State.DRAFTED)
    for change in ({"state": "lost"}, {"state": "reviewed"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Case.objects.filter(pk=case.pk).update(**change)


def test_it_publishes_only_the_words_the_member_agreed_to(cast):
    case = make_case(cast, state=State.REVIEWED)
    with pytest.raises(Refused, match="not agreed"):
        publication.publish(case_id=case.pk, by=cast.mo, seen=None)
    publication.consent(case_id=case.pk, by=cast.rosa, page_hash=case.page_hash(), audience="public")
    triage.save_question(
        case_id=case.pk, by=cast.mo, seen=None, words={"text": f"{QUESTION}!"}, confirm=True, ticked_by=cast.mo
    )
    with pytest.raises(Refused, match="not agreed"):
        publication.publish(case_id=case.pk, by=cast.mo, seen=None)
    assert not Publication.objects.exists()


def test_it_refuses_consent_to_words_that_are_no_longer_there(cast):
    case = make_case(cast, state=State.REVIEWED)
    shown = case.page_hash()
    triage.save_question(
        case_id=case.pk, by=cast.mo, seen=None, words={"title": "Another title"}, confirm=True, ticked_by=cast.mo
    )
    with pytest.raises(Refused, match="changed since"):
        publication.consent(case_id=case.pk, by=cast.rosa, page_hash=shown, audience="public")


def test_it_keeps_a_private_answer_private(cast):
    case = make_case(cast, state=State.REVIEWED, audience=Audience.PRIVATE)
    with pytest.raises(Refused, match="private"):
        publication.publish(case_id=case.pk, by=cast.mo, seen=None)


def test_it_lets_a_private_member_agree_later(cast):
    case = make_case(cast, state=State.REVIEWED, audience=Audience.PRIVATE)
    publication.consent(case_id=case.pk, by=cast.rosa, page_hash=case.page_hash(), audience="members")
    publication.publish(case_id=case.pk, by=cast.mo, seen=None)
    assert Publication.objects.get().audience == Audience.MEMBERS


def test_it_voids_approval_and_consent_when_reopened(cast):
    case = make_case(cast, state=State.REVIEWED)
    publication.consent(case_id=case.pk, by=cast.rosa, page_hash=case.page_hash(), audience="public")
    case = review.reopen(case_id=case.pk, by=cast.erin, seen=None, reason="A wrong fact.")
    assert (case.approved_by_id, case.approved_hash) == (None, "")
    assert not case.consents.standing().exists()


@pytest.mark.both
def test_it_publishes_later_by_the_clock_and_checks_again(cast):
    case = make_case(cast, state=State.REVIEWED)
    publication.consent(case_id=case.pk, by=cast.rosa, page_hash=case.page_hash(), audience="public")
    at = timezone.now() + timedelta(hours=1)
    publication.schedule(case_id=case.pk, by=cast.mo, seen=None, at=at)
    assert publication.publish_due() == 0
    Case.objects.filter(pk=case.pk).update(publish_at=timezone.now() - timedelta(minutes=1))
    assert publication.publish_due() == 1
    assert again(case).state == State.PUBLISHED
    assert publication.publish_due() == 0


def test_it_stops_a_scheduled_publication_whose_checks_fail(cast):
    case = make_case(cast, state=State.REVIEWED)
    publication.consent(case_id=case.pk, by=cast.rosa, page_hash=case.page_hash(), audience="public")
    publication.schedule(case_id=case.pk, by=cast.mo, seen=None, at=timezone.now() + timedelta(hours=1))
    raise_a_flag(cast, case)
    Case.objects.filter(pk=case.pk).update(publish_at=timezone.now() - timedelta(minutes=1))
    assert publication.publish_due() == 0
    case = again(case)
    assert (case.state, case.publish_at) == (State.REVIEWED, None)
    assert case.events.last().kind == Kind.PUBLICATION_STOPPED


def test_it_refuses_a_schedule_in_the_past(cast):
    case = make_case(cast, state=State.REVIEWED)
    publication.consent(case_id=case.pk, by=cast.rosa, page_hash=case.page_hash(), audience="public")
    with pytest.raises(Refused, match="still to come"):
        publication.schedule(case_id=case.pk, by=cast.mo, seen=None, at=timezone.now())


def test_it_takes_a_page_down_and_can_publish_it_again_at_the_same_address(cast):
    case = make_case(cast, state=State.PUBLISHED)
    address = Publication.objects.get().slug
    publication.unpublish(case_id=case.pk, by=cast.rosa, seen=None, reason="I changed my mind.")
    assert Publication.objects.get().withdrawn_at is not None
    publication.consent(case_id=case.pk, by=cast.rosa, page_hash=again(case).page_hash(), audience="public")
    publication.publish(case_id=case.pk, by=cast.mo, seen=None)
    page = Publication.objects.get()
    assert (page.slug, page.withdrawn_at) == (address, None)


@pytest.mark.both
def test_it_erases_every_word_on_withdrawal_and_keeps_the_tombstone(cast):
    case = make_case(cast, state=State.PUBLISHED)
    intake.withdraw(case_id=case.pk, by=cast.rosa)
    letter, page, case = Letter.objects.get(), Publication.objects.get(), again(case)
    assert (letter.text, case.question.text, case.question.title) == ("", "", "")
    assert [revision.body for revision in case.question.revisions.all()] == [""]
    assert (page.title, page.question_text, page.answer_html) == ("", "", "")
    assert page.withdrawn_at is not None
    assert case.events.count() > 5


def test_it_refuses_a_decision_made_on_a_stale_page(cast):
    case = make_case(cast)
    settle(case, by=cast.mo)
    seen = Seen.of(again(case))
    raise_a_flag(cast, case, Severity.CONCERN)
    with pytest.raises(Stale):
        triage.triage(case_id=case.pk, by=cast.mo, seen=seen)


def test_it_keeps_both_texts_when_two_tabs_save(cast):
    case = make_case(cast, state=State.TRIAGED)
    answering.save_answer(case_id=case.pk, by=cast.erin, body="<p>First tab.</p>", based_on=0)
    with pytest.raises(answering.Overtaken) as refusal:
        answering.save_answer(case_id=case.pk, by=cast.erin, body="<p>Second tab.</p>", based_on=0)
    assert refusal.value.newer.body == "<p>First tab.</p>"
    assert {revision.body for revision in case.question.revisions.all()} == {"<p>First tab.</p>", "<p>Second tab.</p>"}


@pytest.mark.both
def test_it_never_changes_the_audit_trail(cast):
    event = make_case(cast).events.get()
    with pytest.raises(Immutable):
        event.save()
    with pytest.raises(Immutable):
        event.delete()
    with pytest.raises(Immutable):
        Event.objects.filter(pk=event.pk).update(kind="x")


def test_it_records_every_opening_of_a_letter_and_the_first_reading(cast):
    case = make_case(cast)
    assert triage.open_letter(case_id=case.pk, by=cast.mo) == LETTER
    triage.open_letter(case_id=case.pk, by=cast.dana)
    opened = case.events.filter(kind=Kind.LETTER_OPENED)
    assert [event.actor_id for event in opened] == [cast.mo.pk, cast.dana.pk]
    assert again(case).first_read_at is not None


@pytest.mark.parametrize("who", ["rosa", "bela", "erin", "ada"])
def test_it_opens_a_letter_for_nobody_but_moderators(cast, who):
    case = make_case(cast)
    with pytest.raises(Refused):
        triage.open_letter(case_id=case.pk, by=getattr(cast, who))


def test_it_puts_a_member_who_says_yes_on_top(cast):
    calm, unsure, danger = (make_case(cast, danger=reply) for reply in ("no", "unsure", "yes"))
    assert [again(case).tier for case in (calm, unsure, danger)] == [again(calm).tier, 1, 0]
    assert again(danger).tier < again(unsure).tier <= again(calm).tier


def test_it_writes_no_word_of_a_letter_into_the_audit_trail(cast):
    case = make_case(cast, state=State.PUBLISHED)
    for event in Event.objects.filter(case=case):
        assert MARKER not in f"{event.kind}{event.data}{event.actor_role}"


@pytest.mark.both
def test_it_stores_no_word_of_a_letter_in_clear(cast):
    case = make_case(cast, state=State.DRAFTED)
    from django.db import connection

    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            assert not [row for row in cursor.fetchall() if MARKER in str(row)], table
    assert case.pk


def test_it_publishes_the_rest_when_one_scheduled_case_has_a_fault(cast, monkeypatch):
    first, second = (make_case(cast, state=State.REVIEWED) for _ in range(2))
    for case in (first, second):
        publication.consent(case_id=case.pk, by=cast.rosa, page_hash=case.page_hash(), audience=Audience.PUBLIC)
        at = timezone.now() + timedelta(minutes=1)
        publication.schedule(case_id=case.pk, by=cast.mo, seen=None, at=at)
    made = publication._make_page
    monkeypatch.setattr(publication, "_make_page", lambda case: made(case) if case.pk == second.pk else 1 / 0)
    with time_machine.travel(timezone.now() + timedelta(minutes=2), tick=False):
        assert publication.publish_due() == 1
    assert (again(first).state, again(second).state) == (State.REVIEWED, State.PUBLISHED)
    assert again(first).publish_at is not None
