"""Taking back and erasing leave no byte, in every state: words and their sealed form in every file of the database; and what
was copied before can be read no more, because the keys are destroyed (docs/adr/0016).
"""

from dataclasses import replace
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.db.models import TextField
from django.db.models.functions import Cast
from django.test import Client
from django.urls import reverse

from accounts.models import User
from qa.models import Letter, LetterKey
from tests.cast import MARKER, make_case
from tests.security import thief
from tests.upgrades.make import postgres
from workflow.actions import asking, intake, leaving
from workflow.models import Case, Remark
from workflow.states import State

IS_SQLITE = "sqlite" in settings.DATABASES["default"]["ENGINE"]
PIECE = 48  # of a sealed value: SQLite cuts long ones into pages


def bytes_of_the_database():
    """SQLite: the file with its log and shared memory, after the checkpoint of the worker. PostgreSQL: a dump of all tables."""
    if not IS_SQLITE:
        at = connection.settings_dict
        url = f"postgres://{at['USER']}@{at['HOST']}:{at['PORT']}/{at['NAME']}"
        return postgres(url, "pg_dump", "--data-only").encode()
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path = Path(connection.settings_dict["NAME"])
    return b"".join(part.read_bytes() for part in sorted(path.parent.glob(f"{path.name}*")))


def sealed_now():
    """Every sealed value as it lies in the database, keys and addresses too, by its first and its last bytes."""
    values = [value for _, value in thief.copied()] + list(LetterKey.objects.values_list("wrapped", flat=True))
    for row in User.objects.annotate(stored=Cast("email", TextField())).values_list("stored", "email_index"):
        values += row
    return {piece.encode() for value in values for piece in (value[:PIECE], value[-PIECE:])}


def member_in(cast, state):
    """Somebody with a letter in this state, who asked for a code, wrote a draft, and was asked something."""
    person = User.objects.create_user(f"zz{state}@people.example", called=f"Quendolinde {state}")
    case = make_case(replace(cast, rosa=person), state=state)
    if state == State.TRIAGED:
        asked = asking.ask(case_id=case.pk, by=cast.erin, text="Does he sleep at home?")
        asking.reply(case_id=case.pk, by=person, inquiry_id=asked.pk, text=f"{MARKER} does not.")
    intake.save_draft(member=person, text=f"{MARKER}, not sent yet.", danger="no", audience="private")
    intake.park_letter(member=person, text=f"{MARKER}, sent too late.")
    Client().post(reverse("account_login"), {"email": person.email})
    return person, case


@pytest.mark.django_db(transaction=True)
def test_no_byte_is_left_in_any_state(cast, caplog):
    caplog.set_level("DEBUG")
    others, stolen = sealed_now(), thief.copied()
    people = [member_in(cast, state) for state in State]
    made, stolen = sealed_now() - others, thief.copied() - stolen
    assert all(value.startswith("b1:") for place, value in stolen if place != "notifications.Message.sealed")
    before = bytes_of_the_database()
    assert {piece for piece in made if piece not in before} == set(), "the scan would find them"
    assert len(made) > 60
    assert thief.opened(stolen) == stolen, "with the keys of letters all of it can be read"
    assert [person for person, _ in people if person.email.encode() in before] == [], "addresses are never there"

    for person, case in people:
        if case.state != State.WITHDRAWN:
            intake.withdraw(case_id=case.pk, by=person)
    drafts = sealed_now() - others  # what is still theirs: the letters that were not sent, and their account
    assert {place for place, _ in thief.opened(stolen)} <= {
        "qa.LetterDraft.text",
        "qa.ParkedLetter.text",
        "notifications.Message.sealed",
    }
    after = bytes_of_the_database()
    assert {piece for piece in made - drafts if piece in after} == set()
    assert not Remark.objects.exists()

    for person, _ in people:
        leaving.erase_account(by=person)
    after = bytes_of_the_database()
    assert {piece for piece in made if piece in after} == set()
    assert {place for place, _ in thief.opened(stolen)} <= {"notifications.Message.sealed"}
    assert not LetterKey.objects.exists()
    words = [MARKER, "Quendolinde", *(person.email for person, _ in people)]
    assert [word for word in words if word.encode() in after] == []
    assert [word for word in words if word in caplog.text] == []
    assert Case.objects.filter(state=State.WITHDRAWN).count() == len(people)
    assert Letter.objects.filter(erased_at=None).count() == 0
