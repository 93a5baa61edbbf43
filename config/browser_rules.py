"""The safety rules as the browser reads them: one module of data, written from the one source by `make docs`."""

import json

from workflow.safety.rules_file import Rule, standard_book
from workflow.safety.text import Speller
from workflow.safety.words import Severity

PRESSING = (Severity.EMERGENCY, Severity.URGENT)
HEAD = "/* Written by `make docs` from workflow/safety/rules. Do not edit. */\nexport default "


def browser_rules() -> str:
    """Everything that can raise a card: pressing rules, cues of pressing compounds, modifiers and spelling.

    Ways of saying as they are written, without examples, reasons and sources: safety-engine.js reads their language.
    """
    book = standard_book()
    context = book.sources["context"]
    compounds = [compound for compound in book.compounds if compound.severity in PRESSING]
    tags = {tag for compound in compounds for group in compound.all for tag in group}
    rules = [rule for rule in book.rules if _is_pressing(rule) or tags & set(rule.tags)]
    data = {
        "version": book.version,
        "vocabulary": book.sources["vocabulary"]["words"],
        "modifiers": context["modifiers"],
        "times": [[row["days"], row["ways"]] for row in context["time"]],
        "rules": [_plain(rule) for rule in rules],
        "compounds": [
            {"category": one.category, "severity": one.severity, "all": one.all, "within": one.within}
            for one in compounds
        ],
        "spelling": book.speller.table,
        "near": " ".join(sorted(book.speller.near)),
        "real": " ".join(_would_be_mistaken(book.speller)),
    }
    return f"{HEAD}{json.dumps(data, ensure_ascii=False, separators=(',', ':'))};\n"


def _would_be_mistaken(speller: Speller) -> list[str]:
    """Real words that would be taken for misspellings if nobody knew that they are real."""
    careless = Speller(speller.table, speller.near, frozenset())
    return sorted(word for word in speller.real - speller.near if careless(word) != word)


def _is_pressing(rule: Rule) -> bool:
    return bool({rule.severity, rule.today, rule.older} & set(PRESSING))


def _plain(rule: Rule) -> dict[str, object]:
    """The rule without what the browser can do without; fields at their usual value are left out."""
    usual: dict[str, object] = {"today": "", "older": "concern", "window": 14, "ignores": [], "tags": [], "unless": []}
    row: dict[str, object] = {
        "id": rule.id,
        "category": rule.category,
        "severity": rule.severity,
        "today": rule.today,
        "older": rule.older,
        "window": rule.window,
        "ignores": sorted(rule.ignores),
        "tags": list(rule.tags),
        "ways": list(rule.ways),
        "unless": list(rule.unless),
    }
    return {name: value for name, value in row.items() if name not in usual or usual[name] != value}
