"""The learned model beside the rules: it adds and raises, it never lowers, and it says by which words."""

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.safety import learned
from workflow.safety.judge import LEARNED
from workflow.safety.learned import Model, Reading, marks, packed, plain, standard_model, unpacked
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
WORDS = {"zorblatt": (3000, 3000, 0), "quonk": (0, 3000, 0)}


def tiny(words=WORDS, bias=(-1000, -1000, -1000)):
    """A model that knows a word or two, so that these tests depend on no training."""
    raw = {
        "words": words, "beside": {}, "distant": {}, "bias": bias, "thresholds": (1000, 1000),
        "categories": {"zorblatt": {"overdose": 1000}},
    }  # fmt: skip
    return Model.of(raw, {}, "tiny")


WITH_TINY = Scanner(standard_book(), model=tiny())
CALM = "We had the usual supper and he went up to his room afterwards. The dishes are done and the dog is out."
UNRULY = f"He has zorblatt in the kitchen again. {CALM}"


def added(report):
    return [(flag, evidence) for flag in report.flags for evidence in flag.evidence if evidence.rule == LEARNED]


def named(flag):
    return {(evidence.rule, evidence.start, evidence.end) for evidence in flag.evidence}


def test_it_never_lowers_what_the_rules_saw():
    for text in LETTERS[::6]:
        alone, both = RULES_ALONE.scan(text), scan(text)
        assert HEIGHT[both.severity] >= HEIGHT[alone.severity]
        kept = {flag.category: flag for flag in both.flags}
        for flag in alone.flags:
            assert RANK[kept[flag.category].severity] >= RANK[flag.severity]
            assert named(flag) <= named(kept[flag.category])


def test_it_makes_an_emergency_of_what_reads_as_happening_and_asks_more_where_no_rule_named_it():
    now, surely = (Scanner(standard_book(), model=tiny({"zorblatt": (3000, 3000, third)})) for third in (2100, 2300))
    hit = "He hit me on Sunday."
    assert RULES_ALONE.scan(hit).severity == WITH_TINY.scan(f"{hit} {UNRULY}").severity == Severity.URGENT
    (flag, evidence), *_ = added(now.scan(f"{hit} {UNRULY}"))
    assert flag.severity == evidence.severity == Severity.EMERGENCY
    assert now.scan(UNRULY).severity == Severity.URGENT, "no rule named it"
    assert surely.scan(UNRULY).severity == Severity.EMERGENCY
    told = UNRULY.replace("He has", "Ten years ago he had")
    assert now.scan(f"{hit} {told}").severity == Severity.URGENT
    assert surely.scan(told).severity == Severity.CONCERN


def test_it_asks_less_of_what_reads_as_happening_now():
    words = {"zorblatt": (1500, 0, 0), "floob": (1500, 0, 1600)}
    scanner = Scanner(standard_book(), model=tiny(words))
    assert scanner.scan(UNRULY).severity == "none"
    assert scanner.scan(UNRULY.replace("zorblatt", "floob")).severity == Severity.URGENT


def test_it_speaks_only_where_the_rules_saw_nothing_pressing():
    report = WITH_TINY.scan(f"His lips are blue and I cannot wake him. {UNRULY}")
    assert report.severity == Severity.EMERGENCY
    assert not added(report)


def test_it_says_by_which_words_and_where():
    assert RULES_ALONE.scan(UNRULY).severity == "none"
    (flag, evidence), *_ = added(WITH_TINY.scan(UNRULY))
    assert (flag.category, flag.severity) == (Category.OVERDOSE, Severity.URGENT)
    assert "“zorblatt”" in evidence.reason
    assert "zorblatt" in UNRULY[evidence.start : evidence.end]


def test_it_adds_a_concern_where_that_is_all_it_sees():
    assert WITH_TINY.scan(UNRULY.replace("zorblatt", "quonk")).severity == Severity.CONCERN
    assert WITH_TINY.scan(CALM).severity == "none"


def test_it_asks_a_second_place_of_a_long_letter_that_weighs_little_in_one():
    hint, more = "He has floob in the kitchen again.", "We spoke of wibble for a while."
    model = tiny({"floob": (2300, 2300, 0), "wibble": (1000, 0, 0)})
    scanner = Scanner(standard_book(), model=model)
    calm = f"{CALM} {CALM} {CALM}"
    assert scanner.scan(f"{hint} {calm}").severity == Severity.CONCERN
    assert scanner.scan(f"{hint} {calm} {more}").severity == Severity.URGENT
    assert scanner.scan(f"{hint} {CALM}").severity == Severity.URGENT


def test_it_takes_one_heavy_place_for_a_concern_in_a_letter_that_is_ordinary_throughout():
    words = {"floob": (7000, 7000, 0), "wibble": (2000, 0, 0)}
    scanner = Scanner(standard_book(), model=tiny(words, (-4600, -4600, -4600)))
    hint, calm = "He has floob in the kitchen again.", f"{CALM} {CALM} {CALM}"
    assert scanner.scan(f"{hint} {calm}").severity == Severity.CONCERN
    assert scanner.scan(f"{hint} {calm.replace('the', 'wibble')}").severity == Severity.URGENT


def test_it_seconds_a_rule_that_stands_alone_where_the_place_is_not_plainly_harmless():
    often_mistaken, calm = "They say that he overdosed.", f"{CALM} {CALM} {CALM}"
    letter = f"{calm} {often_mistaken} {calm}"
    harmless = Scanner(standard_book(), model=tiny(bias=(-3000, -3000, -3000)))
    assert RULES_ALONE.scan(letter).severity == harmless.scan(letter).severity == Severity.CONCERN
    assert WITH_TINY.scan(letter).severity == Severity.URGENT
    for surer in (
        often_mistaken,
        f"{calm} {often_mistaken} {calm} He hit me on Sunday.",
        f"{calm} His lips are blue. {often_mistaken}",
    ):
        assert HEIGHT[RULES_ALONE.scan(surer).severity] >= HEIGHT["urgent"]


def test_it_takes_a_story_of_last_year_for_a_story_of_last_year_in_its_next_sentence():
    (flag,) = WITH_TINY.scan(f"Last year it all came out. I found zorblatt in the kitchen. {CALM}").flags
    assert flag.severity == Severity.CONCERN


@pytest.mark.parametrize("where", ["In the film, he has", "Ten years ago he had", "What if he has"])
def test_it_takes_what_is_told_of_elsewhere_for_a_concern_at_most(where):
    found = added(WITH_TINY.scan(UNRULY.replace("He has", where)))
    assert found
    for _, evidence in found:
        assert evidence.severity == Severity.CONCERN
        assert evidence.softened


def test_it_counts_every_mark_once_as_in_training():
    raw = json.loads((learned.FOLDER / "weights.json").read_text(encoding="utf-8"))
    model = replace(standard_model(), thresholds=(-(10**9), -(10**9)))  # everything is a hit
    for two in pairwise(LETTERS[:40]):
        rows = [plain(text.lower().split())[:50] for text in two]
        for hit in Reading(model).hits(rows):
            every = set(marks([word for row in rows[hit.first : hit.last + 1] for word in row], model.classes))
            weights = [raw[kind].get(f"{first} {second}".strip(), (0, 0, 0)) for kind, first, second in every]
            assert hit.pressing == model.bias[0] + sum(weight[0] for weight in weights)


def test_a_word_said_again_and_again_talks_no_danger_down():
    scanner = Scanner(standard_book(), model=tiny(WORDS | {"please": (-400, -400, 0)}))
    assert scanner.scan(UNRULY.replace("again", "please " * 9)).severity == Severity.URGENT


@given(st.lists(st.tuples(*[st.integers(-9000, 9000)] * 3), max_size=900))
def test_it_adds_three_weights_in_one_sum(weights):
    assert unpacked(sum(map(packed, weights))) == tuple(sum(row[side] for row in weights) for side in range(3))


def test_it_names_its_provenance_and_stays_small():
    file = learned.FOLDER / "weights.json"
    raw = json.loads(file.read_text(encoding="utf-8"))
    assert "invented" in raw["provenance"].lower()
    assert raw["licence"]
    assert file.stat().st_size < 1_250_000


def test_it_changes_the_version_by_which_letters_are_read_again():
    assert len({scan(CALM).version, RULES_ALONE.scan(CALM).version, WITH_TINY.scan(CALM).version}) == 3


@settings(max_examples=60)
@given(st.lists(st.sampled_from(sorted(standard_model().words)), max_size=120))
def test_it_survives_any_mixture_of_its_own_words(words):
    assert not scan(" ".join(words)).failed_rules
