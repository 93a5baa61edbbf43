"""Addresses at rest: sealed, found by a blind index, one person for one mailbox; beside and after an earlier release."""

import base64
import hashlib
import hmac
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.exceptions import FieldError
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.test import Client
from django.urls import reverse

from accounts.addresses import index_of
from accounts.admin import PersonForm
from accounts.master_keys import Sealed, decrypt
from accounts.models import RoleGrant, Session, User
from config import rotation
from tests.config.test_rotation import NEW

ROSA = "rosa@people.example"


def stored(person):
    """The two columns as they lie in the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT email, email_index FROM accounts_user WHERE id = %s", [person.pk])
        return cursor.fetchone()


def in_clear(person):
    """As a release before this one wrote it."""
    User.objects.filter(pk=person.pk).update(email=Sealed(person.email), email_index=None)
    return person


def test_it_keeps_an_address_sealed_and_gives_it_back(cast):
    email, index = stored(cast.rosa)
    assert email.startswith("a1:dev:")
    assert "rosa" not in email + index
    assert decrypt(email, bound_to="accounts.User.email") == ROSA
    assert User.objects.get(pk=cast.rosa.pk).email == ROSA
    assert dict(User.objects.values_list("pk", "email"))[cast.rosa.pk] == ROSA


@pytest.mark.pure
def test_the_index_is_an_hmac_under_a_key_that_hkdf_makes_of_the_master_key(settings):
    """RFC 5869 and RFC 2104 by hand."""
    settings.FIELD_KEYS = [NEW]
    info = b"allay blind index of address"
    pseudorandom = hmac.digest(bytes(32), b"n" * 32, hashlib.sha256)
    key = hmac.digest(pseudorandom, info + b"\x01", hashlib.sha256)
    expected = hmac.digest(key, ROSA.encode(), hashlib.sha256)
    assert index_of("Rosa@People.example") == f"new:{base64.urlsafe_b64encode(expected).decode()}"


@pytest.mark.parametrize("is_in_clear", [False, True])
def test_it_finds_one_person_by_the_whole_address_and_nobody_else(cast, is_in_clear):
    if is_in_clear:
        in_clear(cast.rosa)
    asked = [
        {"email": ROSA},
        {"email": "Rosa@People.Example"},
        {"email__iexact": "ROSA@people.example"},
        {"email__in": [ROSA, "nobody@people.example"]},
    ]
    for lookup in asked:
        assert User.objects.get(**lookup) == cast.rosa, lookup
        assert User.objects.exclude(**lookup).count() == len(cast.everybody()) - 1, lookup
    assert User.objects.get_by_natural_key("ROSA@people.example") == cast.rosa
    assert not User.objects.filter(email__in=[]).exists()
    assert not User.objects.filter(email="").exists()
    assert not User.objects.filter(email=None).exists()
    assert RoleGrant.objects.get(user__email="ada@people.example").user == cast.ada
    assert {grant.user_id for grant in RoleGrant.objects.exclude(user__email="ada@people.example")} == {
        person.pk for person in (cast.erin, cast.theo, cast.mo, cast.dana, cast.mora)
    }


def test_it_says_what_cannot_be_asked_of_a_sealed_address(cast):
    for lookup in ("startswith", "icontains", "endswith", "gt", "regex"):
        with pytest.raises(FieldError, match="Unsupported lookup"):
            User.objects.filter(**{f"email__{lookup}": "rosa"})
    for wrong in (F("called"), User.objects.values("email"), 5):
        with pytest.raises((ValueError, TypeError), match="only be compared with addresses"):
            User.objects.filter(email=wrong)
    with pytest.raises(TypeError, match="save the row"):
        User.objects.filter(pk=cast.rosa.pk).update(email="other@people.example")
    cast.rosa.email = "other@people.example"
    with pytest.raises(TypeError, match="save the row"):
        User.objects.bulk_update([cast.rosa], ["email"])


def test_an_address_never_goes_without_its_index(cast):
    before = stored(cast.rosa)
    cast.rosa.save()
    again = stored(cast.rosa)
    assert again[0] != before[0], "sealed anew"
    assert again[1] == before[1]
    cast.rosa.email = "Rosita@people.example"
    cast.rosa.save(update_fields=["email"])
    assert User.objects.get(email="rosita@people.example").email == "rosita@people.example"
    assert not User.objects.filter(email=ROSA).exists()
    part = User.objects.only("email").get(pk=cast.rosa.pk)  # Django saves what was loaded, and the index was not
    part.email = "rosanna@people.example"
    part.save()
    assert User.objects.get(email="rosanna@people.example") == cast.rosa
    assert not User.objects.filter(email="rosita@people.example").exists()
    User.objects.bulk_create([User(email="Bulk@people.example")])
    assert User.objects.get(email="bulk@people.example").email == "bulk@people.example"


def test_it_asks_the_database_nothing_for_no_address(cast, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert not User.objects.filter(email__in=[])
        assert not User.objects.filter(email="")


@pytest.mark.parametrize("is_in_clear", [False, True])
def test_one_mailbox_is_one_person(cast, is_in_clear):
    if is_in_clear:
        in_clear(cast.rosa)
    assert User.objects.member_at(ROSA) == cast.rosa
    form = PersonForm({"email": "ROSA@people.example", "time_zone": "America/New_York"})
    assert "already exists" in str(form.errors["email"])
    if not is_in_clear:
        with pytest.raises(IntegrityError), transaction.atomic():
            User.objects.create_user("ROSA@people.example")


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL reads a small table whole")
def test_it_finds_an_address_by_its_indexes_and_reads_no_table_whole(cast):
    with connection.cursor() as cursor:
        sql, params = User.objects.filter(email=ROSA).order_by().query.sql_with_params()
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
        plan = [row[-1] for row in cursor.fetchall()]
    assert not [step for step in plan if step.startswith("SCAN")], plan
    assert sum("USING INDEX" in step for step in plan) == 2, plan


def test_a_new_master_key_finds_everybody_before_and_after_and_keeps_them_apart(cast, settings):
    old = settings.FIELD_KEYS
    settings.FIELD_KEYS = [NEW, *old]
    newcomer = User.objects.member_at("new@people.example")
    assert stored(newcomer)[1].startswith("new:")
    assert User.objects.member_at(ROSA) == cast.rosa
    count = len(cast.everybody())
    assert rotation.waiting() == count
    assert rotation.seal_addresses() == count
    assert rotation.seal_addresses() == rotation.waiting() == 0
    settings.FIELD_KEYS = [NEW]
    assert User.objects.get(email=ROSA) == cast.rosa
    assert User.objects.get(pk=cast.rosa.pk).email == ROSA
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user(ROSA)


def test_a_process_that_knows_the_new_key_last_makes_no_second_account(cast, settings):
    """The order of docs/operations.md: while machines are restarted one by one, each finds whom the others wrote."""
    old = settings.FIELD_KEYS
    settings.FIELD_KEYS = [NEW, *old]
    person = User.objects.member_at("new@people.example")
    settings.FIELD_KEYS = [*old, NEW]
    assert User.objects.member_at("new@people.example") == person
    assert stored(User.objects.member_at("newer@people.example"))[1].startswith("dev:")
    settings.FIELD_KEYS = [NEW, *old]
    assert User.objects.filter(email__in=["new@people.example", "newer@people.example"]).count() == 2


def test_addresses_of_an_earlier_release_are_sealed_by_the_worker(cast):
    for person in cast.everybody().values():
        in_clear(person)
    assert rotation.count()[rotation.IN_CLEAR] == rotation.waiting() == len(cast.everybody())
    assert rotation.seal_addresses() == len(cast.everybody())
    assert all(stored(person)[0].startswith("a1:dev:") for person in cast.everybody().values())
    assert User.objects.get(email=ROSA) == cast.rosa
    assert rotation.IN_CLEAR not in rotation.count()


def test_it_writes_what_an_earlier_release_can_read_while_that_serves_beside(cast, settings):
    settings.LETTER_KEYS = False
    assert rotation.seal_addresses() == rotation.waiting() == 0
    person = User.objects.create_user("Beside@people.example")
    assert stored(person) == ("beside@people.example", None)
    assert User.objects.member_at("beside@people.example") == person
    client = Client()
    client.force_login(person)
    assert not Session.objects.get().session_data.startswith("a1:")
    settings.LETTER_KEYS = True
    assert client.get(reverse("start")).status_code == 302
    assert rotation.rotate() == 2
    assert Session.objects.get().session_data.startswith("a1:")
    assert client.get(reverse("own_account")).status_code == 200


def test_two_accounts_of_one_address_are_told_of_and_left(cast, caplog):
    """An older release that served past its time made a second one."""
    second = User.objects.create_user("second@people.example")
    User.objects.filter(pk=second.pk).update(email=Sealed(ROSA), email_index=None)
    assert rotation.seal_addresses() == 0
    assert f"person {second.pk} has the address of another person" in caplog.text
    assert ROSA not in caplog.text


def test_what_somebody_saved_meanwhile_stays(cast, monkeypatch):
    """Between the look at the old value and the writing of the new one."""
    in_clear(cast.rosa)
    seal, busy = type(rotation.ADDRESS).seal, []

    def seal_while_people_work(field, address):
        if not busy:
            busy.append(address)
            User.objects.filter(pk=cast.rosa.pk).update(email=Sealed("other@people.example"))
        return seal(field, address)

    monkeypatch.setattr(type(rotation.ADDRESS), "seal", seal_while_people_work)
    assert rotation.seal_addresses() == 0
    assert User.objects.get(pk=cast.rosa.pk).email == "other@people.example"


def test_the_migration_backwards_opens_everything(cast):
    migration = import_module("accounts.migrations.0007_sealed_addresses")
    migration.open_again(apps, SimpleNamespace(connection=connection))
    for name, person in cast.everybody().items():
        assert stored(person) == (f"{name}@people.example", None)


def test_a_sign_in_is_sealed_and_ends_without_its_key(cast, settings):
    client = Client()
    client.force_login(cast.rosa)
    settings.FIELD_KEYS = [NEW]
    row = Session.objects.get()
    assert row.session_data.startswith("a1:dev:")
    assert row.get_decoded() == {}


def test_rotating_leaves_a_sign_in_alone_whose_key_is_not_at_hand(cast, settings):
    """Somebody took the old key out of the settings too soon: once it is back, everybody is signed in as before."""
    client = Client()
    client.force_login(cast.rosa)
    old = settings.FIELD_KEYS
    settings.FIELD_KEYS = [NEW]
    parts = {part.name: sum(part.turns) for part in rotation.parts() if part.name == "sign-ins"}
    assert parts == {"sign-ins": 0}
    settings.FIELD_KEYS = [NEW, *old]
    assert client.get(reverse("own_account")).status_code == 200


def test_an_administrator_cannot_feel_their_way_to_an_address(cast):
    """Django lets the lists of the admin be asked by any column: part by part of an address, or of its index."""
    admin = Client()
    admin.force_login(cast.ada)
    for asked in ("email__startswith=r", "email__regex=^r", "email__gt=r"):
        response = admin.get(f"{reverse('admin:accounts_user_changelist')}?{asked}")
        assert (response.status_code, response.headers["Location"][-4:]) == (302, "?e=1"), asked
    page = admin.get(f"{reverse('admin:accounts_user_changelist')}?email_index__startswith=dev")
    assert page.status_code == 200
    assert f"/{cast.rosa.pk}/change" not in page.content.decode()
