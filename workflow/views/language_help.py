"""What the language help has to say of an answer, ready to be shown: found, kept, and how hard it reads."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet

from qa import blocks
from qa.models import HelpLine

from ..events import Kind
from ..language import Advice, reading_grade
from ..language.check import EASY_GRADE, digits, numbers_in
from ..models import Case, Event
from .parts import Insert, as_inserts, lines_to_offer

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

    @property
    def instead(self) -> str:
        """What stands where the number was typed."""
        return blocks.instead_of(self.advice.words, self.line)


@dataclass(frozen=True)
class Help:
    """`lacking` and `blocks` stand in the way of an approval, `advice` and `offers` do not; `kept` was blocked and has a reason."""

    lacking: list[Insert]
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
    offers = offers_for(open_ones, case.language)
    offered = {offer.advice.mark for offer in offers}
    return Help(
        lacking=as_inserts(case, case.lacking_blocks(body)),
        blocks=[advice for advice in open_ones if advice.is_block],
        advice=[advice for advice in open_ones if not advice.is_block and advice.mark not in offered],
        offers=offers,
        kept=[Kept(advice, event.actor.staff_name if event.actor else "", event.remark.text) for advice, event in kept],
        grade=reading_grade(body),
    )


def offers_for(found: list[Advice], language: str) -> list[Offer]:
    """The typed numbers that a block of the registry can replace; what is overdue is not offered."""
    typed = [advice for advice in found if advice.key == TYPED]
    if not typed:
        return []
    lines = lines_to_offer(language)
    pairs = [(advice, line_of(advice.words, lines)) for advice in typed]
    return [Offer(advice, line, blocks.help_line(line)) for advice, line in pairs if line]


def line_of(typed: str, lines: Iterable[HelpLine]) -> HelpLine | None:
    """The line that this number reaches, by itself or as another way to it (“veterans text 838255”)."""
    known = list(lines)
    by_number = (line for line in known if digits(line.number) == digits(typed))
    return next(by_number, None) or next((line for line in known if digits(typed) in numbers_in(line.also)), None)


def _kept(case: Case) -> QuerySet[Event]:
    return case.events.filter(kind=Kind.WORDS_KEPT).select_related("actor", "remark")
