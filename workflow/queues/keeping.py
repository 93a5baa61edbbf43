"""Which closed cases the clock announces the end of, and which it ends. Nothing that is held, open or in danger is among them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Exists, F, OuterRef, QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from ..models import Case, Hold, SafetyFlag
from ..states import State
from .order import LIGHT


@dataclass(frozen=True)
class Term:
    """How long the words of cases in one state are kept; the setting says how many days."""

    name: str
    state: State
    setting: str

    @property
    def days(self) -> int:
        return int(getattr(settings, self.setting))


DECLINED = Term("declined", State.DECLINED, "KEEP_DECLINED_DAYS")
ANSWERED = Term("answered", State.REVIEWED, "KEEP_ANSWERED_DAYS")
ORIGINAL = Term("original", State.PUBLISHED, "KEEP_ORIGINAL_DAYS")
TERMS = (DECLINED, ANSWERED, ORIGINAL)


def to_announce(term: Term) -> QuerySet[Case]:
    """Their day comes within the time of warning, and the member was not told since the clock began."""
    cases = _old(term, term.days - settings.KEEP_WARN_DAYS)
    untold: QuerySet[Case] = cases.exclude(keeping__warned_at__gt=F("began_at"))
    return untold


def to_end(term: Term) -> QuerySet[Case]:
    """Their time is over, and the member had the whole time of warning: also when the clock stood still for a month."""
    told_before = timezone.now() - timedelta(days=settings.KEEP_WARN_DAYS)
    over: QuerySet[Case] = _told(_old(term, term.days)).filter(keeping__warned_at__lte=told_before)
    return over


def announced(term: Term) -> QuerySet[Case]:
    """Their members were told, and have not asked for longer."""
    told: QuerySet[Case] = _told(_since(term))
    return told


def open_hold(case: Case) -> Hold | None:
    return case.holds.open().select_related("asked_by", "agreed_by").first()


def open_holds() -> QuerySet[Hold]:
    """All that are asked for or stand, what ends first first."""
    return Hold.objects.open().select_related("case", "asked_by", "agreed_by").defer("case__member_message")


def end_of(case: Case) -> datetime | None:
    """When the clock will erase the words, if the member was told so and has not asked for longer."""
    term = next((one for one in TERMS if one.state == case.state), None)
    mine = _told(_since(term).filter(pk=case.pk)) if term else None
    times = mine.values_list("began_at", "keeping__warned_at").first() if mine is not None else None
    if term is None or times is None:
        return None
    began: datetime = times[0]
    told: datetime = times[1]
    return max(began + timedelta(days=term.days), told + timedelta(days=settings.KEEP_WARN_DAYS))


_BEGAN = Greatest("state_since", Coalesce("keeping__kept_at", "state_since"))


def _since(term: Term) -> Any:
    """With the moment their clock began: the step that closed them, or the last “Keep it”."""
    dangers = SafetyFlag.objects.unacknowledged().filter(case=OuterRef("pk"))  # looked up, not listed: for one case too
    cases = Case.objects.filter(state=term.state, merged_into__isnull=True, publish_at__isnull=True)
    cases = cases.filter(~Exists(dangers)).exclude(pk__in=Hold.objects.standing().values("case"))
    if term is ORIGINAL:
        cases = cases.exclude(letter__text="")
    return cases.annotate(began_at=_BEGAN).defer(*LIGHT).order_by("pk")


def _told(cases: Any) -> Any:
    """Those whose member was told since the clock began."""
    return cases.filter(keeping__warned_at__gt=F("began_at"))


def _old(term: Term, days: int) -> Any:
    return _since(term).filter(began_at__lte=timezone.now() - timedelta(days=days))
