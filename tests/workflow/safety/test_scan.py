"""The scan as a machine: offsets, disguises, modifiers, what cannot be read, speed, hostile text."""

import json
import random
import subprocess
import sys
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.safety import scan as scan_module
from workflow.safety.rules_file import make_book, standard_book
from workflow.safety.scan import MOST_WORK, Scanner, _Work, scan
from workflow.safety.ways import Ways, WrongWay, read_way
from workflow.safety.words import Category, Severity, Subject, Timing

pytestmark = pytest.mark.pure
LETTER = (
    "My son is twenty four and he came home from treatment in the spring. Things were calm for some weeks, then he began "
    "to stay out late and money went from my purse. My husband says to wait and see. I do not know what to say to him when "
    "he comes in at night, and his sister hears all of it. We tried a family meeting and it ended in shouting. "
)


def found(text, category):
    return next((flag for flag in scan(text).flags if flag.category == category), None)


@pytest.mark.parametrize(
    "text",
    [
        "he is not breath\u200bing and i cant wake him",
        "HE'S NOT BREATHING AND I CAN\u2019T WAKE HIM",
        "ｈｅ ｉｓ ｎｏｔ ｂｒｅａｔｈｉｎｇ",
        "hes not breathng, wont wake up",
        "he is n0t br3athing at all",
        "he is not b r e a t h i n g at all",
        "hе is nоt brеathing at all",
    ],
)
def test_it_reads_through_disguise_and_misspelling(text):
    assert scan(text).severity == Severity.EMERGENCY


def test_it_counts_evidence_in_code_points_of_the_letter_as_typed():
    text = "🙏🏽 Please… 👩‍👧 she\u2019s “gone”, and he’s \u200bnot breathing. Café."
    flag = found(text, Category.OVERDOSE)
    evidence = flag.evidence[0]
    assert text[evidence.start : evidence.end] == "not breathing"


def test_it_says_whom_and_when():
    writer = found("I want to die and I have the pills lined up in front of me. Nobody knows.", Category.SUICIDE)
    assert (writer.subject, writer.severity) == (Subject.WRITER, Severity.EMERGENCY)
    quoted = found(
        'He told me "I want to die" and hung up, he is forty and lives alone with two cats.', Category.SUICIDE
    )
    assert quoted.subject == Subject.LOVED_ONE
    past = found(
        "My son overdosed six years ago and has been sober since then, thank God for every day.", Category.OVERDOSE
    )
    assert (past.timing, past.severity) == (Timing.PAST, Severity.CONCERN)


def test_it_shows_what_it_set_aside_and_why():
    report = scan("His drinking is killing me and I could kill him, says every wife at my table on a Sunday evening.")
    assert report.severity in ("none", "concern")
    report = scan(
        "He has a beautiful blue car and turned blue with envy; I talked until I was blue in the face about it."
    )
    assert all(evidence.softened for evidence in report.set_aside)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "help",
        "ayúdenme",
        "日本語の手紙です。息子が心配です。",
        "Mein Sohn trinkt zu viel und ich weiß nicht mehr weiter, bitte helfen Sie bald.",
    ],
)
def test_it_hands_what_it_cannot_read_to_a_person(text):
    flag = found(text, Category.UNREAD)
    assert flag is not None
    assert flag.evidence[0].reason


def test_it_flags_a_letter_when_the_scan_breaks(monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("boom")

    monkeypatch.setattr(scan_module, "sentences", broken)
    report = scan(LETTER)
    assert report.severity == Severity.CONCERN
    assert not report.is_complete
    assert report.failed_rules == ("scan.failed",)


def test_it_flags_a_letter_when_one_rule_breaks_and_keeps_the_others(monkeypatch):
    class Broken(Ways):
        def matches(self, text, likely):
            raise ValueError

    rules = [
        replace(rule, said=Broken(rule.said.all)) if rule.id == "overdose.colour" else rule
        for rule in standard_book().rules
    ]
    scanner = Scanner(replace(standard_book(), rules=tuple(rules)))
    report = scan(LETTER + "Now his lips are blue and I cannot wake him.", scanner)
    assert report.severity == Severity.EMERGENCY
    assert report.failed_rules == ("overdose.colour",)
    assert Category.UNREAD in [flag.category for flag in report.flags]


def test_it_flags_a_letter_that_is_too_much_work(monkeypatch):
    monkeypatch.setattr(scan_module, "MOST_WORK", 500)
    scanner = Scanner(standard_book())
    report = scanner.scan(LETTER * 20)
    assert report.severity == Severity.CONCERN or not report.is_complete


def test_it_tries_few_rules_on_an_ordinary_letter(monkeypatch):
    """What its few milliseconds (docs/safety.md, benchmarks/safety_speed.py) rest on, and no machine can be too slow for."""
    works = []
    monkeypatch.setattr("workflow.safety.scan._Work", lambda: works.append(_Work()) or works[-1])
    scan((LETTER * 8)[:2000])
    assert 0 < MOST_WORK - works[0].left < MOST_WORK / 10


def hostile():
    book = standard_book()
    words = sorted({word for rule in book.rules for word in rule.anchors})
    chance = random.Random(7)
    yield " ".join(words)[:25_000]
    yield (" ".join(chance.choice(words) for _ in range(6000)))[:25_000]
    yield "he " * 8333
    yield "i want to " * 2500
    yield "took a bunch of pills and " * 950
    yield "a" * 25_000
    yield "'" * 25_000
    yield "a'" * 12_500
    yield "\n\n" * 12_500
    yield "\u0301" * 25_000
    yield "💊" * 25_000
    yield "x! " * 8333
    yield "a.b." * 6250
    yield "h e l p " * 3125


@pytest.mark.parametrize("text", list(hostile()), ids=range(14))
def test_it_is_never_held_up_by_hostile_text(text):
    scan(text)  # what is made with the first letter, and the ways that this one needs
    times = []
    for _ in range(3):
        start = time.process_time()
        scan(text)
        times.append(time.process_time() - start)
    assert min(times) < 0.4  # the bound of 50 ms is measured by benchmarks; machines here are shared


@settings(max_examples=150)
@given(st.text(max_size=400))
def test_it_survives_any_text(text):
    report = scan(text)
    assert "scan.failed" not in report.failed_rules
    assert report.is_complete


@settings(max_examples=60)
@given(st.lists(st.sampled_from(sorted({w for rule in standard_book().rules for w in rule.anchors})), max_size=80))
def test_it_survives_any_mixture_of_its_own_words(words):
    assert not scan(" ".join(words)).failed_rules


def test_it_says_the_same_in_every_process():
    code = (
        "from workflow.safety.scan import scan; from dataclasses import asdict; import json;"
        "print(json.dumps(asdict(scan('He overdosed last night, his lips are blue and he said goodbye to each of us. "
        "I want to die and he has a gun.')), sort_keys=True))"
    )
    results = {
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True,
                       env={"PYTHONHASHSEED": seed, "PATH": ""}).stdout
        for seed in ("0", "1", "2")
    }  # fmt: skip
    assert len(results) == 1
    assert json.loads(results.pop())["flags"]


@pytest.mark.parametrize("way", ["", "(a|b", "a)", "{nobody}", "ab*", "~", "a |", "word?", "a [x]"])
def test_it_refuses_a_way_it_cannot_read(way):
    with pytest.raises(WrongWay):
        read_way(way, {})


def test_it_names_its_version_by_what_the_rules_say():
    extra = {
        "id": "local.one", "category": "overdose", "severity": "urgent", "reason": "A test.", "source": "here",
        "ways": ["zorblatt ~ now"],
    }  # fmt: skip
    book = make_book([extra])
    assert book.version != standard_book().version
    assert Scanner(book, model=None).scan(LETTER + " zorblatt right now").severity == Severity.URGENT
