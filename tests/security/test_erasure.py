"""A letter that was taken back leaves no word of it anywhere: every table, every column, every byte of the file."""

import sqlite3

import pytest
from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.test import Client
from django.urls import reverse

from accounts.models import Session
from qa.models import Publication
from qa.passages import Passage
from tests.cast import ANSWER, MARKER, again, make_case, settle, topic
from workflow.actions import answering, comments, findings, intake, publication, review, triage
from workflow.models import Case, Remark
from workflow.safety.words import Category, Severity, Subject, Timing
from workflow.states import State
from workflow.transitions import Seen

OURS = "quillonberries"  # a word of what readers see; it is nobody's name, so that no finding is made of it
WORDS = {"title": f"Eating {OURS} at night", "label": f"a lover of {OURS}", "intro": OURS, "text": f"We ate {OURS}."}


def everything():
    """Every value of every row, as the product itself would read it (decrypted), and what else lies in the database."""
    for model in apps.get_models():
        for row in models.QuerySet(model).values():
            yield from ((f"{model._meta.label}.{name}", str(value)) for name, value in row.items())
    for session in Session.objects.all():
        yield "session", str(session.get_decoded())
    yield from dumped()


def dumped():
    """Every value of every table as it lies in the database; the search index has tables of its own, some of bytes only."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                yield from ((table, as_text(value)) for value in row)


def as_text(value):
    return bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)


def places_with(*words, among=everything):
    return sorted({place for place, text in among() for word in words if word.casefold() in text.casefold()})


@pytest.fixture
def talked_over(cast):
    """A published case about which everybody wrote everything they could, each time with a word of the letter."""
    case = make_case(cast)
    kinds = {"category": Category.MEDICAL, "severity": Severity.URGENT, "subject": Subject.OTHER, "timing": Timing.NOW}
    flag = triage.raise_flag(case_id=case.pk, by=cast.mo, note=MARKER, **kinds)
    for one in case.flags.all():
        triage.acknowledge_flag(case_id=case.pk, flag_id=one.pk, by=cast.mo)
    triage.close_flag(case_id=case.pk, flag_id=flag.pk, by=cast.mo, outcome=f"Called {MARKER}.")
    settle(case, by=cast.mo)
    triage.save_question(
        case_id=case.pk, by=cast.mo, seen=None, words=WORDS, topics=[topic()], confirm=True, ticked_by=cast.mo
    )
    triage.triage(case_id=case.pk, by=cast.mo, seen=None, expert=cast.theo)
    answering.give_back(case_id=case.pk, by=cast.theo, reason=f"I know {MARKER}.")
    answering.claim(case_id=case.pk, by=cast.erin)
    for body in (f"<p>Some {OURS}. Call 911 now.</p>", f"{ANSWER}<p>More {OURS}. Call 911 now.</p>"):
        now = again(case)
        number = now.draft.number if now.draft else 0
        answering.submit_draft(case_id=case.pk, by=cast.erin, body=body, based_on=number, seen=Seen.of(now))
        if number == 0:
            made = comments.comment(case_id=case.pk, by=cast.mo, text=MARKER, about=Passage(OURS))
            review.request_changes(case_id=case.pk, by=cast.mo, seen=None, comment=f"Not {MARKER}.")
            comments.resolve(case_id=case.pk, by=cast.erin, comment_id=made.pk, reply=f"Yes, {MARKER}.")
    keep_what_was_found(cast, case)
    review.approve(case_id=case.pk, by=cast.mo, seen=None)
    publication.suggest_change(case_id=case.pk, by=cast.rosa, wish=f"Take out {MARKER}.")
    agree_and_publish(cast, case)
    return again(case)


def keep_what_was_found(cast, case):
    for finding in case.findings.filter(decision=""):
        kept = {"decision": "kept", "reason": f"{MARKER} is nobody."}
        findings.decide(case_id=case.pk, finding_id=finding.pk, by=cast.mo, **kept)


def agree_and_publish(cast, case):
    keep_what_was_found(cast, case)
    now = again(case)
    publication.consent(case_id=case.pk, by=cast.rosa, page_hash=now.page_hash(), audience="public")
    publication.publish(case_id=case.pk, by=cast.dana, seen=None)


def test_it_would_notice(talked_over):
    assert len(places_with(MARKER, OURS)) >= 14


def test_a_dump_of_the_tables_names_nobody(cast, talked_over):
    """Not who is in the letter, who wrote it, or works on it; but for the names under answers, which readers see."""
    intake.save_draft(member=cast.rosa, text=MARKER)
    intake.park_letter(member=cast.rosa, text=MARKER)
    assert places_with(MARKER, among=dumped) == []
    people = [name for person in cast.everybody().values() for name in (person.email, person.public_line)]
    assert set(places_with(*people, among=dumped)) == {"accounts_user", "qa_publication"}
    assert places_with(*(person.email for person in cast.everybody().values()), among=dumped) == []


def test_it_leaves_no_word_of_a_letter_that_was_taken_back(cast, talked_over):
    Case.objects.filter(pk=talked_over.pk).update(language="es")
    intake.withdraw(case_id=talked_over.pk, by=cast.rosa)
    assert places_with(MARKER, OURS) == []
    assert again(talked_over).language == "en"
    assert not Remark.objects.exists()
    assert talked_over.events.count() > 10


def test_it_leaves_no_word_of_the_message_of_a_declined_letter(cast):
    case = make_case(cast)
    triage.decline(case_id=case.pk, by=cast.mo, seen=None, reason=MARKER, message=f"Dear {MARKER}")
    assert places_with(MARKER, OURS)
    intake.withdraw(case_id=case.pk, by=cast.rosa)
    assert places_with(MARKER, OURS) == []


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
    assert OURS not in page.words
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
    assert places_with(MARKER, OURS) == []


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
