"""The one order of every desk list, what a row says, and a list in pages. Never loads a letter."""

from datetime import UTC, datetime, timedelta

from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery

from qa.models import Question

from ..models import Case, Consent, HandedOn, Inquiry, SafetyFlag
from ..models.cases import TIERS
from ..models.flags import calm_words

LIGHT = ("member_message",)  # what no list needs
PAGE = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def in_order(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Danger first, then the longest waiting: the total order of every desk list. Never loads a letter."""
    return cases.select_related("expert").defer(*LIGHT).order_by("tier", "submitted_at", "id")


def tier_of_flag() -> models.Case:
    """The tier of each flag, gravest first, to order flags by."""
    return models.Case(*(models.When(severity=name, then=models.Value(tier)) for name, tier in TIERS.items()))


def with_facts(cases: QuerySet[Case]) -> QuerySet[Case]:
    """What a row says besides its own columns, without a query per row: flags, is_confirmed, the member's reply."""
    confirmed = Question.objects.filter(letter=OuterRef("letter"), confirmed_at__isnull=False)
    replies = Consent.objects.filter(case=OuterRef("pk"), void_at__isnull=True)
    flags = Prefetch("flags", SafetyFlag.objects.defer("note", "evidence", "outcome"), to_attr="own_flags")
    twins = Prefetch("duplicates", Case.objects.only("merged_into").prefetch_related(flags), to_attr="twins")
    asked = HandedOn.objects.filter(case=OuterRef("pk"), is_waiting=True)
    return cases.annotate(
        is_confirmed=Exists(confirmed),
        reply=Subquery(replies.values("choice")[:1]),
        is_handed_on=Exists(asked),
        has_reply=Exists(Inquiry.objects.to_settle().filter(case=OuterRef("pk"))),
    ).prefetch_related(flags, twins)


def open_flags(case: Case) -> list[SafetyFlag]:
    """The open flags of a case that was read `with_facts`, and those of letters that are kept as the same as it."""
    return [flag for flag in _all_flags(case) if flag.closed_at is None]


def calm_words_of(case: Case) -> str:
    """What stands where a case has no open flag: "Danger looked after". No read for a case that was read `with_facts`."""
    if "own_flags" in vars(case):
        return calm_words({flag.verdict for flag in _all_flags(case)})
    return calm_words(set(case.flags_here().values_list("verdict", flat=True)))


def _all_flags(case: Case) -> list[SafetyFlag]:
    facts = vars(case)
    return [*facts["own_flags"], *(flag for twin in facts["twins"] for flag in vars(twin)["own_flags"])]


def page_of(cases: QuerySet[Case], *, after: str = "", size: int = PAGE) -> tuple[list[Case], str]:
    """One page of a list that is `in_order`, and the mark of its end for the next one (empty on the last page)."""
    if mark := _parse_mark(after):
        tier, sent, number = mark
        later = Q(tier=tier, submitted_at__gt=sent) | Q(tier=tier, submitted_at=sent, id__gt=number)
        cases = cases.filter(Q(tier__gt=tier) | later)
    found = list(cases[: size + 1])
    shown = found[:size]
    return shown, mark_of(shown[-1]) if len(found) > size else ""


def mark_of(case: Case) -> str:
    """Where a case stands in the order."""
    return f"{case.tier}.{(case.submitted_at - _EPOCH) // timedelta(microseconds=1)}.{case.pk}"


def _parse_mark(mark: str) -> tuple[int, datetime, int] | None:
    parts = mark.split(".")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 17 for part in parts):
        return None
    tier, micros, number = map(int, parts)
    return min(tier, 9), _EPOCH + timedelta(microseconds=micros), number
