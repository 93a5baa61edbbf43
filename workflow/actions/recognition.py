"""A reader recognizes somebody on a published page: it is recorded, moderators are told, nothing more is published unseen."""

from datetime import timedelta

from django.utils import timezone

from qa.models import Publication

from .. import events
from ..events import Kind
from ..models import Case, Finding
from ..models.findings import Place
from ..transitions import door

MOST_AN_HOUR = 10  # a page that is reported over and over is known already


def report(page: Publication, *, words: str) -> bool:
    """Record a reader's report. False when the page was reported so often just now that it changes nothing."""
    if page.question is None:
        return False
    case_id = Case.objects.values_list("pk", flat=True).get(letter_id=page.question.letter_id)
    with door(case_id) as case:
        since = timezone.now() - timedelta(hours=1)
        if case.events.filter(kind=Kind.RECOGNITION_REPORTED, at__gte=since).count() >= MOST_AN_HOUR:
            return False
        Finding.objects.create(
            case=case,
            place=Place.TEXT,
            start=0,
            end=1,
            kind="REPORT",
            why="A reader says: I recognize somebody.",
            text=words,
        )
        case.version += 1
        case.save()
        events.record(Kind.RECOGNITION_REPORTED, case=case, by=None, remark=words)
    return True
