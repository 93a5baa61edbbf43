"""What mail adds to the timeline of a case: which mail went to whom, and what became of it. Never an address."""

from collections.abc import Iterable

from accounts.models import User
from accounts.roles import Role
from workflow.models import Case
from workflow.timeline import SHOWN, Line

from . import letters
from .models import Message, Progress

MAILS = {
    "received": "we have your letter",
    "under_way": "an expert is at it",
    "ready": "something is ready to read",
    "reply": "something is ready to read",
    "word": "something is ready to read",
    "shared": "what you agreed to was done",
    "undecided": "you can still say what happens next",
    "look_again": "please look at it again",
    "corrected": "a page was corrected",
    "kept_until": "how long the letter is still kept",
    "asked": "something is ready to read",
    "work_replied": "the member replied to a question",
    "work_reply_ready": "the member’s reply can be read",
    "work_asked": "a colleague asks for a comment",
    "work_commented": "a colleague commented",
    "work_silent": "no reply came in a week",
    "work_danger": "somebody may be in danger",
    "work_second_yes": "somebody asks for a second yes",
    "work_yes": "a colleague said yes",
    "work_at_once": "a contact was opened at once",
    "work_alone": "an answer was approved without a second pair of eyes",
    "work_danger_lead": "nobody has taken on a danger",
    "work_unopened": "a danger was taken on, and nobody has opened the letter",
    "work_unopened_lead": "a danger was taken on, and nobody has opened the letter",
    "work_digest": "what waits, in the morning",
    "work_assigned": "a question was given to you",
    "work_to_review": "an answer waits for review",
    "work_returned": "the answer came back with a comment",
    "work_reopened": "the answer was reopened",
    "work_done": "it is published",
    "work_taken_down": "it was taken down",
    "work_taken_down_desk": "it was taken down",
    "work_withdrawn": "it was taken back",
    "work_withdrawn_expert": "it was taken back",
    "work_given_back": "an expert gave it back",
    "work_hold": "a hold waits for a second person",
    "work_stopped": "a publication was stopped",
    "work_agreed": "the member agreed",
    "work_wish": "the member wants something changed",
    "work_report": "a reader reported the page",
    "work_unwanted": "our mail is unwanted",
}
NAMES = {  # the same, where no case stands beside them
    **MAILS,
    "received": "what was sent has arrived",
    "ready": "an answer is ready to read",
    "asked": "a question to the member",
    "under_way": "somebody works on it",
    "word": "a message from us, because of a danger",
    "reply": "a message from us, without an answer",
    "news_digest": "news since yesterday, once a day",
    "upkeep_digest": "what is past its day, for administrators",
    "self_test": "the hourly mail to ourselves",
    "sign_in_code": "the code for signing in",
    "sign_in_unknown": "there is no account with this address",
    "password_code": "the code for a new password",
    "second_step": "the second step of signing in was changed",
    "new_device": "somebody signed in from a new device",
    "wrong_steps": "the second step of signing in was wrong several times",
    "work_taken_down": "it was taken down, to its expert",
    "work_withdrawn_expert": "it was taken back, to its expert",
    "role_waits": "a role waits for a second person",
    "rule_waits": "a rule waits for a second person",
    "line_waits": "a number of a help line waits for a second person",
    "playbook_worded": "a playbook was worded anew",
}


def named(template: str) -> str:
    """What a mail is about, for colleagues."""
    return NAMES.get(template, template.replace("_", " "))


def mails_of(moderator: User, case: Case) -> Iterable[Line]:
    """The mails about a case, newest first. The member is never named, colleagues are."""
    if not moderator.holds(Role.MODERATOR):
        return []
    mails = (
        Message.objects.filter(event__case=case)
        .select_related("person", "event", "event__mail_wish")
        .order_by("-id")[:SHOWN]
    )
    return [_line(mail) for mail in mails]


def _line(mail: Message) -> Line:
    whom = mail.person.staff_name if mail.person else "the member"
    what = MAILS.get(mail.template, mail.template.replace("_", " "))
    at = mail.done_at or mail.created_at
    return Line(
        at, f"Mail to {whom}: {what}", f"{_fate(mail)}{_added(mail)}", is_bad=mail.state == Progress.UNDELIVERABLE
    )


def _added(mail: Message) -> str:
    """What a moderator wrote into it stands with it."""
    added = letters.added_to(mail)
    return f", with the words “{added}”" if added and mail.state != Progress.SKIPPED else ""


def _fate(mail: Message) -> str:
    """What became of it, in words; why, when it is known."""
    why = f": {mail.reason}" if mail.reason else ""
    match mail.state:
        case Progress.SENT:
            return "sent"
        case Progress.SENDING:
            return "is being sent"
        case Progress.SKIPPED:
            return f"not sent{why}"
        case Progress.UNDELIVERABLE:
            return f"could not be delivered, given up{why}"
        case _:
            return f"waits to be sent{why}"
