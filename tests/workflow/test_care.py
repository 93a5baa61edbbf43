"""Care for who works here: hand a letter on without a reason, enough for a day, days away."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from tests.cast import again, make_case, signed_in
from tests.workflow.test_triage_pages import at, flagged
from workflow import queues, worklist
from workflow.actions import habits, handing, holding, review, triage
from workflow.events import Kind
from workflow.models import HandedOn
from workflow.safety.words import Severity
from workflow.states import State
from workflow.transitions import Refused
from workflow.worklist import Filters

pytestmark = pytest.mark.once


@pytest.fixture
def mo(cast):
    return signed_in(cast.mo)


def following(who):
    return worklist.next_for(who, Filters())


# ---- hand this to someone else -------------------------------------------------------------------------------------
def test_it_hands_a_letter_on_in_one_press_without_a_reason_and_shows_colleagues_first(cast, mo):
    old, young = make_case(cast), make_case(cast)
    assert following(cast.dana) == old
    page = mo.post(reverse("workflow:hand_on", args=[young.public_id]), follow=True).content.decode()
    assert "Handed on. A colleague sees it first" in page
    assert following(cast.dana) == young
    assert following(cast.mo) == old
    assert (
        "A colleague asks somebody else to take it"
        in signed_in(cast.dana).get(reverse("workflow:queue")).content.decode()
    )
    event = young.events.last()
    assert (event.kind, event.data, hasattr(event, "remark")) == (Kind.CASE_HANDED_ON, {}, False)


@pytest.mark.both
def test_it_never_puts_a_calm_letter_that_was_handed_on_before_one_in_danger(cast):
    urgent, calm = make_case(cast), make_case(cast)
    flagged(cast, urgent)
    handing.hand_on(case_id=calm.pk, by=cast.mo)
    assert following(cast.dana) == urgent


def test_it_offers_it_to_nobody_first_once_a_colleague_opened_it_and_never_again_to_who_handed_it_on(cast):
    old, young = make_case(cast), make_case(cast)
    handing.hand_on(case_id=young.pk, by=cast.mo)
    triage.open_letter(case_id=young.pk, by=cast.dana)
    assert following(cast.mora) == old
    handing.hand_on(case_id=old.pk, by=cast.mo)
    assert following(cast.mo) is None


def test_it_gives_it_back_when_they_open_it_after_all_or_undo(cast, mo):
    case = make_case(cast)
    handing.hand_on(case_id=case.pk, by=cast.mo)
    triage.open_letter(case_id=case.pk, by=cast.mo)
    assert not HandedOn.objects.exists()
    mo.post(reverse("workflow:hand_on", args=[case.public_id]))
    assert following(cast.mo) is None
    mo.post(reverse("workflow:undo"))
    assert following(cast.mo) == case


def test_it_puts_the_flags_they_took_on_back_on_the_board_and_calls_colleagues(cast):
    case = make_case(cast)
    mine, dana_s = flagged(cast, case), flagged(cast, case, Severity.EMERGENCY)
    triage.acknowledge_flag(case_id=case.pk, flag_id=mine.pk, by=cast.mo)
    triage.acknowledge_flag(case_id=case.pk, flag_id=dana_s.pk, by=cast.dana)
    assert not queues.urgent_board(cast.mo).exists()
    handing.hand_on(case_id=case.pk, by=cast.mo)
    assert list(queues.urgent_board(cast.mo)) == [mine]
    assert case.events.get(kind=Kind.FLAG_RETURNED).data == {"flag": mine.pk, "severity": "urgent"}


def test_it_lets_go_of_a_review_they_were_at(cast):
    case = make_case(cast, state=State.DRAFTED)
    review.start(case_id=case.pk, by=cast.mo)
    handing.hand_on(case_id=case.pk, by=cast.mo)
    assert again(case).reviewer is None
    assert review.start(case_id=case.pk, by=cast.dana).reviewer == cast.dana
    assert not HandedOn.objects.filter(is_waiting=True).exists()


def test_it_keeps_a_handed_on_letter_in_the_queue_in_its_order(cast, mo):
    cases = [make_case(cast) for _ in range(3)]
    handing.hand_on(case_id=cases[1].pk, by=cast.mo)
    assert [row.case for row in mo.get(reverse("workflow:queue")).context["rows"]] == cases


def test_it_lets_no_one_else_hand_on(cast):
    case = make_case(cast, state=State.TRIAGED)
    for who in (cast.erin, cast.rosa):
        with pytest.raises(Refused):
            handing.hand_on(case_id=case.pk, by=who)


# ---- enough for a day ----------------------------------------------------------------------------------------------
def limit(who, letters):
    habits.set_habits(person=who, keys={}, letters_a_day=letters)


def test_it_asks_before_a_letter_too_many_opens_and_opens_it_when_they_want_to(cast, mo):
    first, second = make_case(cast), make_case(cast)
    limit(cast.mo, 1)
    mo.get(at("letter", first))
    page = mo.get(at("letter", second))
    assert "You have looked after 1 letter today, as many as you wished." in page.content.decode()
    assert not second.events.filter(kind=Kind.LETTER_OPENED).exists()
    assert "Enough for today" not in mo.get(at("letter", first)).content.decode()
    assert mo.get(at("letter", second), {"anyway": "yes"}).context["letter"]
    assert second.events.filter(kind=Kind.LETTER_OPENED).count() == 1
    assert "Enough for today" not in mo.get(at("letter", second)).content.decode()


def test_it_never_stands_between_a_moderator_and_an_urgent_letter(cast, mo):
    limit(cast.mo, 1)
    mo.get(at("letter", make_case(cast)))
    urgent = make_case(cast)
    flagged(cast, urgent)
    assert mo.get(at("letter", urgent)).context["letter"]


def free_cases(cast, number):
    cases = [make_case(cast, state=State.TRIAGED) for _ in range(number)]
    for case in cases:
        triage.assign(case_id=case.pk, by=cast.mo, expert=None)
    return cases


def test_it_asks_an_expert_before_a_question_too_many_and_lets_them_take_it_all_the_same(cast):
    first, second, urgent = free_cases(cast, 3)
    flagged(cast, urgent)
    erin = signed_in(cast.erin)
    limit(cast.erin, 1)
    erin.post(at("claim", first))
    assert again(first).expert == cast.erin
    page = erin.post(at("claim", second)).content.decode()
    assert "Enough for today" in page
    assert again(second).expert is None
    erin.post(at("claim", second), {"anyway": "yes"})
    assert again(second).expert == cast.erin
    erin.post(at("claim", urgent))
    assert again(urgent).expert == cast.erin
    assert "You have looked after 3 letters today" in erin.get(reverse("workflow:answering")).content.decode()


# ---- away ----------------------------------------------------------------------------------------------------------
def test_it_puts_urgent_flags_of_a_moderator_who_goes_away_back_on_the_board(cast, mo):
    case = make_case(cast)
    urgent, calm = flagged(cast, case), flagged(cast, case, Severity.CONCERN)
    for flag in (urgent, calm):
        triage.acknowledge_flag(case_id=case.pk, flag_id=flag.pk, by=cast.mo)
    today = timezone.localdate()
    typed = {"first": today, "last": today + timedelta(days=3), "habits": "yes"}
    page = mo.post(reverse("workflow:away"), typed, follow=True).content.decode()
    assert "You are away from" in page
    assert list(queues.urgent_board(cast.dana)) == [urgent]
    assert case.events.get(kind=Kind.FLAG_RETURNED).actor is None
    assert holding.tend() == 0


def test_it_puts_them_back_by_the_clock_on_the_first_day_away(cast):
    case = make_case(cast)
    flag = flagged(cast, case)
    triage.acknowledge_flag(case_id=case.pk, flag_id=flag.pk, by=cast.mo)
    holding.set_away(
        person=cast.mo, first=timezone.localdate() + timedelta(days=1), last=timezone.localdate() + timedelta(days=2)
    )
    assert not queues.urgent_board(cast.dana).exists()
    User.objects.filter(pk=cast.mo.pk).update(away_from=timezone.localdate())
    assert holding.tend() == 1
    assert list(queues.urgent_board(cast.dana)) == [flag]


def test_it_says_on_the_habits_page_which_day_is_wrong(mo):
    today = timezone.localdate()
    response = mo.post(reverse("workflow:away"), {"first": today, "last": today - timedelta(days=1), "habits": "yes"})
    assert response.status_code == 422
    assert "The last day is before the first one." in response.content.decode()


def test_it_shows_experts_their_days_on_both_pages(cast):
    erin = signed_in(cast.erin)
    today = timezone.localdate()
    erin.post(reverse("workflow:away"), {"first": today, "last": today})
    for name in ("answering", "habits"):
        assert "You are away from" in erin.get(reverse(f"workflow:{name}")).content.decode()
