"""New keys for everything sealed: complete, repeatable, and never over what somebody saved or erased meanwhile."""

import base64
import time
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import models
from django.utils import timezone

from accounts import second_step
from accounts.master_keys import Sealed, encrypt
from config import rotation
from qa.encryption import EncryptedTextField
from qa.keyring import sealed_columns
from qa.models import AnswerRevision, Letter, LetterKey, Question
from tests.accounts.test_second_step import SECRET, code_at
from tests.cast import ANSWER, LETTER, make_case
from tests.terminal import Terminal, stopped_at
from workflow.actions import intake, triage
from workflow.models import Case, SafetyFlag
from workflow.safety.words import Category, Severity, Subject, Timing
from workflow.states import State

NEW = f"new:{base64.urlsafe_b64encode(b'n' * 32).decode()}"


@pytest.fixture
def sealed(cast):
    make_case(cast, state=State.REVIEWED)
    assert second_step.add_app(cast.mo, SECRET, code_at(time.time()))
    second_step.new_spare_codes(cast.mo)
    return cast


def as_an_earlier_release_left_it():
    """Everything under the master key, and no key of a letter."""
    for model, field in sealed_columns():
        for pk, text in models.QuerySet(model).exclude(**{field.attname: ""}).values_list("pk", field.attname):
            value = Sealed(encrypt(text, bound_to=f"{model._meta.label}.{field.attname}"))
            models.QuerySet(model).filter(pk=pk).update(**{field.attname: value})
    LetterKey.objects.all().delete()
    assert set(rotation.count()) == {"dev"}


def test_it_knows_every_sealed_column():
    columns = {(model._meta.label, field.attname): field.is_by_letter for model, field in sealed_columns()}
    assert columns["qa.Letter", "text"] and columns["workflow.Remark", "text"]
    assert sum(columns.values()) > 30
    # Of no letter: an address that a code goes to, readers' reports, examples that administrators wrote.
    by_master = {label for (label, _), is_by_letter in columns.items() if not is_by_letter}
    assert by_master == {"notifications.Message", "workflow.Report", "workflow.RuleTrial", "workflow.RuleVersion"}


def test_it_wraps_every_key_anew_and_the_old_one_can_go(sealed, settings):
    before = rotation.count()
    assert before[rotation.OF_A_LETTER] > 8
    settings.FIELD_KEYS = [NEW, *settings.FIELD_KEYS]
    assert rotation.waiting()
    assert rotation.rotate() == before["dev"], "the words themselves stay as they are"
    assert rotation.count() == {"new": before["dev"], rotation.OF_A_LETTER: before[rotation.OF_A_LETTER]}
    settings.FIELD_KEYS = [NEW]
    assert Letter.objects.get().text == LETTER
    assert second_step.current_code(sealed.mo)
    for model, field in sealed_columns():
        assert all(isinstance(value, str) for value in models.QuerySet(model).values_list(field.attname, flat=True))
    assert rotation.rotate() == 0
    assert not rotation.waiting()


def test_it_gives_keys_to_letters_of_an_earlier_release_while_people_write(sealed, monkeypatch):
    gone = make_case(sealed)
    as_an_earlier_release_left_it()
    kept = Letter.objects.exclude(pk=gone.letter_id).get()
    old, seal, busy = Question.objects.get(letter=kept), EncryptedTextField.seal, []

    def seal_while_people_work(field, text, row):
        """Between the look at the old value and the writing of the new one, the worst moment there is."""
        if not busy and field.model is Question and row:
            busy.append(field)
            old.text = "Other words."
            old.save()
            intake.withdraw(case_id=gone.pk, by=sealed.rosa)
        return seal(field, text, row)

    monkeypatch.setattr(EncryptedTextField, "seal", seal_while_people_work)
    assert rotation.waiting() == 2  # letters; what is theirs follows their key
    rotation.rotate()
    assert busy
    assert Question.objects.get(pk=old.pk).text == "Other words."
    assert Letter.objects.get(pk=gone.letter_id).text == Question.objects.get(letter=gone.letter_id).text == ""
    assert LetterKey.objects.values_list("letter", flat=True).get() == kept.pk
    rotation.rotate()
    found = rotation.count()
    assert found[rotation.OF_A_LETTER] > 8
    assert Letter.objects.get(pk=kept.pk).text == LETTER
    assert AnswerRevision.objects.get(question=old).body == ANSWER
    assert all(
        stored.startswith("b1:")
        for stored in rotation._stored(Case, Case._meta.get_field("member_message")).values_list("stored", flat=True)
    )
    assert rotation.rotate() == 0
    assert not rotation.waiting()


def test_it_destroys_the_key_of_an_erased_letter_and_not_what_was_written_since(sealed):
    """An older release beside this one erases the words and knows of no key; a moderator closes the flag afterwards."""
    kinds = {"category": Category.MEDICAL, "severity": Severity.URGENT, "subject": Subject.OTHER, "timing": Timing.NOW}
    raised = {"case_id": Case.objects.get().pk, "by": sealed.mo, **kinds}
    flags = [triage.raise_flag(**raised, note=note) for note in ("Under the key.", "Under a master key.")]
    Letter.objects.update(text="", erased_at=timezone.now())
    SafetyFlag.objects.get(pk=flags[1].pk).save()
    notes = rotation._stored(SafetyFlag, SafetyFlag._meta.get_field("note")).filter(pk__in=[flag.pk for flag in flags])
    assert [stored[:2] for stored in notes.values_list("stored", flat=True)] == ["b1", "a1"]
    assert rotation.waiting()
    rotation.rotate()
    assert not LetterKey.objects.exists()
    assert list(notes.values_list("note", flat=True)) == ["Under the key.", "Under a master key."]
    assert not rotation.waiting()


def test_the_command_says_which_keys_are_still_needed(sealed, settings, capsys):
    settings.FIELD_KEYS = [NEW, *settings.FIELD_KEYS]
    call_command("rotate_keys", "--count")
    assert "No other key" not in capsys.readouterr().out
    call_command("rotate_keys")
    assert "No other key is needed" in capsys.readouterr().out


def test_whoever_upgrades_is_reminded_until_every_letter_has_its_key(sealed, capsys):
    call_command("prepare")
    assert "rotate_keys" not in capsys.readouterr().out
    as_an_earlier_release_left_it()
    call_command("prepare")
    assert "manage.py rotate_keys" in capsys.readouterr().out


def test_the_command_shows_how_far_it_is_and_goes_on_where_it_was_stopped(sealed, settings, monkeypatch):
    make_case(sealed)
    settings.FIELD_KEYS = [NEW, *settings.FIELD_KEYS]
    keys, wrap = LetterKey.objects.count(), rotation.rewrapped
    monkeypatch.setattr(rotation, "rewrapped", stopped_at(2, wrap))
    with pytest.raises(CommandError, match=r"Stopped\. What was sealed anew stays so"):
        call_command("rotate_keys", stdout=StringIO())
    assert LetterKey.objects.filter(wrapped__startswith="a1:new:").count() == 1
    assert {letter.text for letter in Letter.objects.all()} == {LETTER}
    monkeypatch.setattr(rotation, "rewrapped", wrap)
    call_command("rotate_keys", stdout=(seen := Terminal()))
    assert "Keys of letters …" in seen.getvalue()
    assert f"] {keys - 1:,} of {keys - 1:,}" in seen.getvalue()
    assert f"] {sum(rotation.count().values()):,} of" in seen.getvalue(), (
        "every value is looked at to say what is still needed"
    )
    assert not rotation.waiting()
