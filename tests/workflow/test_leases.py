"""Leases: how long a case is somebody's, what renews it, what ends it, and whom it goes to then."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from config.schedules import JOBS
from notifications import outbox
from notifications.models import Message
from tests.cast import ANSWER, again, make_case
from workflow.actions import answering, holding, review, triage
from workflow.models import Case, SafetyFlag
from workflow.models.leases import DRAFTING, REVIEWING
from workflow.safety.words import Severity
from workflow.states import State
from workflow.transitions import Refused, Seen

pytestmark = pytest.mark.once

TODAY = timezone.localdate


@pytest.fixture
def held(cast):
    return make_case(cast, state=State.TRIAGED)


@pytest.fixture
def waiting(cast):
    return make_case(cast, state=State.DRAFTED)


def at(name, case, *more):
    return reverse(f"workflow:{name}", args=[case.public_id, *more])


def later(case, **columns):
    """As if time had passed."""
    Case.objects.filter(pk=case.pk).update(**columns)
    return again(case)


def run_out(case):
    return later(case, claim_until=timezone.now() - timedelta(seconds=1))


def is_about(moment, span):
    return abs(moment - timezone.now() - span) < timedelta(minutes=1)


def test_it_holds_a_case_for_two_days_and_every_save_renews_it(cast, held):
    assert is_about(held.claim_until, DRAFTING)
    later(held, claim_until=timezone.now() + timedelta(minutes=5))
    answering.save_answer(case_id=held.pk, by=cast.erin, body="<p>One.</p>", based_on=0)
    assert is_about(again(held).claim_until, DRAFTING)
    later(held, claim_until=timezone.now() + timedelta(minutes=5))
    answering.save_answer(case_id=held.pk, by=cast.erin, body="<p>One.</p>", based_on=1)
    assert is_about(again(held).claim_until, DRAFTING), "the same words again are activity too"


def test_it_lets_a_colleague_take_what_has_run_out_before_the_schedule_comes(cast, held, client):
    with pytest.raises(Refused, match="while nobody holds"):
        answering.claim(case_id=held.pk, by=cast.theo)
    run_out(held)
    client.force_login(cast.theo)
    assert [case.pk for case in client.get(reverse("workflow:answering")).context["free"]] == [held.pk]
    client.post(at("claim", held))
    assert again(held).expert_id == cast.theo.pk
    assert is_about(again(held).claim_until, DRAFTING)


@pytest.mark.both
def test_it_frees_what_has_run_out_and_keeps_what_was_written(cast, held):
    answering.save_answer(case_id=held.pk, by=cast.erin, body="<p>Half an answer.</p>", based_on=0)
    assert holding.tend() == 0
    run_out(held)
    assert (JOBS["tend_claims"].work(), holding.tend()) == (1, 0)
    case = again(held)
    assert (case.expert_id, case.claim_until, case.draft.body) == (None, None, "<p>Half an answer.</p>")
    assert case.events.last().kind == "claim_expired"
    outbox.fan_out()
    assert set(Message.objects.filter(event=case.events.last()).values_list("person__called", flat=True)) == {
        "Mo",
        "Dana",
        "Mora",
    }


@pytest.mark.both
def test_it_does_not_free_what_was_renewed_meanwhile(cast, held):
    assert not Case.objects.let_go_of_draft(held.pk, held_by=cast.erin.pk, expired_at=timezone.now())
    assert not Case.objects.let_go_of_draft(held.pk, held_by=cast.theo.pk)
    assert again(held).expert_id == cast.erin.pk


@pytest.mark.parametrize("step", ["submit", "decline", "withdraw"])
def test_it_lets_go_on_every_way_out_of_the_state(cast, held, step):
    from workflow.actions import intake

    if step == "submit":
        answering.submit_draft(case_id=held.pk, by=cast.erin, body=ANSWER, based_on=0, seen=Seen.of(held))
    elif step == "decline":
        triage.decline(case_id=held.pk, by=cast.mo, seen=None, reason="Not ours", message="We are sorry.")
    else:
        intake.withdraw(case_id=held.pk, by=cast.rosa)
    assert again(held).claim_until is None


def test_it_starts_anew_when_an_answer_comes_back(cast, waiting):
    assert waiting.claim_until is None
    review.start(case_id=waiting.pk, by=cast.mo)
    review.request_changes(case_id=waiting.pk, by=cast.mo, seen=None, comment="Shorter, please.")
    case = again(waiting)
    assert is_about(case.claim_until, DRAFTING)
    assert (case.reviewer_id, case.review_until) == (None, None)


@pytest.mark.both
def test_it_never_keeps_a_lease_without_a_holder(cast, held):
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=held.pk).update(expert=None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Case.objects.filter(pk=held.pk).update(reviewer=cast.mo)


def test_it_goes_on_saving_after_the_claim_ran_out_while_nobody_else_has_it(cast, held, client):
    answering.save_answer(case_id=held.pk, by=cast.erin, body="<p>One.</p>", based_on=0)
    run_out(held)
    holding.tend()
    client.force_login(cast.erin)
    typed = {"body": "<p>One, and more.</p>", "based_on": 1}
    response = client.post(at("save_answer", held), typed, headers={"X-Autosave": "1"})
    assert response.json()["based_on"] == 2
    assert again(held).expert_id == cast.erin.pk


def test_it_takes_the_first_words_too_after_the_claim_ran_out(cast, held, client):
    run_out(held)
    holding.tend()
    client.force_login(cast.erin)
    assert (
        client.post(at("insert", held), {"body": "<p>First.</p>", "based_on": 0, "insert": "words"}).status_code == 302
    )
    assert again(held).draft.body.startswith("<p>First.</p>")
    assert again(held).expert_id == cast.erin.pk


def test_it_never_takes_back_what_was_given_back_or_is_a_colleagues(cast, held, client):
    answering.give_back(case_id=held.pk, by=cast.erin, reason="Not my field.")
    assert not answering.hold_again(case_id=held.pk, by=cast.erin)
    answering.claim(case_id=held.pk, by=cast.theo)
    assert not answering.hold_again(case_id=held.pk, by=cast.erin)
    assert again(held).expert_id == cast.theo.pk


# ---- to a colleague ------------------------------------------------------------------------------------------------
def test_it_hands_a_case_to_a_colleague_with_what_was_written(cast, held, client):
    answering.save_answer(case_id=held.pk, by=cast.erin, body="<p>Half.</p>", based_on=0)
    client.force_login(cast.erin)
    response = client.post(at("hand_over", held), {"to": cast.theo.pk, "reason": "You know this better."}, follow=True)
    assert "Theo has it now" in response.content.decode()
    case = again(held)
    assert (case.expert_id, case.draft.body) == (cast.theo.pk, "<p>Half.</p>")
    assert case.events.last().remark.text == "You know this better."
    outbox.fan_out()
    assert Message.objects.get(event=case.events.last()).person_id == cast.theo.pk


@pytest.mark.parametrize("to", ["erin", "mo", "rosa", "nobody"])
def test_it_hands_nothing_to_oneself_or_to_somebody_who_does_not_answer(cast, held, client, to):
    client.force_login(cast.erin)
    response = client.post(at("hand_over", held), {"to": getattr(cast, to).pk if to != "nobody" else ""})
    assert response.status_code == 422
    assert again(held).expert_id == cast.erin.pk


# ---- away ----------------------------------------------------------------------------------------------------------
def away(person, *, start=0, days=3):
    first = TODAY() + timedelta(days=start)
    return holding.set_away(person=person, first=first, last=first + timedelta(days=days))


def test_it_gives_nothing_to_somebody_who_is_away(cast, held, client):
    away(cast.theo)
    with pytest.raises(Refused, match="Theo is away until"):
        triage.assign(case_id=held.pk, by=cast.mo, expert=cast.theo)
    with pytest.raises(Refused, match="Theo is away until"):
        answering.hand_over(case_id=held.pk, by=cast.erin, to=cast.theo)
    client.force_login(cast.mo)
    assert "Theo (away until" in client.get(at("case", held)).content.decode()


@pytest.mark.parametrize("severity", [Severity.EMERGENCY, Severity.URGENT, Severity.CONCERN])
def test_it_passes_on_what_is_urgent_when_its_expert_is_away(cast, held, severity):
    SafetyFlag.objects.filter(case=held).delete()
    later(held, tier={"emergency": 0, "urgent": 1, "concern": 2}[severity])
    away(cast.erin, start=1)
    assert again(held).expert_id == cast.erin.pk, "not before the first day"
    moved = away(cast.erin)
    is_urgent = severity != Severity.CONCERN
    assert moved == is_urgent
    assert again(held).expert_id == (None if is_urgent else cast.erin.pk)
    assert (again(held).events.last().kind == "case_rerouted") == is_urgent


def test_it_passes_on_by_the_clock_within_five_minutes(cast, held):
    later(held, tier=0)
    type(cast.erin).objects.filter(pk=cast.erin.pk).update(away_from=TODAY(), away_until=TODAY())
    assert JOBS["tend_claims"].minutes <= 5
    assert JOBS["tend_claims"].work() == 1


def test_it_writes_down_days_away_and_says_what_is_wrong_with_others(cast, client):
    client.force_login(cast.erin)
    day = TODAY() + timedelta(days=5)
    for first, last, said in [
        (day, "", "Choose this day too"),
        (day, day - timedelta(days=1), "before the first"),
        ("", "soon", "Write the day like"),
        (TODAY() - timedelta(days=9), TODAY() - timedelta(days=2), "That day is over"),
    ]:
        response = client.post(reverse("workflow:away"), {"first": str(first), "last": str(last)})
        assert response.status_code == 422
        assert said in response.content.decode()
    assert client.post(reverse("workflow:away"), {"first": str(day), "last": str(day)}).status_code == 302
    assert type(cast.erin).objects.get(pk=cast.erin.pk).away_from == day
    client.post(reverse("workflow:away"), {"first": "", "last": ""})
    assert type(cast.erin).objects.get(pk=cast.erin.pk).away_from is None


# ---- reviews -------------------------------------------------------------------------------------------------------
def test_it_shows_who_is_at_a_review_and_lets_only_them_decide(cast, waiting, client):
    client.force_login(cast.mo)
    client.post(at("start_review", waiting))
    case = again(waiting)
    assert case.reviewer_id == cast.mo.pk
    assert is_about(case.review_until, REVIEWING)
    for act in (review.approve, review.request_changes):
        with pytest.raises(Refused, match="while nobody else is at the review"):
            act(
                case_id=case.pk,
                by=cast.dana,
                seen=None,
                **({"comment": "No."} if act is review.request_changes else {}),
            )
    client.force_login(cast.dana)
    page = client.get(at("review", case)).content.decode()
    assert "Mo is at it" in page
    assert "Approve the answer" not in page
    assert review.approve(case_id=case.pk, by=cast.mo, seen=None).state == State.REVIEWED


def test_it_renews_a_review_by_looking_and_frees_it_after_half_an_hour(cast, waiting, client):
    review.start(case_id=waiting.pk, by=cast.mo)
    later(waiting, review_until=timezone.now() + timedelta(minutes=2))
    client.force_login(cast.mo)
    client.get(at("review", waiting))
    assert is_about(again(waiting).review_until, REVIEWING)
    assert again(waiting).events.filter(kind="review_started").count() == 1
    later(waiting, review_until=timezone.now() - timedelta(seconds=1))
    assert review.approve(case_id=waiting.pk, by=cast.dana, seen=None).state == State.REVIEWED


def test_it_takes_a_review_over_with_a_reason_only(cast, waiting, client):
    review.start(case_id=waiting.pk, by=cast.mo)
    client.force_login(cast.dana)
    assert client.post(at("take_over_review", waiting), {"reason": " "}).status_code == 422
    assert client.post(at("take_over_review", waiting), {"reason": "Mo had to leave."}).status_code == 302
    case = again(waiting)
    assert case.reviewer_id == cast.dana.pk
    assert case.events.last().remark.text == "Mo had to leave."
    with pytest.raises(Refused):
        review.approve(case_id=case.pk, by=cast.mo, seen=None)


def test_it_lets_nobody_start_a_review_of_their_own_answer(cast):
    case = make_case(cast, state=State.TRIAGED)
    triage.assign(case_id=case.pk, by=cast.mo, expert=cast.mora)
    answering.submit_draft(case_id=case.pk, by=cast.mora, body=ANSWER, based_on=0, seen=Seen.of(again(case)))
    with pytest.raises(Refused, match="who did not write"):
        review.start(case_id=case.pk, by=cast.mora)
    assert again(case).reviewer_id is None
