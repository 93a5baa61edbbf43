"""What a demo reviewer comments on an answer: through the real action."""

from typing import Any

from accounts.models import User
from qa.passages import Passage
from workflow.actions import comments
from workflow.models import Case


def comment(case: Case, said: list[dict[str, Any]], *, reviewer: User) -> None:
    """Each of a file's `[[comments]]`, with the passage that it names."""
    for one in said:
        comments.comment(case_id=case.pk, by=reviewer, text=one["text"], about=Passage(one.get("quote", "")))
