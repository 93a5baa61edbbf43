"""The floor: what the least Django does for the same pages and steps, written by hand, on the same database and machine.

    python -m benchmarks.floors              both databases, 1,000 and 100,000 rows
    python -m benchmarks.floors 1000000

A queue is three queries (a page of 50 by keyset, counts by state, who asks), a case two, a step locks the row, changes it
and writes one line of audit and one of mail. Sessions, sign-in and CSRF are on; nothing else is.
"""

import sys
import time
from typing import Any

from benchmarks.rig import measured, on_each_database

if __name__ == "__main__":  # what stands below needs a database, and each child of this process has one
    sys.exit(on_each_database("benchmarks.floors", sys.argv[1:], sizes=[1_000, 100_000]))

from django.db import connection, models, transaction
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.template import Context, Template
from django.urls import path
from django.utils import timezone

STEPS = ("triaged", "drafted", "reviewed", "published")
STATES = ("submitted", *STEPS)
WAITING = 200


class Row(models.Model):
    state = models.CharField(max_length=12)
    is_waiting = models.SmallIntegerField()
    tier = models.SmallIntegerField()
    sent_at = models.DateTimeField()
    title = models.CharField(max_length=120)
    text = models.TextField()

    class Meta:
        app_label = "floors"
        indexes = [models.Index(fields=["is_waiting", "tier", "sent_at", "id"], name="floor_queue")]

    def __str__(self) -> str:
        return f"{self.state} {self.pk}"


class Line(models.Model):
    row = models.ForeignKey(Row, models.CASCADE)
    kind = models.CharField(max_length=20)

    class Meta:
        app_label = "floors"

    def __str__(self) -> str:
        return self.kind


class Mail(models.Model):
    line = models.ForeignKey(Line, models.CASCADE)
    state = models.CharField(max_length=10)

    class Meta:
        app_label = "floors"

    def __str__(self) -> str:
        return self.state


PAGE = "<!doctype html><title>{{ title }}</title><h1>{{ title }}</h1>"
COUNTS = "<p>{% for state, number in counts %}{{ state }}: {{ number }} {% endfor %}</p>"
ROWS = "<ul>{% for row in rows %}<li>{{ row.title }}, {{ row.sent_at|date }}</li>{% endfor %}</ul>"
LIST = PAGE + COUNTS + ROWS
ONE = PAGE + "<p>{{ row.text }}</p><ol>{% for line in lines %}<li>{{ line.kind }}</li>{% endfor %}</ol>"


def _page(template: str, **context: Any) -> HttpResponse:
    if template not in _compiled:
        _compiled[template] = Template(template)
    return HttpResponse(_compiled[template].render(Context(context)))


_compiled: dict[str, Template] = {}


def trivial(request: HttpRequest) -> HttpResponse:
    return _page(PAGE, title="Hello")


def queue(request: HttpRequest) -> HttpResponse:
    assert request.user.is_authenticated
    waiting = Row.objects.filter(is_waiting=1)
    rows = waiting.order_by("tier", "sent_at", "id").defer("text")[:50]
    counts = waiting.order_by().values_list("state").annotate(number=Count("pk"))
    return _page(LIST, title="Queue", rows=rows, counts=counts)


def case(request: HttpRequest, number: int) -> HttpResponse:
    assert request.user.is_authenticated
    row = Row.objects.get(pk=number)
    return _page(ONE, title=row.title, row=row, lines=Line.objects.filter(row=row).order_by("-id")[:200])


def submit(request: HttpRequest) -> HttpResponse:
    with transaction.atomic():
        words = {"title": request.POST["title"], "text": request.POST["text"]}
        row = Row.objects.create(state="submitted", is_waiting=1, tier=3, sent_at=timezone.now(), **words)
        Mail.objects.create(line=Line.objects.create(row=row, kind="submitted"), state="due")
    return HttpResponse(str(row.pk))


def step(request: HttpRequest, number: int, state: str) -> HttpResponse:
    assert request.user.is_authenticated
    with transaction.atomic():
        row = Row.objects.select_for_update(no_key=True).get(pk=number)
        row.state, row.is_waiting = state, int(state != "published")
        row.save(update_fields=["state", "is_waiting"])
        Mail.objects.create(line=Line.objects.create(row=row, kind=state), state="due")
    return HttpResponse(status=302, headers={"Location": "/"})


urlpatterns = [
    path("trivial/", trivial),
    path("queue/", queue),
    path("submit/", submit),
    path("<int:number>/", case),
    path("<int:number>/<str:state>/", step),
]


def child(asked: str) -> None:
    from django.core.management import call_command
    from django.test.utils import override_settings

    from accounts.models import User

    for command in ("migrate", "createcachetable"):
        call_command(command, verbosity=0)
    fill(int(asked))
    person = User.objects.create_user("mo@people.example")
    names = ("sessions.middleware.Session", "middleware.csrf.CsrfView", "auth.middleware.Authentication")
    middleware = [f"django.{'' if 'csrf' in name else 'contrib.'}{name}Middleware" for name in names]
    with override_settings(ROOT_URLCONF="benchmarks.floors", MIDDLEWARE=middleware):
        print(f"\n{connection.vendor}, a floor written by hand, {Row.objects.count():,} rows", flush=True)
        print(f"  {'a page that says hello':<34}{measured('/trivial/')}")
        print(f"  {'queue':<34}{measured('/queue/', person)}")
        print(f"  {'a case':<34}{measured('/7/', person)}")
        print(f"  {'five steps over HTTP':<34}{'':>12}{five_steps(person):>8.1f} ms CPU")


def fill(size: int) -> None:
    with connection.schema_editor() as editor:
        for model in (Row, Line, Mail):
            editor.create_model(model)
    numbers = (
        f"SELECT generate_series(1, {size}) AS k"
        if connection.vendor == "postgresql"
        else f"WITH RECURSIVE n(k) AS (SELECT 1 UNION ALL SELECT k + 1 FROM n WHERE k < {size}) SELECT k FROM n"
    )
    waits = f"k <= {WAITING}"
    text = "A letter of some length, as they come in. " * 10
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO floors_row (state, is_waiting, tier, sent_at, title, text) SELECT "
            f"CASE WHEN {waits} THEN 'submitted' ELSE 'published' END, CASE WHEN {waits} THEN 1 ELSE 0 END, "
            f"k % 4, '2026-01-01 00:00:00+00', 'A letter', '{text}' FROM ({numbers}) AS numbers"
        )
        for _ in range(8):
            cursor.execute("INSERT INTO floors_line (row_id, kind) SELECT id, 'moved' FROM floors_row")
        cursor.execute("INSERT INTO floors_mail (line_id, state) SELECT id, 'sent' FROM floors_line")
        cursor.execute("ANALYZE")


def five_steps(person) -> float:
    from django.test import Client

    client = Client()
    client.force_login(person)
    spent = []
    for _ in range(15):
        before = time.process_time()
        number = client.post("/submit/", {"title": "A letter", "text": "Words. " * 60}).content.decode()
        for state in STEPS:
            client.post(f"/{number}/{state}/", {"seen": "1"})
        spent.append(1000 * (time.process_time() - before))
    return sorted(spent)[7]
