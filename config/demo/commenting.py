"""What a demo reviewer comments on an answer: through the real action."""

from typing import Any

from accounts.models import User
from qa.passages import Passage
from workflow.actions import asked, comments
from workflow.models import Case
from workflow.models.comments import CommentKind


def comment(case: Case, said: list[dict[str, Any]], *, reviewer: User) -> None:
    """Each of a file's `[[comments]]`, with the passage that it names."""
    for one in said:
        comments.comment(case_id=case.pk, by=reviewer, text=one["text"], about=Passage(one.get("quote", "")))


def ask_colleague(case: Case, asking: dict[str, Any], *, by: User, colleague: User) -> None:
    """Who holds the answer asks a colleague, who says what they think."""
    asked.ask_colleague(case_id=case.pk, by=by, colleague=colleague, words=asking["words"])
    comments.comment(case_id=case.pk, by=colleague, text=asking["said"], kind=CommentKind.COLLEAGUE)
