"""Who is there when: staffed hours, on-call hours, nights, weekends, holidays, and clocks that change in autumn."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from notifications.delivery import deliver
from notifications.outbox import fan_out
from qa.models import Audience
from tests.cast import LETTER, signed_in
from workflow import clocks, hours, queues
from workflow.actions import intake, roster, triage
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


NIGHT_TURN = [(at(FRIDAY, 22), at(SATURDAY, 8))]


@pytest.mark.parametrize(
    ("moment", "turns", "cover"),
    [
        (at(FRIDAY, 9), [], Cover.STAFFED),
        (at(FRIDAY, 16, 59), NIGHT_TURN, Cover.STAFFED),
        (at(FRIDAY, 17), [], Cover.NOBODY),
        (at(FRIDAY, 17), [(at(FRIDAY, 17), at(FRIDAY, 22))], Cover.ON_CALL),
        (at(FRIDAY, 23), NIGHT_TURN, Cover.ON_CALL),
        (at(SATURDAY, 8), NIGHT_TURN, Cover.NOBODY),
        (at(FRIDAY, 3), NIGHT_TURN, Cover.NOBODY),
        (at(SATURDAY, 12), [], Cover.NOBODY),
        (at(THANKSGIVING, 12), [], Cover.NOBODY),
        (at(EVE, 12), [], Cover.NOBODY),
    ],
)
def test_it_knows_what_kind_of_hour_it_is(moment, turns, cover):
    assert hours.cover_at(moment, turns) == cover


@pytest.mark.parametrize(
    ("sent", "due"),
    [
        (at(FRIDAY, 10), at(MONDAY, 10)),
        (at(FRIDAY, 16, 59), at(MONDAY, 16, 59)),
        (at(FRIDAY, 18), at(MONDAY, 17)),
        (at(SATURDAY, 12), at(MONDAY, 17)),
        (at(MONDAY, 3), at(MONDAY, 17)),
        (at((11, 25), 20), at((11, 27), 17)),
    ],
)
def test_it_counts_a_letter_without_danger_in_hours_in_which_the_desk_is_staffed(sent, due):
    assert clocks.reading_due(sent, is_urgent=False, turns=[(at(SATURDAY, 8), at(SATURDAY, 22))]) == due


def test_it_joins_turns_that_touch_or_overlap():
    parts = [
        (at(SATURDAY, 8), at(SATURDAY, 12)),
        (at(FRIDAY, 17), at(FRIDAY, 22)),
        (at(SATURDAY, 10), at(SATURDAY, 20)),
    ]
    assert hours.joined(parts) == [(at(FRIDAY, 17), at(FRIDAY, 22)), (at(SATURDAY, 8), at(SATURDAY, 20))]


def test_it_counts_no_holiday_as_a_working_day():
    assert clocks.working_days_after(at((11, 25), 10), 1) == at((11, 27), 10)
    assert clocks.answer_due(at((12, 23), 10)) > date(2027, 1, 4)
    assert hours.holiday_on(date(2026, 11, 26)) == "Thanksgiving Day"
    assert not hours.is_working_day(date(2026, 12, 24))


def test_it_takes_nobodys_word_for_it_and_promises_something_without_any_hours(settings):
    settings.STAFFED_HOURS = settings.ON_CALL_HOURS = ""
    assert clocks.reading_due(at(FRIDAY, 18), is_urgent=True, turns=[]) == at(FRIDAY, 18, 15)
    assert clocks.reading_due(at(FRIDAY, 18), is_urgent=False, turns=[]) == at(MONDAY, 18)


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


@dataclass(frozen=True)
class Told:
    """What is said of a letter sent at a moment, everywhere. No `notice`: somebody is there."""

    sent: datetime
    soon: str
    due: datetime
    calm_due: datetime
    turn: tuple[date, int, int] | None = None
    notice: str = ""
    opening: str = ""
    calm_opening: str = ""


TUESDAY, WEDNESDAY, NEXT_FRIDAY, NEXT_SATURDAY = (11, 24), (11, 25), (11, 27), (11, 28)
TOMORROW = "tomorrow from 9 in the morning"
STORIES = {
    "staffed": Told(at(TUESDAY, 11), "within 15 minutes", at(TUESDAY, 11, 15), at(WEDNESDAY, 11)),
    "on call in the evening": Told(
        at(TUESDAY, 19), "within 60 minutes", at(TUESDAY, 20), at(WEDNESDAY, 17), (date(2026, 11, 24), 17, 22)
    ),
    "on call at night": Told(
        at(TUESDAY, 23), "within 60 minutes", at(WEDNESDAY, 0), at(WEDNESDAY, 17), (date(2026, 11, 24), 22, 32)
    ),
    "on call on a holiday": Told(
        at(THANKSGIVING, 12),
        "within 60 minutes",
        at(THANKSGIVING, 13),
        at(NEXT_FRIDAY, 17),
        (date(2026, 11, 26), 8, 22),
    ),
    "nobody in the evening": Told(
        at(TUESDAY, 19), TOMORROW, at(WEDNESDAY, 9, 15), at(WEDNESDAY, 17), None, "now", TOMORROW, TOMORROW
    ),
    "nobody at night": Told(
        at(TUESDAY, 23), TOMORROW, at(WEDNESDAY, 9, 15), at(WEDNESDAY, 17), None, "at night", TOMORROW, TOMORROW
    ),
    "nobody on a holiday": Told(
        at(THANKSGIVING, 12),
        TOMORROW,
        at(NEXT_FRIDAY, 9, 15),
        at(NEXT_FRIDAY, 17),
        None,
        "on a holiday",
        TOMORROW,
        TOMORROW,
    ),
    "a turn before the desk opens": Told(
        at(NEXT_FRIDAY, 23),
        "tomorrow from 12 in the afternoon",
        at(NEXT_SATURDAY, 13),
        at((11, 30), 17),
        (date(2026, 11, 28), 12, 20),
        "at night",
        "tomorrow from 12 in the afternoon",
        "on Monday from 9 in the morning",
    ),
}


@pytest.mark.parametrize("told", STORIES.values(), ids=STORIES)
def test_it_tells_one_story_on_every_page_and_at_the_desks(cast, settings, told):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    if told.turn:
        day, first, last = told.turn
        with time_machine.travel(at(FRIDAY, 12)):
            roster.give_turn(by=cast.ada, person=cast.mo, day=day, from_hour=first, until_hour=last)
    with time_machine.travel(told.sent, tick=False):
        for name in ("qa:home", "qa:about"):
            page = Client().get(reverse(name)).content.decode()
            assert told.soon in page, name
            assert "ithin one working day" in page, name
        _says_so_to_members(cast, told)
        desk = page_for(cast.ada, reverse("workflow:roster"))
        assert ("Nobody is there now" in desk) == bool(told.notice)
        mail.outbox.clear()
        fan_out()
        deliver()
        assert mail.outbox
        assert not any(told.soon in one.body for one in mail.outbox), "mails leave the time to the page"


def _says_so_to_members(cast, told):
    for danger in ("yes", "unsure", "no"):
        is_calm = danger == "no"
        opening = told.calm_opening if is_calm else told.opening
        case, pages = member_pages(cast, danger)
        for page in pages:
            assert (f"No one reads this {told.notice}." in page) == bool(told.notice)
            assert (f"Next reading: {opening}." in page) == bool(opening)
            assert ("within one working day" if is_calm else told.soon) in page
        form = page_for(cast.rosa, reverse("workflow:ask"))  # beside the card for danger
        assert (f"Next reading: {told.opening}." in form) == bool(told.opening)
        row = signed_in(cast.mo).get(reverse("workflow:case", args=[case.public_id])).context["row"]
        assert row.clock.due == (told.calm_due if is_calm else told.due)
        assert (
            case.flags.exists() and f"Case {case.pk}" in page_for(cast.mo, reverse("workflow:board"))
        ) is not is_calm


def page_for(person, path):
    return signed_in(person).get(path).content.decode()


def member_pages(cast, danger):
    case = intake.submit_letter(by=cast.rosa, text=LETTER, danger=danger, audience=Audience.PRIVATE)
    intake.save_draft(member=cast.rosa, text=LETTER, danger=danger, audience="private")
    pages = [reverse(f"workflow:{name}", args=[case.public_id]) for name in ("ask_sent", "status")]
    return case, [page_for(cast.rosa, page) for page in [*pages, reverse("workflow:ask_check")]]


def test_it_names_no_time_for_a_reading_that_has_been(cast):
    with time_machine.travel(at(TUESDAY, 23)):
        case = intake.submit_letter(by=cast.rosa, text=LETTER, danger="yes", audience=Audience.PRIVATE)
        triage.open_letter(case_id=case.pk, by=cast.mo)
        page = page_for(cast.rosa, reverse("workflow:status", args=[case.public_id]))
    assert "Our aim is to answer it within 10 working days." in page
    assert TOMORROW not in page


LATE = {
    "en": (
        "Nobody has read your letter yet. That is later than we aim for",
        "calling our people again",
        "numbers above",
    ),
    "es": ("Todavía nadie ha leído su carta. Es más tarde de lo que nos proponemos", "llamando otra vez", "de arriba"),
}
AIMS = ("a letter like yours", "every letter", "una carta como la suya", "todas las cartas")


@pytest.mark.parametrize("language", LATE)
@pytest.mark.parametrize("told", STORIES.values(), ids=STORIES)
def test_it_says_to_the_member_that_it_is_later_than_we_aim_for_as_the_desk_does(cast, told, language):
    cast.rosa.speak(language)
    if told.turn:
        day, first, last = told.turn
        with time_machine.travel(at(FRIDAY, 12)):
            roster.give_turn(by=cast.ada, person=cast.mo, day=day, from_hour=first, until_hour=last)
    with time_machine.travel(told.sent, tick=False):
        urgent, calm = (
            intake.submit_letter(by=cast.rosa, text=LETTER, danger=danger, audience=Audience.PRIVATE)
            for danger in ("yes", "no")
        )
    for case, due in ((urgent, told.due), (calm, told.calm_due)):
        pages = [reverse(f"workflow:{name}", args=[case.public_id]) for name in ("status", "ask_sent")]
        with time_machine.travel(due, tick=False):
            assert not any(LATE[language][0] in page_for(cast.rosa, page) for page in pages)
        with time_machine.travel(due + timedelta(minutes=1), tick=False):
            row = signed_in(cast.mo).get(reverse("workflow:case", args=[case.public_id])).context["row"]
            assert row.is_late
            page = page_for(cast.rosa, pages[0])
            assert LATE[language][0] in page
            assert all((words in page) == (case == urgent) for words in LATE[language][1:])
            assert page.index("911") < page.index(LATE[language][0])
            assert not any(aim in page for aim in AIMS)
            assert not any(words in page for words in ("You do not have to do anything", "No tiene que hacer nada"))
            assert signed_in(cast.rosa).get(pages[1]).status_code == 302, "the confirmation promised that time"
            triage.open_letter(case_id=case.pk, by=cast.mo)
            assert LATE[language][0] not in page_for(cast.rosa, pages[0])


@pytest.mark.parametrize("danger", ["yes", "unsure"])
def test_the_first_help_and_the_honest_hours_stand_above_everything_else(cast, danger):
    with time_machine.travel(at(TUESDAY, 23)):
        _, pages = member_pages(cast, danger)
    for page in pages[:2]:
        places = [
            page.index(words) for words in ("Is it happening now? Call 911.", "No one reads this", '<ol class="steps">')
        ]
        assert places == sorted(places)
        assert "It took courage" not in page or page.index("It took courage") > places[1]
