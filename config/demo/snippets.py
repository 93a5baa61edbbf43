"""Passages of the demo's experts: one is current, one has passed its day."""

from collections.abc import Mapping
from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from qa.models import HelpLine, Snippet

# key, title, owner, days until somebody looks again, words
SNIPPETS = [
    (
        "what-this-answer-is",
        "What this answer is",
        "laurie",
        90,
        "I am [[expert]], and I answer here at [[site]]. I know only what you wrote, so take from this what fits. "
        "It does not stand in for a doctor or a counselor who knows you.",
    ),
    (
        "a-quiet-hour",
        "A quiet hour for the writer",
        "dominique",
        -12,
        "You carry a great deal. Choose one hour this week that belongs to you alone, and let somebody else have the phone.",
    ),
]


def make_snippets(people: Mapping[str, User]) -> None:
    today = timezone.localdate()
    for key, title, owner, days, body in SNIPPETS:
        Snippet(key=key, title=title, owner=people[owner], review_by=today + timedelta(days=days), body=body).keep()


def look_at_lines() -> None:
    """In the demo somebody looks at the help lines in time, whenever it is made."""
    today = timezone.localdate()
    HelpLine.objects.overdue(today).update(review_by=today + timedelta(days=30))
