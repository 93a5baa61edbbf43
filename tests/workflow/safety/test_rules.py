"""Every rule against its own examples, and the sayings of frightened relatives against what must come of them.

One test reads all of a kind and names each that it reads wrongly: a test for each took longer than the reading.
"""

from functools import cache
from pathlib import Path

import pytest

from workflow.safety import scan as scan_module
from workflow.safety.learned import FOLDER
from workflow.safety.report import RANK
from workflow.safety.rules_file import standard_book
from workflow.safety.words import Severity

pytestmark = pytest.mark.pure
BOOK = standard_book()
YES = [(rule, text) for rule in BOOK.rules for text in rule.examples]
NO = [(rule, text) for rule in BOOK.rules for text in rule.not_examples]
HEIGHT = {"none": 0, "concern": 1, "urgent": 2, "emergency": 3}
SAYINGS = [
    line.split(" ", 1)
    for path in sorted(Path(__file__).parent.glob("*.txt"))
    for line in path.read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


@cache
def scan(text):
    return scan_module.scan(text)


def is_found(rule, text):
    found = [evidence for flag in scan(text).flags for evidence in flag.evidence if evidence.rule == rule.id]
    return any(RANK[evidence.severity] >= RANK[rule.severity] for evidence in found)


def is_alarmed(text):
    return any(RANK[flag.severity] >= RANK[Severity.URGENT] for flag in scan(text).flags)


def is_weighed(want, text):
    """ "level>": at least so grave; "level<": at most, and a few words alone are a concern."""
    level, found = HEIGHT[want[:-1]], HEIGHT[scan(text).severity]
    return found >= level if want.endswith(">") else found <= max(level, HEIGHT["concern"])


def test_it_finds_what_a_rule_says_it_finds():
    assert [(rule.id, text) for rule, text in YES if not is_found(rule, text)] == []


def test_it_raises_no_alarm_for_what_a_rule_says_it_leaves():
    assert [(rule.id, text) for rule, text in NO if is_alarmed(text)] == []


def test_it_weighs_what_relatives_say():
    wrong = [(want, scan(text).severity, text) for want, text in SAYINGS if not is_weighed(want, text)]
    assert wrong == [], "wanted, found, said"


def test_it_has_as_much_to_read_as_it_says():
    assert len(YES) > 300
    assert len(NO) > 150
    assert len(SAYINGS) > 1_000
    assert {want[-1] for want, _ in SAYINGS} == {"<", ">"}


def test_it_has_for_every_rule_a_reason_a_source_and_an_example():
    for rule in BOOK.rules:
        assert rule.reason.endswith((".", "!")), rule.id
        assert rule.source, rule.id
        if rule.severity in (Severity.EMERGENCY, Severity.URGENT):
            assert rule.examples, rule.id


def test_it_takes_no_common_word_for_a_misspelt_word_of_danger():
    common = set((FOLDER / "kin.txt").read_text(encoding="utf-8").split())
    misread = {word for word in common if BOOK.speller(word) != word and word not in BOOK.speller.table}
    assert misread <= {"ambulances", "barricades"}  # read as the words they belong to


def test_it_names_every_rule_once():
    names = [rule.id for rule in BOOK.rules] + [compound.id for compound in BOOK.compounds]
    assert len(names) == len(set(names))


def test_it_gives_evidence_that_stands_in_the_letter():
    for _, text in SAYINGS:
        for flag in scan(text).flags:
            for evidence in flag.evidence:
                assert 0 <= evidence.start <= evidence.end <= len(text)
                assert evidence.end > evidence.start or evidence.rule.startswith("scan.")
