"""An administrator who wants to read letters: every way from the administrators' site to a desk takes a second person."""

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from django.utils.html import strip_tags

from accounts import grants
from accounts.models import RoleGrant, User
from accounts.roles import Role
from notifications.models import Message
from notifications.tasks import sweep
from tests.cast import MARKER, make_case, signed_in
from tests.config.test_admin import form_of
from tests.notifications.words import TELLING
from workflow.policies import Step, may

pytestmark = pytest.mark.once

PASSWORD = "a lamp in the window"
PEOPLE = "/admin/accounts/user/"
GRANT = {"grants-TOTAL_FORMS": "1", "grants-0-role": "moderator"}


@pytest.fixture
def ada(cast):
    return signed_in(cast.ada)


@pytest.fixture
def newcomer(ada):
    """An account that the administrator made for themselves, as moderator."""
    assert ada.post(f"{PEOPLE}add/", form_of(None, **GRANT)).status_code == 302
    return User.objects.get(email="new@people.example")


def code_of(client):
    return client.session["account_password_reset_verification"].get("code", "")


def test_it_lets_no_new_account_of_an_administrator_read_a_letter(cast, newcomer):
    case = make_case(cast)
    assert newcomer.roles == {Role.MEMBER}
    assert not newcomer.is_on_staff
    assert not may(newcomer, Step.TRIAGE, case)
    client = signed_in(newcomer)
    for name in ("case", "letter", "review", "preview"):
        assert client.get(reverse(f"workflow:{name}", args=[case.public_id])).status_code == 404
    assert newcomer not in User.objects.holding(Role.MODERATOR)


def test_it_lets_no_administrator_grant_a_role_to_themselves(ada, cast):
    for role in ("moderator", "expert"):
        ada.post(f"{PEOPLE}{cast.ada.pk}/change/", form_of(cast.ada, **{**GRANT, "grants-0-role": role}))
    assert User.objects.get(pk=cast.ada.pk).roles == {Role.ADMINISTRATOR}
    assert not grants.waiting().exists()


@pytest.mark.parametrize("who", ["mo", "erin", "rosa", "ada"])
def test_it_lets_no_administrator_take_over_an_account(ada, cast, who):
    """Neither a password of theirs nor an address of theirs, by which they would get the codes."""
    victim = getattr(cast, who)
    before = User.objects.values_list("password", "email").get(pk=victim.pk)
    mine = {"email": "mine@evil.example", "new_password": PASSWORD, "password": PASSWORD, "is_active": "on"}
    ada.post(f"{PEOPLE}{victim.pk}/change/", form_of(victim, **mine))
    assert User.objects.values_list("password", "email").get(pk=victim.pk) == before


@pytest.mark.parametrize("granted", [False, True])
def test_it_shows_no_administrator_the_address_behind_a_members_number(ada, cast, granted):
    if granted:
        ada.post(f"{PEOPLE}{cast.rosa.pk}/change/", form_of(cast.rosa, **GRANT))
        assert grants.waiting().exists()
    page = ada.get(f"{PEOPLE}{cast.rosa.pk}/change/").content.decode()
    assert cast.rosa.email not in page
    assert "Rosa" not in page


def test_it_tells_every_moderator_once_and_nobody_else(cast, newcomer, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    sweep()
    sweep()
    assert sorted(sent.to[0] for sent in mail.outbox) == sorted(p.email for p in (cast.mo, cast.dana, cast.mora))
    for sent in mail.outbox:
        text = f"{sent.subject} {sent.body} {strip_tags(sent.alternatives[0][0])}".lower()
        assert not [word for word in TELLING if word in text.split()]
        assert newcomer.email not in text


def test_it_says_nothing_any_more_once_it_is_decided(cast, newcomer, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    grants.confirm(grant_id=grants.waiting().get().pk, by=cast.mo)
    sweep()
    assert mail.outbox == []
    assert not Message.objects.filter(template="role_waits").exists()


def test_it_makes_the_role_count_once_a_moderator_confirms_it(cast, newcomer):
    mo, grant = signed_in(cast.mo), grants.waiting().get()
    page = mo.get(reverse("workflow:colleagues")).content.decode()
    assert newcomer.email in page
    answer = mo.post(reverse("workflow:colleagues"), {"grant": grant.pk, "decision": "confirm"}, follow=True)
    assert "They can begin" in answer.content.decode()
    assert User.objects.get(pk=newcomer.pk).roles == {Role.MODERATOR}
    grant.refresh_from_db()
    assert (grant.granted_by, grant.confirmed_by) == (cast.ada, cast.mo)


def test_it_refuses_a_role_and_leaves_nothing(cast, newcomer):
    signed_in(cast.mo).post(reverse("workflow:colleagues"), {"grant": grants.waiting().get().pk, "decision": "refuse"})
    assert not newcomer.grants.exists()


@pytest.mark.parametrize("grant", ["", "x", "0", "9" * 30, "-1", "²"])
def test_it_takes_a_forged_or_late_decision_calmly(cast, newcomer, grant):
    answer = signed_in(cast.mo).post(
        reverse("workflow:colleagues"), {"grant": grant, "decision": "confirm"}, follow=True
    )
    assert "does not wait any more" in answer.content.decode()
    assert grants.waiting().exists()


@pytest.mark.parametrize("who", ["ada", "erin", "rosa"])
def test_it_lets_nobody_but_a_moderator_confirm(cast, newcomer, who):
    person = getattr(cast, who)
    signed_in(person).post(reverse("workflow:colleagues"), {"grant": grants.waiting().get().pk, "decision": "confirm"})
    assert not grants.confirm(grant_id=grants.waiting().get().pk, by=person)
    assert grants.waiting().exists()


def test_it_lets_nobody_confirm_what_they_granted_or_what_is_theirs(cast):
    both = User.objects.create_user("both@people.example", roles=(Role.ADMINISTRATOR, Role.MODERATOR))
    granted = RoleGrant.objects.create(user=cast.bela, role=Role.EXPERT, granted_by=both)
    own = RoleGrant.objects.create(user=cast.mo, role=Role.EXPERT, granted_by=cast.ada)
    assert not grants.confirm(grant_id=granted.pk, by=both)
    assert not grants.confirm(grant_id=own.pk, by=cast.mo)
    assert grants.confirm(grant_id=granted.pk, by=cast.mo)


@pytest.mark.both
def test_it_is_kept_by_the_database_too(cast):
    with pytest.raises(IntegrityError):
        RoleGrant.objects.create(user=cast.bela, role=Role.EXPERT, granted_by=cast.ada, confirmed_by=cast.ada)


def test_it_begins_a_new_house_from_the_server(cast, newcomer):
    call_command("confirm_roles", newcomer.email.upper())
    assert User.objects.get(pk=newcomer.pk).roles == {Role.MODERATOR}
    with pytest.raises(CommandError, match="No role waits"):
        call_command("confirm_roles", cast.bela.email)


def test_it_lets_a_colleague_set_their_own_password_by_a_code(cast, newcomer):
    elsewhere = signed_in(cast.mo)
    client = Client()
    assert client.post(reverse("staff_new_password"), {"email": cast.mo.email}).status_code == 302
    code = code_of(client)
    assert len(code) == 10
    form = {"code": f"{code[:5]} {code[5:]}", "password": PASSWORD}
    assert client.post(reverse("staff_new_password_code"), form).headers["Location"] == reverse("staff_login")
    assert User.objects.get(pk=cast.mo.pk).check_password(PASSWORD)
    assert elsewhere.get(reverse("workflow:queue")).status_code == 302, "every other sign-in ends"
    assert client.post(reverse("staff_new_password_code"), form).status_code == 302, "a code works once"
    other = Client()
    other.post(reverse("staff_new_password"), {"email": newcomer.email})
    assert code_of(other), "who waits for a role can set a password already"


@pytest.mark.parametrize("email", ["rosa@people.example", "nobody@people.example"])
def test_it_tells_nobody_who_works_here(cast, email):
    mine, plain = Client(), Client()
    pages = []
    for client, address in ((mine, email), (plain, cast.mo.email)):
        assert client.post(reverse("staff_new_password"), {"email": address}).status_code == 302
        typed = {"code": "0000000000", "password": f"{address} 2026"}
        answer = client.post(reverse("staff_new_password_code"), typed).content.decode()
        assert "too similar" in answer
        answer = client.post(reverse("staff_new_password_code"), {**typed, "password": PASSWORD}).content.decode()
        assert "not the code" in answer
        pages.append(answer.replace(address, ""))
    assert code_of(mine) == ""
    assert len(pages[0]) == len(pages[1])
    assert not User.objects.filter(email="nobody@people.example").exists()


def test_it_takes_five_guesses_of_a_code_and_no_weak_password(cast):
    client = Client()
    client.post(reverse("staff_new_password"), {"email": cast.mo.email})
    code = code_of(client)
    weak = client.post(reverse("staff_new_password_code"), {"code": code, "password": "short"})
    assert "too short" in weak.content.decode()
    for _ in range(5):
        client.post(reverse("staff_new_password_code"), {"code": "0" * 10, "password": PASSWORD})
    client.post(reverse("staff_new_password_code"), {"code": code, "password": PASSWORD})
    assert not User.objects.get(pk=cast.mo.pk).check_password(PASSWORD)


def test_it_leaves_no_word_of_a_letter_on_the_page_of_colleagues(cast, newcomer):
    make_case(cast)
    assert MARKER not in signed_in(cast.mo).get(reverse("workflow:colleagues")).content.decode()
