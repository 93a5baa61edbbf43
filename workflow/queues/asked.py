"""Who is asked for a comment on which answer. Being asked opens question and answer, as long as the answer is at work."""

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role

from ..events import Kind
from ..models import Case, Comment, Event
from ..states import State

_AT_WORK = (State.TRIAGED, State.DRAFTED)


def asked_to_comment(person: User) -> QuerySet[Case]:
    """Cases on whose answer this person was asked to comment, while it is at work."""
    if not (person.holds(Role.EXPERT) or person.holds(Role.MODERATOR)):
        return Case.objects.none()
    asked = Event.objects.filter(case=OuterRef("pk"), kind=Kind.COLLEAGUE_ASKED, data__colleague=person.pk)
    return Case.objects.filter(Exists(asked), state__in=_AT_WORK, is_waiting=1)


def waits_for_my_comment(person: User) -> QuerySet[Case]:
    """Those of them on which this person has not said anything yet, longest first; for their desk."""
    said = Comment.objects.filter(case=OuterRef("pk"), by=person)
    return asked_to_comment(person).filter(~Exists(said)).order_by("state_since", "pk").only("public_id", "state_since")


def to_be_asked(person: User, case: Case) -> QuerySet[User]:
    """Colleagues who can be asked: experts and moderators who are there, but for the one who asks and who writes."""
    today = timezone.localdate()
    roles = Q(grants__role__in=[Role.EXPERT, Role.MODERATOR], grants__confirmed_at__isnull=False)
    here = User.objects.filter(roles, is_active=True).exclude(away_from__lte=today, away_until__gte=today)
    return here.exclude(pk__in=[person.pk, case.expert_id or person.pk]).distinct().order_by("called", "pk")


def asked_with(person: User, case: Case) -> Event | None:
    """How this person was asked the last time, with what was typed."""
    asked = case.events.filter(kind=Kind.COLLEAGUE_ASKED, data__colleague=person.pk)
    return asked.select_related("actor", "remark").order_by("id").last()


def own_comments(person: User, case: Case) -> QuerySet[Comment]:
    """What this person said about the answer, on a case they were asked about."""
    return Comment.objects.filter(case__in=asked_to_comment(person).filter(pk=case.pk), by=person).select_related(
        "by", "resolved_by"
    )


def to_tell(case: Case, colleague: User) -> list[int]:
    """Who waits for a colleague's comment: whoever asked, and the expert."""
    asked = case.events.filter(kind=Kind.COLLEAGUE_ASKED, data__colleague=colleague.pk)
    people = {case.expert_id, *asked.values_list("actor_id", flat=True)}
    return sorted(pk for pk in people if pk and pk != colleague.pk)
