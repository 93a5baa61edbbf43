"""The registry of help lines as the desks look after it: what is overdue, and which published answers say something older."""

from dataclasses import dataclass

from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from qa import blocks
from qa.models import HelpLine, Publication
from qa.sanitize import clean_html

from ..models import LineCheck
from .pages import holding

_CERTAINTY = {
    "A": "its own page was read, or it was called",
    "B": "several pages agree",
    "C": "known from other pages only",
}


@dataclass(frozen=True)
class Entry:
    """One help line, its last check, and the answers whose block says something else than the registry now."""

    line: HelpLine
    is_overdue: bool
    check: LineCheck | None
    pages: list[Publication]
    stale: list[Publication]

    @property
    def must_be_checked_live(self) -> bool:
        """Its source was no page of its own, and nobody here has checked it since."""
        return self.line.certainty == "C"

    @property
    def certainty_words(self) -> str:
        return _CERTAINTY[self.line.certainty]


def entries(who: User) -> list[Entry]:
    """Every entry, what is overdue first, then what must be checked live. Two reads an entry, by the index of the search."""
    if not (who.holds(Role.ADMINISTRATOR) or who.holds(Role.MODERATOR)):
        return []
    today = timezone.localdate()
    checks: dict[int, LineCheck] = {}
    for check in LineCheck.objects.select_related("by").order_by("checked_on", "pk"):
        checks[check.line_id] = check
    made = [_entry(line, checks.get(line.pk), line.is_overdue(today=today)) for line in HelpLine.objects.all()]
    return sorted(made, key=lambda entry: (not entry.is_overdue, not entry.must_be_checked_live))


def _entry(line: HelpLine, check: LineCheck | None, is_overdue: bool) -> Entry:
    shown = Publication.objects.filter(withdrawn_at__isnull=True).defer("words")
    pages = [page for page in holding(shown, line.name) if line.name in blocks.help_lines_in(page.answer_html)]
    now = clean_html(blocks.help_line(line))
    return Entry(line, is_overdue, check, pages, [page for page in pages if now not in clean_html(page.answer_html)])


def overdue_lines() -> list[HelpLine]:
    """Entries whose day has passed."""
    return list(HelpLine.objects.filter(review_by__lt=timezone.localdate()))
