"""What changed between two texts: complete, readable, and quick whatever the texts are."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.differences import has_changes, word_changes

pytestmark = pytest.mark.pure


def test_it_names_the_words_that_changed():
    changes = word_changes("He came home on Friday. I am tired.", "He came home last week. I am tired.")
    assert changes == [
        ("equal", "He came home", "He came home"),
        ("replace", " on Friday.", " last week."),
        ("equal", " I am tired.", " I am tired."),
    ]


def test_it_shows_a_word_before_a_line_without_breaking_the_line():
    changes = word_changes("One.\nWhat you can do", "One.\nMore. What you can do")
    assert [change for change in changes if change[0] != "equal"] == [("replace", "What", "More. What")]


def test_it_sees_no_change_in_equal_texts():
    assert not has_changes(word_changes("The same.", "The same."))
    assert word_changes("", "") == []


def test_it_shows_a_text_that_is_new_or_gone():
    assert word_changes("", "New words.") == [("insert", "", "New words.")]
    assert word_changes("Old words.", "") == [("delete", "Old words.", "")]


@given(st.text(alphabet="ab \n\t.", max_size=60), st.text(alphabet="ab \n\t.", max_size=60))
def test_it_loses_no_character_of_either_text(before, after):
    changes = word_changes(before, after)
    assert "".join(old for _, old, _ in changes) == before
    assert "".join(new for _, _, new in changes) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a " * 12_500, "b " + "a " * 12_000 + "c"),
        ("a\n" * 12_500, "b\n" + "a\n" * 12_000 + "c"),
        (" ".join(f"my p{n}@x.co" for n in range(1_900)), " ".join(f"my q{n}@x.co" for n in range(1_900))),
        (" ".join(f"word{n % 700}" for n in range(9_000)), " ".join(f"word{n % 701}" for n in range(9_000))),
    ],
)
def test_it_is_quick_with_hostile_texts(before, after):
    start = time.perf_counter()
    changes = word_changes(before, after)
    assert time.perf_counter() - start < 5
    assert "".join(new for _, _, new in changes) == after


def test_it_gives_up_on_words_where_each_look_finds_one_and_goes_through_all_the_rest():
    """5,000 characters of such a letter took half a minute, with the case locked; from 300 words on the texts stand whole."""
    before, after = (" ".join(f"my {other}{n}" for n in range(800)) for other in "xy")
    assert word_changes(before, after) == [("replace", before, after)]
    before, after = (" ".join(f"my {other}{n}" for n in range(100)) for other in "xy")
    assert len(word_changes(before, after)) == 200
