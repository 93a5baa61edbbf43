"""Every rule against its own examples, and the sayings of frightened relatives against what must come of them."""

from pathlib import Path

import pytest

from workflow.safety.learned import FOLDER
from workflow.safety.report import RANK
from workflow.safety.rules_file import standard_book
from workflow.safety.scan import scan
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


@pytest.mark.parametrize(("rule", "text"), YES, ids=lambda value: getattr(value, "id", value))
def test_it_finds_what_a_rule_says_it_finds(rule, text):
    found = [evidence for flag in scan(text).flags for evidence in flag.evidence if evidence.rule == rule.id]
    assert any(RANK[evidence.severity] >= RANK[rule.severity] for evidence in found)


@pytest.mark.parametrize(("rule", "text"), NO, ids=lambda value: getattr(value, "id", value))
def test_it_raises_no_alarm_for_what_a_rule_says_it_leaves(rule, text):
    raised = [flag for flag in scan(text).flags if RANK[flag.severity] >= RANK[Severity.URGENT]]
    assert not raised


@pytest.mark.parametrize(("want", "text"), SAYINGS, ids=[text[:50] for _, text in SAYINGS])
def test_it_weighs_what_relatives_say(want, text):
    level, found = HEIGHT[want[:-1]], HEIGHT[scan(text).severity]
    if want.endswith(">"):
        assert found >= level
    else:
        assert found <= max(level, HEIGHT["concern"])  # a few words alone are a concern


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
