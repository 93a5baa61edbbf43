"""A new key for everything sealed: complete, repeatable, and never over what somebody saved meanwhile."""

import base64
import time

import pytest
from django.core.management import call_command
from django.db import connection, models

from accounts import second_step
from config import rotation
from qa.encryption import EncryptedTextField
from qa.models import Letter
from tests.accounts.test_second_step import SECRET, code_at
from tests.cast import LETTER, make_case
from workflow.states import State

NEW = f"new:{base64.urlsafe_b64encode(b'n' * 32).decode()}"


@pytest.fixture
def sealed(cast):
    make_case(cast, state=State.REVIEWED)
    assert second_step.add_app(cast.mo, SECRET, code_at(time.time()))
    second_step.new_spare_codes(cast.mo)
    return cast


def test_it_knows_every_sealed_column():
    columns = {(model._meta.label, name) for model, name in rotation.sealed_columns()}
    assert ("qa.Letter", "text") in columns
    assert ("workflow.Remark", "text") in columns
    assert len(columns) > 10


def test_it_seals_everything_anew_and_the_old_key_can_go(sealed, settings):
    before = sum(rotation.count().values())
    settings.FIELD_KEYS = [NEW, *settings.FIELD_KEYS]
    assert rotation.rotate() == before
    assert dict(rotation.count()) == {"new": before}
    settings.FIELD_KEYS = [NEW]
    assert Letter.objects.get().text == LETTER
    assert second_step.current_code(sealed.mo)
    for model, name in rotation.sealed_columns():
        assert all(isinstance(value, str) for value in models.QuerySet(model).values_list(name, flat=True))
    assert rotation.rotate() == 0


def test_it_never_writes_over_what_was_saved_meanwhile(sealed, settings):
    settings.FIELD_KEYS = [NEW, *settings.FIELD_KEYS]
    letter = Letter.objects.get()
    batch = list(rotation._stored(Letter, "text").values_list("pk", "stored", "text"))
    Letter.objects.filter(pk=letter.pk).update(text="Other words.")
    ((pk, old, text),) = batch
    same = (
        models.QuerySet(Letter)
        .annotate(stored=rotation.Cast(rotation.F("text"), models.TextField()))
        .filter(pk=pk, stored=old)
    )
    assert same.update(text=text) == 0
    rotation.rotate()
    assert Letter.objects.get().text == "Other words."


def test_the_command_says_which_keys_are_still_needed(sealed, settings, capsys):
    settings.FIELD_KEYS = [NEW, *settings.FIELD_KEYS]
    call_command("rotate_keys", "--count")
    assert "No other key" not in capsys.readouterr().out
    call_command("rotate_keys")
    assert "No other key is needed" in capsys.readouterr().out


def test_a_dump_shows_only_ciphertext(sealed):
    """Every sealed column, as the database has it."""
    for model, name in rotation.sealed_columns():
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT "{name}" FROM "{model._meta.db_table}"')
            assert all(not value or value.startswith("a1:") for (value,) in cursor.fetchall()), (model, name)
    assert isinstance(Letter._meta.get_field("text"), EncryptedTextField)
