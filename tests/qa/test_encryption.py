"""Text at rest: sealed, bound to its place, readable after a change of keys, never shown when it cannot be read."""

import base64

import pytest
from django.db import connection, transaction
from django.db.models import TextField
from django.db.models.functions import Cast
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from accounts.master_keys import CannotDecrypt, decrypt, encrypt
from qa.models import Letter, LetterKey

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


def test_it_refuses_a_value_that_says_it_is_of_another_form():
    with pytest.raises(CannotDecrypt):
        decrypt(encrypt("text", bound_to="a.b").replace("a1:", "a2:", 1), bound_to="a.b")


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
        stored = cursor.fetchone()[0]
    assert stored.startswith(f"b1:{letter.key.pk}:")
    assert Letter.objects.get(pk=letter.pk).text == "My son is 24."


def test_it_reads_the_letters_key_in_the_same_query_and_nothing_without_it(db, django_assert_num_queries):
    letter = Letter.objects.create(text="My son is 24.", danger="no")
    with django_assert_num_queries(1):
        assert list(Letter.objects.values_list("text", flat=True)) == ["My son is 24."]
    field, (alone,) = Letter._meta.get_field("text"), Letter.objects.values_list(Cast("text", TextField()), flat=True)
    assert field.from_db_value(alone, None, connection) == "My son is 24.", (
        "the statement began before the key was there"
    )
    LetterKey.objects.all().delete()
    with pytest.raises(CannotDecrypt):
        Letter.objects.get(pk=letter.pk)


def test_it_refuses_a_key_that_was_moved_to_another_letter(db):
    one, other = (Letter.objects.create(text=text, danger="no") for text in ("One.", "Another."))
    LetterKey.objects.filter(letter=one).update(wrapped=other.key.wrapped)
    with pytest.raises(CannotDecrypt):
        Letter.objects.get(pk=one.pk)


def test_it_waits_with_keys_of_letters_while_an_older_release_serves_too(db, settings):
    settings.LETTER_KEYS = False
    letter = Letter.objects.create(text="My son is 24.", danger="no")
    assert not LetterKey.objects.exists()
    assert Letter.objects.get(pk=letter.pk).text == "My son is 24."


def test_it_takes_words_only_with_their_row(db):
    """A statement over many rows does not know whose key to take."""
    letter = Letter.objects.create(text="words", danger="no")
    letter.text = "other words"
    for over_many in (
        lambda: Letter.objects.update(text="other"),
        lambda: Letter.objects.bulk_update([letter], ["text"]),
    ):
        with pytest.raises(TypeError, match=r"qa\.Letter\.text"), transaction.atomic():
            over_many()
    assert Letter.objects.update(text="") == 1


def test_it_can_be_compared_only_with_the_empty_text(db):
    Letter.objects.create(text="words", danger="no")
    assert not Letter.objects.filter(text="").exists()
    with pytest.raises(ValueError, match="cannot be searched"):
        Letter.objects.filter(text="words").exists()
