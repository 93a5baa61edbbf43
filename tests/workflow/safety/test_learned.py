"""The learned model beside the rules: it adds and raises, it never lowers, and it says by which words."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.safety import learned
from workflow.safety.judge import LEARNED
from workflow.safety.learned import Reading, marks, plain, standard_model
from workflow.safety.report import RANK
from workflow.safety.rules_file import standard_book
from workflow.safety.scan import Scanner, scan
from workflow.safety.words import Category, Severity

pytestmark = pytest.mark.pure
RULES_ALONE = Scanner(standard_book(), model=None)
HEIGHT = {"none": 0, "concern": 1, "urgent": 2, "emergency": 3}
LETTERS = [
    json.loads(line)["text"]
    for path in sorted((Path(__file__).parents[3] / "benchmarks/letters").glob("*.jsonl"))
    for line in path.read_text(encoding="utf-8").splitlines()
]
# Said in words that no rule has; the model knows their like.
UNRULY = (
    "My sister is on her own in the flat with the stash from before. He was let out on Monday, he has his pay in his pocket, "
    "he has no tolerance left after thirty days and he went off last night with a friend from the old days."
)


def added(report):
    return [(flag, evidence) for flag in report.flags for evidence in flag.evidence if evidence.rule == LEARNED]


def test_it_never_lowers_and_never_makes_an_emergency():
    for text in LETTERS:
        alone, both = RULES_ALONE.scan(text), scan(text)
        assert HEIGHT[both.severity] >= HEIGHT[alone.severity]
        assert both.severity == alone.severity or both.severity != Severity.EMERGENCY
        kept = {flag.category: flag for flag in both.flags}
        for flag in alone.flags:
            assert RANK[kept[flag.category].severity] >= RANK[flag.severity]
            assert set(flag.evidence) <= set(kept[flag.category].evidence)


def test_it_speaks_only_where_the_rules_saw_nothing_pressing():
    text = f"His lips are blue and I cannot wake him. {UNRULY}"
    assert scan(text).severity == Severity.EMERGENCY
    assert not added(scan(text))


def test_it_says_by_which_words_and_where():
    found = added(scan(UNRULY))
    assert found
    assert RULES_ALONE.scan(UNRULY).severity != Severity.URGENT
    for flag, evidence in found:
        assert flag.category != Category.UNREAD
        assert "“" in evidence.reason
        assert 0 <= evidence.start < evidence.end <= len(UNRULY)


def test_it_takes_what_is_told_of_a_film_for_a_concern_at_most():
    told = "{} was let out on Monday and went off with an old friend and no tolerance left. We think of it and say nothing."
    assert added(scan(told.format("He")))[0][1].severity == Severity.URGENT
    for _, evidence in added(scan(told.format("In the film, he"))):
        assert evidence.severity == Severity.CONCERN
        assert evidence.softened


def test_it_counts_every_mark_once_as_in_training():
    model = standard_model()
    tables = {"words": {word: {"": weight} for word, weight in model.words.items()}, "beside": model.beside,
              "distant": model.distant}  # fmt: skip
    for text in LETTERS[:40]:
        words = plain(text.lower().split())
        every = set(marks(words, model.classes))
        wanted = sum(tables[kind].get(first, {}).get(second, (0, 0))[0] for kind, first, second in every)
        assert sum(weight[0] for weight in Reading(model)._found(words).values()) == wanted


def test_it_names_its_provenance_and_stays_small():
    file = learned.FOLDER / "weights.json"
    raw = json.loads(file.read_text(encoding="utf-8"))
    assert "invented" in raw["provenance"].lower()
    assert raw["licence"]
    assert file.stat().st_size < 700_000


def test_it_changes_the_version_by_which_letters_are_read_again():
    assert scan(UNRULY).version != RULES_ALONE.scan(UNRULY).version


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(sorted(standard_model().words)), max_size=120))
def test_it_survives_any_mixture_of_its_own_words(words):
    assert not scan(" ".join(words)).failed_rules
