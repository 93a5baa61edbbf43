"""What a stolen password is worth, and what stays of a person in the table of sessions."""

import json
import re
import time

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.test import Client
from django.urls import reverse

from accounts import second_step
from accounts.models import Session, User
from notifications.models import Message
from tests.accounts.test_second_step import PASSWORD, code_now, give_password, is_in, mo

pytestmark = pytest.mark.once

__all__ = ["mo"]  # the fixture


def test_it_stops_guessing_codes_from_many_machines(mo):
    """Five tries a machine are many tries with many machines; each has its own session and the right password."""
    statuses = []
    for machine in range(8):
        client = Client(REMOTE_ADDR=f"198.51.100.{machine}")
        give_password(client, mo)
        statuses += [client.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code for _ in range(5)]
    assert statuses[-1] == 429
    assert statuses.count(200) <= 30


def test_it_begins_to_count_anew_when_the_owner_got_in(mo):
    for machine in range(4):
        client = Client(REMOTE_ADDR=f"198.51.100.{machine}")
        give_password(client, mo)
        for _ in range(5):
            client.post(reverse("mfa_authenticate"), {"code": "000000"})
    owner = Client(REMOTE_ADDR="203.0.113.9")
    give_password(owner, mo)
    owner.post(reverse("mfa_authenticate"), {"code": code_now()})
    assert is_in(owner)
    again = Client(REMOTE_ADDR="203.0.113.10")
    give_password(again, mo)
    assert again.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code == 200


def test_no_session_keeps_the_address_of_who_signed_in(cast):
    """The table of sessions is in every backup, and outlives an account that was erased."""
    client = Client()
    client.post(reverse("account_login"), {"email": cast.rosa.email})
    code = client.session["account_login"]["state"]["stages"]["login_by_code"]["data"]["code"]
    client.post(reverse("account_confirm_login_code"), {"code": code})
    assert is_in(client)
    for session in Session.objects.all():
        assert cast.rosa.email not in json.dumps(session.get_decoded())


def test_nor_the_address_of_a_colleague(mo):
    client = Client()
    give_password(client, mo)
    client.post(reverse("mfa_authenticate"), {"code": code_now()})
    assert second_step.has_one(mo)
    assert is_in(client)
    assert mo.email not in json.dumps(dict(client.session.items()))


# Where one is signed in, and one's own password


def by_code(person, **more):
    client = Client(**more)
    client.post(reverse("account_login"), {"email": person.email})
    code = client.session["account_login"]["state"]["stages"]["login_by_code"]["data"]["code"]
    client.post(reverse("account_confirm_login_code"), {"code": code})
    client.get(reverse("workflow:my_cases"))
    return client


def marks(client):
    page = client.get(reverse("own_sign_ins")).content.decode()
    return page, re.findall(r'name="sign_in" value="(\w+)"', page)


def test_a_member_sees_where_they_are_signed_in_and_ends_one_or_all_others(cast):
    here, phone, other = by_code(cast.rosa), by_code(cast.rosa, HTTP_USER_AGENT="Android; Mobile"), by_code(cast.rosa)
    bela = by_code(cast.bela)
    page, found = marks(here)
    assert (len(found), page.count("A computer"), page.count("A phone"), page.count("this one")) == (2, 2, 1, 1)
    assert here.session.session_key not in page
    assert bela.post(reverse("own_sign_ins"), {"sign_in": found[0]}).status_code == 302
    assert is_in(phone)
    assert is_in(other), "nobody ends a sign-in of somebody else"
    here.post(reverse("own_sign_ins"), {"sign_in": found[0]})
    assert [is_in(phone), is_in(other)].count(True) == 1
    here.post(reverse("own_sign_ins"))
    assert not is_in(phone)
    assert not is_in(other)
    assert is_in(here)
    assert is_in(bela)
    page, found = marks(here)
    assert found == []
    assert "Sign it out here" not in page, "nothing to sign out"


def test_sign_ins_from_before_a_new_secret_key_are_seen_and_ended_too(cast, settings):
    here, other, older = by_code(cast.rosa), by_code(cast.rosa), by_code(cast.rosa)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "a new secret " * 5, [settings.SECRET_KEY]
    assert len(marks(here)[1]) == 2
    settings.SECRET_KEY_FALLBACKS = []  # what no list shows any more, and the key may come back
    here.post(reverse("own_sign_ins"))
    assert not is_in(other)
    assert not is_in(older)
    assert is_in(here)


def test_sign_ins_go_with_the_person(cast):
    by_code(cast.rosa)
    again = by_code(cast.rosa)
    again.post(reverse("own_erase"), {"sure": "on"})
    assert not Session.objects.filter(session_data__contains=str(cast.rosa.pk), person__isnull=False).exists()
    assert not is_in(again)


def signed_in_twice(mo):
    clients = [Client(), Client()]
    for client, when in zip(clients, (0, 30), strict=True):
        with time_machine.travel(time.time() + when):
            give_password(client, mo)
            client.post(reverse("mfa_authenticate"), {"code": code_now()})
    return clients


def test_a_colleague_changes_their_password_by_the_old_one_and_all_other_sign_ins_end(mo):
    here, other = signed_in_twice(mo)
    half_way = Client()
    give_password(half_way, mo)
    change, new = reverse("staff_change_password"), "four clouds over the harbour"
    assert "not the password" in here.post(change, {"old": "not this one", "new": new}).content.decode()
    assert 'class="errorlist"' in here.post(change, {"old": PASSWORD, "new": "short"}).content.decode()
    assert User.objects.get(pk=mo.pk).check_password(PASSWORD)
    assert here.post(change, {"old": PASSWORD, "new": new}).headers["Location"] == reverse("second_step")
    assert User.objects.get(pk=mo.pk).check_password(new)
    assert here.get(reverse("workflow:queue")).status_code == 200
    assert other.get(reverse("workflow:queue")).status_code == 302
    with time_machine.travel(time.time() + 60):
        assert half_way.post(reverse("mfa_authenticate"), {"code": code_now()}).url == reverse("staff_login")
    assert not is_in(half_way), "the old password opens nothing that it had begun to open"
    assert Message.objects.filter(template="second_step", person=mo).count() == 1


def test_a_found_screen_guesses_no_password(mo):
    here, _ = signed_in_twice(mo)
    form = {"old": "a guess", "new": "four clouds over the harbour"}
    statuses = [here.post(reverse("staff_change_password"), form).status_code for _ in range(6)]
    assert statuses == [200] * 5 + [429]


def test_spare_codes_are_kept_as_slow_hashes_and_open_once(mo):
    codes = second_step.new_spare_codes(mo)
    kept = Authenticator.objects.get(user=mo, type="recovery_codes").data
    assert all(one.startswith("$argon2id$v=19$m=19456,t=2,p=1$") for one in kept["hashes"])
    assert not any(code in str(kept) for code in codes)
    assert len(set(codes)) == len(kept["hashes"]) == second_step.spare_codes_left(mo) == 10
    assert second_step.passes(mo, codes[3])
    assert second_step.passes(mo, codes[3]) is None
    assert second_step.spare_codes_left(mo) == 9


def test_spare_codes_of_an_earlier_release_go_on_and_are_hashed_when_they_are_first_looked_at(mo):
    older = RecoveryCodes.activate(mo)
    codes = older.generate_codes()
    assert older.validate_code(codes[0])
    assert second_step.passes(mo, codes[0]) is None, "used before"
    assert second_step.passes(mo, codes[1])
    assert second_step.spare_codes_left(mo) == 8
    assert set(Authenticator.objects.get(user=mo, type="recovery_codes").data) == {"salt", "hashes"}
