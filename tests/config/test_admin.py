"""What administrators can look after, and what they can never see."""

import pytest
from django.contrib import admin
from django.test import Client

from accounts.models import RoleGrant, User
from accounts.roles import Role
from tests.cast import MARKER, make_case
from workflow.states import State

pytestmark = pytest.mark.once

PRIVATE = {
    "Letter",
    "LetterDraft",
    "Question",
    "AnswerRevision",
    "Publication",
    "Case",
    "Consent",
    "SafetyFlag",
    "Finding",
}


@pytest.fixture
def ada(cast):
    client = Client()
    client.force_login(cast.ada)
    return client


@pytest.mark.pure
def test_it_registers_no_table_with_words_of_a_family():
    assert not PRIVATE & {model.__name__ for model in admin.site._registry}


@pytest.mark.pure
def test_it_registers_no_table_of_a_library():
    """Scheduled tasks would run any function, the sign-in library's list would show every member's address."""
    assert {model._meta.app_label for model in admin.site._registry} <= {"accounts", "qa", "workflow", "notifications"}


def test_it_shows_every_page_it_has_without_a_word_of_a_letter(ada, cast):
    make_case(cast, state=State.REVIEWED)
    for model in admin.site._registry:
        name = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        for path in (name, f"{name}add/"):
            response = ada.get(path)
            assert response.status_code in {200, 403}, path
            assert MARKER not in response.content.decode()


def form_of(person, **changes):
    fields = {
        "email": person.email if person else "new@people.example",
        "called": person.called if person else "New",
        "public_line": "",
        "time_zone": "America/New_York",
        "is_active": "on",
        "grants-TOTAL_FORMS": "0",
        "grants-INITIAL_FORMS": "0",
    }
    return {**fields, **changes}


def test_it_names_a_colleague_with_a_role_that_waits_and_writes_down_who_granted_it(ada, cast):
    grant = {"grants-TOTAL_FORMS": "1", "grants-0-role": "expert"}
    assert ada.post("/admin/accounts/user/add/", form_of(None, **grant)).status_code == 302
    person = User.objects.get(email="new@people.example")
    assert person.roles == {Role.MEMBER}
    assert not person.has_usable_password()
    assert RoleGrant.objects.get(user=person).granted_by == cast.ada
    assert "waits for a moderator" in ada.get("/admin/accounts/user/").content.decode()


def test_it_revokes_a_role(ada, cast):
    grant = RoleGrant.objects.get(user=cast.erin)
    revoked = {
        "grants-TOTAL_FORMS": "1", "grants-INITIAL_FORMS": "1", "grants-0-id": grant.pk,
        "grants-0-user": cast.erin.pk, "grants-0-DELETE": "on",
    }  # fmt: skip
    assert ada.post(f"/admin/accounts/user/{cast.erin.pk}/change/", form_of(cast.erin, **revoked)).status_code == 302
    assert User.objects.get(pk=cast.erin.pk).roles == {Role.MEMBER}


def test_it_changes_a_colleague_and_leaves_their_password_alone(ada, cast):
    cast.mo.set_password("a lamp in the window")
    cast.mo.save()
    ada.post(f"/admin/accounts/user/{cast.mo.pk}/change/", form_of(cast.mo, called="Moira"))
    person = User.objects.get(pk=cast.mo.pk)
    assert person.called == "Moira"
    assert person.check_password("a lamp in the window")


def test_it_does_not_list_members_unless_their_whole_address_is_known(ada, cast):
    listed = ada.get("/admin/accounts/user/").content.decode()
    assert "Erin" in listed
    assert "Rosa" not in listed
    found = ada.get("/admin/accounts/user/", {"q": cast.rosa.email}).content.decode()
    assert f"/admin/accounts/user/{cast.rosa.pk}/change/" in found


def test_it_closes_people_and_never_deletes_them(ada, cast):
    assert ada.post(f"/admin/accounts/user/{cast.rosa.pk}/delete/", {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=cast.rosa.pk).exists()
