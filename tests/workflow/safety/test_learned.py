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
from workflow.safety.learned import Model, Reading, kind_of, marks, packed, plain, standard_model, unpacked
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


def tiny(words=WORDS, bias=(-1000, -1000, -1000), thresholds=(1000, 1000)):
    """A model that knows a word or two, so that these tests depend on no training."""
    raw = {
        "words": words, "pairs": {}, "triples": {}, "bias": bias, "thresholds": thresholds,
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


def test_it_makes_an_emergency_of_what_reads_as_happening_now():
    now = Scanner(standard_book(), model=tiny({"zorblatt": (3000, 3000, 3000)}))
    hit = "He hit me on Sunday."
    assert RULES_ALONE.scan(hit).severity == WITH_TINY.scan(f"{hit} {UNRULY}").severity == Severity.URGENT
    (flag, evidence), *_ = added(now.scan(f"{hit} {UNRULY}"))
    assert flag.severity == evidence.severity == Severity.EMERGENCY
    assert WITH_TINY.scan(UNRULY).severity == Severity.URGENT
    assert now.scan(UNRULY).severity == Severity.EMERGENCY, "no rule named it"
    told = UNRULY.replace("He has", "Ten years ago he had")
    assert now.scan(f"{hit} {told}").severity == Severity.URGENT
    assert now.scan(told).severity == Severity.CONCERN


def test_one_place_that_reads_as_happening_now_is_enough_in_the_calmest_letter():
    calm = " ".join([CALM] * 9)
    words = {"zorblatt": (7100, 7100, 0), "floob": (7100, 7100, 7100)}
    scanner = Scanner(standard_book(), model=tiny(words, bias=(-5000, -5000, -5000)))
    assert scanner.scan(f"{UNRULY} {calm}").severity == Severity.CONCERN
    assert scanner.scan(f"{UNRULY} {calm}".replace("zorblatt", "floob")).severity == Severity.EMERGENCY


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


def test_many_light_places_weigh_as_much_as_a_heavy_one():
    scanner = Scanner(standard_book(), model=tiny({"floob": (1500, 0, 0)}, bias=(-2000, -2000, -2000)))
    hint = "He has floob in the kitchen again."
    assert scanner.scan(f"{hint} {CALM}").severity == "none"
    assert scanner.scan(" ".join([hint] * 12)).severity == Severity.URGENT


def test_the_whole_letter_counts():
    scanner = Scanner(
        standard_book(), model=tiny({"floob": (5200, 0, 0), "wibble": (2000, 0, 0)}, (-4000, -4000, -4000))
    )
    hint, calm = "He has floob in the kitchen again.", f"{CALM} {CALM} {CALM}"
    assert scanner.scan(f"{hint} {calm}").severity == "none"
    assert scanner.scan(f"{hint} {calm.replace('the', 'wibble')}").severity == Severity.URGENT


def alone_in(letter, model):
    """What the scan makes of the one sentence that a rule, often mistaken by itself, read in a letter."""
    assert RULES_ALONE.scan(letter).severity == Severity.CONCERN
    report = Scanner(standard_book(), model=model).scan(letter)
    assert not added(report)
    (evidence,) = [one for flag in report.flags for one in flag.evidence if one.rule == "overdose.word"]
    return (evidence.severity, bool(evidence.softened))


SET_DOWN, UP = (Severity.CONCERN, True), (Severity.URGENT, False)


@pytest.mark.parametrize(
    ("words", "bias", "found"),
    [
        ({}, -4000, SET_DOWN),
        ({}, -1100, UP),  # the letter weighs a little more than nothing
        ({}, -1500, SET_DOWN),
        ({"overdosed": (5100, 0, 0)}, -4000, UP),  # the place weighs enough
        ({"overdosed": (4900, 0, 0)}, -4000, SET_DOWN),
        ({"overdosed": (2600, 0, 0), "floob": (2600, 0, 0)}, -4000, UP),  # together with the next sentence
        ({"wibble": (5100, 0, 0)}, -4000, SET_DOWN),  # another place says nothing about this one
    ],
)
def test_it_seconds_a_rule_that_stands_alone_by_the_letter_or_by_the_place(words, bias, found):
    letter = f"{CALM} They talked. They say that he overdosed. There is floob. {CALM} There is wibble. {CALM}"
    assert alone_in(letter, tiny(words, (bias, -9000, -9000))) == found


def test_what_the_model_did_not_weigh_is_no_proof_of_harmlessness():
    far = f"{'We talked of the garden all day and on. ' * 170}They say that he overdosed."
    assert alone_in(far, tiny(bias=(-9000, -9000, -9000))) == UP


def test_one_sentence_is_not_the_whole_letter():
    """One of ordinary life stands beside it: what would weigh 1,000 in the middle of a letter does not by itself."""
    light, heavy = (Scanner(standard_book(), model=tiny({"zorblatt": (one, 0, 0)})) for one in (2600, 2700))
    assert not added(light.scan("He has zorblatt."))
    assert heavy.scan("He has zorblatt.").severity == Severity.URGENT


def test_it_shows_the_heaviest_place_and_others_apart_from_it_that_are_as_likely_as_not():
    words = {
        "zorblatt": (4000, 0, 0),
        "floob": (1500, 0, 0),
        "wibble": (500, 0, 0),
        "told": (9000, 0, 0),
        "dog": (-9, 0, 0),
    }
    letter = f"There is zorblatt. {CALM} There is floob. {CALM} There is wibble. Ten years ago it was told."
    shown = [letter[one.start : one.end] for _, one in added(Scanner(standard_book(), model=tiny(words)).scan(letter))]
    assert shown == ["There is zorblatt", "There is floob"]


def test_what_an_old_story_weighs_does_not_hide_what_is_now():
    words = {"zorblatt": (3500, 0, 0), "ago": (-9000, 0, 0), "harbour": (20_000, 0, 0)}
    scanner = Scanner(standard_book(), model=tiny(words))
    now = "Today he has zorblatt in the kitchen. The dishes are done."
    assert scanner.scan(now).severity == Severity.URGENT
    assert scanner.scan(f"We moved here two years ago. {now}").severity == Severity.URGENT
    assert scanner.scan(f"{CALM} Two years ago it was the harbour. {CALM}").severity == Severity.CONCERN, (
        "nor is it now"
    )


@pytest.mark.parametrize(
    ("weights", "found"),
    [
        ((2900, 0, 9000), "urgent"),
        ((9000, 0, 2900), "urgent"),
        ((3000, 0, 3000), "emergency"),
        ((500, 0, 9000), "none"),
    ],
)
def test_happening_now_wants_both_weights(weights, found):
    assert Scanner(standard_book(), model=tiny({"zorblatt": weights})).scan(UNRULY).severity == found


def test_a_place_has_a_bar_of_its_own_for_a_concern_and_says_by_which_words():
    weights = {"zorblatt": (-500, 3000, 0), "kitchen": (900, 100, 0)}
    scanner = Scanner(standard_book(), model=tiny(weights, thresholds=(9000, 2000)))
    (flag, evidence), *_ = added(scanner.scan(f"He has zorblatt in the kitchen. {CALM}"))
    assert flag.severity == Severity.CONCERN
    assert "“zorblatt”, “kitchen”" in evidence.reason, "the heaviest as any danger first"
    lower = tiny({"zorblatt": (-500, 2900, 0)}, thresholds=(1000, 2000))
    assert Scanner(standard_book(), model=lower).scan(f"He has zorblatt. {CALM}").severity == "none"


@pytest.mark.parametrize(("elsewhere", "named"), [(3900, "overdose"), (4100, "violence")])
def test_the_kind_of_danger_is_what_the_place_says_and_by_a_third_what_the_letter_says(elsewhere, named):
    model = replace(tiny(), categories={"zorblatt": {"overdose": 1000}, "wibble": {"violence": elsewhere}})
    (flag,) = Scanner(standard_book(), model=model).scan(f"{UNRULY} We talked of wibble.").flags
    assert flag.category == named


def test_it_weighs_so_many_words_and_no_more():
    scanner = Scanner(standard_book(), model=tiny({"zorblatt": (30_000, 0, 0)}, (-9000, -9000, -9000)))
    long = "We talked of the garden all day and on. " * 170
    assert scanner.scan(f"{UNRULY} {long}").severity == Severity.URGENT
    assert scanner.scan(f"{long} {UNRULY}").severity == "none"


def test_whom_a_danger_threatens_the_rules_know_better():
    speaks = replace(tiny({"zorblatt": (9000, 9000, 9000)}), categories={"zorblatt": {"suicide": 1000}})
    letter = f"I am going to kill myself. {UNRULY}"
    (before,) = RULES_ALONE.scan(letter).flags
    (flag,) = Scanner(standard_book(), model=speaks).scan(letter).flags
    assert (before.category, before.severity, before.subject) == ("suicide", Severity.URGENT, "writer")
    assert (flag.category, flag.severity, flag.subject) == ("suicide", Severity.EMERGENCY, "writer")


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
    model = standard_model()
    for two in pairwise(LETTERS[:40]):
        rows = [plain(text.lower().split())[:50] for text in two]
        for place in Reading(model, rows).places:
            every = set(marks([word for row in rows[place.first : place.last + 1] for word in row], model.classes))
            weights = [raw[kind_of(mark)].get(" ".join(mark), (0, 0, 0)) for mark in every]
            assert place[2:] == tuple(model.bias[side] + sum(weight[side] for weight in weights) for side in range(3))


def test_what_is_pressing_and_told_of_elsewhere_is_a_concern_also_where_no_place_weighs_as_any_danger():
    scanner = Scanner(standard_book(), model=tiny({"zorblatt": (3000, 0, 0)}))
    assert scanner.scan(UNRULY).severity == Severity.URGENT
    (flag,) = scanner.scan(UNRULY.replace("He has", "Ten years ago he had")).flags
    assert flag.severity == Severity.CONCERN
    assert flag.evidence[0].softened


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
