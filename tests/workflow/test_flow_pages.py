"""Figures of the work: what waits, times against the promise, week by week; the same number of reads whatever there is."""

import csv
import io
from dataclasses import fields
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from notifications import weekly
from notifications.models import Category, Message, Progress, Report
from tests.cast import LETTER, make_case
from workflow.actions import intake, triage
from workflow.drawing import lines, lying, top_of
from workflow.models import Case
from workflow.queues import flow as flow_file
from workflow.queues.figures import Times
from workflow.queues.flow import Flow, Stays, Tier, Wanted, Week, flow
from workflow.queues.told import duration
from workflow.states import OPEN_STATES, State
from workflow.tables import tables

DANGER = "My son is on the bathroom floor and I cannot wake him. His lips are blue and I do not know what to do now."


@pytest.fixture
def mo(cast):
    client = Client()
    client.force_login(cast.mo)
    return client


def sent(cast, *, days, read=None, answered=None, text=LETTER, **changes):
    """A letter of so many days ago; read after so many hours, answered after so many days."""
    start = timezone.now() - timedelta(days=days)
    case = intake.submit_letter(by=cast.rosa, text=text, danger="no")
    Case.objects.filter(pk=case.pk).update(
        submitted_at=start,
        first_read_at=start + timedelta(hours=read) if read else None,
        answered_at=start + timedelta(days=answered) if answered else None,
        **changes,
    )
    return case


@pytest.mark.once
def test_it_says_who_waits_how_long_and_what_came_of_the_promise(cast, mo, settings):
    for hours in (1, 2, 3, 4, 100):
        sent(cast, days=10, read=hours, answered=8)
    sent(cast, days=1, text=DANGER)
    sent(cast, days=30, paused_at=timezone.now())
    withdrawn = sent(cast, days=5)
    intake.withdraw(case_id=withdrawn.pk, by=cast.rosa)
    made = flow(cast.mo, Wanted(4))
    assert made.tiers[0].ages == [1, 0, 0, 0]
    assert made.tiers[3].ages == [0, 0, 0, 1]
    assert (made.read.median, made.read.p90, made.read.number, made.read.waiting) == (180, 6000, 5, 2)
    assert (made.answer.number, made.answer.waiting, made.answer.late) == (5, 2, 0)  # the clock of the paused stands
    assert (sum(week.came_in for week in made.weeks), sum(week.answered for week in made.weeks)) == (7, 5)
    assert flow(cast.mo, Wanted(4, tier=0)).tiers[3].waiting == 0
    assert flow(cast.mo, Wanted(4, topic="early-recovery")).read.number == 0
    settings.PROMISE_ANSWER_DAYS, settings.STAFFED_READ_MINUTES = 7, 25
    settings.STAFFED_HOURS, settings.ON_CALL_HOURS = "9-17", ""
    page = mo.get(reverse("workflow:flow"), {"weeks": "4", "tier": "9", "topic": "nothing"})
    assert page.context["made"].wanted == Wanted(4)
    content = page.content.decode()
    assert "within 7 working days" in content
    assert (
        "within 25 minutes while the desk is staffed (9 to 17 on working days); else counted from when somebody is there"
        in content
    )
    assert (
        content.count('role="img"') == content.count("<desc") >= 6
    )  # three charts, each for two screens; on some weekdays four
    assert "style=" not in content
    assert flow(cast.erin, Wanted(4)).read.number == 0


@pytest.mark.once
def test_it_tells_administrators_no_small_counts(cast, mo):
    sent(cast, days=1)
    told = [tables(flow(who, Wanted(4)))["waiting"].rows[3][1] for who in (cast.mo, cast.ada)]
    assert told == ["1", "fewer than 5"]
    response = mo.get(reverse("workflow:flow_csv", args=["by-week"]), {"weeks": "26"})
    rows = list(csv.reader(io.StringIO(response.content.decode())))
    assert (len(rows), rows[0]) == (27, ["Week of", "Came in", "Answered", "Published"])
    assert mo.get(reverse("workflow:flow_csv", args=["nothing"])).status_code == 404


def test_what_is_kept_until_midnight_has_the_shape_that_its_key_names():
    """A release that changes a field counts the shape up, here too: it must not read what the one before it kept."""
    kept = {kind.__name__: [one.name for one in fields(kind)] for kind in (Flow, Week, Stays, Tier, Times)}
    assert (flow_file._SHAPE, kept, Wanted._fields) == (
        1,
        {
            "Flow": ["wanted", "is_exact", "weeks", "stays", "tiers", "read", "answer"],
            "Week": ["start", "came_in", "answered", "published", "read", "answer"],
            "Stays": ["state", "minutes", "here"],
            "Tier": ["tier", "ages", "read", "read_before", "answer", "answer_before"],
            "Times": ["minutes", "in_time", "waiting", "late"],
        },
        ("weeks", "tier", "topic"),
    )


def test_it_times_each_state_and_asks_the_database_the_same_number_of_times(cast, django_assert_num_queries):
    make_case(cast, state=State.PUBLISHED)
    reviewed = make_case(cast, state=State.REVIEWED)
    triage.raise_flag(
        case_id=reviewed.pk,
        by=cast.mo,
        category="child",
        severity="urgent",
        subject="child",
        timing="now",
        note="Read it.",
    )
    flow(cast.mo, Wanted(52, topic="early-recovery"))  # keeps what was before today
    with django_assert_num_queries(5):
        made = flow(cast.mo, Wanted(52, topic="early-recovery"))
    left = {stays.state: (len(stays.minutes), stays.here) for stays in made.stays}
    assert left == {State.SUBMITTED: (2, 0), State.TRIAGED: (2, 0), State.DRAFTED: (2, 0), State.REVIEWED: (1, 1)}
    assert made.weeks[-1].published == 1
    assert made.tiers[1].answer.number == 1
    with django_assert_num_queries(2):
        weekly.weeks(52)


def test_it_counts_once_a_day_what_was_before_and_at_once_what_is_today(cast):
    old = sent(cast, days=2, read=1)
    first = flow(cast.mo, Wanted(4))
    Case.objects.filter(pk=old.pk).update(
        first_read_at=None
    )  # what was kept until midnight still says that it was read
    sent(cast, days=0)
    assert first.read.number == flow(cast.mo, Wanted(4)).read.number == 1
    assert [sum(week.came_in for week in made.weeks) for made in (first, flow(cast.ada, Wanted(4)))] == [1, 2]
    assert flow(cast.mo, Wanted(13)).read.number == 0


def test_it_counts_the_mail_by_week_without_the_mail_to_ourselves(db):
    now = timezone.now()
    for key, template, state in (("a", "x", "sent"), ("b", "self_test", "sent"), ("c", "x", "undeliverable")):
        Message.objects.create(
            key=key, template=template, category=Category.DIGEST, rank=1, state=Progress(state), done_at=now
        )
    for key, kind in (("a", "unwanted"), ("b", "no such mailbox"), ("c", "full or busy")):
        Report.objects.create(key=key, kind=kind)
    week = weekly.weeks(4)[-1]
    assert (week.sent, week.given_up, week.dead, week.unwanted) == (1, 1, 1, 1)


@pytest.mark.pure
@pytest.mark.parametrize(
    ("calm", "pressing", "moved"),
    [
        (([300] * 5, [100] * 5), ([10] * 5, [10] * 5), True),
        (
            ([300] * 5, [100] * 5),
            ([30] * 5, [10] * 5),
            False,
        ),  # everything is slower: too much work, nobody is forgotten
        (([150] * 5, [100] * 5), ([10] * 5, [10] * 5), False),  # less than an hour
        (([300] * 4, [100] * 5), ([10] * 5, [10] * 5), None),
        (([300] * 5, [100] * 5), ([], []), True),
    ],
)
def test_it_sees_when_attention_has_only_moved(calm, pressing, moved):
    tiers = [Tier(tier) for tier in range(4)]
    tiers[3].read.minutes, tiers[2].read_before.minutes = calm
    tiers[0].read.minutes, tiers[1].read_before.minutes = pressing
    assert Flow(Wanted(4), True, [], [Stays(state) for state in OPEN_STATES], tiers).has_moved is moved


@pytest.mark.pure
def test_it_draws_gaps_as_gaps_and_says_in_words_what_it_shows():
    starts = [date(2026, 3, 2) + timedelta(weeks=week) for week in range(4)]
    picture = lines("Times", starts, [("Half", [10, None, 20, 40])], duration, rounds=(60,), promise=(50, "promised"))
    wide, narrow = picture.drawings
    assert (wide.canvas.width, narrow.canvas.width) == (640, 320)
    assert len(wide.series[0].runs) == 1
    assert len(wide.series[0].marks) == 3
    assert picture.said == "Half: most in the week of Mar 23, 40 min; last in the week of Mar 23, 40 min."
    assert lines("Counts", starts, [("In", [0, 0, 0, 0])], str).is_empty
    long = [starts[0] + timedelta(weeks=week) for week in range(52)]
    assert len(lines("Long", long, [("In", [1] * 52)], str).drawings[1].series[0].marks) == 2  # only the ends have room


@pytest.mark.pure
def test_it_draws_bars_that_lie_and_writes_numbers_where_there_is_room():
    picture = lying("Waiting", ["Emergency", "None"], [("Young", [0, 30]), ("Old", [1, 30])], "{:g}".format)
    assert [mark.inside for mark in picture.drawings[1].series[1].marks] == ["", "30"]
    assert picture.said == "Emergency: 1. None: 60."
    assert lying("Waiting", ["None"], [("Young", [0])], "{:g}".format).is_empty


@pytest.mark.pure
@pytest.mark.parametrize(("highest", "top"), [(0.5, 1), (1, 1), (3, 5), (5, 5), (6, 10), (11, 20), (260, 500)])
def test_it_ends_a_chart_at_a_round_number(highest, top):
    assert top_of(highest) == top
