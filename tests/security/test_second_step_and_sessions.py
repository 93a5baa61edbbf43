"""What a stolen password is worth, and what stays of a person in the table of sessions."""

import json

from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from accounts import second_step
from tests.accounts.test_second_step import code_now, give_password, is_in, mo

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
