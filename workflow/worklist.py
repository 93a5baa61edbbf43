"""The moderators' list at work: narrowed by what stands in the address, what is new on it, what comes next, who is where.

Filters narrow the list only. What is urgent and not taken on is pinned by the board on every page, whatever is chosen.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.models import User
from accounts.roles import Role
from qa.models import Question

from . import queues
from .events import Kind
from .models import Case, DeskHabits, Event, HandedOn, Presence
from .models.presence import Page
from .queues.playbooks import steps_left
from .safety.words import Severity
from .states import OPEN_STATES
from .waiting import next_thing

URGENT = 1  # tiers up to this one
NOBODY = "nobody"
DANGERS = {"0": Severity.EMERGENCY, "1": Severity.URGENT, "2": Severity.CONCERN}


@dataclass(frozen=True)
class Filters:
    """What a moderator chose to see. Lives in the address; whatever it does not know is as if it were not there."""

    state: str = ""
    danger: str = ""
    expert: str = ""
    topic: str = ""
    language: str = ""

    @classmethod
    def parse(cls, typed: Mapping[str, str]) -> "Filters":
        state, danger, expert, language = (typed.get(name, "") for name in ("state", "danger", "expert", "language"))
        return cls(
            state=state if state in OPEN_STATES else "",
            danger=danger if danger in DANGERS else "",
            expert=expert if expert == NOBODY or _is_number(expert) else "",
            topic=typed.get("topic", "")[:60].replace("\0", ""),
            language=language if language in dict(settings.LANGUAGES) else "",
        )

    def query(self, **other: str) -> str:
        """The address's query for this choice, with something changed; empty when nothing is chosen."""
        chosen = {name: value for name, value in {**asdict(self), **other}.items() if value}
        return f"?{urlencode(chosen)}" if chosen else ""

    def is_narrow(self) -> bool:
        """More than the state is chosen: a number of its own is due."""
        return bool(self.danger or self.expert or self.topic or self.language)


def narrowed(moderator: User, filters: Filters) -> QuerySet[Case]:
    """The queue under these filters, in its order."""
    cases = queues.open_queue(moderator, state=filters.state)
    if filters.danger:
        cases = cases.filter(tier=int(filters.danger))
    if filters.expert:
        cases = cases.filter(expert=None if filters.expert == NOBODY else int(filters.expert))
    if filters.language:
        cases = cases.filter(language=filters.language)
    if filters.topic:
        about = Question.objects.filter(letter=OuterRef("letter"), topics__slug=filters.topic)
        cases = cases.filter(Exists(about))
    return cases


def came_since(moderator: User, filters: Filters, since: datetime) -> int:
    """How many of these came in after that moment."""
    return narrowed(moderator, filters).filter(submitted_at__gt=since).order_by().count()


def next_for(moderator: User, filters: Filters, *, current: str = "") -> Case | None:
    """The next thing to do: below the case that is open now, then from the top; not where a colleague is at it.

    What a colleague handed on comes first among what is as pressing, but never to who handed it on. Never the case
    that is open. When it is enough for this person's day, or outside their hours: only what is urgent.
    """
    cases = narrowed(moderator, filters)
    if enough_for(moderator):
        cases = cases.filter(tier__lte=URGENT)
    cases = cases.exclude(pk__in=HandedOn.objects.filter(person=moderator).values("case"))
    here = queues.of_moderator(moderator).filter(public_id=current).first() if current else None
    todo = _things_to_do(moderator, cases, after=queues.mark_of(here) if here else "")
    found = next((case for case in todo if case != here), None)
    if found is None and here is not None:
        found = next((case for case in _things_to_do(moderator, cases, after="") if case != here), None)
    colleagues = HandedOn.objects.filter(is_waiting=True).exclude(person=moderator).values("case")
    asked = _things_to_do(moderator, cases.filter(pk__in=colleagues), after="")
    asking = next((case for case in asked if case != here), None)
    return asking if asking is not None and found is not None and asking.tier <= found.tier else found


def _things_to_do(moderator: User, cases: QuerySet[Case], *, after: str) -> Iterator[Case]:
    """Cases that wait for a moderator and where nobody else is; read in pages."""
    others = Presence.objects.fresh().exclude(person=moderator).filter(person__grants__role=Role.MODERATOR)
    free = cases.exclude(pk__in=others.values("case"))
    while True:
        shown, after = queues.page_of(free, after=after)
        steps = steps_left(shown, of=moderator)  # what a colleague looks after leaves its case to the others
        for case in shown:
            facts = vars(case)
            flags, reply = queues.open_flags(case), facts["reply"] or ""
            asked = {"is_confirmed": facts["is_confirmed"], "reply": reply, "has_reply": facts["has_reply"]}
            if next_thing(case, flags, **asked, steps=steps.get(case.pk)).is_ours:
                yield case
        if not after:
            return


def on_desk_of(who: User) -> QuerySet[Case]:
    """The cases a person may see at any of their desks."""
    return Case.objects.filter(
        Q(pk__in=queues.of_moderator(who).values("pk")) | Q(pk__in=queues.of_expert(who).values("pk"))
    )


def habits_of(who: User) -> DeskHabits:
    """How this person works; the usual way when they never chose. Read once in a request."""
    try:
        found: DeskHabits = who.desk_habits
    except DeskHabits.DoesNotExist:
        return DeskHabits(person=who)
    return found


def enough_for(who: User, *, now: datetime | None = None) -> str:
    """Why only what is urgent is offered to this person now, in words; empty while they work as usual."""
    habits = habits_of(who)
    here = (now or timezone.now()).astimezone(ZoneInfo(who.time_zone))
    first, last = habits.works_from, habits.works_until
    if first is not None and last is not None and not _is_within(here.hour, first, last):
        return "You are outside the hours you chose."
    if habits.letters_a_day is None:
        return ""
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
    taken = Event.objects.filter(actor=who, kind__in=[Kind.LETTER_OPENED, Kind.CASE_CLAIMED], at__gte=midnight)
    number = taken.order_by().values("case").distinct().count()
    is_enough = number >= habits.letters_a_day
    letters = "letter" if number == 1 else "letters"
    return f"You have looked after {number} {letters} today, as many as you wished." if is_enough else ""


def is_enough_before(who: User, case: Case) -> str:
    """Why a person may rather not open or take this case now, in words; what is urgent is never held up by it."""
    if case.tier <= URGENT:
        return ""
    today = timezone.now() - timedelta(hours=24)
    mine = Q(kind=Kind.LETTER_OPENED) | Q(kind=Kind.CASE_CLAIMED)
    return "" if case.events.filter(mine, actor=who, at__gte=today).exists() else enough_for(who)


def _is_within(hour: int, first: int, last: int) -> bool:
    """From the one hour until the other, also over midnight; the same hour twice is the whole day."""
    if first == last:
        return True
    return first <= hour < last if first < last else hour >= first or hour < last


def present_at(case: Case, *, but: User) -> list[Presence]:
    """Colleagues who have this case open now: one line each, where they are most at work. One read."""
    fresh = case.present.fresh().exclude(person=but).select_related("person").order_by("person__called", "person")
    nearest: dict[int, Presence] = {}
    for row in fresh:
        known = nearest.get(row.person_id)
        if known is None or _weight(row) > _weight(known):
            nearest[row.person_id] = row
    return list(nearest.values())


def _weight(row: Presence) -> tuple[bool, bool]:
    return row.has_unsaved, row.page != Page.CASE


def _is_number(typed: str) -> bool:
    return typed.isascii() and typed.isdigit() and len(typed) < 10


def moment(typed: str) -> datetime | None:
    """A time from an address; nothing for anything else."""
    try:
        found = parse_datetime(typed)
    except ValueError:
        return None
    return found if found is not None and timezone.is_aware(found) else None
