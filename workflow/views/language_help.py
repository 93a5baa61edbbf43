"""What the language help has to say of an answer, ready to be shown: found, kept, and how hard it reads."""

from dataclasses import dataclass

from django.db.models import QuerySet

from ..events import Kind
from ..language import Advice, reading_grade
from ..language.check import EASY_GRADE
from ..models import Case, Event


@dataclass(frozen=True)
class Kept:
    """Words that somebody let stay, and why."""

    advice: Advice
    who: str
    reason: str


@dataclass(frozen=True)
class Help:
    """`blocks` stand in the way of an approval, `advice` does not; `kept` was blocked and has a reason."""

    blocks: list[Advice]
    advice: list[Advice]
    kept: list[Kept]
    grade: float | None

    @property
    def is_hard(self) -> bool:
        return self.grade is not None and self.grade > EASY_GRADE


def help_with(case: Case, body: str) -> Help:
    """For the answer as saved or as it is being typed."""
    reasons = {event.data["mark"]: event for event in _kept(case)}
    found = case.wording(body)
    kept = [(advice, reasons[advice.mark]) for advice in found if advice.mark in reasons]
    open_ones = [advice for advice in found if advice.mark not in reasons]
    return Help(
        blocks=[advice for advice in open_ones if advice.is_block],
        advice=[advice for advice in open_ones if not advice.is_block],
        kept=[Kept(advice, event.actor.staff_name if event.actor else "", event.remark.text) for advice, event in kept],
        grade=reading_grade(body),
    )


def _kept(case: Case) -> QuerySet[Event]:
    return case.events.filter(kind=Kind.WORDS_KEPT).select_related("actor", "remark")
