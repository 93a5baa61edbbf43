"""Where in the opened letter a danger is spoken of: the words behind open and closed flags, with the rules that read them."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from ..models import Case


@dataclass(frozen=True)
class Said:
    """Words of the letter that raised a flag: which rules read them, and why."""

    start: int
    end: int
    rules: tuple[str, ...]
    reasons: tuple[str, ...]

    @property
    def key(self) -> str:
        """The name of the place on the page; the list above the letter leads there."""
        return f"said-{self.start}-{self.end}"

    @property
    def named(self) -> str:
        return " · ".join(self.rules)


def said_in(case: Case, letter: str) -> list[Said]:
    """Every place once, in the order of the letter; what points outside of it is left out."""
    found: dict[tuple[int, int], list[tuple[str, str]]] = {}
    for evidence in case.flags.exclude(evidence="").values_list("evidence", flat=True):
        for item in json.loads(evidence)["evidence"]:
            if 0 <= item["start"] < item["end"] <= len(letter):
                found.setdefault((item["start"], item["end"]), []).append((item["rule"], item["reason"]))
    return [Said(*place, *_each_once(read)) for place, read in sorted(found.items())]


def _each_once(read: Iterable[tuple[str, str]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    pairs = list(dict.fromkeys(read))
    return tuple(dict.fromkeys(rule for rule, _ in pairs)), tuple(dict.fromkeys(reason for _, reason in pairs))
