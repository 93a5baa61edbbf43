"""What a batch of messages is judged by, asked together: events, cases, people, their habits, what they already got.

Asked for the next few of the batch, and again when those are through or the answers are older than FRESH: what was
chosen or withdrawn a moment ago counts for the next mail, however slow the server takes the one before.
"""

import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import User
from workflow.models import Event

from . import audience, words
from .models import NEVER_HELD, Habits, Message

FRESH = 2.0  # seconds
FEW = 50
_USUAL = Habits()  # of everybody who chose nothing: to be read, never to be saved


class Facts:
    """Answers about the messages of one batch."""

    def __init__(self, batch: Sequence[Message]) -> None:
        self._batch = list(batch)
        self._places = {message.pk: place for place, message in enumerate(self._batch)}
        self._asked_at: float | None = None
        self._asked_for = range(0)
        self._people: dict[int, User] = {}
        self._writers: dict[int, User] = {}
        self._habits: dict[int, Habits] = {}
        self._sent: dict[int, list[datetime]] = {}
        self._edited: words.Edited = {}
        self.going: Message | None = None  # handed over just now; the next one is made before it is noted
        self.told_with_another: set[int] = set()  # of the batch: they went out in the mail of another

    def renew(self, message: Message) -> None:
        """Ask the house about this one and some after it, unless it was asked just now."""
        place = self._places[message.pk]
        is_fresh = self._asked_at is not None and time.monotonic() - self._asked_at < FRESH
        if is_fresh and place in self._asked_for:
            return
        went = place - self._asked_for.start
        some = max(FEW, 2 * went)  # as many as will be through before the answers are old, going by those before
        self._asked_for = range(place, min(place + some, len(self._batch)))
        part = self._batch[max(place - 1, 0) : self._asked_for.stop]  # and the one before, which is on its way
        self._ask_causes(part)
        self._ask_people(part)
        self._edited = words.edited()
        self._asked_at = time.monotonic()

    def recipient(self, message: Message) -> User | None:
        """Whom a message goes to as things are now; None when nobody is left to hear it."""
        if message.person_id is not None:
            return self._people.get(message.person_id)
        if message.event is None or message.event.case is None:
            return None
        return self._writers.get(message.event.case.letter_id)

    def habits_of(self, person: User) -> Habits:
        return self._habits.get(person.pk, _USUAL)

    def words_for(self, message: Message, language: str) -> words.Spoken:
        """What the mail says in this language, as things are now."""
        return words.spoken(message.template, message.category, language, self._edited)

    def sent_lately(self, person: User, *, before: Message) -> list[datetime]:
        """When mails that can be held back went to the person during the last day, one on its way among them."""
        sent, going = self._sent.get(person.pk, []), self.going
        if going is None or going is before or going.category in NEVER_HELD or self.recipient(going) != person:
            return sent
        return [*sent, timezone.now()]

    def note_sent(self, message: Message) -> None:
        self.going, person = None, self.recipient(message)
        if person and message.category not in NEVER_HELD:
            self._sent.setdefault(person.pk, []).append(timezone.now())

    def _ask_causes(self, part: Sequence[Message]) -> None:
        wanted = {message.event_id for message in part if message.event_id}
        events = Event.objects.select_related("case", "mail_wish").defer("case__member_message").in_bulk(wanted)
        for message in part:
            if message.event_id:
                message.event = events.get(message.event_id)

    def _ask_people(self, part: Sequence[Message]) -> None:
        staff = {message.person_id for message in part if message.person_id}
        self._people = User.objects.prefetch_related("grants").in_bulk(staff)
        for message in part:
            if message.person_id in self._people:
                message.person = self._people[message.person_id]
        causes = [message.event for message in part if message.person_id is None and message.event]
        self._writers = audience.writers([event.case for event in causes if event.case])
        everybody = {**self._people, **{person.pk: person for person in self._writers.values()}}
        self._habits = Habits.objects.in_bulk(everybody)
        self._sent = defaultdict(list)
        for person, at in audience.sent_since(everybody.values(), timezone.now() - timedelta(days=1)):
            self._sent[person].append(at)
