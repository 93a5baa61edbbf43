"""On a case: which mails its member got, what waits, and whether their mailbox still exists. Never an address."""

from typing import Any

from django import template

from workflow.models import Case

from ..audience import writer
from ..models import WHY_NOT, Category, Habits, Message

register = template.Library()
WORDS = {
    "received": "It has arrived",
    "under_way": "Somebody works on it",
    "ready": "The answer is ready",
    "shared": "It can be read by others",
    "undecided": "Who may read it? (asked once more)",
    "look_again": "Please look again",
    "reply": "There is a message",
}


@register.inclusion_tag("notifications/case_mail.html", takes_context=True)
def mail_of_case(context: template.Context, case: Case) -> dict[str, Any]:
    """The panel of the moderators' case page."""
    person = writer(case)
    habits = Habits.objects.filter(person=person, dead_at__isnull=False).first() if person else None
    return {
        "case": case,
        "mails": list(Message.objects.filter(event__case=case, category=Category.LETTER).order_by("-id")),
        "dead": habits.dead_reason if habits else "",
        "why_not": WHY_NOT,
        "csrf_token": context.get("csrf_token"),
    }


@register.filter
def mail_words(message: Message) -> str:
    """What a mail said, for colleagues."""
    return WORDS.get(message.template, message.template)
