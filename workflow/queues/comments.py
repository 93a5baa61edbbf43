"""What colleagues comment on an answer. The only reads of that table are here, beside the rule that counts the open ones."""

from django.db.models import QuerySet

from accounts.models import User

from ..models import Case, Comment
from .notes import with_notes_for


def comments_of(person: User, case: Case) -> QuerySet[Comment]:
    """Every comment on the answer, oldest first: for moderators, and for the expert who holds or wrote it."""
    theirs = with_notes_for(person).filter(pk=case.pk)
    return Comment.objects.filter(case__in=theirs).select_related("by", "resolved_by")
