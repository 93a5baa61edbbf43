"""The registry of help lines is looked after: checked in one step, with how and when; led elsewhere by two people only."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from qa.models import HelpLine

from .. import events
from ..events import Kind
from ..models import LineChange, LineCheck
from ..queues.helplines import changes_to_decide
from ..transitions import Refused


@transaction.atomic
def verify(*, line_id: int, by: User, source: str, checked_on: date, review_by: date) -> LineCheck:
    """The number was called, or its own page read, on that day. The source is added to those of the entry."""
    line = HelpLine.objects.select_for_update().get(pk=line_id)
    known = [known for known in line.sources.splitlines() if known.strip()]
    line.sources = "\n".join(dict.fromkeys([*known, source.strip()]))
    line.verified_on, line.review_by, line.certainty = checked_on, review_by, "A"
    line.save()
    return LineCheck.objects.create(line=line, by=by, source=source.strip(), checked_on=checked_on, review_by=review_by)


def propose(*, line: HelpLine, by: User, after: dict[str, str]) -> LineChange:
    """Ask for a second person's yes to other numbers. Until then members are shown the ones of now."""
    before = {name: getattr(line, name) for name in after}
    try:
        with transaction.atomic():
            change = LineChange.objects.create(line=line, before=before, after=after, proposed_by=by)
            _note(Kind.LINE_PROPOSED, change, by=by)
    except IntegrityError as waits:
        raise Refused("A change of this entry waits already. Somebody has to say yes or no to it first.") from waits
    return change


@transaction.atomic
def decide(*, change_id: int, by: User, agreed: bool) -> bool:
    """The second person's yes or no. With a yes the entry leads there, unchecked until somebody checks it.

    False when it is not theirs to decide, or somebody was faster.
    """
    change = LineChange.objects.select_for_update().filter(pk=change_id).first()
    if change is None or not changes_to_decide(by).filter(pk=change_id).exists():
        return False
    if agreed:
        _take_over(change)
    change.decided_by, change.decided_at, change.is_agreed = by, timezone.now(), agreed
    change.save()
    _note(Kind.LINE_CONFIRMED if agreed else Kind.LINE_REFUSED, change, by=by)
    return True


def _take_over(change: LineChange) -> None:
    line = HelpLine.everything.select_for_update().get(pk=change.line_id)
    if any(getattr(line, name) != text for name, text in change.before.items()):
        raise Refused("This entry was changed after that was proposed. Refuse it; they can propose it again.")
    for name, text in change.after.items():
        setattr(line, name, text)
    line.verified_on = None  # also for a new entry, which had no number to change
    line.save()


def note_deletion(line: HelpLine, *, by: User) -> None:
    """An entry nothing used is gone: kept in the trail with the number it had."""
    events.record(Kind.LINE_DELETED, case=None, by=by, data={"line": line.pk, "number": line.number})


def _note(kind: Kind, change: LineChange, *, by: User) -> None:
    """Into the sealed trail, with the numbers: they are public, and no word of a letter."""
    facts = {"line": change.line_id, "change": change.pk, "before": change.before, "after": change.after}
    events.record(kind, case=None, by=by, data=facts)
