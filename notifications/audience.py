"""Who hears: from an event to people. The one file of the package that may ask who wrote a letter."""

from enum import StrEnum

from accounts.models import User
from accounts.roles import Role
from qa.identity import letters_of, writer_of
from workflow import policies
from workflow.models import Case, Event
from workflow.states import Step

from .models import Message, MessageQuerySet


class To(StrEnum):
    """The circles that a mail can go to."""

    MEMBER = "member"  # who sent the letter; never named in the outbox
    MODERATORS = "moderators"
    REVIEWERS = "reviewers"  # moderators who may approve this answer (four eyes)
    EXPERT = "expert"  # who holds the case, or wrote its answer
    NAMED_EXPERT = "named_expert"  # whom the event names


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
        case _:
            return moderators()
    return list(User.objects.holding(Role.EXPERT).filter(pk=wanted)) if wanted else []


def moderators() -> list[User]:
    """Everybody at the moderators' desk."""
    return list(User.objects.holding(Role.MODERATOR).prefetch_related("grants").order_by("pk"))


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


def mails_to(person: User) -> MessageQuerySet:
    """Every message for a person. Staff are named in theirs; a member's are found by their letters (two indexed reads)."""
    found: MessageQuerySet = Message.objects.filter(person=person)
    if not person.is_on_staff:
        cases = Case.objects.filter(letter__in=letters_of(person))
        found = Message.objects.filter(person__isnull=True, event__case__in=list(cases.values_list("pk", flat=True)))
    return found
