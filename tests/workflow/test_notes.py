"""Notes between colleagues: who reads them, whom they name, and that no word of them ever leaves the house."""

import pytest
from django.urls import reverse

from notifications import outbox
from notifications.contents import prepare
from notifications.facts import Facts
from notifications.models import Message
from notifications.timing import Skip
from qa.encryption import EncryptedTextField
from tests.cast import again, make_case
from tests.walks import walk
from workflow.actions import intake, notes
from workflow.models import Event, Note
from workflow.states import State
from workflow.transitions import Refused

pytestmark = pytest.mark.once

WORD = "Quollwinkel"


def at(name, case, *more):
    return reverse(f"workflow:{name}", args=[case.public_id, *more])


def test_it_is_read_by_moderators_and_the_expert_of_the_case_only(client, cast):
    case = make_case(cast, state=State.TRIAGED)
    client.force_login(cast.mo)
    client.post(at("note", case), {"note": f"{WORD}: she called twice. @Erin please be quick."})
    for who, page, sees in [
        ("mo", "case", True),
        ("dana", "case", True),
        ("erin", "write", True),
        ("dana", "review", True),
    ]:
        client.force_login(getattr(cast, who))
        assert (WORD in client.get(at(page, case)).content.decode()) == sees, (who, page)
    client.force_login(cast.theo)
    assert client.post(at("note", case), {"note": "Hello"}).status_code == 404
    assert Note.objects.count() == 1
    assert isinstance(Note._meta.get_field("text"), EncryptedTextField)


def test_it_shows_a_named_colleague_where_and_nobody_who_may_not_see_the_case(client, cast):
    case = make_case(cast, state=State.TRIAGED)
    note = notes.write_note(case_id=case.pk, by=cast.mo, text="@Erin, and @theo, and @Rosa, and x@Dana: look.")
    assert [person.called for person in note.mentions.all()] == ["Erin"]
    client.force_login(cast.erin)
    assert "Colleagues named you" in client.get(reverse("workflow:answering")).content.decode()
    client.force_login(cast.theo)
    assert "Colleagues named you" not in client.get(reverse("workflow:answering")).content.decode()


def composed_of(message):
    """The whole mail as it would go out now, head and both bodies; empty when it would not be sent."""
    try:
        return str(prepare(message, Facts([message])).whole().message())
    except Skip:
        return ""


@pytest.mark.parametrize("text", ["", "   ", "x" * 4_001])
def test_it_refuses_an_empty_or_endless_note(cast, text):
    case = make_case(cast)
    with pytest.raises(Refused):
        notes.write_note(case_id=case.pk, by=cast.mo, text=text)


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.once
def test_it_lets_no_word_of_a_note_leave_the_house(cast):
    """In every state: every address as a stranger, the writer, another member, a foreign expert, an administrator; and all mail."""
    cases = [make_case(cast, state=state) for state in State if state != State.WITHDRAWN]
    for case in cases:
        notes.write_note(case_id=case.pk, by=cast.mo, text=f"{WORD} about the family of case {case.pk}.")
    walked = 0
    for person in (None, cast.rosa, cast.bela, cast.theo, cast.ada):
        for path, seen in walk(person, cases):
            assert WORD not in seen, (person, path)
            walked += 1
    assert walked > 500
    outbox.fan_out()
    composed = [words for message in Message.objects.all() if (words := composed_of(message))]
    assert len(composed) >= 5
    assert all(WORD not in words for words in composed)
    assert all(WORD not in str(event.data) for event in Event.objects.all())
    assert Note.objects.filter(text__isnull=False).count() == len(cases)


def test_it_would_notice_a_leak(cast, client):
    case = make_case(cast, state=State.TRIAGED)
    notes.write_note(case_id=case.pk, by=cast.mo, text=WORD)
    client.force_login(cast.erin)
    assert WORD in client.get(at("write", case)).content.decode()


def test_it_is_erased_with_the_letter(cast):
    case = make_case(cast, state=State.TRIAGED)
    notes.write_note(case_id=case.pk, by=cast.mo, text=WORD)
    intake.withdraw(case_id=case.pk, by=cast.rosa)
    assert not Note.objects.exists()
    with pytest.raises(Refused):
        notes.write_note(case_id=again(case).pk, by=cast.mo, text=WORD)
