"""The desks and the members' pages with 1,000 to 1,000,000 cases, on SQLite and PostgreSQL: queries and CPU time of every page.

    python -m benchmarks.cases                     both databases, 1,000 and 100,000 cases
    python -m benchmarks.cases 1000 1000000        other sizes
    python -m benchmarks.cases 100000:2000         so many of them waiting (200, if nothing is said)
    python -m benchmarks.cases --only sqlite 1000

Cases are walked through the product's own actions to every state and then copied by the database itself, with their letters,
questions, answers, events, flags, findings and mails. Closed ones are spread over ten years, their dangers looked after; the
same number waits at every size, as at a desk that keeps up. The figures are asked once before they are measured: what was
before today they count once a day.
"""

import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from benchmarks.rig import filling, measured, on_each_database

MOULDS = 20  # cases of each kind that are walked by hand before the database copies them
WAITING = 200


@dataclass
class Copied:
    """The rows of one table that belong to the moulds: identifiers above `low` up to `high`."""

    low: int
    high: int

    @property
    def span(self) -> int:
        return self.high - self.low


def main() -> int:
    return on_each_database("benchmarks.cases", sys.argv[1:], sizes=[1_000, 100_000])


def child(asked: str) -> None:
    from django.core.management import call_command
    from django.db import connection

    for command in ("migrate", "createcachetable"):
        call_command(command, verbosity=0)
    began = time.monotonic()
    size, _, waiting = asked.partition(":")
    with filling():
        people = generate(int(size), int(waiting or WAITING))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    from workflow.models import Case

    found = Case.objects.count(), Case.objects.filter(is_waiting=1).count()
    print(f"\n{connection.vendor}, {found[0]:,} cases, {found[1]:,} waiting (made in {time.monotonic() - began:.0f} s)")
    for name, (person, url) in pages_of(people).items():
        print(f"  {name:<34}{measured(url, person)}", flush=True)
    print(f"  {'five steps of a letter':<34}{five_steps(people)}", flush=True)


def tables() -> list[type]:
    """Every table whose rows belong to one case, in the order in which they refer to each other."""
    from django.apps import apps
    from django.db.models import AutoField, ForeignKey

    from qa.models import Letter, Publication
    from workflow.models import Case

    found: list[type] = [Letter]
    models = [model for model in apps.get_models(include_auto_created=True) if model is not Publication]
    while True:
        more = [
            model
            for model in models
            if model not in found
            and isinstance(model._meta.pk, AutoField)
            and any(isinstance(field, ForeignKey) and field.related_model in found for field in model._meta.fields)
        ]
        if not more:
            assert Case in found
            return found
        found += more


def generate(size: int, at_work: int):
    from django.db import transaction

    from tests.cast import make_case, make_cast
    from workflow.actions import triage
    from workflow.states import State

    luck = random.Random(7)
    people = make_cast()
    closed = [State.PUBLISHED, State.REVIEWED, State.DECLINED, State.WITHDRAWN]
    waiting = [State.SUBMITTED, State.TRIAGED, State.DRAFTED]
    for states, number_of, days in ((closed, size - at_work, 3_650), (waiting, at_work, 7)):
        with transaction.atomic(), moulds() as made:
            for number in range(MOULDS):
                audience = "private" if states[number % len(states)] == State.REVIEWED else "public"
                danger = luck.choice(["no", "no", "no", "unsure"])
                case = make_case(people, state=states[number % len(states)], audience=audience, danger=danger)
                if states is closed:
                    look_after(case, people.mo)
                elif case.state == State.TRIAGED and number % 2:
                    triage.assign(case_id=case.pk, by=people.mo, expert=None)
        copy(made, number_of // MOULDS - 1, days)
    return people


def look_after(case, moderator) -> None:
    from workflow.actions import triage

    for flag in case.flags.all():
        triage.acknowledge_flag(case_id=case.pk, flag_id=flag.pk, by=moderator)
        triage.close_flag(case_id=case.pk, flag_id=flag.pk, by=moderator, outcome="Talked with them.", verdict="danger")


@contextmanager
def moulds() -> Iterator[dict[type, Copied]]:
    """Notes which rows are made inside."""
    from django.db.models import Max

    made = {model: Copied(_highest(model, Max), 0) for model in tables()}
    yield made
    for model, rows in made.items():
        rows.high = _highest(model, Max)


def _highest(model, greatest) -> int:
    return model._base_manager.aggregate(top=greatest("pk"))["top"] or 0


def copy(made: dict[type, Copied], times: int, days: int) -> None:
    """Each mould `times` more, spread evenly over so many days, by one statement a table."""
    from django.db import connection, transaction

    minutes_apart = days * 24 * 60 / times
    postgres = connection.vendor == "postgresql"
    numbers = (
        f"(SELECT generate_series(1, {times}) AS k) AS numbers"
        if postgres
        else f"(WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < {times}) SELECT k FROM n)"
    )
    with transaction.atomic(), connection.cursor() as cursor:
        if postgres:
            cursor.execute("SET LOCAL session_replication_role = replica")  # copies refer to copies: nothing to check
        for model, rows in made.items():
            fields = [field for field in model._meta.concrete_fields if not getattr(field, "generated", False)]
            columns = ", ".join(f'"{field.column}"' for field in fields)
            values = ", ".join(_value(field, made, rows, minutes_apart) for field in fields)
            table = model._meta.db_table
            cursor.execute(
                f'INSERT INTO "{table}" ({columns}) SELECT {values} FROM "{table}" CROSS JOIN {numbers} '
                f'WHERE "{table}".id > {rows.low} AND "{table}".id <= {rows.high}'
            )
            if postgres:
                cursor.execute(
                    f"SELECT setval(pg_get_serial_sequence('\"{table}\"', 'id'), (SELECT max(id) FROM \"{table}\") + 1)"
                )


def _value(field, made: dict[type, Copied], rows: Copied, minutes_apart: float) -> str:
    """What a copy holds in this column: its own number, its own copies of what it refers to, and all else the same."""
    from django.db.models import CharField, DateTimeField, UUIDField

    column = f'"{field.column}"'
    if field.primary_key:
        return f"{column} + k * {rows.span}"
    if field.is_relation:
        target = made.get(field.related_model)
        if target is None:
            return column
        moved = f"{column} + k * {target.span}"
        return f"CASE WHEN {column} > {target.low} AND {column} <= {target.high} THEN {moved} ELSE {column} END"
    if field.unique and isinstance(field, CharField):
        keep = field.max_length - 9
        return f"substr({column}, 1, {keep}) || '-' || substr('0000000' || k, -7)" if not _is_postgres() else (
            f"substr({column}, 1, {keep}) || '-' || lpad(k::text, 7, '0')"
        )  # fmt: skip
    if field.unique and isinstance(field, UUIDField):
        return "NULL"
    if isinstance(field, DateTimeField):  # older and older, everything of a case by the same time
        minutes = f"round(k * {minutes_apart})"
        if _is_postgres():
            return f"{column} - {minutes} * interval '1 minute'"
        return f"strftime('%Y-%m-%d %H:%M:%f', {column}, '-' || {minutes} || ' minutes')"
    return column


def _is_postgres() -> bool:
    from django.db import connection

    return connection.vendor == "postgresql"


def pages_of(people):
    from django.urls import reverse

    from workflow.models import Case
    from workflow.states import State

    def one(state):
        return Case.objects.filter(state=state).order_by("-pk")[0].public_id

    own = Case.objects.filter(state=State.PUBLISHED).order_by("pk")[0].public_id  # a mould: copies have no writer
    at = {state: one(state) for state in (State.SUBMITTED, State.TRIAGED, State.DRAFTED, State.PUBLISHED)}
    return {
        "queue": (people.mo, reverse("workflow:queue")),
        "queue: one state": (people.mo, f"{reverse('workflow:queue')}?state=drafted"),
        "every case": (people.mo, reverse("workflow:cases")),
        "board": (people.mo, reverse("workflow:board")),
        "figures": (people.mo, reverse("workflow:flow")),
        "a case": (people.mo, reverse("workflow:case", args=[at[State.PUBLISHED]])),
        "a letter to triage": (people.mo, reverse("workflow:letter", args=[at[State.SUBMITTED]])),
        "an answer to review": (people.mo, reverse("workflow:review", args=[at[State.DRAFTED]])),
        "an expert's desk": (people.erin, reverse("workflow:answering")),
        "an answer being written": (people.erin, reverse("workflow:write", args=[at[State.TRIAGED]])),
        "a member's letters": (people.rosa, reverse("workflow:my_cases")),
        "a member's letter": (people.rosa, reverse("workflow:status", args=[own])),
    }


def five_steps(people) -> str:
    """A letter from submitted to published through the actions, with scans, findings, audit and mail rows; no HTTP."""
    from tests.cast import make_case
    from workflow.states import State

    spent = []
    for _ in range(7):
        before = time.process_time()
        make_case(people, state=State.PUBLISHED)
        spent.append(1000 * (time.process_time() - before))
    return f"{'':>12}{sorted(spent)[3]:>8.1f} ms CPU"


if __name__ == "__main__":
    sys.exit(main())
