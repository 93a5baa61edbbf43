"""Messages that were taken on together, sent one after the other: each is asked again whether it is still true.

The next mail is made before this one is handed over, never after: between the server's yes and our note of it nothing
else is done, because a worker that dies there sends a mail twice.
"""

import logging
import time
from typing import NamedTuple

from django.utils import timezone

from . import brake, fates, ledger
from .contents import prepare
from .facts import FRESH, Facts
from .failpoints import reached
from .models import NEVER_HELD, PRESSING, Message, Progress
from .moulds import Mail
from .post import Line, Refusal, Unreachable
from .timing import Skip, Wait

log = logging.getLogger("allay.mail")
LOOK_EVERY = 1.0  # seconds: is there something more pressing than the rest of the batch?


class Ahead(NamedTuple):
    """A mail made before its turn, or why it cannot be made."""

    message: Message
    at: float
    outcome: Mail | Exception


class Batch:
    """`begun`: the next one, when its try is counted already. `ahead`: the next mail, made already."""

    def __init__(self, messages: list[Message], line: Line, until: float) -> None:
        self.messages, self.line, self.until = messages, line, until
        self.facts = Facts(messages)
        self.begun: Message | None = None
        self.ahead: Ahead | None = None
        self.looked_at = time.monotonic()

    def send(self) -> tuple[int, bool]:
        """How many the server took, and whether to go on with another batch."""
        sent = 0
        for position, message in enumerate(self.messages):
            if self.begun is None and (stop := self._stop(position)) is not None:
                return sent, stop
            following = self.messages[position + 1] if position + 1 < len(self.messages) else None
            sent += self._one(message, following)
        return sent, True

    def _stop(self, position: int) -> bool | None:
        """Whether to leave the rest to others: for good (False), or for what became more pressing (True)."""
        rest = self.messages[position:]
        try:
            self.line.open()
        except Unreachable:
            fates.put_back(rest, wait=fates.SERVER_BACK_OFF)
            log.warning("the mail server cannot be reached; %s mails wait", Message.objects.pending().count())
            return False
        if time.monotonic() > self.until:
            fates.put_back(rest)
            return False
        if self._is_overtaken(rest[0]):
            fates.put_back(rest)
            return True
        return None

    def _is_overtaken(self, message: Message) -> bool:
        """Codes and calls about danger do not wait until a batch of other mail is through; nor does a pulled brake."""
        now = time.monotonic()
        if message.category in NEVER_HELD or now - self.looked_at < LOOK_EVERY:
            return False
        self.looked_at = now
        return brake.is_pulled() or Message.objects.due(timezone.now()).filter(rank__lte=PRESSING).exists()

    def _one(self, message: Message, following: Message | None) -> bool:
        """One try at one message. Whatever goes wrong with it stays with it."""
        was_begun, self.begun = self.begun is message, None
        if message.pk in self.facts.told_with_another or not (was_begun or fates.begin(message)):
            return False
        try:
            mail = self._prepared(message)
            reached("rendered")
            self.facts.going = message
            following = following if self._goes_next(message, following) else None
            self.line.send(mail, following=self._made_ahead(following))
            reached("accepted")
        except Skip as skip:
            fates.finish(message, Progress.SKIPPED, skip.reason)
        except Wait as wait:
            fates.not_now(message, wait)
        except Refusal as refusal:
            fates.refused(message, refusal)
        except Exception:
            log.exception("message %s could not be sent", message.pk)
            fates.failed(message)
        else:
            self._note(message, mail.said, following)
            return True
        return False

    def _goes_next(self, message: Message, following: Message | None) -> bool:
        """In one stroke with this one. Not what a worker died of, nor beside it: whose fault a death is must stay clear."""
        if following is None or Progress.SENDING in {message.state, following.state}:
            return False
        has_time = time.monotonic() <= self.until and time.monotonic() - self.looked_at < LOOK_EVERY
        return has_time and following.pk not in self.facts.told_with_another

    def _prepared(self, message: Message) -> Mail:
        """Made before the mail before it went, if that is not long ago. Raises what was raised then."""
        ahead, self.ahead = self.ahead, None
        if ahead is None or ahead.message is not message or time.monotonic() - ahead.at > FRESH:
            return prepare(message, self.facts)
        if isinstance(ahead.outcome, Exception):
            raise ahead.outcome
        return ahead.outcome

    def _made_ahead(self, following: Message | None) -> Mail | None:
        if following is None:
            return None
        outcome = _outcome(following, self.facts)
        self.ahead = Ahead(following, time.monotonic(), outcome)
        return outcome if isinstance(outcome, Mail) else None

    def _note(self, message: Message, said: str, following: Message | None) -> None:
        """The server took it. The next one is begun with the same stroke, if it is to be tried now."""
        if following is None:
            ledger.sent(message, said)
        elif ledger.sent_and_begun(message, said, following):
            self.begun = following
            following.attempts += 1
        self.facts.note_sent(message)
        reached("recorded")
        if self.begun:
            reached("begun")


def _outcome(message: Message, facts: Facts) -> Mail | Exception:
    try:
        mail = prepare(message, facts)
        mail.ready = mail.wire()
    except Exception as fault:  # noqa: BLE001 (it is raised again when it is this mail's turn)
        return fault
    return mail
