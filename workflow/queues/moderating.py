"""What moderators see: the queue, the board, every case, and one case with its trail and its flags."""

from collections.abc import Iterable

from django.db.models import Count, F, OuterRef, QuerySet, Subquery
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from qa.models import Audience

from ..models import Case, Consent, Event, Hold, SafetyFlag
from ..models.cases import AT_REST
from ..models.consents import Choice
from ..models.flags import FlagQuerySet
from ..safety.words import PRESSING, Severity
from ..states import OPEN_STATES, State
from .order import LIGHT, PAGE, in_order, tier_of_flag, with_facts

BOARD = 50
TRAIL = 200
RESTING = "at_rest"  # in an address: private answers that were delivered


def names_of_staff() -> list[str]:
    """What our own people are called: no secret of a family."""
    return list(
        User.objects.filter(grants__isnull=False).exclude(called="").values_list("called", flat=True).distinct()
    )


def of_moderator(moderator: User) -> QuerySet[Case]:
    """Every case, for a moderator; none for anybody else."""
    if not moderator.holds(Role.MODERATOR):
        return Case.objects.none()
    return Case.objects.all()


def open_queue(moderator: User, *, state: str = "") -> QuerySet[Case]:
    """The moderators' queue: everything open, or one state of it."""
    cases = of_moderator(moderator).filter(is_waiting=1)
    if state in OPEN_STATES:
        cases = cases.filter(state=state)
    return in_order(with_facts(cases))


def open_counts(moderator: User) -> dict[str, int]:
    """How many cases the queue holds, by state; in one read."""
    waiting = of_moderator(moderator).filter(is_waiting=1)
    found = dict(waiting.order_by().values_list("state").annotate(number=Count("pk")))
    return {state: found.get(state, 0) for state in OPEN_STATES}


def every_case(moderator: User, *, state: str = "") -> QuerySet[Case]:
    """Every case there is, or those of one state, or private answers that were delivered; newest letters first."""
    cases = with_facts(of_moderator(moderator)).select_related("expert").defer(*LIGHT).order_by("-id")
    if state == RESTING:
        return cases.filter(AT_REST)
    return cases.filter(state=state) if state in set(State) else cases


def every_case_page(cases: QuerySet[Case], *, after: int | None = None) -> tuple[list[Case], str]:
    """One page of `every_case`, and the mark of its end for the next one (empty on the last page)."""
    found = list((cases.filter(pk__lt=after) if after else cases)[: PAGE + 1])
    return found[:PAGE], str(found[PAGE - 1].pk) if len(found) > PAGE else ""


def beside_the_queue(moderator: User) -> QuerySet[Case]:
    """Cases that are closed or at rest and still need a person, a page of them: a flag nobody took on, a member's wish."""
    # From these few to their cases: by "or", or with is_waiting=0 by name, databases walk everything that is closed.
    untaken = SafetyFlag.objects.unacknowledged().filter(severity__in=list(Severity))  # named for their index
    wishes = Consent.objects.filter(choice=Choice.CHANGE, void_at__isnull=True)
    at_rest = {"case__state": State.REVIEWED, "case__audience": Audience.PRIVATE}  # AT_REST, seen from a wish
    few = untaken.order_by().values("case").union(wishes.filter(**at_rest).order_by().values("case"))
    needed = of_moderator(moderator).filter(pk__in=few).exclude(is_waiting=1)
    first = in_order(needed).values("pk")[:PAGE]
    return in_order(with_facts(of_moderator(moderator).filter(pk__in=first)))  # facts of those that are shown only


def urgent_board(moderator: User) -> QuerySet[SafetyFlag]:
    """Open emergency and urgent flags nobody has acknowledged: pinned on every page of the moderators, unfiltered."""
    if not moderator.holds(Role.MODERATOR):
        return SafetyFlag.objects.none()
    return _on_the_board(SafetyFlag.objects.unacknowledged())


def taken_unopened(moderator: User) -> QuerySet[SafetyFlag]:
    """The same flags once somebody took them on, until anybody opens the letter: told below the board."""
    if not moderator.holds(Role.MODERATOR):
        return SafetyFlag.objects.none()
    return _on_the_board(SafetyFlag.objects.taken_unopened()).select_related("acknowledged_by")


def _on_the_board(flags: FlagQuerySet) -> QuerySet[SafetyFlag]:
    pressing = flags.filter(severity__in=PRESSING).select_related("case")
    order = ("severity", "raised_at", "id")  # "emergency" comes before "urgent" in the alphabet too
    return pressing.defer("case__member_message", "evidence", "note", "outcome").order_by(*order)


def flags_of_absent() -> QuerySet[SafetyFlag]:
    """Open emergency and urgent flags that somebody took on who is away today, so that nobody looks after them."""
    today = timezone.localdate()
    taken = SafetyFlag.objects.open().filter(severity__in=PRESSING)
    return taken.filter(acknowledged_by__away_from__lte=today, acknowledged_by__away_until__gte=today)


def with_flags_of_absent() -> list[int]:
    """The cases of those flags."""
    return list(flags_of_absent().order_by().values_list("case", flat=True).distinct())


def whole(cases: QuerySet[Case]) -> QuerySet[Case]:
    """What the page of one case needs beside `with_facts`: people, the answer as it stands, a hold. Never the letter."""
    holds = Hold.objects.open().filter(case=OuterRef("pk"))
    cases = cases.annotate(
        held_until=Subquery(holds.values("until")[:1]), hold_agreed_at=Subquery(holds.values("agreed_at")[:1])
    )
    return with_facts(cases).select_related("expert", "draft__written_by", "drafted_by", "approved_by", "publish_by")


def trail_of(moderator: User, case: Case) -> QuerySet[Event]:
    """The audit trail of a case with the remarks, newest first; for moderators only."""
    if not moderator.holds(Role.MODERATOR):
        return Event.objects.none()
    return case.events.select_related("actor", "remark").order_by("-id")


def flags_of(moderator: User, case: Case) -> QuerySet[SafetyFlag]:
    """Every flag of a case and of its twins: what still waits first (the gravest on top), then what is open, then what is closed."""
    if not moderator.holds(Role.MODERATOR):
        return SafetyFlag.objects.none()
    people = ("raised_by", "acknowledged_by", "closed_by")
    return (
        SafetyFlag.objects.seen_from(case)
        .noting_openings()
        .select_related("case", *people)
        .defer("case__member_message")
        .order_by(
            F("closed_at").asc(nulls_first=True),
            F("acknowledged_at").asc(nulls_first=True),
            tier_of_flag(),
            "raised_at",
            "id",
        )
    )


def wish_of(moderator: User, case: Case) -> str:
    """What the member wants changed, while that wish stands."""
    if not moderator.holds(Role.MODERATOR):
        return ""
    standing = case.consents.filter(choice=Choice.CHANGE, void_at__isnull=True).first()
    return standing.wish if standing else ""


def experts_named_in(moderator: User, trail: Iterable[Event]) -> dict[int, str]:
    """Names for the ids that the trail keeps instead of names."""
    ids = {event.data["expert"] for event in trail if event.data.get("expert")}
    if not moderator.holds(Role.MODERATOR) or not ids:
        return {}
    return {expert.pk: expert.staff_name for expert in User.objects.filter(pk__in=ids)}


def experts(moderator: User) -> QuerySet[User]:
    """Whom a moderator can give a case to."""
    if not moderator.holds(Role.MODERATOR):
        return User.objects.none()
    return User.objects.holding(Role.EXPERT).order_by("called", "pk")
