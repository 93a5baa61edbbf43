"""The registry of help lines is looked after: an entry is checked in one step, with how and when."""

from datetime import date

from django.db import transaction

from accounts.models import User
from qa.models import HelpLine

from ..models import LineCheck


@transaction.atomic
def verify(*, line_id: int, by: User, source: str, checked_on: date, review_by: date) -> LineCheck:
    """The number was called, or its own page read, on that day. The source is added to those of the entry."""
    line = HelpLine.objects.select_for_update().get(pk=line_id)
    known = [known for known in line.sources.splitlines() if known.strip()]
    line.sources = "\n".join(dict.fromkeys([*known, source.strip()]))
    line.verified_on, line.review_by, line.certainty = checked_on, review_by, "A"
    line.save()
    return LineCheck.objects.create(line=line, by=by, source=source.strip(), checked_on=checked_on, review_by=review_by)
