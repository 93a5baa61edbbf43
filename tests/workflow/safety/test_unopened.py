"""A press on "Take it on" silences no clock by itself: while nobody opens the letter, others are called again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from notifications.delivery import deliver
from notifications.outbox import fan_out, remind
from tests.cast import again, make_case, make_cast
from workflow import events, queues
from workflow.actions import clocks, handing, intake, roster, severity, triage
from workflow.events import Kind
from workflow.models import Event, SafetyFlag
from workflow.safety.words import Category, Severity, Subject, Timing

EVERYBODY, WITH_LEADS = ["dana", "mo", "mora"], ["ada", "dana", "mo", "mora"]
UNOPENED = "Somebody took it on, and nobody has opened it since."


@pytest.fixture(autouse=True)
def clock(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    with time_machine.travel(timezone.make_aware(datetime(2026, 11, 24, 11)), tick=False) as traveller:
        yield lambda **span: traveller.shift(timedelta(**span))


def mailed():
    mail.outbox.clear()
    while fan_out():
        pass
    deliver()
    return sorted(sent.to[0].split("@")[0] for sent in mail.outbox)


def steps():
    return list(Event.objects.filter(kind="flag_escalated").values_list("data__step", flat=True))


def taken(cast, by=None, **more):
    """A case whose emergency somebody has taken on; nothing else was done."""
    case = make_case(cast, danger="yes", **more)
    mailed()
    take_on(case, by or cast.mo)
    return case


def take_on(case, by):
    for flag in case.flags.all():
        triage.acknowledge_flag(case_id=case.pk, flag_id=flag.pk, by=by)


def raise_by_hand(case, by, **more):
    kind = {"category": Category.CHILD, "severity": Severity.URGENT, "subject": Subject.CHILD, "timing": Timing.NOW}
    return triage.raise_flag(case_id=case.pk, by=by, **{**kind, **more})


def test_it_calls_again_when_a_flag_was_taken_on_and_nobody_opened_the_letter(cast, clock):
    case = make_case(cast, danger="yes")
    mailed()
    clock(minutes=6)
    take_on(case, cast.mo)
    clock(minutes=9)
    assert clocks.escalate_flags() == 0, "counted from when it was taken on"
    clock(minutes=2)
    assert clocks.escalate_flags() == 1
    assert clocks.escalate_flags() == 0
    assert mailed() == EVERYBODY
    assert all(UNOPENED in sent.body and "Take it on" not in sent.body for sent in mail.outbox)
    clock(minutes=10)
    assert clocks.escalate_flags() == 1
    assert mailed() == WITH_LEADS
    assert clocks.escalate_flags() == 0
    assert mailed() == []
    assert steps() == [1, 2]
    clock(hours=1)
    remind()
    assert mailed() == EVERYBODY
    clock(hours=1)
    remind()
    remind()
    assert mailed() == EVERYBODY
    assert UNOPENED in mail.outbox[0].body


def test_it_calls_the_next_on_the_roster_and_not_who_took_it_on(cast, clock):
    for person, day in ((cast.mo, 24), (cast.dana, 25), (cast.mora, 26)):
        roster.give_turn(by=cast.ada, person=person, day=date(2026, 11, day), from_hour=8, until_hour=22)
    case = make_case(cast, danger="yes")
    assert "mo" in mailed()
    clock(minutes=11)
    clocks.escalate_flags()
    assert mailed() == ["dana"]
    clock(seconds=1)
    take_on(case, cast.dana)
    clock(minutes=11)
    assert clocks.escalate_flags() == 1
    assert mailed() == ["mora"]


def test_it_ends_when_anybody_opens_the_letter_and_asks_again_at_the_last_moment(cast, clock):
    case = taken(cast)
    clock(minutes=11)
    assert clocks.escalate_flags() == 1
    triage.open_letter(case_id=case.pk, by=cast.dana)
    assert mailed() == []
    clock(hours=3)
    assert clocks.escalate_flags() == 0
    remind()
    assert mailed() == []


def test_it_never_calls_about_a_flag_that_was_closed_made_milder_or_taken_back_with_its_letter(cast, clock):
    closed, milder, gone = (taken(cast) for _ in range(3))
    clock(minutes=11)
    assert clocks.escalate_flags() == 3
    triage.close_flag(case_id=closed.pk, flag_id=closed.flags.get().pk, by=cast.mo, outcome="He called me.")
    flag = milder.flags.get()
    about = {"severity": Severity.CONCERN, "reason": "Long ago."}
    severity.change_severity(case_id=milder.pk, flag_id=flag.pk, by=cast.mo, **about)
    intake.withdraw(case_id=gone.pk, by=cast.rosa)
    mailed()
    assert not [sent for sent in mail.outbox if UNOPENED in sent.body]
    clock(hours=1)
    assert clocks.escalate_flags() == 0
    remind()
    assert not [who for who in mailed() if who != "rosa"]


def test_it_catches_up_after_an_outage_and_takes_each_step_once(cast, clock):
    taken(cast)
    clock(hours=5)
    assert clocks.escalate_flags() == 2
    assert clocks.escalate_flags() == 0
    assert steps() == [1, 2]
    assert set(mailed()) == set(WITH_LEADS)


def test_it_begins_once_more_for_the_next_who_takes_it_on(cast, clock):
    case = taken(cast)
    clock(minutes=21)
    assert clocks.escalate_flags() == 2
    mailed()
    handing.hand_on(case_id=case.pk, by=cast.mo)
    assert mailed() == ["dana", "mora"]
    clock(seconds=1)
    take_on(case, cast.dana)
    clock(minutes=9)
    remind()
    assert clocks.escalate_flags() == 0
    assert mailed() == []
    clock(minutes=2)
    assert clocks.escalate_flags() == 1
    assert steps() == [1, 2, 1]


@pytest.mark.parametrize("is_taken_meanwhile", [True, False])
def test_it_calls_once_a_step_for_a_case_however_its_flags_wait(cast, clock, is_taken_meanwhile):
    case = taken(cast)
    other = raise_by_hand(case, cast.dana)
    mailed()
    clock(minutes=11)
    assert clocks.escalate_flags() == 1
    (event,) = Event.objects.filter(kind="flag_escalated")
    assert set(event.data["flags"]) == {flag.pk for flag in case.flags.all()}
    assert other.pk not in event.data["unopened"]
    if is_taken_meanwhile:
        triage.acknowledge_flag(case_id=case.pk, flag_id=other.pk, by=cast.mo)
    assert mailed() == EVERYBODY, "one mail for each, and one is true whatever happened meanwhile"
    assert {UNOPENED in sent.body for sent in mail.outbox} == {is_taken_meanwhile}


@pytest.mark.parametrize("was_read", [True, False])
def test_it_counts_only_openings_since_the_flag_was_raised_but_who_raised_it_by_hand_has_read_it(cast, clock, was_read):
    case = make_case(cast)
    triage.open_letter(case_id=case.pk, by=cast.dana if was_read else cast.mora)
    clock(minutes=1)
    flag = raise_by_hand(case, cast.dana)
    triage.acknowledge_flag(case_id=case.pk, flag_id=flag.pk, by=cast.mo)
    clock(minutes=11)
    assert clocks.escalate_flags() == int(not was_read)


def test_it_takes_the_opening_of_a_reply_for_one(cast, clock):
    case = taken(cast)
    events.record(Kind.REPLY_OPENED, case=case, by=cast.mo)
    clock(minutes=11)
    assert clocks.escalate_flags() == 0


@pytest.mark.django_db(transaction=True)
def test_it_takes_a_step_once_when_several_clocks_run_at_the_same_time(transactional_db, clock):
    taken(make_cast())
    clock(minutes=11)

    def tick(_):
        try:
            return clocks.escalate_flags()
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(tick, range(4))) == 1
    assert steps() == [1]


# ---- what the desk sees -------------------------------------------------------------------------------------------
def page_for(person, path):
    client = Client()
    client.force_login(person)
    return " ".join(client.get(path).content.decode().split())


def test_the_desk_says_who_took_it_on_and_that_the_letter_is_not_opened_yet(cast):
    case = taken(cast, by=cast.dana)
    pages = [reverse("workflow:board"), reverse("workflow:queue"), reverse("workflow:case", args=[case.public_id])]
    letter = reverse("workflow:letter", args=[case.public_id])
    for page in pages:
        shown = page_for(cast.mo, page)
        assert "Taken on by Dana, letter not opened yet" in shown, page
        assert letter in shown
        assert "urgent flag waits" not in shown
    assert "not opened" not in page_for(cast.erin, reverse("workflow:answering"))
    assert "not opened" not in page_for(cast.mo, letter), "opening it is reading it"
    for page in pages:
        assert "not opened" not in page_for(cast.mo, page), page


def test_the_desk_says_since_where_the_letter_was_read_before_the_danger_was_seen(cast, clock):
    case = make_case(cast)
    triage.open_letter(case_id=case.pk, by=cast.mora)
    clock(minutes=1)
    raise_by_hand(case, cast.dana)
    take_on(case, cast.mo)
    assert "Taken on by Mo, letter not opened since" in page_for(cast.mo, reverse("workflow:board"))


def test_the_board_asks_as_often_for_many_as_for_few(cast, django_assert_num_queries):
    client = Client()
    client.force_login(cast.mo)
    for number in (1, 20):
        for _ in range(number):
            case = make_case(cast, danger="yes")
            take_on(case, cast.dana)
        with django_assert_num_queries(5):
            client.get(reverse("workflow:board"))
    assert len(queues.taken_unopened(cast.mo)) == SafetyFlag.objects.count() > 20


def test_the_trail_and_the_mails_of_leads_say_truly_why_others_were_called(cast, clock):
    case = taken(cast)
    clock(minutes=21)
    clocks.escalate_flags()
    mailed()
    page = page_for(cast.mo, reverse("workflow:case", args=[case.public_id]))
    assert "The flag was taken on, and nobody had opened the letter: others were called" in page
    assert "Nobody had taken the flag on" not in page
    client = Client()
    client.force_login(cast.ada)
    page = client.get(reverse("notifications:go", args=[case.public_id]), follow=True).content.decode()
    assert "somebody had taken it on, and nobody had opened the letter" in page
    assert again(case).first_read_at is None
