"""Local rules as administrators see them. Nothing here reads a letter; counts of letters are rounded for the eye."""

from django.db.models import Count, Q, QuerySet

from accounts.models import User
from accounts.roles import Role

from ..models import LocalRule, Reading, RuleTrial, RuleTrouble, RuleVersion

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
    return RuleVersion.objects.filter(rule=number).select_related("saved_by", "rule").order_by("-number")


def trials_of_rules(administrator: User) -> QuerySet[RuleTrial]:
    """Who tried what, the newest first."""
    if not administrator.holds(Role.ADMINISTRATOR):
        return RuleTrial.objects.none()
    return RuleTrial.objects.select_related("started_by", "rule").order_by("-pk")


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
