"""Moderators at once, with real connections: one wins, nothing is overwritten, nobody is named twice."""

import pytest

from tests.cast import again, make_case, settle, topic
from tests.races.test_races import ROUNDS, assert_one_winner, at_once
from workflow.actions import habits, presence, review, stories, triage
from workflow.models import DeskHabits, Presence
from workflow.models.presence import Page
from workflow.safety.words import Category, Severity, Subject, Timing
from workflow.states import State
from workflow.transitions import Seen

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_it_passes_a_case_to_the_experts_once(cast, turn):
    case = make_case(cast)
    settle(case, by=cast.mo)
    seen = Seen.of(again(case))
    assert_one_winner(
        at_once(
            lambda: triage.triage(case_id=case.pk, by=cast.mo, seen=seen, expert=cast.erin),
            lambda: triage.triage(case_id=case.pk, by=cast.dana, seen=seen, expert=cast.theo),
            lambda: triage.decline(case_id=case.pk, by=cast.mora, seen=seen, reason="x", message="We are sorry."),
        )
    )
    assert case.events.filter(kind__in=["case_triaged", "case_declined"]).count() == 1


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_it_names_one_person_who_took_a_flag_on(cast, turn):
    case = make_case(cast)
    flag = triage.raise_flag(
        case_id=case.pk,
        by=cast.mora,
        category=Category.OVERDOSE,
        severity=Severity.URGENT,
        subject=Subject.CHILD,
        timing=Timing.NOW,
    )
    results = at_once(
        lambda: triage.acknowledge_flag(case_id=case.pk, flag_id=flag.pk, by=cast.mo),
        lambda: triage.acknowledge_flag(case_id=case.pk, flag_id=flag.pk, by=cast.dana),
    )
    assert {result.acknowledged_by_id for result in results} == {case.flags.get(pk=flag.pk).acknowledged_by_id}
    assert case.events.filter(kind="flag_acknowledged").count() == 1


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_it_gives_a_case_to_one_of_two_experts(cast, turn):
    case = make_case(cast, state=State.TRIAGED)
    seen = Seen.of(case)
    results = at_once(
        lambda: triage.assign(case_id=case.pk, by=cast.mo, expert=cast.theo, seen=seen),
        lambda: triage.assign(case_id=case.pk, by=cast.dana, expert=cast.mora, seen=seen),
    )
    assert_one_winner(results)
    winner = next(result for result in results if not isinstance(result, Exception))
    assert again(case).expert_id == winner.expert_id


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_it_approves_once(cast, turn):
    case = make_case(cast, state=State.DRAFTED)
    seen = Seen.of(again(case))
    assert_one_winner(
        at_once(
            lambda: review.approve(case_id=case.pk, by=cast.mo, seen=seen),
            lambda: review.approve(case_id=case.pk, by=cast.dana, seen=seen),
            lambda: review.request_changes(case_id=case.pk, by=cast.mora, seen=seen, comment="Shorter."),
        )
    )
    assert case.events.filter(kind__in=["answer_approved", "changes_requested"]).count() == 1


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_it_files_a_question_under_the_topics_of_one_person(cast, turn):
    case, about = make_case(cast), topic()
    seen = Seen.of(case)
    assert_one_winner(
        at_once(
            lambda: triage.set_topics(case_id=case.pk, by=cast.mo, topics=[about.pk], seen=seen),
            lambda: triage.set_topics(case_id=case.pk, by=cast.dana, topics=[], seen=seen),
        )
    )


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_it_keeps_presences_and_lists_that_two_windows_write_at_once(cast, turn):
    case = make_case(cast)

    def beat(who):
        return lambda: presence.beat(case=case, by=who, page=Page.LETTER, has_unsaved=False)

    def keep(name):
        return lambda: habits.keep_view(person=cast.mo, name=name, query="?danger=1")

    results = at_once(beat(cast.mo), beat(cast.mo), beat(cast.dana), keep("One"), keep("Two"))
    assert not [result for result in results if isinstance(result, Exception)], results
    assert Presence.objects.count() == 2
    assert {name for name, _ in DeskHabits.objects.get(person=cast.mo).views} == {"One", "Two"}


def _both_read(cast):
    pair = make_case(cast), make_case(cast)
    for case in pair:
        triage.open_letter(case_id=case.pk, by=cast.mo)
    return pair


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_it_sets_one_of_two_same_letters_aside_once(cast, turn):
    first, second = _both_read(cast)
    seen = Seen.of(again(second))
    assert_one_winner(
        at_once(
            lambda: stories.merge(case_id=second.pk, other_id=first.pk, by=cast.mo, seen=seen),
            lambda: stories.merge(case_id=first.pk, other_id=second.pk, by=cast.dana),
            lambda: stories.merge(case_id=second.pk, other_id=first.pk, by=cast.mora, seen=seen),
        )
    )
    assert (again(first).merged_into_id, again(second).merged_into_id) == (None, first.pk)
    assert second.events.filter(kind="case_merged").count() == 1


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_it_keeps_the_tier_of_a_kept_letter_true_while_flags_close_and_letters_part(cast, turn):
    """Three people at a twin at once; nobody waits for ever, and the tier is that of the flags that are left."""
    first, second = _both_read(cast)
    danger = {"category": Category.OVERDOSE, "subject": Subject.CHILD, "timing": Timing.NOW}
    flag = triage.raise_flag(case_id=second.pk, by=cast.mo, severity=Severity.URGENT, **danger)
    triage.acknowledge_flag(case_id=second.pk, flag_id=flag.pk, by=cast.mo)
    stories.merge(case_id=second.pk, other_id=first.pk, by=cast.mo)
    at_once(
        lambda: triage.close_flag(case_id=second.pk, flag_id=flag.pk, by=cast.mo, outcome="Called."),
        lambda: stories.unmerge(case_id=second.pk, by=cast.dana),
        lambda: triage.raise_flag(case_id=first.pk, by=cast.mora, severity=Severity.CONCERN, **danger),
    )
    assert (again(first).tier, again(second).tier, again(second).merged_into_id) == (2, 3, None)


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_it_makes_one_story_of_links_at_once(cast, turn):
    cases = [make_case(cast) for _ in range(4)]
    at_once(
        lambda: stories.link(case_id=cases[0].pk, other_id=cases[1].pk, by=cast.mo),
        lambda: stories.link(case_id=cases[1].pk, other_id=cases[2].pk, by=cast.dana),
        lambda: stories.link(case_id=cases[3].pk, other_id=cases[2].pk, by=cast.mora),
    )
    assert len({again(case).story for case in cases}) == 1
    assert again(cases[0]).story is not None
