"""Text at rest: sealed, bound to its place, readable after a change of keys, never shown when it cannot be read."""

import base64

import pytest
from django.db import connection
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from qa.encryption import CannotDecrypt, decrypt, encrypt
from qa.models import Letter

OLD, NEW = (f"{name}:{base64.urlsafe_b64encode(name.encode() * 16).decode()}" for name in ("k1", "k2"))


@given(st.text(st.characters(exclude_categories=["Cs"]), min_size=1))
def test_it_gives_back_every_text(text):
    assert decrypt(encrypt(text, bound_to="a.b"), bound_to="a.b") == text


def test_it_never_seals_the_same_text_the_same_way():
    assert encrypt("same", bound_to="a.b") != encrypt("same", bound_to="a.b")


def test_it_refuses_a_value_that_was_moved_to_another_place():
    with pytest.raises(CannotDecrypt):
        decrypt(encrypt("text", bound_to="qa.Letter.text"), bound_to="qa.Question.text")


@pytest.mark.parametrize("broken", ["", "text", "a1:dev:", "a1:dev:!!!", "a1:nokey:AAAA", "b9:dev:AAAA"])
def test_it_refuses_what_it_cannot_read(broken):
    with pytest.raises(CannotDecrypt):
        decrypt(broken, bound_to="a.b")


def test_it_refuses_a_value_with_one_changed_character():
    sealed = encrypt("a letter", bound_to="a.b")
    changed = sealed[:-6] + ("A" if sealed[-6] != "A" else "B") + sealed[-5:]
    with pytest.raises(CannotDecrypt):
        decrypt(changed, bound_to="a.b")


def test_it_reads_old_values_after_the_key_was_changed():
    with override_settings(FIELD_KEYS=[OLD]):
        sealed = encrypt("a letter", bound_to="a.b")
    with override_settings(FIELD_KEYS=[NEW, OLD]):
        assert decrypt(sealed, bound_to="a.b") == "a letter"
        assert encrypt("another", bound_to="a.b").startswith("a1:k2:")
    with override_settings(FIELD_KEYS=[NEW]), pytest.raises(CannotDecrypt):
        decrypt(sealed, bound_to="a.b")


def test_it_shows_the_database_nothing_and_the_program_everything(db):
    letter = Letter.objects.create(text="My son is 24.", danger="no")
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM qa_letter")
        assert cursor.fetchone()[0].startswith("a1:")
    assert Letter.objects.get(pk=letter.pk).text == "My son is 24."


def test_it_can_be_compared_only_with_the_empty_text(db):
    Letter.objects.create(text="words", danger="no")
    assert not Letter.objects.filter(text="").exists()
    with pytest.raises(ValueError, match="cannot be searched"):
        Letter.objects.filter(text="words").exists()
