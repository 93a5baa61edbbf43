"""What is done about a danger that somebody took on: steps ticked off, words written to the member. All of it is events."""

from collections.abc import Mapping

from django.db import transaction

from accounts.models import User

from .. import events, queues
from ..events import Kind
from ..models import AS_IT_IS, Case, Event, PlaybookWords, SafetyFlag, Wish
from ..needs import LETTER_READ
from ..queues.playbooks import playbook_now
from ..states import Act
from ..transitions import Refused, acting

MESSAGE_CHARS = 4_000
# The keys of two steps that each playbook has: "read the letter" and "write to the member".
READ, TELL = "read", "tell"


def tick_step(*, case_id: int, flag_id: int, by: User, step: str, is_done: bool = True) -> None:
    """Mark a step as done, or as not done after all. What is so already stays, and with it who did it."""
    with acting(case_id, Act.TICK_STEP, by=by) as case:
        flag = _taken_on(case, flag_id)
        if not playbook_now(flag.category).has_step(step):
            raise Refused("That step is not in the list any more. Look at the steps once more.", case=case)
        if step == READ and is_done and not LETTER_READ.is_met(case):
            raise Refused(LETTER_READ.sentence, case=case)
        _mark(case, flag, by=by, step=step, is_done=is_done)


def _mark(case: Case, flag: SafetyFlag, *, by: User, step: str, is_done: bool) -> None:
    if ((flag.pk, step) in queues.ticked_in(by, case)) != is_done:
        kind = Kind.STEP_TICKED if is_done else Kind.STEP_UNTICKED
        events.record(kind, case=case, by=by, data={"flag": flag.pk, "step": step})


def tell_member(*, case_id: int, flag_id: int, by: User, text: str, mail: Wish = AS_IT_IS) -> Event:
    """Write to the member: the words stand on their page alone; a mail, if they want mail, says that something is there.
    That step is done with it, and ticks itself.

    The same words pressed twice are one message.
    """
    words = text.replace("\r\n", "\n").strip()
    if not words:
        raise Refused("Write the message first.")
    if len(words) > MESSAGE_CHARS:
        raise Refused(f"Please keep a message under {MESSAGE_CHARS:,} characters.")
    with acting(case_id, Act.TELL_MEMBER, by=by) as case:
        flag = _taken_on(case, flag_id)
        last = queues.told_about(by, case).last()
        if last and last.actor_id == by.pk and last.remark.text == words:
            return last
        if playbook_now(flag.category).has_step(TELL):
            _mark(case, flag, by=by, step=TELL, is_done=True)
        data = {"flag": flag.pk, "may_mail": case.may_mail}
        return events.record(Kind.MEMBER_TOLD, case=case, by=by, remark=words, data=data, mail=mail)


@transaction.atomic
def word_playbook(*, key: str, language: str, words: Mapping[str, str], by: User) -> PlaybookWords:
    """A new version of a playbook's words; none: the shipped ones again. Moderators are told, and the trail keeps it."""
    version = PlaybookWords.objects.create(template=key, language=language, words=dict(words), written_by=by)
    facts = {"template": key, "language": language, "version": version.pk}
    events.record(Kind.PLAYBOOK_WORDED, case=None, by=by, data=facts)
    return version


def note_reading(*, case_id: int, by: User) -> None:
    """The member has the messages before their eyes: kept once for each new one, so that whoever wrote knows."""
    with acting(case_id, Act.READ_MESSAGE, by=by) as case:
        newest = queues.told_to(by, case).first()
        if newest and queues.has_unread(by, case):
            events.record(Kind.MESSAGE_READ, case=case, by=by, data={"up_to": newest.pk})


def _taken_on(case: Case, flag_id: int) -> SafetyFlag:
    flag: SafetyFlag | None = case.flags.open().filter(pk=flag_id).first()
    if flag is None:
        raise Refused("That flag is closed, or not part of this case. Nothing was changed.", case=case)
    if flag.acknowledged_at is None:
        raise Refused("Nobody has taken this flag on yet. Take it on first.", case=case)
    return flag
