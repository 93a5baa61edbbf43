"""The safety rules as the browser reads them: one module of data, written from the one source by `make docs`."""

import json
from collections.abc import Mapping

from workflow.safety.rules_file import Rule, standard_book
from workflow.safety.text import Speller
from workflow.safety.words import PRESSING, Category, Severity

HEAD = "/* Written by `make docs` from workflow/safety/rules. Do not edit. */\nexport default "


def browser_rules() -> dict[str, str]:
    """Everything that can raise a card: pressing rules, cues of pressing compounds, modifiers and spelling.

    Ways of saying as they are written, without examples, reasons and sources: safety-engine.js reads their language.
    Three files, so that emergencies are seen on a slow phone while the rest is on its way; all come whatever is typed.
    """
    book = standard_book()
    context = book.sources["context"]
    compounds = [compound for compound in book.compounds if compound.severity in PRESSING]
    tags = {tag for compound in compounds for group in compound.all for tag in group}
    rules = [rule for rule in book.rules if _is_pressing(rule) or tags & set(rule.tags)]
    first = {
        "vocabulary": book.sources["vocabulary"]["words"],
        "modifiers": context["modifiers"],
        "times": [[row["days"], row["ways"]] for row in context["time"]],
        "spelling": book.speller.table,
        "near": " ".join(sorted(book.speller.near)),
        "real": " ".join(_would_be_mistaken(book.speller)),
        "rules": [_plain(rule) for rule in rules if _comes_first(rule)],
    }
    more = {"rules": [_plain(rule) for rule in rules if _is_pressing(rule) and not _comes_first(rule)]}
    together = {
        "rules": [_plain(rule) for rule in rules if not _is_pressing(rule)],
        "compounds": [
            {"category": one.category, "severity": one.severity, "all": one.all, "within": one.within}
            for one in compounds
        ],
    }
    files = {"safety-rules.js": first, "safety-more.js": more, "safety-together.js": together}
    return {name: _module(data) for name, data in files.items()}


def _module(data: Mapping[str, object]) -> str:
    return f"{HEAD}{json.dumps(data, ensure_ascii=False, separators=(',', ':'))};\n"


def _would_be_mistaken(speller: Speller) -> list[str]:
    """Real words that would be taken for misspellings if nobody knew that they are real."""
    careless = Speller(speller.table, speller.near, frozenset())
    return sorted(word for word in speller.real - speller.near if careless(word) != word)


def _is_pressing(rule: Rule) -> bool:
    return bool({rule.severity, rule.today, rule.older} & set(PRESSING))


def _comes_first(rule: Rule) -> bool:
    """Emergencies, and whoever may want to die; what they put in order for it, or what holds them, follows with the rest."""
    is_told_aside = {"preparing", "held-here"} & set(rule.tags)
    is_wish = rule.category == Category.SUICIDE and rule.severity == Severity.URGENT and not is_told_aside
    return rule.severity == Severity.EMERGENCY or is_wish


def _plain(rule: Rule) -> dict[str, object]:
    """The rule without what the browser can do without; fields at their usual value are left out."""
    usual: dict[str, object] = {"today": "", "older": "concern", "window": 14, "ignores": [], "tags": [], "unless": ""}
    row: dict[str, object] = {
        "category": rule.category,
        "severity": rule.severity,
        "today": rule.today,
        "older": rule.older,
        "window": rule.window,
        "ignores": sorted(rule.ignores),
        "tags": list(rule.tags),
        "ways": "\n".join(rule.ways),
        "unless": "\n".join(rule.unless),
    }
    return {name: value for name, value in row.items() if name not in usual or usual[name] != value}
