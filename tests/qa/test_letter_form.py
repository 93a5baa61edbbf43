"""What a well-formed letter is, and that nothing a person typed is cut off or changed."""

import pytest
from django.conf import settings

from qa.forms import LetterForm, known_choices, tidy, visible_length

pytestmark = pytest.mark.pure
WORDS = "He came home on Friday and I do not know what to say to him."


def form(text=WORDS, **more):
    return LetterForm({"text": text, "danger": "no", "audience": "private", **more})


def test_it_takes_a_plain_letter():
    assert form().is_valid()


@pytest.mark.parametrize("field", ["danger", "text", "audience"])
def test_it_asks_for_all_three(field):
    asked = form(**{field: ""})
    assert not asked.is_valid()
    assert list(asked.errors) == [field]


@pytest.mark.parametrize("text", ["", "  \n ", "\u200b" * 60, "\x00\x01"])
def test_it_asks_for_words_where_there_is_nothing_to_read(text):
    assert form(text).errors["text"] == ["Write your letter first. A few sentences are enough."]


def test_it_says_how_much_is_too_little_and_too_much():
    most = settings.LETTER_MAX_CHARS
    assert "at least 40 characters" in form("x" * 39).errors["text"][0]
    assert form("x" * 40).is_valid()
    assert form("x" * most).is_valid()
    assert "7 characters too long" in form("x" * (most + 7)).errors["text"][0]


def test_it_counts_a_line_end_once_as_the_page_does():
    filled = form("word\r\n" * (settings.LETTER_MAX_CHARS // 5))
    assert filled.is_valid()
    assert "\r" not in filled.cleaned_data["text"]


def test_it_keeps_every_script_and_sign_and_drops_only_what_nobody_typed():
    kept = "Ñandú 👩‍👧 میخواهم «oui» 中文 e\u0301 \u200f tab\there & <b>not bold</b>"
    assert tidy(kept) == kept
    assert tidy("a\x00b\u202ec\ud800d\ufffee") == "abcde"
    filled = form(kept + WORDS)
    assert filled.is_valid()
    assert filled.cleaned_data["text"] == kept + WORDS


def test_it_counts_what_a_reader_would_see():
    assert visible_length("a \n\n  b\u200b") == 3


def test_it_renders_again_every_character_of_a_refused_letter():
    text = "\n first line is empty; " + "x" * settings.LETTER_MAX_CHARS
    page = str(form(text))
    assert text.strip() in page


def test_it_takes_no_choice_that_is_not_ours():
    assert known_choices("maybe", "world") == ("", "")
    assert known_choices("yes", "public") == ("yes", "public")
    assert not form(danger="maybe").is_valid()
    assert not form(audience="world").is_valid()
