"""Spreads a demo case over the days it is said to have taken. The demo's only: the audit trail is never changed otherwise."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from importlib import import_module
from itertools import accumulate

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from qa.models import AnswerRevision, Letter, Publication, Question
from workflow.models import Case, Comment, Consent, Event, Inquiry, SafetyFlag

LONGEST_GAP = timedelta(hours=9)
PROMPT = timedelta(minutes=7)  # what is done about a danger does not wait as other steps do
ABOUT_A_DANGER = {"flag_raised", "flag_acknowledged"}


class _Editor:
    """As much of a schema editor as the guards of the trail need, inside a transaction that runs already."""

    connection = connection

    def execute(self, sql: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute(sql)


@contextmanager
def before_the_trail_is_closed() -> Iterator[None]:
    """The database refuses to change the audit trail; the demo's past is written before it begins to. A fault undoes both."""
    guards = import_module("workflow.migrations.0012_seals")
    guards.unguard(None, _Editor())
    yield
    guards.guard(None, _Editor())


def backdate(case: Case, *, days_ago: float) -> None:
    """Move a case that was just made into the past: sent `days_ago`, its steps following one after the other."""
    sent = timezone.now() - timedelta(days=days_ago)
    events = list(Event.objects.filter(case=case).order_by("id"))
    gap = min(LONGEST_GAP, timedelta(days=days_ago) * 0.9 / max(1, len(events)))
    waits = [timedelta(), *(min(gap, PROMPT) if event.kind in ABOUT_A_DANGER else gap for event in events[1:])]
    moments = {event.kind: _move(event, sent + wait) for event, wait in zip(events, accumulate(waits), strict=True)}
    _stamp(case, sent, moments)
    _stamp_flags(case, sent, {(event.kind, event.data.get("flag")): event for event in events})


def _move(event: Event, at: datetime) -> datetime:
    event.at = at
    QuerySet(Event).filter(pk=event.pk).update(at=at)
    return at


def _stamp(case: Case, sent: datetime, moments: dict[str, datetime]) -> None:
    last = max(moments.values())
    since = Event.objects.filter(case=case).exclude(to_state="").order_by("id").last()
    read = moments.get("letter_opened")
    drafted = moments.get("draft_submitted", last)
    approved = moments.get("answer_approved", last)
    Letter.objects.filter(pk=case.letter_id).update(sent_at=sent)
    Case.objects.filter(pk=case.pk).update(submitted_at=sent, state_since=since.at if since else sent)
    for field, at in {
        "first_read_at": read,
        "claimed_at": moments.get("case_claimed", moments.get("case_triaged")),
        "answered_at": approved,
    }.items():
        Case.objects.filter(pk=case.pk, **{f"{field}__isnull": False}).update(**{field: at})
    Case.objects.filter(pk=case.pk, approved_at__isnull=False).update(approved_at=approved)
    question = Question.objects.get(letter_id=case.letter_id)
    AnswerRevision.objects.filter(question=question).update(written_at=drafted)
    Publication.objects.filter(question=question).update(
        published_at=moments.get("case_published", last), answered_on=drafted.date(), reviewed_on=approved.date()
    )
    for page in Publication.objects.filter(question=question):
        page.save()  # its place follows the day it was published
    Consent.objects.filter(case=case).update(given_at=moments.get("consent_given", last))
    Comment.objects.filter(case=case).update(at=moments.get("comment_written", last))
    _stamp_inquiries(case, moments)


def _stamp_flags(case: Case, sent: datetime, told: dict[tuple[str, int | None], Event]) -> None:
    """A flag says the same times as the trail; what the scan raised was there with the letter."""
    for flag in SafetyFlag.objects.filter(case=case):
        for field, kind in {
            "raised_at": "flag_raised",
            "acknowledged_at": "flag_acknowledged",
            "closed_at": "flag_closed",
        }.items():
            event = told.get((kind, flag.pk))
            if event or kind == "flag_raised":
                setattr(flag, field, event.at if event else sent)
        flag.save(update_fields=["raised_at", "acknowledged_at", "closed_at"])


def _stamp_inquiries(case: Case, moments: dict[str, datetime]) -> None:
    for inquiry in Inquiry.objects.filter(case=case):
        asked = moments["member_asked"]
        Inquiry.objects.filter(pk=inquiry.pk).update(asked_at=asked)
        Case.objects.filter(pk=case.pk, paused_at__isnull=False).update(paused_at=asked)
        for field, kind in {
            "replied_at": "member_replied",
            "ended_at": "member_replied",
            "settled_at": "reply_settled",
        }.items():
            Inquiry.objects.filter(pk=inquiry.pk, **{f"{field}__isnull": False}).update(
                **{field: moments.get(kind, asked)}
            )
