"""Who stole the whole database, without the keys, learns of nobody that they have an account, nor who wrote which letter."""

import base64
import time
import zlib

import pytest
from django.core import mail
from django.db import models
from django.test import Client
from django.urls import reverse

from accounts.models import Session, User
from notifications.delivery import deliver
from notifications.models import Habits, Message
from notifications.outbox import fan_out
from qa.models import Publication
from tests.accounts.test_second_step import PASSWORD, code_at, has_an_app
from tests.accounts.test_sign_in import CODE, ask_for_code, code_of
from tests.cast import MARKER, make_case
from tests.notifications.test_reports import provider, report  # noqa: F401  # a fixture
from tests.security.test_bytes import bytes_of_the_database
from tests.security.test_deletion import keys_to_people
from tests.security.test_erasure import dumped, places_with, talked_over  # noqa: F401  # a fixture
from workflow.actions import intake, pages
from workflow.models import Report
from workflow.models.reports import Concern
from workflow.states import State

MEMBER, STRANGER, READER = "qzmember@people.example", "qzstranger@people.example", "qzreader@people.example"
COLLEAGUE = "mo@people.example"
HIDDEN = "@people.example"  # nobody of the cast has another


def opened_without_a_key(text):
    """What lies under base64, packed or not: Django signs sessions and cookies in this form, which hides nothing."""
    for part in text.replace(":", ".").split("."):
        try:
            raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
            yield raw.decode("latin-1")
            yield zlib.decompress(raw).decode("latin-1")
        except (ValueError, zlib.error):
            continue


def all_that_can_be_read():
    for place, text in dumped():
        yield place, text
        yield from ((place, hidden) for hidden in opened_without_a_key(text))


@pytest.fixture
def lived(cast, provider):  # noqa: F811
    """Everything that ever takes an address: signing in, writing, being written to, bounces, codes, devices, reports."""
    member = Client()
    ask_for_code(member, MEMBER.upper())
    member.post(reverse(CODE), {"code": code_of(member)})
    who = User.objects.get(email=MEMBER)
    intake.submit_letter(by=who, text=f"My son {MARKER} came home on Friday. " * 3, danger="no")
    cast.mo.set_password(PASSWORD)
    cast.mo.save()
    has_an_app(cast.mo)
    colleague = Client()
    colleague.post(reverse("staff_login"), {"email": COLLEAGUE, "password": "wrong"})
    colleague.post(reverse("staff_login"), {"email": COLLEAGUE, "password": PASSWORD})
    colleague.post(reverse("mfa_authenticate"), {"code": code_at(time.time())})
    assert "_auth_user_id" in colleague.session
    fan_out()
    deliver()
    assert {one.to[0] for one in mail.outbox} >= {MEMBER, COLLEAGUE}
    assert Message.objects.filter(template="new_device", state="sent").exists()
    report(cast, address=MEMBER, number=7)
    assert Habits.objects.get(person=who).dead_at
    make_case(cast, state=State.PUBLISHED)
    pages.report(page=Publication.objects.get(), concern=Concern.UNSAFE, words="Please write.", reply_to=READER)
    assert Report.objects.get().reply_to == READER
    for name, address in (("account_login", MEMBER), ("account_login", STRANGER), ("staff_new_password", COLLEAGUE)):
        assert Client().post(reverse(name), {"email": address}).status_code == 302
    return who


def test_a_dump_of_the_whole_database_names_nobody(cast, lived):
    """Codes wait to be typed, mails wait to be sent, somebody is signed in; not one address, nor the codes themselves."""
    with_codes = [row.get_decoded() for row in Session.objects.filter(person=None)]
    assert sum(MEMBER in str(data) for data in with_codes) == 1, "the product itself reads it"
    assert Message.objects.filter(state="waiting").count() >= 3
    assert places_with(HIDDEN, among=all_that_can_be_read) == []
    code = next(data for data in with_codes if MEMBER in str(data))["account_login"]["state"]["stages"]
    assert places_with(code["login_by_code"]["data"]["code"] + '"', among=all_that_can_be_read) == []


def test_the_search_would_find_an_address_in_a_signed_session(lived, settings):
    settings.LETTER_KEYS = False
    ask_for_code(Client(), "qzclear@people.example")
    assert places_with("qzclear", among=all_that_can_be_read) == ["accounts_session", "accounts_user"]


@pytest.mark.django_db(transaction=True)
def test_no_byte_of_the_files_or_of_a_dump_is_an_address(cast, lived):
    assert HIDDEN.encode() not in bytes_of_the_database()


# Where the number of a member stands beside a letter or a case, outside the tables of accounts. A number says nothing without
# those, and there the address is sealed.
NUMBERS = {
    "qa.Authorship.member": "that is what it is for",
    "qa.LetterDraft.member": "whose draft it is, until it is sent",
    "qa.ParkedLetter.member": "for whom it waits a day",
    "workflow.Event.actor": "what the member did with their own letter; the chain of the trail covers it",
}
ACCOUNTS = {"accounts", "account", "mfa", "admin"}


def test_content_tables_tie_a_letter_to_a_number_at_known_places_only(cast, talked_over):  # noqa: F811
    """And nowhere to a name or an address (tests/security/test_erasure.py)."""
    intake.save_draft(member=cast.rosa, text=MARKER)
    intake.park_letter(member=cast.rosa, text=MARKER)
    found = set()
    for field in keys_to_people():
        if field.model._meta.app_label not in ACCOUNTS:
            rows = models.QuerySet(field.model).filter(**{field.attname: cast.rosa.pk})
            found |= {f"{field.model._meta.label}.{field.name}"} if rows.exists() else set()
    assert found == set(NUMBERS)
