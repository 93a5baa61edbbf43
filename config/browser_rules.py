"""The safety rules as the browser reads them: one module of data, written from the one source by `make docs`."""

import json

from workflow.safety.rules_file import Rule, standard_book
from workflow.safety.words import Severity

PRESSING = (Severity.EMERGENCY, Severity.URGENT)
HEAD = "/* Written by `make docs` from workflow/safety/rules. Do not edit. */\nexport default "


def browser_rules() -> str:
    """Everything that can raise a card: pressing rules, cues of pressing compounds, modifiers and spelling."""
    book = standard_book()
    compounds = [compound for compound in book.compounds if compound.severity in PRESSING]
    tags = {tag for compound in compounds for group in compound.all for tag in group}
    rules = [rule for rule in book.rules if _is_pressing(rule) or tags & set(rule.tags)]
    data = {
        "version": book.version,
        "rules": [_plain(rule) for rule in rules],
        "compounds": [
            {"category": one.category, "severity": one.severity, "all": one.all, "within": one.within}
            for one in compounds
        ],
        "modifiers": dict(book.modifiers),
        "times": [[mark.days, mark.pattern] for mark in book.times],
        "spelling": book.speller.table,
        "near": sorted(book.speller.near),
        "real": sorted(book.speller.real - book.speller.near),
    }
    return f"{HEAD}{json.dumps(data, ensure_ascii=False, separators=(',', ':'))};\n"


def _is_pressing(rule: Rule) -> bool:
    return bool({rule.severity, rule.today, rule.older} & set(PRESSING))


def _plain(rule: Rule) -> dict[str, object]:
    return {
        "id": rule.id,
        "category": rule.category,
        "severity": rule.severity,
        "today": rule.today,
        "older": rule.older,
        "window": rule.window,
        "ignores": sorted(rule.ignores),
        "tags": rule.tags,
        "pattern": rule.pattern,
        "except": rule.except_pattern,
        "anchors": sorted(rule.anchors),
        "prefixes": sorted(rule.prefixes),
    }
