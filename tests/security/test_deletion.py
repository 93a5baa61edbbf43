"""No person's deletion takes others' work along: asked of every foreign key to people, and of everybody in a busy house."""

import pytest
from allauth.account.models import EmailConfirmation
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.db import models, transaction
from django.urls import reverse

from accounts.models import RoleGrant, User
from notifications.models import Message
from qa.models import Letter, LetterKey
from tests.cast import make_case
from tests.security.test_erasure import places_with, talked_over  # noqa: F401  # a fixture
from workflow.actions import intake, leaving
from workflow.actions.playbook import word_playbook
from workflow.models import Case
from workflow.safety.playbooks import all_playbooks
from workflow.states import State

# May go with a person, and why it is nobody else's.
OWN = {
    "accounts.Session.person": "where they are signed in",
    "accounts.RoleGrant.user": "what they were allowed",
    "accounts.NewStart.user": "their own lost phone",
    "notifications.Habits.person": "how they want to hear",
    "notifications.Message.person": "mail to them; mail about a letter names the case instead",
    "workflow.DeskHabits.person": "how they like their desk",
    "workflow.HandedOn.person": "that they would rather not have a letter",
    "workflow.Note_mentions.user": "that a note names them; the note stays",
    "workflow.Presence.person": "that they are looking at this moment",
    "workflow.Shift.person": "their own turn on call",
    "qa.Authorship.member": "that they wrote a letter; the letter has a table of its own",
    "qa.LetterDraft.member": "what they did not send",
    "qa.ParkedLetter.member": "what they did not send",
    "admin.LogEntry.user": "kept all the same: whoever has entries is emptied, not deleted (actions/leaving.py)",
    "account.EmailAddress.user": "the library's own list of their addresses",
    "mfa.Authenticator.user": "their second steps",
}


def keys_to_people():
    return [
        field
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if field.is_relation and field.related_model is User
    ]


@pytest.mark.pure
@pytest.mark.parametrize("field", keys_to_people(), ids=lambda field: f"{field.model._meta.label}.{field.name}")
def test_it_says_of_every_key_what_becomes_of_the_row(field):
    """Held fast, let go, or somebody wrote down here that it is the person's own. A new key fails until it is decided."""
    rule = field.remote_field.on_delete
    name = f"{field.model._meta.label}.{field.name}"
    assert (rule is models.CASCADE) == (name in OWN)
    if rule is models.CASCADE:  # and nothing hangs on such a row that would go with it
        falling = {one.related_model for one in field.model._meta.related_objects if one.on_delete is models.CASCADE}
        assert falling <= {EmailConfirmation, LetterKey}
    elif rule is models.DO_NOTHING:
        assert not field.db_constraint, "the database would refuse"
    else:
        assert rule in {models.PROTECT, models.SET_NULL}
        assert rule is models.PROTECT or field.null


def rows():
    every = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    return {model._meta.label: set(models.QuerySet(model).values_list("pk", flat=True)) for model in every}


def test_nobody_of_a_busy_house_can_be_deleted_with_the_work_of_others(cast, talked_over):  # noqa: F811
    """Everybody in turn, by whoever holds the database: what goes is their own, or it is refused."""
    mine = {name.rpartition(".")[0] for name in OWN} | {"accounts.User"}
    before, gone = rows(), {}
    for name, person in cast.everybody().items():
        point = transaction.savepoint()
        try:
            User.objects.get(pk=person.pk).delete()
        except models.ProtectedError:
            gone[name] = None
        else:
            after = rows()
            gone[name] = {label for label in before if before[label] - after[label]}
        transaction.savepoint_rollback(point)
    assert {name for name, taken in gone.items() if taken is None} >= {"erin", "mo"}
    assert set().union(*(taken or set() for taken in gone.values())) <= mine
    assert rows() == before


def test_of_whoever_worked_here_their_work_stays_and_nothing_of_them(cast, client, talked_over):  # noqa: F811
    """An expert who left, writes as a member, and then wants to be gone: no fault, no name, and families keep their answer."""
    case = make_case(cast, state=State.REVIEWED)
    RoleGrant.objects.filter(user=cast.erin).delete()
    LogEntry.objects.create(user=cast.erin, action_flag=2, object_repr="x")
    erin = User.objects.get(pk=cast.erin.pk)
    own = intake.submit_letter(by=erin, text="Now I write myself, because it is my own son. " * 2, danger="no")
    client.force_login(erin)
    assert client.post(reverse("own_erase"), {"sure": "yes"}).status_code == 302
    assert Case.objects.get(pk=own.pk).state == State.WITHDRAWN
    assert Case.objects.get(pk=case.pk).draft.body
    assert Letter.objects.get(pk=case.letter_id).text
    assert LogEntry.objects.filter(user=erin).exists()
    erin = User.objects.get(pk=erin.pk)
    assert not (erin.is_active or erin.called or erin.has_usable_password() or erin.last_login)
    assert places_with("erin@people.example") == []
    assert client.get(reverse("workflow:my_cases")).status_code == 302
    assert leaving.erase_again("person", erin.pk) == 0


@pytest.mark.parametrize("name", ["erin", "theo", "mo", "dana", "mora", "ada"])
def test_whoever_worked_here_can_be_gone_by_whatever_work_it_was(cast, talked_over, name):  # noqa: F811
    """Most keys of work have no name on the person's side, and are no less work; nor are theirs less their own."""
    person = getattr(cast, name)
    words = {all_playbooks()[0].messages[0].field: "Call {line:988}"}
    word_playbook(key=all_playbooks()[0].key, language="en", words=words, by=cast.ada)
    make_case(cast, state=State.PUBLISHED)
    RoleGrant.objects.filter(user=person).delete()
    person = User.objects.get(pk=person.pk)
    intake.submit_letter(by=person, text="Now I write myself, because it is my own son. " * 2, danger="no")
    intake.park_letter(member=person, text="And this was sent too late, when nobody was signed in any more.")
    Message.objects.create(person=person, template="new_device", category="security", rank=0, key="k" * 64)
    leaving.erase_account(by=person)
    own = {"qa.Authorship", "qa.ParkedLetter", "qa.LetterDraft", "notifications.Message", "workflow.Presence"}
    keys = [field for field in keys_to_people() if field.model._meta.label in own]
    left = [field for field in keys if models.QuerySet(field.model).filter(**{field.name: person.pk}).exists()]
    assert (len(keys), left) == (len(own), [])
    assert places_with(f"{name}@people.example") == []
