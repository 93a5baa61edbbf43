"""Who is there when: staffed hours, on-call hours, nights, weekends, holidays, and clocks that change in autumn."""

from datetime import date, datetime

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from qa.models import Audience
from tests.cast import LETTER, make_case
from workflow import clocks, hours, queues
from workflow.actions import intake, roster
from workflow.hours import Cover

pytestmark = pytest.mark.once


@pytest.fixture(autouse=True)
def calendar(settings):
    settings.STAFFED_HOURS, settings.ON_CALL_HOURS = "9-17", "8-22"
    settings.STAFFED_READ_MINUTES, settings.ON_CALL_READ_MINUTES = 15, 60
    settings.CLOSED_DAYS = ["2026-12-24"]


def at(day, hour, minute=0):
    return timezone.make_aware(datetime(2026, *day, hour, minute))


FRIDAY, SATURDAY, MONDAY = (11, 20), (11, 21), (11, 23)
THANKSGIVING, EVE = (11, 26), (12, 24)


@pytest.mark.parametrize(
    ("moment", "cover"),
    [
        (at(FRIDAY, 9), Cover.STAFFED),
        (at(FRIDAY, 16, 59), Cover.STAFFED),
        (at(FRIDAY, 17), Cover.ON_CALL),
        (at(FRIDAY, 8), Cover.ON_CALL),
        (at(FRIDAY, 22), Cover.NOBODY),
        (at(FRIDAY, 3), Cover.NOBODY),
        (at(SATURDAY, 12), Cover.ON_CALL),
        (at(THANKSGIVING, 12), Cover.ON_CALL),
        (at(EVE, 12), Cover.ON_CALL),
    ],
)
def test_it_knows_what_kind_of_hour_it_is(moment, cover):
    assert hours.cover_at(moment) == cover


@pytest.mark.parametrize(
    ("sent", "due"),
    [
        (at(FRIDAY, 10), at(FRIDAY, 10, 15)),
        (at(FRIDAY, 18), at(FRIDAY, 19)),
        (at(FRIDAY, 23), at(SATURDAY, 9)),
        (at(SATURDAY, 2), at(SATURDAY, 9)),
        (at(THANKSGIVING, 12), at(THANKSGIVING, 13)),
    ],
)
def test_it_counts_the_first_reading_in_minutes_while_somebody_is_there(sent, due):
    assert clocks.reading_due(sent, is_urgent=True) == due


def test_it_counts_from_the_next_business_day_where_nobody_is_on_call(settings):
    settings.ON_CALL_HOURS = ""
    assert clocks.reading_due(at(FRIDAY, 18), is_urgent=True) == at(MONDAY, 9, 15)
    assert clocks.reading_due(at((11, 25), 18), is_urgent=True) == at((11, 27), 9, 15)


def test_it_counts_no_holiday_as_a_working_day():
    assert clocks.working_days_after(at((11, 25), 10), 1) == at((11, 27), 10)
    assert clocks.answer_due(at((12, 23), 10)) > date(2027, 1, 4)
    assert hours.holiday_on(date(2026, 11, 26)) == "Thanksgiving Day"
    assert not hours.is_working_day(date(2026, 12, 24))


def test_it_takes_nobodys_word_for_it_and_promises_something_without_any_hours(settings):
    settings.STAFFED_HOURS = settings.ON_CALL_HOURS = ""
    assert clocks.reading_due(at(FRIDAY, 18), is_urgent=True) == at(FRIDAY, 18, 15)


def test_it_means_the_same_hour_of_the_day_after_the_clocks_change():
    assert timezone.localtime(hours.staffed_window(date(2026, 10, 30))[0]).hour == 9
    assert timezone.localtime(hours.staffed_window(date(2026, 11, 2))[0]).hour == 9
    spring = hours.on_call_window(date(2027, 3, 14))
    assert (timezone.localtime(spring[0]).hour, timezone.localtime(spring[1]).hour) == (8, 22)


@pytest.mark.parametrize(
    ("now", "when_not", "opening"),
    [
        (at(FRIDAY, 23), "at night", "on Monday from 9 in the morning"),
        (at((11, 24), 23), "at night", "tomorrow from 9 in the morning"),
        (at((11, 24), 5), "at night", "today from 9 in the morning"),
        (at(SATURDAY, 12), "today", "on Monday from 9 in the morning"),
        (at(THANKSGIVING, 12), "on a holiday", "tomorrow from 9 in the morning"),
    ],
)
def test_it_says_honestly_that_nobody_reads_and_when_somebody_does(cast, now, when_not, opening):
    """Nobody is on the roster, so on-call hours are hours in which nobody reads."""
    assert queues.cover_now(now) == Cover.NOBODY
    assert clocks.when_nobody_reads(now) == when_not
    assert clocks.opening_words(queues.next_reading(now), now) == opening


def test_it_opens_when_the_next_turn_begins_and_not_while_its_person_is_away(cast):
    with time_machine.travel(at(FRIDAY, 12)):
        roster.give_turn(by=cast.ada, person=cast.dana, day=date(2026, 11, 21), from_hour=12, until_hour=20)
        roster.give_turn(by=cast.ada, person=cast.mo, day=date(2026, 11, 22), from_hour=6, until_hour=20)
    assert queues.next_reading(at(FRIDAY, 23)) == at(SATURDAY, 12)
    assert queues.cover_now(at(SATURDAY, 13)) == Cover.ON_CALL
    assert queues.next_reading(at(SATURDAY, 21)) == at((11, 22), 6)
    cast.dana.away_from = cast.dana.away_until = date(2026, 11, 21)
    cast.dana.save()
    assert queues.cover_now(at(SATURDAY, 13)) == Cover.NOBODY
    assert queues.next_reading(at(FRIDAY, 23)) == at((11, 22), 6)


def test_it_tells_one_story_of_a_turn_outside_the_on_call_hours(cast):
    with time_machine.travel(at(FRIDAY, 12)):
        roster.give_turn(by=cast.ada, person=cast.dana, day=date(2026, 11, 20), from_hour=22, until_hour=32)
    with time_machine.travel(at(FRIDAY, 23)):
        assert queues.read_by() == "within 60 minutes"
        client = Client()
        client.force_login(cast.ada)
        page = client.get(reverse("workflow:roster")).content.decode()
    assert "Dana is on call now" in page
    assert "Nobody is there now" not in page


def member_pages(cast, danger):
    case = intake.submit_letter(by=cast.rosa, text=LETTER, danger=danger, audience=Audience.PRIVATE)
    client = Client()
    client.force_login(cast.rosa)
    intake.save_draft(member=cast.rosa, text=LETTER, danger=danger, audience="private")
    pages = [reverse(f"workflow:{name}", args=[case.public_id]) for name in ("ask_sent", "status")]
    return [client.get(page).content.decode() for page in [*pages, reverse("workflow:ask_check")]]


@pytest.mark.parametrize("danger", ["yes", "unsure", "no"])
def test_it_says_so_on_every_page_of_a_member_at_night(cast, danger):
    with time_machine.travel(at((11, 24), 23)):
        for page in member_pages(cast, danger):
            assert "No one reads this at night." in page
            assert "Next reading: tomorrow from 9 in the morning." in page
            assert "within the hour" not in page


@pytest.mark.parametrize(
    ("hour", "words"), [(11, "within 15 minutes"), (23, "tomorrow from 9 in the morning")], ids=["staffed", "night"]
)
def test_it_tells_strangers_the_same_on_the_front_door(db, hour, words):
    with time_machine.travel(at((11, 24), hour)):
        for name in ("qa:home", "qa:about"):
            assert words in Client().get(reverse(name)).content.decode()


def test_it_promises_a_quarter_of_an_hour_while_the_desk_is_staffed(cast):
    with time_machine.travel(at((11, 24), 11)):
        for page in member_pages(cast, "yes"):
            assert "No one reads this" not in page
            assert "within 15 minutes" in page


def test_it_promises_an_hour_while_somebody_is_on_call(cast):
    with time_machine.travel(at((11, 24), 19)):
        roster.give_turn(by=cast.ada, person=cast.mo, day=date(2026, 11, 24), from_hour=17, until_hour=22)
        for page in member_pages(cast, "unsure"):
            assert "within 60 minutes" in page
    make_case(cast)
