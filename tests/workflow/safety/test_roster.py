"""The on-call roster: who is called first, who next, then all; swapped by moderators and administrators; gaps are loud."""

from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import RoleGrant
from accounts.roles import Role
from notifications.delivery import deliver
from notifications.outbox import fan_out, remind
from tests.cast import again, make_case
from workflow import queues
from workflow.actions import clocks, roster, triage
from workflow.models import Event, Shift
from workflow.safety.words import Category, Severity, Subject, Timing
from workflow.transitions import Refused

pytestmark = pytest.mark.once

DAY = date(2026, 11, 21)  # a Saturday
ROSTER = reverse("workflow:roster")


def at(hour, minute=0, day=DAY):
    return timezone.make_aware(datetime(day.year, day.month, day.day, hour, minute))


@pytest.fixture(autouse=True)
def server(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.STAFFED_HOURS, settings.ON_CALL_HOURS = "9-17", "8-22"


@pytest.fixture
def saturday():
    with time_machine.travel(at(9), tick=False) as clock:
        yield clock


def turn(cast, person, from_hour=8, until_hour=22, day=DAY, **more):
    return roster.give_turn(by=cast.ada, person=person, day=day, from_hour=from_hour, until_hour=until_hour, **more)


def mailed():
    mail.outbox.clear()
    while fan_out():
        pass
    deliver()
    safety = [one for one in mail.outbox if "Please look now" in one.subject]
    return sorted({one.to[0].split("@")[0] for one in safety})


@pytest.mark.both
def test_it_calls_whose_turn_it_is_then_the_next_then_everybody(cast, saturday):
    turn(cast, cast.mo)
    turn(cast, cast.dana, day=DAY + timedelta(days=1))
    make_case(cast, danger="yes")
    assert mailed() == ["mo"]
    saturday.shift(timedelta(minutes=9))
    assert clocks.escalate_flags() == 0
    saturday.shift(timedelta(minutes=2))
    assert clocks.escalate_flags() == 1
    assert mailed() == ["dana"]
    saturday.shift(timedelta(minutes=10))
    assert clocks.escalate_flags() == 1
    assert mailed() == ["ada", "dana", "mo", "mora"]
    assert clocks.escalate_flags() == 0
    assert mailed() == []


def test_it_calls_everybody_where_the_roster_has_a_gap(cast, saturday):
    turn(cast, cast.mo, from_hour=12)
    make_case(cast, danger="yes")
    assert mailed() == ["dana", "mo", "mora"]
    saturday.shift(timedelta(minutes=11))
    clocks.escalate_flags()
    assert mailed() == ["mo"], "the next on the roster"


def test_it_passes_by_who_is_away_or_no_moderator_any_more(cast, saturday):
    turn(cast, cast.mo)
    turn(cast, cast.dana, from_hour=7)
    cast.dana.away_from = cast.dana.away_until = DAY
    cast.dana.save()
    assert [one.pk for one in queues.on_call_at(at(9))] == [cast.mo.pk]
    RoleGrant.objects.filter(user=cast.mo, role=Role.MODERATOR).delete()
    assert queues.on_call_at(at(9)) == []
    make_case_by_hand(cast)
    assert mailed() == ["dana", "mora"]


def make_case_by_hand(cast):
    from workflow.actions import intake

    return intake.submit_letter(by=cast.rosa, text="He is asleep now. " * 4, danger="yes", audience="private")


def test_it_tells_others_when_who_is_on_call_raised_it(cast, saturday):
    turn(cast, cast.mo)
    case = make_case(cast)
    mailed()
    kind = {"category": Category.CHILD, "subject": Subject.CHILD, "timing": Timing.NOW}
    triage.raise_flag(case_id=case.pk, by=cast.mo, severity=Severity.EMERGENCY, **kind)
    assert mailed() == ["dana", "mora"]


def test_it_calls_late_rather_than_never_and_nobody_about_a_closed_flag(cast, saturday):
    turn(cast, cast.mo)
    turn(cast, cast.dana, day=DAY + timedelta(days=1))
    late, done = make_case(cast, danger="yes"), make_case(cast, danger="yes")
    mailed()
    for flag in done.flags.all():
        triage.acknowledge_flag(case_id=done.pk, flag_id=flag.pk, by=cast.mo)
        triage.close_flag(case_id=done.pk, flag_id=flag.pk, by=cast.mo, outcome="Called them.")
    saturday.shift(timedelta(hours=20))  # nothing ran for a night
    assert clocks.escalate_flags() == 2
    assert set(Event.objects.filter(kind="flag_escalated").values_list("case_id", flat=True)) == {late.pk}
    assert mailed() == ["ada", "dana", "mo", "mora"]


def test_it_says_again_each_hour_to_everybody_while_nobody_takes_it_on(cast, saturday):
    turn(cast, cast.mo)
    make_case(cast, danger="yes")
    assert mailed() == ["mo"]
    saturday.shift(timedelta(minutes=61))
    remind()
    assert mailed() == ["dana", "mo", "mora"]


def test_it_calls_the_leads_too_about_a_letter_that_lies_unread_and_says_it_again(cast, saturday):
    make_case(cast)
    mailed()
    saturday.shift(timedelta(hours=12, minutes=1))
    assert clocks.call_about_unread() == 1
    assert mailed() == ["ada", "dana", "mo", "mora"]
    saturday.shift(timedelta(hours=5))
    remind()
    assert mailed() == ["dana", "mo", "mora"]


def test_it_swaps_a_turn_and_remembers_who_had_it(cast, saturday):
    (first,) = turn(cast, cast.mo)
    second = roster.swap_turn(by=cast.mo, shift_id=first.pk, to=cast.dana)
    assert [one.pk for one in queues.on_call_at(at(9))] == [cast.dana.pk]
    assert (second.instead_of_id, Shift.objects.get(pk=first.pk).gone_by_id) == (first.pk, cast.mo.pk)
    with pytest.raises(Refused, match="already"):
        roster.swap_turn(by=cast.mo, shift_id=first.pk, to=cast.mora)
    with pytest.raises(Refused, match="already"):
        roster.drop_turn(by=cast.mo, shift_id=first.pk)
    (other,) = turn(cast, cast.mora)
    with pytest.raises(Refused, match="on call at that time"):
        roster.swap_turn(by=cast.mo, shift_id=other.pk, to=cast.dana)
    assert Shift.objects.get(pk=other.pk).gone_at is None
    roster.drop_turn(by=cast.ada, shift_id=second.pk)
    assert [one.pk for one in queues.on_call_at(at(9))] == [cast.mora.pk]


def test_it_gives_a_turn_once_and_for_several_weeks(cast, saturday):
    assert len(turn(cast, cast.mo, weeks=4)) == 4
    turn(cast, cast.mo)
    assert Shift.objects.count() == 4
    assert timezone.localtime(Shift.objects.last().starts_at).hour == 8


def test_it_lets_only_moderators_and_administrators_keep_it_and_only_moderators_be_on_it(cast, saturday):
    for who in (cast.erin, cast.rosa):
        with pytest.raises(Refused):
            roster.give_turn(by=who, person=cast.mo, day=DAY, from_hour=8, until_hour=22)
    for who in (cast.erin, cast.rosa, cast.ada):
        with pytest.raises(Refused):
            turn(cast, who)
    with pytest.raises(Refused):
        turn(cast, cast.mo, day=DAY - timedelta(days=1))
    with pytest.raises(Refused):
        turn(cast, cast.mo, from_hour=9, until_hour=9)
    assert not Shift.objects.exists()


def test_it_shows_gaps_loudly_and_none_while_the_desk_is_staffed(cast, saturday):
    turn(cast, cast.mo, from_hour=10, until_hour=20)
    turn(cast, cast.dana, from_hour=20, until_hour=32)
    days = {one.date: one for one in queues.shifts_of_days(DAY)}
    assert days[DAY].gaps == [(at(8), at(10))]
    sunday, monday = DAY + timedelta(days=1), DAY + timedelta(days=2)
    assert days[sunday].gaps == [(at(8, day=sunday), at(22, day=sunday))]
    assert days[monday].gaps == [(at(8, day=monday), at(9, day=monday)), (at(17, day=monday), at(22, day=monday))]
    assert days[DAY + timedelta(days=5)].holiday == "Thanksgiving Day"
    client = Client()
    client.force_login(cast.ada)
    page = client.get(ROSTER).content.decode()
    assert "Nobody from 8 AM to 10 AM" in page
    assert "Nobody is on call now" in page
    saturday.shift(timedelta(hours=2))
    page = client.get(ROSTER).content.decode()
    assert "Mo is on call now" in page
    assert "After 10 minutes without an answer: Dana" in page


def test_it_is_kept_on_its_page_and_says_beside_the_field_what_is_wrong(cast, saturday):
    client = Client()
    client.force_login(cast.mo)
    good = {"person": cast.dana.pk, "day": "2026-11-21", "from_hour": "8", "until_hour": "22", "weeks": "2"}
    wrong = [
        ({"person": cast.erin.pk}, "not a moderator any more"),
        ({"day": "2026-11-01"}, "That day is over"),
        ({"day": "soon"}, "Write the day as"),
        ({"until_hour": "8"}, "ends before it begins"),
        ({"weeks": "0"}, "for this day only"),
        ({"weeks": "99"}, "At most 26 weeks"),
    ]
    for change, sentence in wrong:
        page = client.post(ROSTER, {**good, **change})
        assert page.status_code == 422, change
        assert sentence in page.content.decode(), change
    assert not Shift.objects.exists()
    assert "Dana is on call then in each of 2 weeks" in client.post(ROSTER, good, follow=True).content.decode()
    shift = Shift.objects.first()
    change = reverse("workflow:change_shift", args=[shift.pk])
    assert client.post(change, {"person": cast.erin.pk}).status_code == 409
    assert "Mora takes that turn now" in client.post(change, {"person": cast.mora.pk}, follow=True).content.decode()
    assert client.post(change, {"drop": "yes"}).status_code == 409
    new = Shift.objects.standing().first()
    assert client.post(reverse("workflow:change_shift", args=[new.pk]), {"drop": "yes"}).status_code == 302
    assert Shift.objects.standing().count() == 1


def test_it_asks_as_often_for_many_turns_as_for_few(cast, saturday, django_assert_max_num_queries):
    client = Client()
    client.force_login(cast.ada)
    for day in range(14):
        for person in (cast.mo, cast.dana, cast.mora):
            turn(cast, person, day=DAY + timedelta(days=day))
    with django_assert_max_num_queries(20):
        client.get(ROSTER)


def test_it_never_pauses_the_clock_at_night_or_on_a_holiday(cast):
    with time_machine.travel(at(3), tick=False) as night:
        case = make_case(cast, danger="yes")
        mailed()
        night.shift(timedelta(minutes=11))
        assert clocks.escalate_flags() == 1
        assert again(case).events.filter(kind="flag_escalated").count() == 1
        assert mailed() == ["dana", "mo", "mora"]
