"""Anybody can type anybody's address: no mailbox is filled with our codes, and no list of addresses is mailed through us."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from notifications.delivery import deliver
from notifications.models import Message
from notifications.timing import CODES_AN_HOUR

pytestmark = pytest.mark.once


@pytest.fixture(autouse=True)
def server(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def ask(email, machine):
    return Client(REMOTE_ADDR=f"203.0.113.{machine}").post(reverse("account_login"), {"email": email})


def sent_to(email):
    return sum(sent.to == [email] for sent in mail.outbox)


@pytest.mark.parametrize("email", ["rosa@people.example", "nobody@people.example"])
def test_it_fills_no_mailbox_however_many_machines_ask(cast, email):
    answers = {ask(email, machine).status_code for machine in range(CODES_AN_HOUR + 4)}
    deliver()
    assert answers == {302}, "nobody learns whether a mail went out"
    assert sent_to(email) == CODES_AN_HOUR
    assert set(Message.objects.values_list("state", "reason")) == {("sent", ""), ("skipped", "many at once")}


def test_it_mails_no_list_of_addresses_and_lets_those_in_who_were_here_before(cast, settings):
    settings.MAIL_NEW_PER_HOUR = 3
    User.objects.filter(pk=cast.rosa.pk).update(last_login=timezone.now())
    for number in range(6):
        ask(f"x{number}@people.example", number)
    ask(cast.rosa.email, 99)
    deliver()
    assert [sent_to(f"x{number}@people.example") for number in range(6)] == [1, 1, 1, 0, 0, 0]
    assert sent_to(cast.rosa.email) == 1
    assert Message.objects.filter(reason="many new at once", sealed="").count() == 3


def test_it_lets_no_machine_ask_for_one_address_after_another_all_day(settings):
    limits = settings.ACCOUNT_RATE_LIMITS["request_login_code"].split(",")
    assert {"20/m/ip", "120/h/ip"} <= set(limits)
