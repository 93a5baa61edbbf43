"""Being there: a browser says which case it has open, and says goodbye. No step, no act, no event."""

from django.utils import timezone

from accounts.models import User

from ..models import Case, Presence
from ..models.presence import Page


def beat(*, case: Case, by: User, page: Page, has_unsaved: bool) -> None:
    """Still here. Whatever was not renewed is forgotten, whosever it is."""
    Presence.objects.stale().delete()
    Presence.objects.update_or_create(
        case=case, person=by, page=page, defaults={"has_unsaved": has_unsaved, "seen_at": timezone.now()}
    )


def leave(*, case: Case, by: User, page: Page) -> None:
    """The page was closed."""
    Presence.objects.filter(case=case, person=by, page=page).delete()
