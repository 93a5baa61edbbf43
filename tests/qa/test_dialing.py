"""What is shown is what is dialled; a text begins with the word that the entry says to send."""

import pytest

from qa import dialing

pytestmark = pytest.mark.pure


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ("tel:911", "911"),
        ("tel:+18006624357", "1-800-662-4357"),
        ("tel:+18006624357", "800-662-HELP"),
        ("tel:8006624357", "(800) 662-4357"),
        ("tel:+18004357000", "1-800-HELP 000"),
        ("sms:741741", "Text HOME to 741741"),
        ("sms:741741", "Mande AYUDA al 741741"),
    ],
)
def test_it_knows_a_number_in_all_its_clothes(target, shown):
    assert dialing.reaches(target, shown)


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ("tel:988", "899"),
        ("tel:+18006624357", "1-800-662-4358"),
        ("tel:+18006624357", "1-800-662-4357 or 911"),
        ("sms:741741", "Text HOME to 741471"),
        ("tel:911", "nine one one"),
    ],
)
def test_it_tells_one_number_from_another(target, shown):
    assert not dialing.reaches(target, shown)


@pytest.mark.parametrize("target", ["https://x.example", "tel:", "sms:741741?body=x", "tel:911;988", "javascript:1"])
def test_a_tap_calls_or_writes_and_does_nothing_else(target):
    assert not dialing.is_target(target)


def test_a_text_begins_with_the_word_to_send():
    assert dialing.link("sms:741741", "Text HOME to 741741") == "sms:741741?&body=HOME"
    assert dialing.link("sms:741741", "Mande AYUDA al 741741") == "sms:741741?&body=AYUDA"
    assert dialing.link("sms:838255", "Text 838255") == "sms:838255"
    assert dialing.link("tel:+18004357", "1-800-HELP") == "tel:+18004357"


def test_it_names_the_numbers_of_some_words():
    assert dialing.numbers_named("Text START to 88788. TTY 1-800-787-3224. 9 to 8, 24 hours") == ["88788", "8007873224"]
