"""The comments beside an answer: for the pages that show one. One read, whatever their number."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from accounts.models import User
from qa.passages import standing

from .. import policies, queues
from ..models import Case, Comment
from ..states import Act


@dataclass(frozen=True)
class Said:
    """A comment with its number on the page; whether its passage still stands in the answer."""

    number: int
    comment: Comment
    is_in_text: bool


def commented(me: User, case: Case) -> dict[str, Any]:
    """The comments on an answer, with what this person may do about them."""
    return {
        **said_of(case, queues.comments_of(me, case)),
        "may_comment": policies.may(me, Act.COMMENT, case),
        "may_resolve": policies.may(me, Act.RESOLVE_COMMENT, case),
        "comment_to": reverse("workflow:comment", args=[case.public_id]),
    }


def said_of(case: Case, these: Iterable[Comment]) -> dict[str, Any]:
    """What the list of comments and the marks in the answer need; open passages only are marked."""
    comments = list(enumerate(these, 1))
    body = case.draft.body if case.draft else ""
    about = {number: one.passage for number, one in comments if one.quote}
    found = standing(body, about)
    waiting = {number for number, one in comments if one.resolved_at is None}
    return {
        "comments": [Said(number, one, number in found) for number, one in comments],
        "open_comments": len(waiting),
        "passages": {number: about[number] for number in sorted(found & waiting)},
    }
