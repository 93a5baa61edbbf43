"""Passages of an answer: found again after small edits, told when gone, and marked without a word or a tag changed."""

import random
import re

import pytest

from qa.passages import Passage, marked, passage_of, standing
from qa.sanitize import clean_html

pytestmark = pytest.mark.pure
ANSWER = clean_html(
    "<p>You are <strong>doing</strong> a great deal &amp; more.</p><h2>What you could say</h2>"
    "<ul><li>Choose a calm hour.</li>\n<li>Choose a calm room, as at <a href='https://example.org/?a=1&amp;b=2'>home</a>.</li></ul>"
)


def unmarked(html):
    return re.sub(
        r'</?mark[^>]*>|<span class="passage-place"[^>]*></span>|<sup class="passage-number">\d+</sup>', "", html
    )


def found_in(html, passage):
    return standing(html, {1: passage}) == {1}


def words_marked(html):
    return "".join("".join(re.findall(r'<mark class="passage">(.*?)</mark>', html, re.DOTALL)).split())


def test_it_finds_what_a_browser_selected_across_tags_and_blocks():
    passage = passage_of(ANSWER, "great deal & more.\n\nWhat you could say\n\nChoose a calm hour.")
    assert passage is not None
    assert passage.quote == "great deal & more. What you could say Choose a calm hour."
    shown = marked(ANSWER, {1: passage})
    assert unmarked(shown) == ANSWER
    assert words_marked(shown) == "greatdeal&amp;more.WhatyoucouldsayChooseacalmhour."
    assert 'id="passage-1"' in shown
    assert clean_html(unmarked(shown)) == ANSWER


def test_it_tells_equal_words_apart_by_what_stands_around_them():
    second = passage_of(ANSWER, "Choose a calm", before="Chooseacalmhour.", after="room,")
    assert second is not None
    assert (
        '</li>\n<li><span class="passage-place" id="passage-2"></span><mark class="passage">Choose a calm</mark>'
        in (marked(ANSWER, {2: second}))
    )


@pytest.mark.parametrize(
    ("quote", "old", "new", "is_there"),
    [
        ("Choose a calm hour.", "You are", "You have been", True),  # far away
        ("Choose a calm hour.", "calm hour", "quiet hour", True),  # in it
        ("Choose a calm hour.", "What you could say", "Words for tonight", True),  # right before it
        ("Choose a calm hour.", "<li>Choose a calm hour.</li>", "", False),
        ("doing", "<strong>doing</strong>", "carrying", False),
        ("Choose a calm hour.", "Choose a calm hour.", "Nothing of that is left in here at all.", False),
    ],
)
def test_it_survives_small_edits_and_says_when_it_is_gone(quote, old, new, is_there):
    passage = passage_of(ANSWER, quote)
    assert passage is not None
    assert old in ANSWER
    assert found_in(ANSWER.replace(old, new), passage) == is_there


@pytest.mark.parametrize("words", ["", "   ", "not in it", "<strong>", "amp;"])
def test_it_takes_only_words_that_stand_in_the_answer(words):
    assert passage_of(ANSWER, words) is None


def test_it_never_changes_a_word_or_a_tag_whatever_is_marked():
    chance = random.Random(6)  # noqa: S311: not for secrets
    letters = "".join(re.sub(r"<[^>]*>", "", ANSWER.replace("&amp;", "&")).split())
    for _ in range(300):
        ends = [sorted(chance.sample(range(len(letters) + 1), 2)) for _ in range(3)]
        passages = {
            n: Passage(letters[a:b], letters[max(0, a - 24) : a], letters[b : b + 24]) for n, (a, b) in enumerate(ends)
        }
        shown = marked(ANSWER, passages)
        assert unmarked(shown) == ANSWER
        assert shown.count("<mark") == shown.count("</mark>")
        assert not re.search(r"<mark[^>]*>(?:(?!</mark>).)*<(?!/mark|span|/span|sup|/sup)", shown, re.DOTALL)


@pytest.mark.parametrize("quote", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>'])
def test_it_writes_nothing_that_somebody_typed(quote):
    assert marked(ANSWER, {1: Passage(quote)}) == ANSWER


def test_it_keeps_up_with_the_longest_answer():
    long = clean_html("<p>" + "a calm hour " * 4_000 + "</p>")
    passage = passage_of(long, "calm hour a calm")
    assert passage is not None
    assert unmarked(marked(long, {1: passage})) == long
