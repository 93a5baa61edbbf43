"""The table: event kind → who gets which mail, and whether it is still true when it is sent.

Every kind of event has a row; an empty row says that nobody hears of it by mail.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import F

from accounts.models import User
from accounts.roles import Role
from workflow import policies
from workflow.events import Kind
from workflow.models import Case, Event, Keeping
from workflow.states import BEFORE_AN_ANSWER, OPEN_STATES, Act, State, Step

from . import dangers
from .audience import To
from .models import About, Category

Holds = Callable[[Event, Case, User], bool]
Concerns = Callable[[Event], bool]


def _always(event: Event) -> bool:
    return True


@dataclass(frozen=True)
class Reminder:
    """Said again while it still holds: first after this long, then once in each `every`; `once`: one time only; `to`:
    to other people than at first; `states`: of cases where.
    """

    after: timedelta
    every: timedelta
    once: bool = False
    to: To | None = None
    states: tuple[State, ...] = OPEN_STATES


@dataclass(frozen=True)
class Rule:
    """One mail: its template, its stream, who gets it, while what holds, for which events, whether it links to the case."""

    template: str
    category: Category
    to: To
    holds: Holds
    concerns: Concerns = _always
    links_to_case: bool = True
    about: About | None = None  # what switches it off; None: nothing does
    is_decision: bool = False  # held for a moment, so that a slip can be taken back before it is mailed
    remind: Reminder | None = None
    is_late: bool = False  # only said when it reminds, never at first


def _in(*states: State) -> Holds:
    return lambda event, case, person: case.state in states


def _is_calm(event: Event) -> bool:
    return not dangers.is_urgent(event)


def _is_important(event: Event) -> bool:
    """A correction that matters for somebody's safety."""
    return bool(event.data.get("important"))


def _names_expert(event: Event) -> bool:
    return event.data.get("expert") is not None


def _is_unread_by_all(event: Event, case: Case, person: User) -> bool:
    return case.first_read_at is None and case.state in _OPEN


def _is_unread(event: Event, case: Case, person: User) -> bool:
    return person.holds(Role.MODERATOR) and _is_unread_by_all(event, case, person)


def _always_true(event: Event, case: Case, person: User) -> bool:
    return True


def _hold_waits(event: Event, case: Case, person: User) -> bool:
    """A colleague asked that something is not erased, and this person may say yes or no."""
    waiting = case.holds.waiting().filter(pk=event.data.get("hold"))
    return policies.may(person, Act.HOLD, case) and waiting.exclude(asked_by=person).exists()


def _wish_waits(event: Event, case: Case, person: User) -> bool:
    """Somebody asked to see a contact, and this person may say yes."""
    waiting = case.contact_wishes.waiting().filter(pk=event.data.get("wish"))
    return policies.may(person, Act.SEE_CONTACT, case) and waiting.exists()


def _wish_is_open(event: Event, case: Case, person: User) -> bool:
    return case.contact_wishes.standing().filter(pk=event.data.get("wish"), asked_by=person).exists()


def _moderates(*states: State) -> Holds:
    return lambda event, case, person: person.holds(Role.MODERATOR) and case.state in states


def _is_asked(event: Event, case: Case, person: User) -> bool:
    """The question of the event still waits for the member."""
    return policies.may(person, Act.REPLY, case) and case.inquiries.waiting().filter(pk=event.data["inquiry"]).exists()


def _reply_waits(event: Event, case: Case, person: User) -> bool:
    """A moderator still has to pass the member's reply on."""
    return policies.may(person, Act.SETTLE_REPLY, case) and case.has_unread_reply()


def _may_comment(event: Event, case: Case, person: User) -> bool:
    """A colleague was asked for a comment on an answer that is still at work."""
    return policies.may(person, Act.COMMENT_AS_ASKED, case)


def _comment_waits(event: Event, case: Case, person: User) -> bool:
    """The comment that somebody asked for is there, and nobody has resolved it yet."""
    is_theirs = person.holds(Role.MODERATOR) or policies.is_expert_in_charge(person, case)
    return is_theirs and case.comments.filter(pk=event.data.get("comment"), resolved_at__isnull=True).exists()


def _may_go_on(event: Event, case: Case, person: User) -> bool:
    """There is a reply to read, or none came: for who asked and for who answers, while there is no answer yet."""
    is_theirs = person.holds(Role.MODERATOR) or policies.is_expert_in_charge(person, case)
    return is_theirs and case.state in BEFORE_AN_ANSWER


def _holds_case(*states: State) -> Holds:
    def holds(event: Event, case: Case, person: User) -> bool:
        return policies.is_expert_in_charge(person, case) and case.state in states

    return holds


def _wrote(*states: State) -> Holds:
    return lambda event, case, person: person.pk in (case.expert_id, case.drafted_by_id) and case.state in states


def _may_review(event: Event, case: Case, person: User) -> bool:
    return policies.may(person, Step.APPROVE, case)


def _may_agree(event: Event, case: Case, person: User) -> bool:
    """The page changed after the member saw it, and they have not said no to all of it."""
    return policies.may(person, Act.CONSENT, case) and case.allows_publication() and not case.has_standing_consent()


def _letter(template: str, about: About, holds: Holds, *, is_decision: bool = True) -> Rule:
    return Rule(template, Category.LETTER, To.MEMBER, holds, about=about, is_decision=is_decision)


def _work(template: str, to: To, about: About, holds: Holds, **more: Any) -> Rule:
    return Rule(template, Category.WORK, to, holds, about=about, **more)


def _assigned() -> Rule:
    patience = Reminder(after=timedelta(days=3), every=timedelta(days=1))
    holds = _holds_case(State.TRIAGED)
    return _work("work_assigned", To.NAMED_EXPERT, About.TASKS, holds, concerns=_names_expert, remind=patience)


def _danger() -> Rule:
    """Whose turn it is hears first; while it waits, everybody each hour."""
    pressing = Reminder(after=timedelta(hours=1), every=timedelta(hours=1), to=To.MODERATORS)
    return Rule("work_danger", Category.SAFETY, To.ON_CALL, dangers.flag_waits, dangers.is_urgent, remind=pressing)


def _unopened() -> Rule:
    """Somebody took it on and nobody opened the letter: the next in turn, then everybody each hour."""
    holds, again = dangers.named_flag_is_unopened, Reminder(timedelta(hours=1), timedelta(hours=1), to=To.MODERATORS)
    return Rule("work_unopened", Category.SAFETY, To.CALLED, holds, dangers.is_unopened, remind=again)


def _for_leads(concerns: Concerns) -> Concerns:
    """From the second step on, those who run the service hear too; they see no letter."""
    return lambda event: bool(event.data.get("step", 0) >= 2) and concerns(event)


def _ends_soon(event: Event, case: Case, person: User) -> bool:
    """The clock will erase it, and the member has not said: keep it."""
    keeping = Keeping.objects.filter(case=case, warned_at__isnull=False)
    is_kept = keeping.filter(kept_at__gte=F("warned_at")).exists()
    return policies.may(person, Act.KEEP_LONGER, case) and keeping.exists() and not is_kept


def _undecided() -> Rule:
    """The member has not said who may read it. Asked once more; then their silence counts as: keep it private."""
    once = Reminder(after=timedelta(days=7), every=timedelta(days=7), once=True)
    return Rule("undecided", Category.LETTER, To.MEMBER, _may_agree, about=About.READY, remind=once, is_late=True)


def _asked() -> Rule:
    """A question to the member; said once more after three days, then never again."""
    once = Reminder(after=timedelta(days=3), every=timedelta(days=4), once=True)
    return Rule("asked", Category.LETTER, To.MEMBER, _is_asked, about=About.READY, is_decision=True, remind=once)


_ANSWERED = (State.REVIEWED, State.PUBLISHED)
_OPEN = (State.SUBMITTED, State.TRIAGED, State.DRAFTED, State.REVIEWED)
_STANDING = tuple(state for state in State if state != State.WITHDRAWN)
_FOUR_HOURS = Reminder(after=timedelta(hours=4), every=timedelta(hours=4))
_TWO_DAYS = Reminder(after=timedelta(days=2), every=timedelta(days=1))
_AT_ANY_TIME = Reminder(after=timedelta(days=3), every=timedelta(days=3), states=_STANDING)
_T, _E, _R, _C = About.TASKS, About.ENDINGS, About.REVIEW, About.CHANGES

RULES: dict[Kind, tuple[Rule, ...]] = {
    Kind.CASE_SUBMITTED: (
        _letter("received", About.PROGRESS, _in(*_OPEN, State.PUBLISHED), is_decision=False),
        _danger(),
        Rule("work_digest", Category.DIGEST, To.MODERATORS, _moderates(*State), _is_calm, about=About.MORNING),
    ),
    Kind.CASE_TRIAGED: (_letter("under_way", About.PROGRESS, _in(State.TRIAGED, State.DRAFTED)), _assigned()),
    Kind.DRAFT_SUBMITTED: (_work("work_to_review", To.REVIEWERS, _R, _may_review, remind=_TWO_DAYS),),
    Kind.CHANGES_REQUESTED: (_work("work_returned", To.EXPERT, _T, _holds_case(State.TRIAGED), remind=_TWO_DAYS),),
    Kind.ANSWER_APPROVED: (_letter("ready", About.READY, _in(*_ANSWERED)), _undecided()),
    Kind.ANSWER_APPROVED_ALONE: (
        _letter("ready", About.READY, _in(*_ANSWERED), is_decision=False),
        Rule("work_alone", Category.SAFETY, To.LEADS, _always_true),
    ),
    Kind.ANSWER_CONFIRMED: (_letter("undecided", About.READY, _may_agree),),
    Kind.CASE_REOPENED: (_work("work_reopened", To.EXPERT, _T, _wrote(State.DRAFTED, State.TRIAGED)),),
    Kind.CASE_PUBLISHED: (
        _letter("shared", About.SHARED, _in(State.PUBLISHED)),
        _work("work_done", To.EXPERT, _E, _wrote(State.PUBLISHED)),
    ),
    Kind.CASE_UNPUBLISHED: (
        _work("work_taken_down", To.EXPERT, _E, _wrote(State.REVIEWED, State.DRAFTED), links_to_case=False),
        _work("work_taken_down_desk", To.MODERATORS, _C, _moderates(State.REVIEWED, State.DRAFTED)),
    ),
    Kind.CASE_DECLINED: (_letter("reply", About.READY, _in(State.DECLINED)),),
    Kind.CASE_WITHDRAWN: (
        _work("work_withdrawn", To.MODERATORS, _C, _moderates(State.WITHDRAWN), links_to_case=False),
        _work("work_withdrawn_expert", To.EXPERT, _E, _wrote(State.WITHDRAWN), links_to_case=False),
    ),
    Kind.FLAG_RAISED: (_danger(),),
    Kind.FLAG_CHANGED: (
        Rule("work_danger", Category.SAFETY, To.MODERATORS, dangers.named_flag_is_open, dangers.is_graver),
    ),
    Kind.MEMBER_TOLD: (Rule("word", Category.LETTER, To.MEMBER, _in(*_STANDING)),),
    Kind.QUESTION_CHANGED: (_letter("look_again", About.READY, _may_agree),),
    Kind.EXPERT_ASSIGNED: (_assigned(),),
    Kind.CASE_GIVEN_BACK: (_work("work_given_back", To.MODERATORS, _C, _moderates(State.TRIAGED)),),
    Kind.CASE_HANDED_OVER: (_assigned(),),
    Kind.CLAIM_EXPIRED: (_work("work_given_back", To.MODERATORS, _C, _moderates(State.TRIAGED)),),
    Kind.CASE_REROUTED: (_work("work_given_back", To.MODERATORS, _C, _moderates(State.TRIAGED)),),
    Kind.PUBLICATION_STOPPED: (_work("work_stopped", To.MODERATORS, _C, _moderates(State.REVIEWED)),),
    Kind.CONSENT_GIVEN: (_work("work_agreed", To.MODERATORS, _C, _moderates(State.REVIEWED)),),
    Kind.CHANGE_SUGGESTED: (_work("work_wish", To.MODERATORS, _C, _moderates(State.REVIEWED)),),
    Kind.PAGE_REPORTED: (_work("work_report", To.MODERATORS, _C, _moderates(*State), links_to_case=False),),
    Kind.MAIL_UNWANTED: (_work("work_unwanted", To.MODERATORS, _C, _moderates(*State)),),
    Kind.PAGE_CORRECTED: (Rule("corrected", Category.LETTER, To.MEMBER, _in(State.PUBLISHED), _is_important),),
    Kind.MEMBER_ASKED: (_asked(),),
    Kind.MEMBER_REPLIED: (_work("work_replied", To.MODERATORS, _C, _reply_waits),),
    Kind.REPLY_SETTLED: (_work("work_reply_ready", To.NAMED, _T, _may_go_on),),
    Kind.MEMBER_SILENT: (_work("work_silent", To.NAMED, _T, _may_go_on),),
    Kind.HOLD_ASKED: (_work("work_hold", To.MODERATORS, _C, _hold_waits, remind=_AT_ANY_TIME),),
    # Nobody hears of these by mail: they are the actor's own doing, or the pages show them where they matter.
    Kind.LETTER_OPENED: (),
    Kind.FLAG_ACKNOWLEDGED: (),
    Kind.FLAG_CLOSED: (),
    Kind.CONTACT_ASKED: (Rule("work_second_yes", Category.SAFETY, To.MODERATORS, _wish_waits),),
    Kind.CONTACT_GRANTED: (Rule("work_yes", Category.SAFETY, To.ASKER, _wish_is_open),),
    Kind.CONTACT_OPENED: (Rule("work_at_once", Category.SAFETY, To.LEADS, _always_true),),
    Kind.CONTACT_DENIED: (),
    Kind.CONTACT_SEEN: (),
    Kind.STEP_TICKED: (),
    Kind.STEP_UNTICKED: (),
    Kind.MESSAGE_READ: (),
    Kind.FINDING_DECIDED: (),
    Kind.FINDING_REOPENED: (),
    Kind.QUESTION_SAVED: (),
    Kind.QUESTION_CONFIRMED: (),
    Kind.CASE_CLAIMED: (),
    Kind.WORDS_KEPT: (),
    Kind.REVIEW_STARTED: (),
    Kind.REVIEW_TAKEN_OVER: (),
    Kind.PUBLICATION_SCHEDULED: (),
    Kind.PUBLICATION_UNSCHEDULED: (),
    Kind.CONSENT_REFUSED: (),
    Kind.PAGE_CHECKED: (),
    Kind.MAIL_CHOSEN: (),
    Kind.FLAG_RETURNED: (
        Rule("work_danger", Category.SAFETY, To.MODERATORS, dangers.returned_flag_waits, dangers.is_urgent),
    ),
    Kind.CASE_HANDED_ON: (),
    Kind.STORY_LINKED: (),
    Kind.STORY_LEFT: (),
    Kind.STORY_RESTORED: (),
    Kind.CASE_MERGED: (),
    Kind.CASE_UNMERGED: (),
    Kind.INQUIRY_TAKEN_BACK: (),
    Kind.REPLY_OPENED: (),
    Kind.COMMENT_WRITTEN: (_work("work_commented", To.NAMED, _T, _comment_waits),),
    Kind.COLLEAGUE_ASKED: (_work("work_asked", To.NAMED, _T, _may_comment),),
    Kind.COMMENT_RESOLVED: (),
    Kind.END_ANNOUNCED: (_letter("kept_until", About.READY, _ends_soon, is_decision=False),),
    Kind.LETTER_KEPT: (),
    Kind.LETTER_ENDED: (),
    Kind.ORIGINAL_ENDED: (),
    Kind.HOLD_AGREED: (),
    Kind.HOLD_ENDED: (),
    # Of no letter; what waits for a second person is told by mails of its own (outbox.announce_second_yes, announce_playbooks).
    **dict.fromkeys(
        (Kind.RULE_TRIED, Kind.RULE_PROPOSED, Kind.RULE_CONFIRMED, Kind.RULE_REFUSED, Kind.RULE_SWITCHED), ()
    ),
    **dict.fromkeys((Kind.LINE_PROPOSED, Kind.LINE_CONFIRMED, Kind.LINE_REFUSED, Kind.LINE_DELETED), ()),
    Kind.PLAYBOOK_WORDED: (),
    Kind.FLAG_ESCALATED: (
        Rule("work_danger", Category.SAFETY, To.CALLED, dangers.named_flag_waits, dangers.is_untaken),
        Rule("work_danger_lead", Category.SAFETY, To.LEADS, dangers.flag_still_waits, _for_leads(dangers.is_untaken)),
        _unopened(),
        Rule(
            "work_unopened_lead", Category.SAFETY, To.LEADS, dangers.is_left_unopened, _for_leads(dangers.is_unopened)
        ),
    ),
    Kind.LETTER_OVERDUE: (
        Rule("work_danger", Category.SAFETY, To.MODERATORS, _is_unread, remind=_FOUR_HOURS),
        Rule("work_danger_lead", Category.SAFETY, To.LEADS, _is_unread_by_all),
    ),
}

# Told to those who run the service: they see no letter, so that the link leads them to the roster (views.go).
FOR_LEADS = {rule.template for rules in RULES.values() for rule in rules if rule.to == To.LEADS}
# What concerns whom; members and staff each see their own on their page.
CONCERNS: dict[Role, tuple[About, ...]] = {
    Role.MEMBER: (About.READY, About.PROGRESS, About.SHARED),
    Role.EXPERT: (About.TASKS, About.ENDINGS, About.MORNING),
    Role.MODERATOR: (About.REVIEW, About.CHANGES, About.MORNING),
    Role.ADMINISTRATOR: (),
}
# Mails with no single event: what is told together, once a day.
UPKEEP = "upkeep_digest"
DIGESTS = ("work_digest", "news_digest", UPKEEP, "self_test")

# Mails without an event: signing in.
ROLE_WAITS, RULE_WAITS, LINE_WAITS, PLAYBOOK_WORDED = "role_waits", "rule_waits", "line_waits", "playbook_worded"
TO_MODERATORS = ROLE_WAITS, RULE_WAITS, LINE_WAITS, PLAYBOOK_WORDED
SIGN_IN_NOTICES = ("second_step", "new_device", "wrong_steps")
CODES = ("sign_in_code", "sign_in_unknown", "password_code")  # what a stranger can have sent to any address
SECURITY = (*CODES, *SIGN_IN_NOTICES, *TO_MODERATORS)


_BY_NAME = {kind.value: rules for kind, rules in RULES.items()}


def rules_for(kind: str) -> tuple[Rule, ...]:
    """The rows of a kind; empty for a kind this release does not know (rows of a newer one)."""
    return _BY_NAME.get(str(kind), ())


def rule_of(kind: str, template: str) -> Rule | None:
    return next((rule for rule in rules_for(kind) if rule.template == template), None)


def templates() -> dict[str, Category]:
    """Every mail there is, with its stream."""
    named = {rule.template: rule.category for rules in RULES.values() for rule in rules}
    return {**named, **dict.fromkeys(DIGESTS, Category.DIGEST), **dict.fromkeys(SECURITY, Category.SECURITY)}


def may_be_stopped(template: str) -> bool:
    """Whether the mail carries a link that ends mails like it: one that a person may switch off does."""
    abouts = {rule.about for rules in RULES.values() for rule in rules if rule.template == template}
    return bool(abouts - {None}) or template in {"work_digest", "news_digest"}


def reminding() -> dict[Kind, list[Rule]]:
    """Rules that speak again while nothing happens."""
    found = {kind: [rule for rule in rules if rule.remind] for kind, rules in RULES.items()}
    return {kind: rules for kind, rules in found.items() if rules}
