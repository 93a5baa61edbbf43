"""Figures of safety: counted from what people decided, told carefully, the same number of reads whatever the period."""

import csv
import io
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.cast import LETTER
from workflow import events
from workflow.actions import intake, triage
from workflow.models import Case, SafetyFlag
from workflow.queues.figures import Times, figures, weeks_of
from workflow.queues.told import duration, few, share
from workflow.safety.words import Category, Severity, Subject, Timing
from workflow.tables import safety_tables

pytestmark = pytest.mark.once

DANGER = "My son is on the bathroom floor and I cannot wake him. His lips are blue and I do not know what to do now."


@pytest.fixture
def mo(cast):
    client = Client()
    client.force_login(cast.mo)
    return client


def send(cast, text=LETTER, danger="no"):
    return intake.submit_letter(by=cast.rosa, text=text, danger=danger)


def close(cast, flag, verdict, minutes=7):
    triage.acknowledge_flag(case_id=flag.case_id, flag_id=flag.pk, by=cast.mo)
    triage.close_flag(case_id=flag.case_id, flag_id=flag.pk, by=cast.mo, outcome="Called.", verdict=verdict)
    at = flag.raised_at + timedelta(minutes=minutes)
    SafetyFlag.objects.filter(pk=flag.pk).update(acknowledged_at=at)


def raise_by_hand(cast, case):
    return triage.raise_flag(
        case_id=case.pk,
        by=cast.mo,
        category=Category.CHILD,
        severity=Severity.URGENT,
        subject=Subject.CHILD,
        timing=Timing.NOW,
        note="Read it myself.",
    )


def test_it_asks_whether_there_was_danger_when_a_flag_is_closed(cast, mo):
    case = send(cast, DANGER)
    flag = case.flags.get()
    triage.acknowledge_flag(case_id=case.pk, flag_id=flag.pk, by=cast.mo)
    address = reverse("workflow:close_flag", args=[case.public_id, flag.pk])
    assert mo.post(address, {"outcome": "Called the sister.", "verdict": "perhaps"}).status_code == 422
    mo.post(address, {"outcome": "Called the sister.", "verdict": "false_alarm"})
    assert SafetyFlag.objects.get(pk=flag.pk).verdict == "false_alarm"
    assert "No, a false alarm" in mo.get(case.get_absolute_url()).content.decode()


def test_it_keeps_which_rules_raised_a_flag(cast):
    flag = send(cast, DANGER).flags.get()
    assert "overdose.cannot-wake" in flag.rules or any(rule.startswith(("overdose", "body")) for rule in flag.rules)


def test_it_says_how_often_the_scan_is_right_by_kind_and_by_rule(cast):
    for number in range(6):
        close(cast, send(cast, DANGER).flags.get(), "danger" if number < 4 else "false_alarm")
    send(cast, DANGER)
    made = figures(cast.mo, 4)
    assert (made.whole.raised, made.whole.confirmed, made.whole.false_alarms) == (7, 4, 2)
    assert made.whole.precision == pytest.approx(4 / 6)
    assert [(kind.name, kind.judged.raised) for kind in made.kinds] == [("Overdose", 7)]
    assert all(judged.precision == pytest.approx(4 / 6) for _, judged in made.rules)
    assert made.weeks[-1].judged.raised == 7


def test_it_counts_as_missed_what_only_people_saw(cast):
    for _ in range(4):
        close(cast, send(cast, DANGER).flags.get(), "danger")
    raise_by_hand(cast, send(cast))  # missed
    raise_by_hand(cast, send(cast, DANGER))  # the scan had called people to this letter
    close(cast, raise_by_hand(cast, send(cast)), "false_alarm")  # nobody missed anything
    close(cast, send(cast, danger="yes").flags.get(), "danger")  # only the member said so
    send(cast, danger="yes")  # not judged
    made = figures(cast.mo, 4)
    recall, child = made.recall, next(kind.recall for kind in made.kinds if kind.name == "A child at risk")
    assert (recall.caught, recall.missed_by_hand, recall.missed_by_member) == (4, 1, 1)
    assert (child.caught, child.missed_by_hand) == (0, 2)  # the scan had called people, but for another danger
    assert recall.share == pytest.approx(4 / 6)


def test_it_says_how_soon_flags_are_taken_on_and_how_many_wait(cast):
    for minutes in (1, 2, 3, 4, 100):
        close(cast, send(cast, DANGER).flags.get(), "danger", minutes=minutes)
    milder = Case.objects.latest("pk").flags.get()
    SafetyFlag.objects.filter(pk=milder.pk).update(severity=Severity.CONCERN)
    change = {"flag": milder.pk, "from": "emergency", "severity": "concern", "is_graver": False}
    events.record(events.Kind.FLAG_CHANGED, case=milder.case, by=cast.mo, data=change)
    late = send(cast, DANGER).flags.get()
    SafetyFlag.objects.filter(pk=late.pk).update(raised_at=timezone.now() - timedelta(days=6))
    times = dict(figures(cast.mo, 4).taken_on)["Emergency"]
    assert (times.number, times.median, times.p90, times.waiting, times.late) == (5, 3, 100, 1, 1)
    assert times.kept is not None
    assert times.kept < 1


def test_it_watches_the_letters_below(cast):
    start = timezone.now() - timedelta(days=10)
    for hours in (1, 2, 3, 4, 5):
        case = send(cast)
        Case.objects.filter(pk=case.pk).update(submitted_at=start, first_read_at=start + timedelta(hours=hours))
    send(cast)
    reading = dict(figures(cast.mo, 4).reading)
    assert reading["No flag"].median == 180
    assert reading["No flag"].waiting == 1
    assert reading["Emergency or urgent"].number == 0


def test_it_tells_nothing_of_single_letters(cast, mo):
    for _ in range(4):
        close(cast, send(cast, DANGER).flags.get(), "danger")
    page = mo.get(reverse("workflow:figures")).content.decode()
    assert "too few</td>" in page
    assert "fewer than 5" in page
    assert "100%" not in page
    text = mo.get(reverse("workflow:figures_csv", args=["by-week"]), {"weeks": "4"}).content.decode()
    assert "fewer than 5" in text
    assert ",4," not in text


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0"), (1, "fewer than 5"), (4, "fewer than 5"), (5, "5"), (5000, "5000")]
)
def test_it_tells_counts_with_care(number, said):
    assert few(number) == said


@pytest.mark.parametrize(
    ("minutes", "said"),
    [
        (None, "too few"),
        (0, "0"),
        (0.5, "under a minute"),
        (7.2, "7 min"),
        (90, "1.5 h"),
        (120, "2 h"),
        (4320, "3 days"),
    ],
)
def test_it_says_times_as_people_do(minutes, said):
    assert duration(minutes) == said


def test_it_says_shares_in_whole_hundredths():
    assert (share(None), share(2 / 3)) == ("too few", "67%")


def test_it_counts_who_waits_beyond_the_promise_as_not_kept():
    now, times = timezone.now(), Times()
    for _ in range(5):
        times.add(now - timedelta(minutes=10), now, now, now)
    times.add(now - timedelta(hours=5), None, now - timedelta(hours=4), now)
    assert times.kept == pytest.approx(5 / 6)


def test_it_draws_charts_and_has_a_table_behind_them(cast, mo):
    for week in range(4):
        for _ in range(5):
            close(cast, send(cast, DANGER).flags.get(), "danger", minutes=5 + week)
        fresh = SafetyFlag.objects.order_by("-pk")[:5].values_list("pk", flat=True)
        at = timezone.now() - timedelta(weeks=week)
        SafetyFlag.objects.filter(pk__in=list(fresh)).update(
            raised_at=at, acknowledged_at=at + timedelta(minutes=5 + week)
        )
    page = mo.get(reverse("workflow:figures"), {"weeks": "4"}).content.decode()
    assert page.count("0 0 640 240") == 2
    assert page.count("too few in every week to be drawn") == 1
    assert 'role="img"' in page
    assert "<polyline" in page
    assert "style=" not in page
    assert page.count('<th scope="row">20') == 4  # one row of the table a week


def test_it_gives_the_same_as_csv(cast, mo):
    response = mo.get(reverse("workflow:figures_csv", args=["by-week"]), {"weeks": "26"})
    rows = list(csv.reader(io.StringIO(response.content.decode())))
    assert response.headers["Content-Type"].startswith("text/csv")
    assert len(rows) == 27
    assert [row[0] for row in rows[1:]] == [day.isoformat() for day in weeks_of(26)]
    for name in safety_tables(figures(cast.mo, 4)):
        assert mo.get(reverse("workflow:figures_csv", args=[name.replace("_", "-")])).status_code == 200
    assert mo.get(reverse("workflow:figures_csv", args=["nothing"])).status_code == 404


@pytest.mark.parametrize("typed", ["", "3", "-1", "999999", "a", "4 "])
def test_it_takes_thirteen_weeks_for_anything_else(mo, typed):
    assert mo.get(reverse("workflow:figures"), {"weeks": typed}).context["weeks"] == 13


def test_it_asks_the_database_the_same_number_of_times_whatever_there_is(cast, mo, django_assert_num_queries):
    cast.mo.roles  # noqa: B018  read once a request

    def asked():
        with django_assert_num_queries(4):
            figures(cast.mo, 52)

    asked()
    for _ in range(8):
        close(cast, send(cast, DANGER).flags.get(), "danger")
    asked()


def test_it_shows_administrators_figures_and_experts_nothing(cast):
    send(cast, DANGER)
    assert figures(cast.ada, 4).whole.raised == 1
    assert figures(cast.erin, 4).whole.raised == 0
