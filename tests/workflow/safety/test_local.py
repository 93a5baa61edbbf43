"""Local rules as a machine: they only add, they are cut off in time, and what would take too long is not taken."""

import random
import re
import time

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.safety import judge
from workflow.safety.local import (
    ALL_SECONDS,
    MOST_WAYS,
    LocalScanner,
    TookTooLong,
    _Clock,
    _Timed,
    hostile,
    is_too_slow,
    laid_on_top,
    misread,
    read_rule,
)
from workflow.safety.report import RANK
from workflow.safety.rules_file import standard_book
from workflow.safety.scan import _Work, scan, standard_scanner
from workflow.safety.ways import WrongWay

pytestmark = pytest.mark.pure
BOOK = standard_book()
DANGER = "My son is on the bathroom floor and I cannot wake him. His lips are blue. He said he wants to die on Monday."
PATCH = (
    "My brother cut open a patch and chewed the patch on the porch, and now he nods off over his plate every evening."
)


def row(*ways, **more):
    return {
        "id": "local.1",
        "category": "overdose",
        "severity": "urgent",
        "reason": "Says that a patch was chewed.",
        "source": "A near miss.",
        "ways": list(ways),
        "unless": [],
        "examples": ["He chewed a patch and now he nods.", "She licked patches all day long."],
        "not_examples": ["He never chewed a patch.", "She sewed a patch on his coat."],
        **more,
    }


CHEWED = row("(chew*|licked) ~ (patch|patches)")


def test_it_finds_its_own_examples_and_names_those_it_gets_wrong():
    assert misread(read_rule(CHEWED, BOOK), BOOK) == ([], [])
    wide = read_rule(row("(patch|patches)"), BOOK)
    assert misread(wide, BOOK) == ([], ["She sewed a patch on his coat."])
    narrow = read_rule(row("chewed ~ patch"), BOOK)
    assert misread(narrow, BOOK) == (["She licked patches all day long."], [])


@pytest.mark.parametrize("severity", ["concern", "urgent", "emergency"])
@pytest.mark.parametrize("text", [DANGER, PATCH, f"{DANGER} {PATCH}", "", "No."])
def test_it_never_makes_less_of_what_the_shipped_rules_found(text, severity):
    local = LocalScanner([read_rule({**CHEWED, "severity": severity}, BOOK)], BOOK)
    base = scan(text)
    both = laid_on_top(base, local.scan(text), "v")
    grave = {flag.category: flag for flag in both.flags}
    for flag in base.flags:
        assert RANK[grave[flag.category].severity] >= RANK[flag.severity]
        assert set(flag.evidence) <= set(grave[flag.category].evidence)
    assert set(base.set_aside) <= set(both.set_aside)
    assert any(item.rule == "local.1" for flag in both.flags for item in flag.evidence) == ("chewed" in text)


def test_it_says_nothing_of_its_own_when_it_finds_nothing():
    local = LocalScanner([read_rule(CHEWED, BOOK)], BOOK)
    for text in (DANGER, "", "Hola, mi hijo no despierta.", "ok"):
        base = scan(text)
        assert laid_on_top(base, local.scan(text), base.version) == base


@pytest.mark.parametrize(
    "way",
    [
        "(he|she) ~~ (he|she) ~~ (he|she) ~~ (he|she) ~~ nodded",
        "he ~~ he ~~ he ~~ he ~~ nodded",
        "{he} ~~ {he} ~~ {he} ~~ {he} ~~ nodded",
    ],
)
def test_it_refuses_a_way_that_would_run_away_with_the_time(way, monkeypatch):
    monkeypatch.setattr("workflow.safety.local.MOST_AT_SAVING", 0.006)  # a fast machine takes a tenth of it
    assert is_too_slow(read_rule(row(way), BOOK), BOOK)


@pytest.mark.parametrize(
    ("ways", "more", "says"),
    [
        (["the and"] * (MOST_WAYS + 1), {}, "at most"),
        (["a ~~ b ~~ c ~~ d ~~ e ~~ f"], {}, "too many gaps"),
        (["chewed a patch"], {"unless": ["a ~ b ~ c ~ d ~ e ~ f ~ g ~ h ~ i ~ j"]}, "too many gaps"),
        ([""], {}, "needs some words"),
        (["chewed " * 600], {}, "fewer than 4,000 characters"),
        (["chewed % patch"], {}, "cannot be read here"),
        (["(unclosed"], {}, "A bracket is not closed"),
        (["closed)"], {}, "a bracket too many"),
        (["{nothing}"], {}, "no group of words called {nothing}"),
        (["ab*"], {}, "too short"),
        (["~"], {}, "at least one word"),
        (["word?"], {}, "at least one word"),
        (["#"], {}, "no word by which it could be found"),
        (["chewed a patch"], {"colour": "red"}, "unknown fields"),
        (["chewed a patch"], {"ignores": ["rain"]}, "nothing is called"),
    ],
)
def test_it_says_in_words_what_is_wrong_with_a_way(ways, more, says):
    with pytest.raises(WrongWay, match=re.escape(says)) as wrong:
        read_rule(row(*ways, **more), BOOK)
    assert str(wrong.value).endswith((".", "”"))


def test_it_takes_as_many_gaps_as_it_can_read_in_time():
    assert read_rule(row("a ~~ b ~~ c ~~ d ~~ e"), BOOK)


def test_it_asks_nothing_more_of_a_letter_once_the_time_is_over():
    timed = _Timed(regex.compile("patch"), "local.1", _Clock(limit=1.0, spent={"local.1": 1.0}))
    for ask in (timed.search, timed.matches):
        with pytest.raises(TookTooLong):
            ask(PATCH, set())
    assert LocalScanner([read_rule(CHEWED, BOOK)], BOOK, limit=0.0).scan(PATCH).failed_rules == ("local.1",)


def test_it_stops_where_the_scan_has_done_enough_and_says_so(monkeypatch):
    scanner = LocalScanner([read_rule(CHEWED, BOOK)], BOOK)
    assert scanner.scan(PATCH).is_complete
    monkeypatch.setattr("workflow.safety.scan._Work", lambda: _Work(left=1))
    assert not scanner.scan(PATCH).is_complete


def test_it_cuts_a_rule_off_in_time_and_sends_the_letter_to_a_person():
    slow = read_rule(row("(he|she) ~~ (he|she) ~~ (he|she) ~~ (he|she) ~~ nodded"), BOOK)
    quick = read_rule({**CHEWED, "id": "local.2"}, BOOK)
    local = LocalScanner([slow, quick], BOOK, limit=0.01)
    text = f"{PATCH} {list(hostile(slow, BOOK))[-1]}"[:25_000]
    start = time.process_time()
    report = local.scan(text)
    assert time.process_time() - start < 3
    assert report.failed_rules == ("local.1",)
    base = laid_on_top(judge.nothing(), report, "v")
    assert {flag.category.value for flag in base.flags} == {"unread", "overdose"}


WORDS = [
    "he",
    "she",
    "patch",
    "blue",
    "gun",
    "chew*",
    "#",
    "{he}",
    "~",
    "~~",
    "(he|she)",
    "(a b|c)?",
    "really?",
    "(he ~ (she|it))",
]


@settings(max_examples=8)
@given(
    st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=9), min_size=1, max_size=3), st.integers(0, 2**32)
)
def test_it_takes_no_rule_that_a_letter_could_use_against_us(made, seed):
    """Any rule at all: refused with a sentence, too slow, or within its time on letters made of its own words."""
    ways = [" ".join(words) for words in made]
    try:
        rule = read_rule(row(*ways), BOOK)
    except WrongWay as wrong:
        assert str(wrong)
        return
    if is_too_slow(rule, BOOK):
        return
    local = LocalScanner([rule], BOOK)
    letters = list(hostile(rule, BOOK))
    words, luck = " ".join(letters).split(), random.Random(seed)
    letters.append(" ".join(luck.choice(words) for _ in range(4_000)))
    for text in letters:
        report, spent = local.timed(text)
        assert sum(spent.values()) < ALL_SECONDS + 0.1
        assert all(0 <= item.start <= item.end <= len(text) for flag in report.flags for item in flag.evidence)


def test_it_is_quick_beside_the_shipped_rules():
    standard_scanner().make_ready()
    rules = [read_rule({**CHEWED, "id": f"local.{number}"}, BOOK) for number in range(100)]
    local = LocalScanner(rules, BOOK)
    text = f"{PATCH} {'She came home late and would not say where she had been, so we waited. ' * 26}"
    times = []
    for _ in range(9):
        start = time.process_time()
        local.scan(text)
        times.append(time.process_time() - start)
    assert sorted(times)[4] < 0.06
