"""What administrators must look after: help lines past their day, rules that failed. Counts only."""

from datetime import timedelta

from django.utils import timezone

from qa.models import HelpLine

from ..models import RuleTrouble


def things_to_look_after() -> int:
    """How many entries are overdue, and how many rules failed since yesterday."""
    today = timezone.localdate()
    failing = RuleTrouble.objects.filter(day__gte=today - timedelta(days=1)).values("rule").distinct()
    return HelpLine.objects.overdue(today).count() + failing.order_by().count()
