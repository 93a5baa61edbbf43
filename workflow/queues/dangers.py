"""What people did about a danger: steps that were ticked, words that were written to the member and whether they came."""

from collections.abc import Iterable

from django.db.models import QuerySet

from accounts.models import User
from accounts.roles import Role

from ..events import Kind
from ..models import Case, Event

TICKS = (Kind.STEP_TICKED, Kind.STEP_UNTICKED)


def ticked_in(moderator: User, case: Case) -> dict[tuple[int, str], Event]:
    """Who ticked which step of which flag, as things stand; for moderators only."""
    if not moderator.holds(Role.MODERATOR):
        return {}
    return standing(case.events.filter(kind__in=TICKS).select_related("actor").order_by("id"))


def standing(ticks: Iterable[Event]) -> dict[tuple[int, str], Event]:
    """The steps that are ticked after all of these, oldest first."""
    done: dict[tuple[int, str], Event] = {}
    for event in ticks:
        place = (event.data["flag"], event.data["step"])
        if event.kind == Kind.STEP_TICKED:
            done[place] = event
        else:
            done.pop(place, None)
    return done


def told_about(moderator: User, case: Case) -> QuerySet[Event]:
    """What moderators wrote to the member of a case because of a danger, oldest first; for moderators only."""
    if not moderator.holds(Role.MODERATOR):
        return Event.objects.none()
    return _told(case).select_related("actor", "remark")


def told_to(member: User, case: Case) -> QuerySet[Event]:
    """The same for the member themselves, newest first: the words alone, not who wrote them."""
    if not case.is_written_by(member):
        return Event.objects.none()
    return _told(case).filter(remark__isnull=False).select_related("remark").order_by("-id")


def has_unread(member: User, case: Case) -> bool:
    """Something was written to the member that they have not had before their eyes yet."""
    newest = told_to(member, case).first()
    return newest is not None and newest.pk > read_up_to(case)


def read_up_to(case: Case) -> int:
    """The last of these messages that the member has had before their eyes; 0 when none."""
    last = case.events.filter(kind=Kind.MESSAGE_READ).order_by("id").last()
    return int(last.data["up_to"]) if last else 0


def _told(case: Case) -> QuerySet[Event]:
    return case.events.filter(kind=Kind.MEMBER_TOLD).order_by("id")
