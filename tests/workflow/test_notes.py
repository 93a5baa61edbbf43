"""Notes between colleagues: who reads them and whom they name. That no word leaves the house: tests/house/test_markers.py."""

import pytest
from django.urls import reverse

from notifications.contents import prepare
from notifications.facts import Facts
from notifications.timing import Skip
from qa.encryption import EncryptedTextField
from tests.cast import again, make_case
from workflow.actions import intake, notes
from workflow.models import Note
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


def test_it_is_erased_with_the_letter(cast):
    case = make_case(cast, state=State.TRIAGED)
    notes.write_note(case_id=case.pk, by=cast.mo, text=WORD)
    intake.withdraw(case_id=case.pk, by=cast.rosa)
    assert not Note.objects.exists()
    with pytest.raises(Refused):
        notes.write_note(case_id=again(case).pk, by=cast.mo, text=WORD)
