"""Mails on the timeline of a case: to whom, and what became of each; never an address, never the member's name."""

import pytest
from django.core.mail.backends.locmem import EmailBackend
from django.utils import timezone

from accounts.models import User
from notifications.delivery import deliver
from notifications.lines import MAILS, mails_of
from notifications.models import Message, Progress
from notifications.outbox import fan_out
from notifications.rules import RULES
from tests.cast import MARKER, make_case
from tests.workflow.test_triage_pages import at, signed_in
from workflow.states import State

pytestmark = pytest.mark.once


@pytest.fixture(autouse=True)
def server(settings):
    settings.EMAIL_BACKEND = f"{EmailBackend.__module__}.EmailBackend"


def page_of(cast, case, who="mo"):
    return signed_in(getattr(cast, who)).get(at("case", case)).content.decode()


def test_it_has_words_for_every_mail_about_a_case():
    assert {rule.template for rules in RULES.values() for rule in rules} <= set(MAILS)


def test_it_shows_mails_beside_the_steps_with_their_fate_and_nobodys_address(cast):
    case = make_case(cast, state=State.TRIAGED)
    fan_out()
    assert "Mail to the member: an expert is at it" in page_of(cast, case)
    assert "waits to be sent" in page_of(cast, case)
    deliver()
    page = page_of(cast, case)
    assert "Mail to Erin: a question was given to you" in page
    assert "sent" in page
    for secret in (MARKER, "Rosa", *User.objects.values_list("email", flat=True)):
        assert secret not in page


@pytest.mark.parametrize(
    ("state", "reason", "words"),
    [
        (Progress.UNDELIVERABLE, "address unknown", "could not be delivered, given up: address unknown"),
        (Progress.SKIPPED, "overtaken", "not sent: overtaken"),
    ],
)
def test_it_says_why_a_mail_did_not_arrive(cast, state, reason, words):
    case = make_case(cast)
    fan_out()
    mail = Message.objects.filter(event__case=case, template="received")
    mail.update(state=state, reason=reason, done_at=timezone.now(), sealed="")
    assert words in page_of(cast, case)


def test_it_tells_experts_and_members_nothing(cast):
    case = make_case(cast, state=State.TRIAGED)
    fan_out()
    assert [list(mails_of(who, case)) for who in (cast.erin, cast.rosa, cast.ada)] == [[], [], []]


@pytest.mark.both
def test_it_puts_everything_in_one_order_and_asks_as_often_for_many_mails_as_for_one(
    cast, django_assert_max_num_queries
):
    case = make_case(cast, state=State.TRIAGED)
    fan_out()
    mo = signed_in(cast.mo)
    with django_assert_max_num_queries(60) as few:
        times = [entry.at for entry in mo.get(at("case", case)).context["timeline"]]
    assert times == sorted(times, reverse=True)
    first = Message.objects.filter(event__case=case).first()
    for number in range(30):
        Message.objects.create(event=first.event, template="received", category="letter", rank=1, key=f"more-{number}")
    with django_assert_max_num_queries(60) as many:
        mo.get(at("case", case))
    assert len(few.captured_queries) == len(many.captured_queries)
