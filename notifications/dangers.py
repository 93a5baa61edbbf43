"""Calls about danger: which events cause them, and whether one is still true when it is sent."""

from accounts.models import User
from accounts.roles import Role
from workflow.events import flags_named
from workflow.models import Case, Event
from workflow.safety.words import PRESSING


def is_urgent(event: Event) -> bool:
    """Sent with an open emergency or urgent flag, or such a flag was raised."""
    return event.data.get("tier", 9) <= 1 or event.data.get("severity") in PRESSING


def is_graver(event: Event) -> bool:
    return bool(event.data.get("is_graver")) and is_urgent(event)


def is_untaken(event: Event) -> bool:
    """Others were called, because nobody had taken on one of these flags."""
    return bool(set(flags_named(event.data)) - set(_unopened_in(event)))


def is_unopened(event: Event) -> bool:
    """Others were called, because somebody had taken on one of these flags and nobody had opened the letter."""
    return bool(_unopened_in(event))


def flag_waits(event: Event, case: Case, person: User) -> bool:
    """Somebody still has to take a danger on."""
    return person.holds(Role.MODERATOR) and case.has_unacknowledged_flags()


def flag_still_waits(event: Event, case: Case, person: User) -> bool:
    """A flag that the event names is open and nobody has taken it on."""
    return case.flags.unacknowledged().filter(pk__in=flags_named(event.data)).exists()


def named_flag_waits(event: Event, case: Case, person: User) -> bool:
    return person.holds(Role.MODERATOR) and flag_still_waits(event, case, person)


def returned_flag_waits(event: Event, case: Case, person: User) -> bool:
    """Colleagues hear, and not who handed it on."""
    return person.pk != event.actor_id and named_flag_waits(event, case, person)


def named_flag_is_open(event: Event, case: Case, person: User) -> bool:
    """Whoever took it on took on less than it is now: everybody hears, while it is open and still as grave."""
    named = case.flags.open().filter(pk=event.data.get("flag"), severity=event.data.get("severity"))
    return person.holds(Role.MODERATOR) and named.exists()


def is_left_unopened(event: Event, case: Case, person: User) -> bool:
    """The letter is unopened still, by who had taken it on then. While another of these flags waits, that call is made."""
    taken = case.flags.taken_unopened().filter(severity__in=PRESSING, acknowledged_at__lte=event.at)
    return taken.filter(pk__in=_unopened_in(event)).exists() and not flag_still_waits(event, case, person)


def named_flag_is_unopened(event: Event, case: Case, person: User) -> bool:
    return person.holds(Role.MODERATOR) and is_left_unopened(event, case, person)


def _unopened_in(event: Event) -> list[int]:
    found: list[int] = event.data.get("unopened", [])
    return found
