"""The rules of now: the shipped ones, and on top of them the local ones that are on. Built once for each state of the table."""

import hashlib
import logging
from dataclasses import dataclass

from django.db.models import F
from django.utils.timezone import localdate

from ..models import RuleTrouble, RuleVersion
from ..models.rules import RuleWords
from ..safety import judge
from ..safety.local import LocalScanner, as_the_browser_reads, laid_on_top, read_rule
from ..safety.report import Report
from ..safety.rules_file import Rule, RuleBook, standard_book
from ..safety.scan import scan, standard_scanner
from ..safety.ways import WrongWay
from ..safety.words import PRESSING

log = logging.getLogger("allay.safety")
Stamp = tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class RulesOfNow:
    """`broken` are local rules that this release cannot read: every letter they miss goes to a person."""

    local: LocalScanner | None
    version: str
    broken: tuple[str, ...] = ()


_built: tuple[Stamp, RulesOfNow] | None = None


def rules_of_now() -> RulesOfNow:
    """One small read; the rules are built again only when an administrator changed something."""
    global _built
    rows = RuleVersion.objects.newest().filter(is_on=True).order_by("rule")
    stamp = tuple((pk, saved_at.isoformat()) for pk, saved_at in rows.values_list("pk", "saved_at"))
    if _built is None or _built[0] != stamp:
        _built = stamp, _build(list(rows) if stamp else [])
    return _built[1]


def read_by_all(text: str) -> Report:
    """What the shipped rules and the local ones say of a text. Never raises."""
    base = scan(text, standard_scanner())
    rules = rules_of_now()
    if rules.local is None and not rules.broken:
        return base
    local = scan(text, rules.local) if rules.local else judge.nothing()
    report = laid_on_top(base, local, rules.version)
    return judge.with_failed(report, rules.broken) if rules.broken else report


def browser_rules() -> list[dict[str, object]]:
    """The local rules that can raise a card while somebody types, as the browser reads them."""
    local = rules_of_now().local
    pressing = [rule for rule in local.book.rules if rule.severity in PRESSING] if local else []
    return [as_the_browser_reads(rule) for rule in pressing]


def row_of(words: RuleWords, name: str) -> dict[str, object]:
    """A version or a trial as the row of a rule."""
    return {
        "id": name,
        "category": words.category,
        "severity": words.severity,
        "reason": words.name,
        "source": words.source,
        "ways": lines(words.ways),
        "unless": lines(words.unless),
        "examples": lines(words.examples),
        "not_examples": lines(words.not_examples),
    }


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def rule_from(words: RuleWords, name: str, book: RuleBook | None = None) -> Rule:
    """Raises WrongWay with a sentence."""
    return read_rule(row_of(words, name), book or standard_book())


def note_trouble(names: tuple[str, ...]) -> None:
    """Rules failed on a letter: counted for administrators, by day."""
    for name in names:
        row, _ = RuleTrouble.objects.get_or_create(rule=name[:60], day=localdate())
        RuleTrouble.objects.filter(pk=row.pk).update(times=F("times") + 1)


def _build(rows: list[RuleVersion]) -> RulesOfNow:
    base = standard_book()
    rules, broken = [], []
    for row in rows:
        try:
            rules.append(rule_from(row, str(row.rule), base))
        except (WrongWay, ValueError, KeyError):
            log.exception("a local rule cannot be read by this release")
            broken.append(str(row.rule))
    words = "|".join(f"{row.rule_id}.{row.number}.{row.saved_at.isoformat()}" for row in rows)
    shipped = standard_scanner().book.version  # of the rules and the learned model
    version = f"{shipped}+{hashlib.sha256(words.encode()).hexdigest()[:8]}" if rows else shipped
    return RulesOfNow(LocalScanner(rules, base) if rules else None, version, tuple(broken))
