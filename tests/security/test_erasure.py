"""A letter that was taken back leaves no word of it anywhere: every table, every column, every byte of the file."""

import sqlite3

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import models
from django.test import Client
from django.urls import reverse

from qa.models import Publication
from tests.cast import ANSWER, MARKER, again, make_case, topic
from workflow.actions import answering, intake, publication, review, triage
from workflow.models import Remark
from workflow.safety.words import Category, Severity, Subject, Timing
from workflow.states import State
from workflow.transitions import Seen

WORDS = {"title": f"A {MARKER} at night", "label": f"{MARKER}'s mother", "intro": MARKER, "text": f"Our {MARKER}."}


def everything():
    """Every value of every row, as the product itself would read it (decrypted)."""
    for model in apps.get_models():
        for row in models.QuerySet(model).values():
            yield from ((f"{model._meta.label}.{name}", str(value)) for name, value in row.items())
    for session in Session.objects.all():
        yield "session", str(session.get_decoded())


def places_with(word):
    return sorted({place for place, text in everything() if word.casefold() in text.casefold()})


@pytest.fixture
def talked_over(cast):
    """A published case about which everybody wrote everything they could, each time with a word of the letter."""
    case = make_case(cast)
    kinds = {"category": Category.MEDICAL, "severity": Severity.URGENT, "subject": Subject.OTHER, "timing": Timing.NOW}
    flag = triage.raise_flag(case_id=case.pk, by=cast.mo, note=MARKER, **kinds)
    for one in case.flags.all():
        triage.acknowledge_flag(case_id=case.pk, flag_id=one.pk, by=cast.mo)
    triage.close_flag(case_id=case.pk, flag_id=flag.pk, by=cast.mo, outcome=f"Called {MARKER}.")
    triage.save_question(case_id=case.pk, by=cast.mo, seen=None, words=WORDS, topics=[topic()], confirm=True)
    triage.triage(case_id=case.pk, by=cast.mo, seen=None, expert=cast.theo)
    answering.give_back(case_id=case.pk, by=cast.theo, reason=f"I know {MARKER}.")
    answering.claim(case_id=case.pk, by=cast.erin)
    for body in (f"<p>Dear {MARKER}.</p>", f"{ANSWER}<p>{MARKER}</p>"):
        now = again(case)
        number = now.draft.number if now.draft else 0
        answering.submit_draft(case_id=case.pk, by=cast.erin, body=body, based_on=number, seen=Seen.of(now))
        if number == 0:
            review.request_changes(case_id=case.pk, by=cast.mo, seen=None, comment=f"Not {MARKER}.")
    review.approve(case_id=case.pk, by=cast.mo, seen=None)
    publication.suggest_change(case_id=case.pk, by=cast.rosa, wish=f"Take out {MARKER}.")
    agree_and_publish(cast, case)
    return again(case)


def agree_and_publish(cast, case):
    now = again(case)
    publication.consent(case_id=case.pk, by=cast.rosa, page_hash=now.page_hash(), audience="public")
    publication.publish(case_id=case.pk, by=cast.dana, seen=None)


def test_it_would_notice(talked_over):
    assert len(places_with(MARKER)) >= 14


def test_it_leaves_no_word_of_a_letter_that_was_taken_back(cast, talked_over):
    intake.withdraw(case_id=talked_over.pk, by=cast.rosa)
    assert places_with(MARKER) == []
    assert not Remark.objects.exists()
    assert talked_over.events.count() > 10


def test_it_leaves_no_word_of_the_message_of_a_declined_letter(cast):
    case = make_case(cast)
    triage.decline(case_id=case.pk, by=cast.mo, seen=None, reason=MARKER, message=f"Dear {MARKER}")
    assert places_with(MARKER)
    intake.withdraw(case_id=case.pk, by=cast.rosa)
    assert places_with(MARKER) == []


def test_it_still_says_410_at_the_address_of_an_erased_page(cast, talked_over):
    address = Publication.objects.get().get_absolute_url()
    intake.withdraw(case_id=talked_over.pk, by=cast.rosa)
    assert Client().get(address).status_code == 410
    assert Client().get(reverse("qa:publication", args=["never-was"])).status_code == 404


def test_it_keeps_no_open_copy_of_words_whose_consent_is_void(cast, talked_over):
    """Taken down, not withdrawn: the sealed question stays for the member, the public copy in clear does not."""
    publication.unpublish(case_id=talked_over.pk, by=cast.rosa, seen=None, reason="I changed my mind.")
    page = Publication.objects.get()
    assert (page.title, page.label, page.intro, page.question_text, page.answer_html) == ("", "", "", "", "")
    assert MARKER.lower() not in page.words
    assert again(talked_over).question.title == WORDS["title"]
    agree_and_publish(cast, talked_over)
    assert Publication.objects.get().title == WORDS["title"]


def test_it_cannot_be_filled_with_words_again(cast, talked_over):
    intake.withdraw(case_id=talked_over.pk, by=cast.rosa)
    assert talked_over.events.last().to_state == State.WITHDRAWN
    client = Client()
    client.force_login(cast.mo)
    words = {**WORDS, "confirm": "yes", "seen": str(Seen.of(again(talked_over)))}
    refused = client.post(reverse("workflow:question", args=[talked_over.public_id]), words)
    assert refused.status_code in {403, 409}
    assert places_with(MARKER) == []


@pytest.mark.pure
@pytest.mark.skipif("sqlite" not in settings.DATABASES["default"]["ENGINE"], reason="SQLite's files only")
def test_it_leaves_no_byte_of_what_is_erased_in_the_files_of_sqlite(tmp_path):
    """With the very pragmas of the settings: written, erased, checkpointed as the worker does, one more write."""
    path = tmp_path / "a.sqlite3"
    line = sqlite3.connect(path, isolation_level=None)
    for pragma in settings.DATABASES["default"]["OPTIONS"]["init_command"].split(";"):
        line.execute(pragma)
    line.execute("PRAGMA wal_autocheckpoint=0")
    line.execute("CREATE TABLE page (id INTEGER PRIMARY KEY, words TEXT)")
    line.executemany("INSERT INTO page (words) VALUES (?)", [(f"{MARKER} " * 400,)] * 50)
    line.execute("UPDATE page SET words = ''")
    line.execute("PRAGMA wal_checkpoint(PASSIVE)")
    line.execute("INSERT INTO page (words) VALUES ('the pulse of the worker')")
    found = {file.name: file.read_bytes().count(MARKER.encode()) for file in tmp_path.iterdir()}
    line.close()
    assert set(found.values()) == {0}, found
