"""The escalation clock and the cap on unread letters: each step once, never for what is taken on, late rather than never."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.utils import timezone

from notifications.delivery import deliver
from notifications.outbox import fan_out
from tests.cast import make_case
from workflow.actions import clocks, triage
from workflow.models import Event
from workflow.states import State


def steps():
    return sorted(Event.objects.filter(kind="flag_escalated").values_list("data__step", flat=True))


def after(**span):
    return time_machine.travel(timezone.now() + timedelta(**span))


def mailed():
    mail.outbox.clear()
    fan_out()
    deliver()
    return sorted({sent.to[0].split("@")[0] for sent in mail.outbox})


@pytest.fixture(autouse=True)
def server(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def test_it_calls_others_when_nobody_takes_a_flag_on(cast):
    make_case(cast, danger="yes")
    mailed()
    with after(minutes=9):
        assert clocks.escalate_flags() == 0
    with after(minutes=11):
        assert clocks.escalate_flags() == 1
        assert clocks.escalate_flags() == 0
        assert mailed() == ["dana", "mo", "mora"]
        assert mailed() == []
    with after(minutes=31):
        assert clocks.escalate_flags() == 1
        assert mailed() == ["ada", "dana", "mo", "mora"]
    assert steps() == [1, 2]


def test_it_goes_on_past_one_case_that_fails_and_says_that_it_was_not_whole(cast, monkeypatch):
    first, second = (make_case(cast, danger="yes") for _ in range(2))
    real = clocks._take_steps
    monkeypatch.setattr(clocks, "_take_steps", lambda pk: real(pk) if pk == second.pk else 1 / 0)
    with after(minutes=11), pytest.raises(ZeroDivisionError):
        clocks.escalate_flags()
    called = Event.objects.filter(kind="flag_escalated").values_list("case", flat=True)
    assert (first.pk in called, second.pk in called) == (False, True)


def test_it_catches_up_after_an_outage(cast):
    make_case(cast, danger="yes")
    with after(hours=5):
        assert clocks.escalate_flags() == 2
    assert steps() == [1, 2]


def test_it_calls_nobody_about_a_flag_that_was_taken_on(cast):
    case = make_case(cast, danger="yes")
    mailed()
    with after(minutes=11):
        clocks.escalate_flags()
        triage.acknowledge_flag(case_id=case.pk, flag_id=case.flags.get().pk, by=cast.mo)
        triage.open_letter(case_id=case.pk, by=cast.mo)  # taken on alone: test_unopened.py
        assert mailed() == []  # asked again at the last moment
    with after(hours=2):
        assert clocks.escalate_flags() == 0


def test_it_calls_once_a_step_for_a_case_and_goes_on_while_one_of_its_flags_waits(cast):
    case = make_case(cast, danger="yes")
    kind = {"severity": "emergency", "subject": "child", "timing": "now"}
    other = triage.raise_flag(case_id=case.pk, by=cast.mo, category="child", **kind)
    triage.open_letter(case_id=case.pk, by=cast.dana)
    mailed()
    with after(minutes=11):
        assert clocks.escalate_flags() == 1
        triage.acknowledge_flag(case_id=case.pk, flag_id=case.flags.exclude(pk=other.pk).get().pk, by=cast.mo)
        assert mailed() == ["dana", "mo", "mora"]
        assert len(mail.outbox) == 3, "one mail for each, not one for each flag"
    with after(minutes=21):
        assert clocks.escalate_flags() == 1
        assert mailed() == ["ada", "dana", "mo", "mora"]
        triage.acknowledge_flag(case_id=case.pk, flag_id=other.pk, by=cast.mo)
    assert steps() == [1, 2]


def test_it_calls_about_a_letter_nobody_opened_for_half_a_day_and_only_once(cast):
    case = make_case(cast)
    read = make_case(cast)
    triage.open_letter(case_id=read.pk, by=cast.mo)
    mailed()
    with after(hours=11):
        assert clocks.call_about_unread() == 0
    with after(hours=13):
        assert clocks.call_about_unread() == 1
        assert clocks.call_about_unread() == 0
        assert mailed() == ["ada", "dana", "mo", "mora"]
    assert Event.objects.get(kind="letter_overdue").case_id == case.pk
    assert case.state == State.SUBMITTED


@pytest.mark.django_db(transaction=True)
def test_it_takes_a_step_once_when_several_clocks_run_at_the_same_time(transactional_db):
    from tests.cast import make_cast

    make_case(make_cast(), danger="yes")

    def tick(_):
        try:
            return clocks.escalate_flags()
        finally:
            connection.close()

    with after(minutes=11), ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(tick, range(4))) == 1
    assert steps() == [1]
