"""Asking a colleague for a comment on an answer at work, and their comment. They never see the letter."""

from accounts.models import User

from .. import events, queues
from ..events import Kind
from ..models import Case
from ..states import Act
from ..transitions import Refused, acting

WORDS_CHARS = 2_000


def ask_colleague(*, case_id: int, by: User, colleague: User, words: str = "") -> Case:
    """Ask somebody for a comment. They hear of it by mail, without a word of it; what was typed stays in the house."""
    if len(words) > WORDS_CHARS:
        raise Refused(f"Please keep it under {WORDS_CHARS:,} characters.")
    with acting(case_id, Act.ASK_COLLEAGUE, by=by) as case:
        if not queues.to_be_asked(by, case).filter(pk=colleague.pk).exists():
            raise Refused("Choose a colleague who answers or moderates.", case=case)
        data = {"colleague": colleague.pk, "people": [colleague.pk]}
        case.renew_claim()
        case.save()
        events.record(Kind.COLLEAGUE_ASKED, case=case, by=by, remark=words, data=data)
    return case
