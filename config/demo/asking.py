"""What demo members were asked, and what some of them replied: through the real actions."""

from typing import Any

from accounts.models import User
from workflow.actions import asking, findings
from workflow.models import Case, Inquiry


def ask_and_reply(case: Case, exchange: dict[str, Any], *, asker: User, member: User, moderator: User) -> None:
    """Ask; with a `reply` the member replies, and with `passed_on` a moderator lets the expert read it."""
    inquiry = asking.ask(case_id=case.pk, by=asker, text=exchange["text"].strip())
    if not exchange.get("reply"):
        return
    asking.reply(case_id=case.pk, by=member, inquiry_id=inquiry.pk, text=exchange["reply"].strip())
    if exchange.get("passed_on"):
        _pass_on(Inquiry.objects.get(pk=inquiry.pk), moderator)


def _pass_on(inquiry: Inquiry, moderator: User) -> None:
    case, number, why = inquiry.case_id, inquiry.pk, "Common; it singles nobody out."
    findings.decide_rest(case_id=case, by=moderator, hints=False, inquiry_id=number)
    findings.decide_rest(case_id=case, by=moderator, hints=True, reason=why, inquiry_id=number)
    words = Inquiry.objects.get(pk=number).readable
    asking.settle(case_id=case, by=moderator, inquiry_id=number, words=words, ticked_by=moderator)
