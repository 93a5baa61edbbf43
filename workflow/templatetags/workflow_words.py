"""The workflow in plain words, for desks and refusals: what an event was, and by which role."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import template
from django.utils.timesince import timesince, timeuntil
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from accounts.models import User
from accounts.roles import Role

from .. import clocks, queues
from ..events import Kind
from ..models import Case, Event, SafetyFlag
from ..models.cases import NO_DANGER
from ..safety.words import CATEGORY_WORDS, SUBJECT_WORDS, TIMING_WORDS, Category, Severity, Subject, Timing
from ..states import STATE_WORDS, State

register = template.Library()

# Dangers whose name says already whom they threaten.
SAID_ALREADY = {(Category.CHILD, Subject.CHILD), (Category.WRITER_CRISIS, Subject.WRITER)}

EVENT_WORDS = {
    Kind.CASE_SUBMITTED: "The letter came in",
    Kind.CASE_TRIAGED: _("Passed to the experts"),
    Kind.DRAFT_SUBMITTED: _("The answer was sent for review"),
    Kind.CHANGES_REQUESTED: "Returned to the expert with a comment",
    Kind.ANSWER_APPROVED: _("The answer was approved"),
    Kind.ANSWER_APPROVED_ALONE: "Who wrote the answer approved it alone, in an emergency; all leads were told",
    Kind.ANSWER_CONFIRMED: "A second person read the answer that one alone had approved, and it stands",
    Kind.CASE_REOPENED: _("The answer was reopened"),
    Kind.CASE_PUBLISHED: _("Published"),
    Kind.CASE_UNPUBLISHED: _("Taken down"),
    Kind.CASE_DECLINED: _("Declined"),
    Kind.CASE_WITHDRAWN: _("Withdrawn by the member"),
    Kind.LETTER_OPENED: "The letter was opened",
    Kind.FLAG_RAISED: "A safety flag was raised",
    Kind.FLAG_ACKNOWLEDGED: "A safety flag was taken on",
    Kind.FLAG_CLOSED: "A safety flag was closed",
    Kind.FLAG_CHANGED: "How grave a safety flag is was changed",
    Kind.STEP_TICKED: "A step of the playbook was done",
    Kind.STEP_UNTICKED: "A step of the playbook was marked as not done",
    Kind.MEMBER_TOLD: "A moderator wrote to the member",
    Kind.CONTACT_ASKED: "A moderator asked to see how the member can be reached",
    Kind.CONTACT_GRANTED: "A second moderator said yes: the contact was open for an hour",
    Kind.CONTACT_DENIED: "A second moderator said no: the contact stayed hidden",
    Kind.CONTACT_OPENED: "The contact was opened at once; all leads were told",
    Kind.CONTACT_SEEN: "The contact was looked at",
    Kind.MESSAGE_READ: "The member opened what was written to them",
    Kind.FINDING_DECIDED: "Identifying words were decided",
    Kind.FINDING_REOPENED: "A decision about identifying words was undone",
    Kind.QUESTION_SAVED: "The question was saved",
    Kind.QUESTION_CONFIRMED: "The question was confirmed",
    Kind.QUESTION_CHANGED: _("The question was changed after the review"),
    Kind.EXPERT_ASSIGNED: "The expert was named or freed",
    Kind.CASE_CLAIMED: "An expert took the case",
    Kind.CASE_GIVEN_BACK: "The expert gave the case back",
    Kind.CASE_HANDED_OVER: "The expert handed the case to a colleague",
    Kind.CLAIM_EXPIRED: "Nothing was written for two days: the case is free again",
    Kind.CASE_REROUTED: "The expert is away: the case is free again",
    Kind.WORDS_KEPT: "Words that the language help named were kept, with a reason",
    Kind.REVIEW_STARTED: "A review was started",
    Kind.REVIEW_TAKEN_OVER: "The review was taken over from a colleague",
    Kind.PUBLICATION_SCHEDULED: "Publication was scheduled",
    Kind.PUBLICATION_UNSCHEDULED: "The schedule was cancelled",
    Kind.PUBLICATION_STOPPED: "The scheduled publication was stopped",
    Kind.CONSENT_GIVEN: _("The member agreed to the exact words"),
    Kind.CONSENT_REFUSED: _("The member keeps it private"),
    Kind.MAIL_UNWANTED: "The member told their mail program that our mail is unwanted; we stopped writing to them",
    Kind.MAIL_CHOSEN: "The member said whether we may write to them about this",
    Kind.CHANGE_SUGGESTED: _("The member wants something changed"),
    Kind.FLAG_ESCALATED: "Nobody had taken the flag on: others were called",
    Kind.MEMBER_ASKED: "The member was asked something",
    Kind.INQUIRY_TAKEN_BACK: "The question to the member was taken back",
    Kind.MEMBER_REPLIED: "The member replied",
    Kind.MEMBER_SILENT: "No reply came in a week: we go on without it",
    Kind.REPLY_OPENED: "The member’s reply was opened",
    Kind.REPLY_SETTLED: "The reply was passed on to the expert",
    Kind.COLLEAGUE_ASKED: "A colleague was asked for a comment",
    Kind.COMMENT_WRITTEN: "The answer was commented on",
    Kind.COMMENT_RESOLVED: "A comment on the answer was resolved",
    Kind.LETTER_OVERDUE: "Nobody had opened the letter: the moderators were called",
    Kind.CASE_HANDED_ON: "Handed to whoever is free",
    Kind.FLAG_RETURNED: "A safety flag waits for somebody again",
    Kind.STORY_LINKED: "Put into one story with",
    Kind.STORY_LEFT: "Taken out of a story",
    Kind.STORY_RESTORED: "The story is again as it was before",
    Kind.CASE_MERGED: "Set aside as the same letter as",
    Kind.CASE_UNMERGED: "Not the same letter after all as",
    Kind.END_ANNOUNCED: "The member was told that the words will be erased by the clock",
    Kind.LETTER_KEPT: "The member wants it kept for longer",
    Kind.LETTER_ENDED: "Its time was over: all words were erased by the clock",
    Kind.ORIGINAL_ENDED: "Its time was over: the original was erased by the clock; the page stays",
    Kind.HOLD_ASKED: "A moderator asked for a hold: nothing is erased by the clock",
    Kind.HOLD_AGREED: "A second moderator agreed to the hold",
    Kind.HOLD_ENDED: "The hold was ended",
}

WITH_ARTICLE = {"moderator": _("a moderator"), "expert": _("an expert"), "administrator": _("an administrator")}
BOARD_OPEN = 2  # flags in sight; emergencies never fold, what else there is does


@register.filter
def event_words(event: Event) -> str:
    """What happened, as a short phrase; the kind itself for one that has no words yet."""
    words = gettext(EVENT_WORDS.get(Kind(event.kind), event.kind.replace("_", " ")))
    if (unopened := event.data.get("unopened")) and unopened == event.data.get("flags"):
        words = "The flag was taken on, and nobody had opened the letter: others were called"
    if event.data.get("is_kept"):
        words = "The same letter came twice; kept here, and set aside:"
    return f"{words} case {event.data['other']}" if "other" in event.data else words


@register.filter
def role_words(event: Event) -> str:
    """Who did it, by role and never by name: "a moderator", "the member", "the service"."""
    if event.actor_role in {"service", "member"}:
        return gettext("the service") if event.actor_role == "service" else gettext("the member")
    roles = event.actor_role.split("+")
    return gettext(" and ").join(gettext(WITH_ARTICLE.get(role, role)) for role in roles if role) or gettext("somebody")


@register.filter
def answer_due(case: Case) -> date:
    """The day by which the member was promised an answer."""
    return clocks.answer_due(case.submitted_at, case.paused_days)


@register.filter
def days_left(due: date) -> int:
    return clocks.days_left(due)


@register.filter
def left_in_words(left: int) -> str:
    return clocks.in_words(left)


@register.filter
def actor_words(event: Event) -> str:
    """Who did it, for moderators: colleagues by name and role, a member never by name."""
    if event.actor_role in {"service", "member"} or event.actor is None:
        return role_words(event).capitalize()
    return f"{event.actor.staff_name}, {event.actor_role.replace('+', ' and ')}"


@register.filter
def state_words(state: str) -> str:
    """Where a case is, as the desks say it."""
    return STATE_WORDS[State(state)]


@register.filter
def flag_words(flag: SafetyFlag) -> str:
    """What a flag is about: "Overdose, their loved one, now"."""
    what, subject = CATEGORY_WORDS[Category(flag.category)], Subject(flag.subject)
    whom = "" if (flag.category, subject) in SAID_ALREADY else f", {SUBJECT_WORDS[subject]}"
    return f"{what}{whom}, {TIMING_WORDS[Timing(flag.timing)]}"


@register.filter
def calm_words(case: Case) -> str:
    """What is true of a case in which no danger is open: "Danger looked after". Empty, and no read, where one is."""
    return queues.calm_words_of(case) if case.tier == NO_DANGER else ""


@register.filter
def since_words(moment: datetime) -> str:
    """How long ago, in its largest unit: "3 hours"."""
    return "less than a minute" if (words := timesince(moment, depth=1)).startswith("0") else words


@register.filter
def until_words(moment: datetime) -> str:
    """How long still, in its largest unit."""
    return "less than a minute" if (words := timeuntil(moment, depth=1)).startswith("0") else words


@register.filter
def category_words(category: str) -> str:
    """A kind of danger inside a sentence: "overdose"."""
    return CATEGORY_WORDS[Category(category)].lower()


@register.filter
def dangers_named(flags: Iterable[tuple[SafetyFlag, *tuple[object, ...]]]) -> str:
    """The kinds of danger of these flags inside a sentence, each once: "overdose; violence; the writer cannot go on"."""
    return "; ".join(dict.fromkeys(category_words(flag.category) for flag, *_ in flags))


def _each_case_first(flags: list[SafetyFlag]) -> list[SafetyFlag]:
    """Emergencies before what is urgent; among each, what is the first of its case on the board before what is not."""
    seen: set[int] = set()
    order: dict[int, tuple[bool, bool]] = {}
    for flag in flags:
        order[flag.pk] = (flag.severity != Severity.EMERGENCY, flag.case_id in seen)
        seen.add(flag.case_id)
    return sorted(flags, key=lambda flag: order[flag.pk])


@register.inclusion_tag("workflow/triage/_board.html", takes_context=True)
def urgent_board(context: dict[str, Any], *, is_fragment: bool = False) -> dict[str, Any]:
    """Flags that nobody took on, on every desk page of a moderator; nothing for anybody else. Two reads.

    Every row can be taken on where it stands. Emergencies are all in sight, of different cases first; what is urgent
    folds behind the first few and is counted. None is ever left out. Below stands what somebody took on while the letter
    lies unopened, since a press alone helps nobody.
    """
    user = context.get("user")
    flags = list(queues.urgent_board(user)[: queues.BOARD + 1]) if isinstance(user, User) else []
    unopened: dict[int, list[SafetyFlag]] = {}
    for flag in queues.taken_unopened(user)[: queues.BOARD] if isinstance(user, User) else []:
        unopened.setdefault(flag.case_id, []).append(flag)
    shown = _each_case_first(flags[: queues.BOARD])
    cut = max(BOARD_OPEN, sum(flag.severity == Severity.EMERGENCY for flag in shown))
    return {
        "open": shown[:cut],
        "folded": shown[cut:],
        "number": len(shown),
        "has_more": len(flags) > queues.BOARD,
        "unopened": list(unopened.values()),
        "key": ".".join(str(flag.pk) for flag in flags),
        "is_fragment": is_fragment,
        "is_moderating": isinstance(user, User) and user.holds(Role.MODERATOR),
        "csrf_token": context.get("csrf_token"),
    }
