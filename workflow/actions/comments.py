"""Comments on an answer at work: written by the reviewer, each resolved before the answer goes on."""

from django.utils import timezone

from accounts.models import User
from qa.passages import QUOTE_CHARS, Passage, passage_of

from .. import events, queues
from ..events import Kind
from ..models import Case, Comment
from ..models.comments import CommentKind
from ..states import Act
from ..transitions import Refused, acting

COMMENT_CHARS, REPLY_CHARS = 4_000, 2_000
NOT_THERE = "These words do not stand in the answer. Copy them as they are, or leave the field empty."


def comment(
    *, case_id: int, by: User, text: str, about: Passage | None = None, kind: CommentKind = CommentKind.REVIEW
) -> Comment:
    """Say something about the answer, or about one passage of it. It is open until somebody resolves it."""
    act = Act.COMMENT if kind == CommentKind.REVIEW else Act.COMMENT_AS_ASKED
    text = _fitting(text, COMMENT_CHARS)
    if not text:
        raise Refused("Write the comment first.")
    with acting(case_id, act, by=by) as case:
        passage = _passage(case, about) if about and about.quote.strip() else Passage("")
        people = queues.to_tell(case, by) if kind == CommentKind.COLLEAGUE else []
        made = Comment.objects.create(
            case=case,
            kind=kind,
            revision=case.draft.number if case.draft else 0,
            by=by,
            text=text,
            quote=passage.quote,
            before=passage.before,
            after=passage.after,
        )
        events.record(Kind.COMMENT_WRITTEN, case=case, by=by, data={"comment": made.pk, "people": people})
    return made


def resolve(*, case_id: int, by: User, comment_id: int, reply: str = "") -> Comment:
    """It is done, or answered by a reply. Twice changes nothing."""
    reply = _fitting(reply, REPLY_CHARS)
    with acting(case_id, Act.RESOLVE_COMMENT, by=by) as case:
        found: Comment | None = case.comments.filter(pk=comment_id).first()
        if found is None:
            raise Refused("That comment is not part of this case.", case=case)
        if found.resolved_at is not None:
            return found
        found.reply, found.resolved_at, found.resolved_by = reply, timezone.now(), by
        found.save()
        case.renew_claim()
        case.save()
        events.record(Kind.COMMENT_RESOLVED, case=case, by=by, data={"comment": found.pk})
    return found


def stands_in(case: Case, about: Passage) -> Passage | None:
    """The passage as it stands in the answer now; None when it does not."""
    if case.draft is None or len(about.quote) > QUOTE_CHARS:
        return None
    return passage_of(case.draft.body, about.quote, before=about.before, after=about.after)


def _passage(case: Case, about: Passage) -> Passage:
    found = stands_in(case, about)
    if found is None:
        raise Refused(NOT_THERE, case=case)
    return found


def _fitting(text: str, most: int) -> str:
    if len(text) > most:
        raise Refused(f"Please keep it under {most:,} characters. Nothing is lost: shorten it here.")
    return text.strip()
