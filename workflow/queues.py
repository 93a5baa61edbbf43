"""Reads: which cases a person may see, and in which order. Every function knows who asks; no other read path exists.

A row that is not yours does not exist (404), so views fetch only through these.
"""

from django.db.models import Q, QuerySet

from accounts.models import User
from accounts.roles import Role
from qa.identity import letters_of

from .models import Case, SafetyFlag
from .states import OPEN_STATES, State

_LIGHT = ("member_message",)


def of_member(member: User) -> QuerySet[Case]:
    """The member's own cases, newest first."""
    return Case.objects.filter(letter__in=letters_of(member)).order_by("-submitted_at", "-id")


def of_moderator(moderator: User) -> QuerySet[Case]:
    """Every case, for a moderator; none for anybody else."""
    if not moderator.holds(Role.MODERATOR):
        return Case.objects.none()
    return Case.objects.all()


def of_expert(expert: User) -> QuerySet[Case]:
    """Cases an expert may see: free ones, those they hold and those they answered. Never before triage."""
    if not expert.holds(Role.EXPERT):
        return Case.objects.none()
    free = Q(state=State.TRIAGED, expert__isnull=True)
    held = Q(expert=expert) | Q(drafted_by=expert)
    reached = [State.TRIAGED, State.DRAFTED, State.REVIEWED, State.PUBLISHED]
    return Case.objects.filter(free | held, state__in=reached)


def in_order(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Danger first, then the longest waiting: the total order of every desk list. Never loads a letter."""
    return cases.select_related("expert").defer(*_LIGHT).order_by("tier", "submitted_at", "id")


def open_queue(moderator: User, *, state: str = "") -> QuerySet[Case]:
    """The moderators' queue: everything open, or one state of it."""
    chosen = [State(state)] if state in OPEN_STATES else list(OPEN_STATES)
    return in_order(of_moderator(moderator).filter(state__in=chosen)).prefetch_related("flags")


def urgent_board(moderator: User) -> QuerySet[SafetyFlag]:
    """Open emergency and urgent flags nobody has acknowledged: pinned on every page of the moderators, unfiltered."""
    if not moderator.holds(Role.MODERATOR):
        return SafetyFlag.objects.none()
    waiting = SafetyFlag.objects.unacknowledged().filter(severity__in=["emergency", "urgent"])
    return (
        waiting.select_related("case")
        .defer("case__member_message", "evidence", "note")
        .order_by("case__tier", "raised_at", "id")
    )


def free_for(expert: User) -> QuerySet[Case]:
    """Cases any expert may claim."""
    return in_order(of_expert(expert).filter(state=State.TRIAGED, expert__isnull=True))


def held_by(expert: User) -> QuerySet[Case]:
    """Cases that wait for this expert's answer."""
    return in_order(of_expert(expert).filter(state=State.TRIAGED, expert=expert))
