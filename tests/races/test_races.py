"""Two people at once, with real connections: one wins, the other is told, nothing is doubled or overwritten."""

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from django_fsm import ConcurrentTransition

from qa.models import Publication
from tests.cast import ANSWER, again, make_case, settle
from workflow.actions import answering, holding, intake, publication, review, triage
from workflow.models import Case, Event
from workflow.safety.words import Category, Severity, Subject, Timing
from workflow.states import State
from workflow.transitions import Refused, Seen

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


def at_once(*actions: Callable[[], object]) -> list[object]:
    """Run the actions at the same instant, each on a connection of its own; results or the refusals, in order."""
    barrier = threading.Barrier(len(actions))
    results: list[object] = [None] * len(actions)

    def run(position: int, action: Callable[[], object]) -> None:
        try:
            connection.ensure_connection()
            barrier.wait(10)
            results[position] = action()
        except (Refused, ConcurrentTransition) as refusal:
            results[position] = refusal
        except Exception as fault:  # noqa: BLE001 (whatever else happens fails the test by name)
            results[position] = fault
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number, action)) for number, action in enumerate(actions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def assert_one_winner(results: list[object]) -> None:
    refused = [result for result in results if isinstance(result, Refused | ConcurrentTransition)]
    faults = [result for result in results if isinstance(result, Exception) and result not in refused]
    assert not faults, faults
    assert len(refused) == len(results) - 1, results


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_it_gives_a_free_case_to_one_expert(cast, turn):
    case = make_case(cast, state=State.TRIAGED)
    triage.assign(case_id=case.pk, by=cast.mo, expert=None)
    results = at_once(
        lambda: answering.claim(case_id=case.pk, by=cast.erin),
        lambda: answering.claim(case_id=case.pk, by=cast.theo),
        lambda: answering.claim(case_id=case.pk, by=cast.mora),
    )
    assert_one_winner(results)
    winner = next(result for result in results if not isinstance(result, Exception))
    assert again(case).expert_id == winner.expert_id


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_it_gives_a_run_out_case_to_one_of_renewing_claiming_and_freeing(cast, turn):
    case = make_case(cast, state=State.TRIAGED)
    Case.objects.filter(pk=case.pk).update(claim_until=timezone.now() - timedelta(seconds=1))
    results = at_once(
        lambda: answering.save_answer(case_id=case.pk, by=cast.erin, body="<p>Still here.</p>", based_on=0),
        lambda: answering.claim(case_id=case.pk, by=cast.theo),
        holding.tend,
    )
    assert not [fault for fault in results if isinstance(fault, Exception) and not isinstance(fault, Refused)], results
    holder = again(case).expert_id
    claimed = not isinstance(results[1], Exception)
    assert claimed == (holder == cast.theo.pk)
    assert holder is None or again(case).claim_until > timezone.now()


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_it_lets_one_moderator_start_a_review(cast, turn):
    case = make_case(cast, state=State.DRAFTED)
    results = at_once(
        lambda: review.start(case_id=case.pk, by=cast.mo),
        lambda: review.start(case_id=case.pk, by=cast.dana),
        lambda: review.start(case_id=case.pk, by=cast.mora),
    )
    assert_one_winner(results)
    assert case.events.filter(kind="review_started").count() == 1


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_it_lets_one_of_two_take_a_review_over(cast, turn):
    case = make_case(cast, state=State.DRAFTED)
    review.start(case_id=case.pk, by=cast.mora)
    results = at_once(
        lambda: review.take_over(case_id=case.pk, by=cast.mo, reason="She left."),
        lambda: review.take_over(case_id=case.pk, by=cast.dana, reason="She left."),
    )
    winners = [result for result in results if not isinstance(result, Exception)]
    assert len(winners) in {1, 2}  # one after the other both may: the second takes it from the first, by name
    assert again(case).reviewer_id in {cast.mo.pk, cast.dana.pk}
    assert case.events.filter(kind="review_taken_over").count() == len(winners)


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_it_lets_one_of_approve_and_return_win(cast, turn):
    case = make_case(cast, state=State.DRAFTED)
    seen = Seen.of(again(case))
    before = Event.objects.count()
    results = at_once(
        lambda: review.approve(case_id=case.pk, by=cast.mo, seen=seen),
        lambda: review.request_changes(case_id=case.pk, by=cast.dana, seen=seen, comment="Please shorten it."),
    )
    assert_one_winner(results)
    assert Event.objects.count() == before + 1
    assert again(case).state in {State.REVIEWED, State.TRIAGED}


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_it_publishes_once(cast, turn):
    case = make_case(cast, state=State.REVIEWED)
    publication.consent(case_id=case.pk, by=cast.rosa, page_hash=case.page_hash(), audience="public")
    seen = Seen.of(again(case))
    results = at_once(
        lambda: publication.publish(case_id=case.pk, by=cast.mo, seen=seen),
        lambda: publication.publish(case_id=case.pk, by=cast.dana, seen=seen),
        lambda: publication.refuse_consent(case_id=case.pk, by=cast.rosa),
    )
    faults = [result for result in results if isinstance(result, Exception) and not isinstance(result, Refused)]
    assert not [fault for fault in faults if not isinstance(fault, ConcurrentTransition)], faults
    pages = Publication.objects.count()
    assert (again(case).state, pages) in {(State.PUBLISHED, 1), (State.REVIEWED, 0)}


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_it_never_publishes_words_that_change_at_the_same_moment(cast, turn):
    case = make_case(cast, state=State.REVIEWED)
    publication.consent(case_id=case.pk, by=cast.rosa, page_hash=case.page_hash(), audience="public")
    seen = Seen.of(again(case))
    agreed = case.question.text
    at_once(
        lambda: publication.publish(case_id=case.pk, by=cast.mo, seen=seen),
        lambda: triage.save_question(
            case_id=case.pk,
            by=cast.dana,
            seen=seen,
            words={"text": "Other words, not agreed to."},
            confirm=True,
            ticked_by=cast.dana,
        ),
    )
    for page in Publication.objects.filter(withdrawn_at__isnull=True):
        assert page.question_text == agreed


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_it_never_triages_past_a_flag_raised_at_the_same_moment(cast, turn):
    case = make_case(cast)
    for flag in case.flags.all():
        triage.acknowledge_flag(case_id=case.pk, flag_id=flag.pk, by=cast.mo)
    settle(case, by=cast.mo)
    seen = Seen.of(again(case))
    results = at_once(
        lambda: triage.triage(case_id=case.pk, by=cast.mo, seen=seen),
        lambda: triage.raise_flag(
            case_id=case.pk,
            by=cast.dana,
            category=Category.SUICIDE,
            severity=Severity.EMERGENCY,
            subject=Subject.WRITER,
            timing=Timing.NOW,
        ),
    )
    assert not isinstance(results[1], Exception), "a flag is never refused"
    moved_first = case.events.filter(kind="flag_raised").last().pk > max(
        case.events.filter(kind="case_triaged").values_list("pk", flat=True), default=0
    )
    assert moved_first or again(case).state == State.SUBMITTED
    assert again(case).tier == 0


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_it_keeps_every_text_that_several_tabs_save_at_once(cast, turn):
    case = make_case(cast, state=State.TRIAGED)
    texts = [f"<p>Text of tab {number}.</p>" for number in range(4)]
    at_once(
        *(
            lambda text=text: answering.save_answer(case_id=case.pk, by=cast.erin, body=text, based_on=0)
            for text in texts
        )
    )
    assert {revision.body for revision in case.question.revisions.all()} == set(texts)


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_it_sends_one_draft_and_erases_once(cast, turn):
    case = make_case(cast, state=State.TRIAGED)
    seen = Seen.of(again(case))
    results = at_once(
        lambda: answering.submit_draft(case_id=case.pk, by=cast.erin, body=ANSWER, based_on=0, seen=seen),
        lambda: intake.withdraw(case_id=case.pk, by=cast.rosa),
    )
    assert not [fault for fault in results if isinstance(fault, Exception) and not isinstance(fault, Refused)]
    case = again(case)
    assert case.state == State.WITHDRAWN
    assert not any(revision.body for revision in case.question.revisions.all())
