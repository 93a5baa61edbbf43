"""What the language help has to say of an answer, ready to be shown: found, kept, and how hard it reads."""

from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.timezone import localdate

from qa import blocks
from qa.models import HelpLine

from ..events import Kind
from ..language import Advice, reading_grade
from ..language.check import EASY_GRADE, digits
from ..models import Case, Event

TYPED = "known_number"  # the advice about a number of the registry that stands outside of a block


@dataclass(frozen=True)
class Kept:
    """Words that somebody let stay, and why."""

    advice: Advice
    who: str
    reason: str


@dataclass(frozen=True)
class Offer:
    """A number of the registry that was typed by hand, and the block that can stand in its place."""

    advice: Advice
    line: HelpLine
    html: str


@dataclass(frozen=True)
class Help:
    """`blocks` stand in the way of an approval, `advice` and `offers` do not; `kept` was blocked and has a reason."""

    blocks: list[Advice]
    advice: list[Advice]
    offers: list[Offer]
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
    offers = offers_for(open_ones)
    offered = {offer.advice.mark for offer in offers}
    return Help(
        blocks=[advice for advice in open_ones if advice.is_block],
        advice=[advice for advice in open_ones if not advice.is_block and advice.mark not in offered],
        offers=offers,
        kept=[Kept(advice, event.actor.staff_name if event.actor else "", event.remark.text) for advice, event in kept],
        grade=reading_grade(body),
    )


def offers_for(found: list[Advice]) -> list[Offer]:
    """The typed numbers that a block of the registry can replace; what is overdue is not offered."""
    typed = [advice for advice in found if advice.key == TYPED]
    if not typed:
        return []
    lines = {digits(line.number): line for line in HelpLine.objects.all() if not line.is_overdue(today=localdate())}
    pairs = [(advice, lines.get(digits(advice.words))) for advice in typed]
    return [Offer(advice, line, blocks.help_line(line)) for advice, line in pairs if line]


def _kept(case: Case) -> QuerySet[Event]:
    return case.events.filter(kind=Kind.WORDS_KEPT).select_related("actor", "remark")
