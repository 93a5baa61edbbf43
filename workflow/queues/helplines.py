"""The registry of help lines as the desks look after it: what is overdue, and which published answers say something older."""

from dataclasses import dataclass
from html import unescape

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from qa import blocks
from qa.models import HelpLine, Publication
from qa.sanitize import clean_html

from ..models import LineChange, LineCheck
from ..models.checks import LineChangeQuerySet
from ..safety.blocks import all_blocks
from ..safety.cards import all_cards
from ..safety.playbooks import LINE, all_playbooks, lines_named
from .pages import holding
from .playbooks import newest_words


@dataclass(frozen=True)
class Entry:
    """One help line, its last check, and the answers whose block says something else than the registry now."""

    line: HelpLine
    is_overdue: bool
    check: LineCheck | None
    pages: list[Publication]
    stale: list[Publication]
    change: LineChange | None

    @property
    def must_be_checked_live(self) -> bool:
        """Its source was no page of its own, and nobody here has checked it since."""
        return self.line.certainty == "C"


def entries(who: User) -> list[Entry]:
    """Every entry, what is overdue first, then what must be checked live. Two reads an entry, by the index of the search."""
    if not (who.holds(Role.ADMINISTRATOR) or who.holds(Role.MODERATOR)):
        return []
    today = timezone.localdate()
    checks: dict[int, LineCheck] = {}
    for check in LineCheck.objects.select_related("by").order_by("checked_on", "pk"):
        checks[check.line_id] = check
    # The last change of each: waiting, or what became of it.
    decided = LineChange.objects.select_related("proposed_by", "decided_by").order_by("pk")
    changes = {change.line_id: change for change in decided}
    made = [
        _entry(line, checks.get(line.pk), line.is_overdue(today=today), changes.get(line.pk))
        for line in HelpLine.everything.all()
    ]
    return sorted(made, key=lambda entry: (not entry.is_overdue, not entry.must_be_checked_live))


def _entry(line: HelpLine, check: LineCheck | None, is_overdue: bool, change: LineChange | None) -> Entry:
    pages = _pages_with(line)
    now = clean_html(blocks.help_line(line))
    stale = [page for page in pages if now not in clean_html(page.answer_html)]
    return Entry(line, is_overdue, check, pages, stale, change)


def _pages_with(line: HelpLine) -> list[Publication]:
    """Published answers in which the block of the line stands."""
    shown = Publication.objects.filter(withdrawn_at__isnull=True).defer("words")
    return [page for page in holding(shown, line.name) if line.name in blocks.help_lines_in(page.answer_html)]


def proposed_changes() -> LineChangeQuerySet:
    """Numbers that wait for a moderator's yes or no, oldest first."""
    return LineChange.objects.waiting().select_related("line", "proposed_by").order_by("pk")


def changes_to_decide(moderator: User) -> LineChangeQuerySet:
    """Those this person may decide: never what they proposed themselves."""
    if not moderator.holds(Role.MODERATOR):
        return LineChange.objects.none()
    return proposed_changes().exclude(proposed_by=moderator)


def why_kept(line: HelpLine) -> str:
    """Why an entry cannot be deleted; empty where nothing would be left without its number."""
    if line.is_fixed:
        return f"{line.key} cannot be deleted or get another number here: every page counts on it."
    if line.key in _named_in_what_we_ship():
        return "It stands on a card for danger, in a playbook, or in advice for answers. It cannot be deleted."
    if _stands_in_an_answer(line):
        return "It stands in a published answer. It cannot be deleted."
    return ""


def _stands_in_an_answer(line: HelpLine) -> bool:
    """As a block in either language, or by a number typed by hand."""
    shown = Publication.objects.filter(withdrawn_at__isnull=True).defer("words")
    said = [words for words in (line.name, line.name_es, line.number, line.number_es) if words]
    return any(unescape(page.answer_html).find(words) >= 0 for words in said for page in holding(shown, words))


def _named_in_what_we_ship() -> set[str]:
    """The keys that cards, playbooks (as somebody words them now) and demanded advice name."""
    books = [
        book.saying(newest_words(book.key, code)) for code, _ in settings.LANGUAGES for book in all_playbooks(code)
    ]
    in_cards = {key for card in all_cards() for key in (*card.call, *card.also)}
    in_blocks = {
        key
        for block in all_blocks()
        for key in (*block.lines, *(k for words in block.words.values() for k in LINE.findall(words)))
    }
    return lines_named(*books) | in_cards | in_blocks
