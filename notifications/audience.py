"""Who hears: from an event to people. The one file of the package that may ask who wrote a letter."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from enum import StrEnum

from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from qa.identity import letters_by, writer_of, writers_of
from workflow import policies
from workflow.models import Case, Event
from workflow.queues import on_call_at
from workflow.states import Step

from .models import NEVER_HELD, Message


class To(StrEnum):
    """The circles that a mail can go to."""

    MEMBER = "member"  # who sent the letter; never named in the outbox
    MODERATORS = "moderators"
    REVIEWERS = "reviewers"  # moderators who may approve this answer (four eyes)
    EXPERT = "expert"  # who holds the case, or wrote its answer
    LEADS = "leads"  # those who run the service; without another beside the one who acted, all moderators
    ON_CALL = "on_call"  # whose turn it is by the roster; without anybody there, all moderators
    CALLED = "called"  # whom the event names as next on the roster; without anybody, all moderators
    ASKER = "asker"  # who asked for what the event answers
    NAMED_EXPERT = "named_expert"  # whom the event names
    NAMED = "named"  # the colleagues whom the event names, of whichever desk


def people(circle: To, event: Event) -> list[User | None]:
    """The people of a circle, without the one who acted (they know). None stands for the member of the case."""
    case = event.case
    if case is None:
        return []
    if circle == To.MEMBER:
        return [None]
    found = _staff(circle, event, case)
    return [person for person in found if person.pk != event.actor_id]


def _staff(circle: To, event: Event, case: Case) -> list[User]:
    match circle:
        case To.REVIEWERS:
            return [person for person in moderators() if policies.may(person, Step.APPROVE, case)]
        case To.EXPERT:
            wanted = case.expert_id or case.drafted_by_id
        case To.NAMED_EXPERT:
            wanted = event.data.get("expert")
        case To.ON_CALL:
            return _or_all(on_call_at(timezone.now()), event)
        case To.ASKER:
            return list(User.objects.holding(Role.MODERATOR).filter(pk=event.data.get("asker")))
        case To.CALLED:
            called = User.objects.holding(Role.MODERATOR).filter(pk__in=event.data.get("called", []))
            return _or_all(list(called.prefetch_related("grants").order_by("pk")), event)
        case To.NAMED:
            named = User.objects.filter(pk__in=event.data.get("people", []), grants__isnull=False)
            return list(named.distinct().prefetch_related("grants").order_by("pk"))
        case To.LEADS:
            return _or_all(leads(), event)
        case _:
            return moderators()
    return list(User.objects.holding(Role.EXPERT).filter(pk=wanted)) if wanted else []


def _or_all(called: list[User], event: Event) -> list[User]:
    """These people; when none of them is left beside the one who acted, everybody at the desk."""
    others = [person for person in called if person.pk != event.actor_id]
    return others or moderators()


def moderators() -> list[User]:
    """Everybody at the moderators' desk."""
    return list(User.objects.holding(Role.MODERATOR).prefetch_related("grants").order_by("pk"))


def leads() -> list[User]:
    """Those who run the service."""
    return list(User.objects.holding(Role.ADMINISTRATOR).prefetch_related("grants").order_by("pk"))


def recipient(message: Message) -> User | None:
    """Whom a message goes to as things are now; None when nobody is left to hear it."""
    if message.person_id is not None:
        return message.person
    if message.event is None or message.event.case is None:
        return None
    return writer_of(message.event.case.letter_id)


def writer(case: Case) -> User | None:
    """The member of a case, to be told or asked after, never to be shown."""
    return writer_of(case.letter_id)


def writers(cases: Sequence[Case]) -> dict[int, User]:
    """The members of several cases, by letter: one read for a whole batch of mail."""
    return writers_of([case.letter_id for case in cases])


def sent_since(people: Iterable[User], since: datetime) -> Iterator[tuple[int, datetime]]:
    """Who got a mail when, of those that can be held back. Staff are named in theirs; members are found by their letters."""
    sent = Message.objects.sent().filter(done_at__gt=since).exclude(category__in=NEVER_HELD).order_by()
    ids = [person.pk for person in people]
    yield from _times(sent.filter(person__in=ids).values_list("person_id", "done_at"))
    writer_by_letter = dict(letters_by(ids))
    cases = dict(Case.objects.filter(letter__in=writer_by_letter).values_list("pk", "letter_id"))
    theirs = sent.filter(person__isnull=True, event__case__in=list(cases))
    for case, at in _times(theirs.values_list("event__case_id", "done_at")):
        yield writer_by_letter[cases[case]], at


def _times(rows: Iterable[tuple[int | None, datetime | None]]) -> Iterator[tuple[int, datetime]]:
    return ((whose, at) for whose, at in rows if whose is not None and at is not None)
