"""On a case: which mails its member got, what waits, and the mail that goes with a decision. Never an address."""

from typing import Any

from django import template

from accounts.models import User
from workflow.events import Kind
from workflow.forms.mail import MailForm
from workflow.models import Case

from .. import letters
from ..audience import writer
from ..lines import named
from ..models import WHY_NOT, About, Choice, Habits, Message
from ..timing import habits_of

register = template.Library()


@register.simple_tag(takes_context=True)
def hears_by_mail(context: dict[str, Any], case: Case, about: str) -> bool:
    """Whether a member's own page may promise them mail about their letter: they did not say no, and mail reaches them."""
    user = context.get("user")
    if not case.may_mail or not isinstance(user, User):
        return False
    habits = habits_of(user)
    return habits.dead_at is None and habits.choice(About(about)) != Choice.NONE


WORDS = {
    "received": "We have your letter",
    "under_way": "Somebody works on it",
    "ready": "The answer is ready",
    "shared": "It can be read by others",
    "undecided": "Who may read it? (asked once more)",
    "look_again": "Please look again",
    "reply": "There is a message",
    "word": "There is a message",
    "corrected": "A page was corrected",
    "asked": "We asked something",
}


@register.inclusion_tag("notifications/case_mail.html", takes_context=True)
def mail_of_case(context: template.Context, case: Case) -> dict[str, Any]:
    """The panel of the moderators' case page."""
    person = writer(case)
    habits = Habits.objects.filter(person=person).first() if person else None
    return {
        "case": case,
        "mails": letters.told(case, person, habits),
        "why_none": habits.why_none() if habits else "",
        "why_not": WHY_NOT,
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("notifications/decision_mail.html")
def mail_with_decision(case: Case, kind: str, form: MailForm) -> dict[str, Any]:
    """Inside the form of a decision: the mail that the member gets, as it will go, with the lines typed so far."""
    added = form.cleaned_data.get("added", "") if form.is_bound and form.is_valid() else ""
    return {"shown": letters.upcoming(case, Kind(kind), added), "form": form}


@register.simple_tag
def upcoming_mail(case: Case, kind: str) -> letters.Shown | None:
    """The same mail without a line of anybody's, made once for several forms on a page."""
    return letters.upcoming(case, Kind(kind), "")


@register.filter
def mail_named(message: Message) -> str:
    """What a mail is about, where no case stands beside it."""
    return named(message.template)


@register.filter
def mail_words(message: Message) -> str:
    """What a mail said, for colleagues."""
    return WORDS.get(message.template, message.template)
