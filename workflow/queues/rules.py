"""Local rules as administrators see them. Nothing here reads a letter; counts of letters are rounded for the eye."""

from datetime import datetime

from django.db.models import Count, Q, QuerySet

from accounts.models import User
from accounts.roles import Role

from ..models import LocalRule, Reading, RuleTrial, RuleTrouble, RuleVersion
from ..models.rules import RuleTrialQuerySet

TRIALS = 10
TROUBLES = 20


def local_rules(administrator: User) -> list[RuleVersion]:
    """The newest version of each rule; what is on comes first."""
    if not administrator.holds(Role.ADMINISTRATOR):
        return []
    newest = RuleVersion.objects.newest().select_related("saved_by").defer("examples", "not_examples")
    return list(newest.order_by("-is_on", "name", "pk"))


def local_rule_versions(administrator: User, number: int) -> QuerySet[RuleVersion]:
    """Every version of one rule, the newest first; empty when there is no such rule."""
    if not administrator.holds(Role.ADMINISTRATOR):
        return RuleVersion.objects.none()
    return (
        RuleVersion.objects.filter(rule=number).select_related("saved_by", "confirmed_by", "rule").order_by("-number")
    )


def trials_of_rules(administrator: User) -> QuerySet[RuleTrial]:
    """Who tried what, the newest first."""
    if not administrator.holds(Role.ADMINISTRATOR):
        return RuleTrial.objects.none()
    return RuleTrial.objects.select_related("started_by", "decided_by", "rule").order_by("-pk")


def proposed_rules() -> RuleTrialQuerySet:
    """Rules that wait for a moderator's yes or no, oldest first."""
    return RuleTrial.objects.waiting().select_related("started_by", "proposed_by", "rule").order_by("proposed_at", "pk")


def rules_to_decide(moderator: User) -> RuleTrialQuerySet:
    """Those this person may decide: never what they proposed or wrote themselves."""
    if not moderator.holds(Role.MODERATOR):
        return RuleTrial.objects.none()
    return proposed_rules().exclude(proposed_by=moderator).exclude(started_by=moderator)


def counts_by(person: User, *, since: datetime) -> int:
    """How often this person counted past letters: counts tell a little about letters, so a second person looks."""
    return RuleTrial.objects.filter(started_by=person, started_at__gte=since).count()


def troubles_of_rules(administrator: User) -> list[RuleTrouble]:
    """Rules that failed or took too long, by day."""
    return list(RuleTrouble.objects.all()[:TROUBLES]) if administrator.holds(Role.ADMINISTRATOR) else []


def readings_by(version: str) -> dict[str, int]:
    """How many letters these rules have read, and how many of those they could not read to the end."""
    return Reading.objects.filter(rules_version=version).aggregate(
        read=Count("pk"), failed=Count("pk", filter=Q(has_failed=True))
    )


def rule_by_number(number: int) -> LocalRule | None:
    return LocalRule.objects.filter(pk=number).first()
