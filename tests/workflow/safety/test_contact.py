"""How a member can be reached is hidden: a typed reason and a second yes open it for an hour; each look is recorded."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import RoleGrant
from accounts.roles import Role
from notifications.delivery import deliver
from notifications.outbox import fan_out
from tests.cast import again, make_case
from tests.races.test_races import ROUNDS, at_once
from workflow import queues
from workflow.actions import contact, intake, triage
from workflow.models import ContactWish
from workflow.transitions import Refused

pytestmark = pytest.mark.once

WHY = "She wrote that the pills are counted out. Nobody opens the message."
ROSA = "rosa@people.example"


@pytest.fixture(autouse=True)
def server(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def mailed(words):
    mail.outbox.clear()
    while fan_out():
        pass
    deliver()
    return sorted(one.to[0].split("@")[0] for one in mail.outbox if words in one.body)


def ask(case, who):
    return contact.ask_contact(case_id=case.pk, by=who, reason=WHY)


def decide(case, wish, who, *, is_yes=True):
    return contact.decide_contact(case_id=case.pk, wish_id=wish.pk, by=who, is_yes=is_yes)


def page(who, case):
    client = Client()
    client.force_login(who)
    return client.get(reverse("workflow:contact", args=[case.public_id]))


def test_it_opens_for_who_asked_after_a_second_yes_and_for_nobody_else(cast):
    case = make_case(cast)
    wish = ask(case, cast.mo)
    assert ask(case, cast.mo).pk == wish.pk
    assert mailed("second yes, soon") == ["dana", "mora"]
    waiting = page(cast.mo, case).content.decode()
    assert ROSA not in waiting
    assert "pills are counted out" in waiting
    assert "<textarea" not in waiting, "it is asked for already; a box without a button leads nowhere"
    shown = page(cast.dana, case).content.decode()
    assert "Mo asks to see it" in shown
    assert "pills are counted out" in shown
    assert "Mo asks to see it" in open_case(cast.dana, case)
    decide(case, wish, cast.dana)
    assert mailed("the second yes you asked for") == ["mo"]
    assert ROSA in page(cast.mo, case).content.decode()
    for other in (cast.dana, cast.mora):
        assert ROSA not in page(other, case).content.decode()
        with pytest.raises(Refused):
            contact.look_at_contact(case_id=case.pk, by=other)
    kinds = list(case.events.filter(kind__startswith="contact").values_list("kind", "actor"))
    assert kinds == [
        ("contact_asked", cast.mo.pk),
        ("contact_granted", cast.dana.pk),
        ("contact_seen", cast.mo.pk),
    ]
    assert ROSA not in open_case(cast.mo, case)


def open_case(who, case):
    client = Client()
    client.force_login(who)
    return client.get(reverse("workflow:case", args=[case.public_id])).content.decode()


def test_it_is_hidden_again_after_an_hour(cast):
    case = make_case(cast)
    decide(case, ask(case, cast.mo), cast.dana)
    with time_machine.travel(timezone.now() + timedelta(minutes=59)):
        assert contact.look_at_contact(case_id=case.pk, by=cast.mo) == ROSA
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        with pytest.raises(Refused, match="hour is over"):
            contact.look_at_contact(case_id=case.pk, by=cast.mo)
        assert ROSA not in page(cast.mo, case).content.decode()
        assert queues.address_behind(cast.mo, case) == ""
    assert case.events.filter(kind="contact_seen").count() == 1


def test_it_takes_a_no_and_no_decision_of_ones_own_or_a_second_one(cast):
    case = make_case(cast)
    wish = ask(case, cast.mo)
    with pytest.raises(Refused, match="You asked for it yourself"):
        decide(case, wish, cast.mo)
    decide(case, wish, cast.dana, is_yes=False)
    with pytest.raises(Refused, match="decided this already"):
        decide(case, wish, cast.mora)
    with pytest.raises(Refused):
        contact.look_at_contact(case_id=case.pk, by=cast.mo)
    assert ask(case, cast.mo).pk != wish.pk


@pytest.mark.both
def test_it_is_kept_by_the_database_too_that_two_people_decide(cast):
    case, now = make_case(cast), timezone.now()
    for wrong in (
        {"decided_by": cast.mo, "decided_at": now, "open_until": now},
        {"decided_at": now, "open_until": now},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            ContactWish.objects.create(case=case, asked_by=cast.mo, **wrong)


@pytest.mark.parametrize("reason", ["", "   ", "because", "x" * 1_001])
def test_it_wants_a_reason_and_gives_back_what_was_typed(cast, reason):
    case = make_case(cast, danger="yes")
    for act in (contact.ask_contact, contact.open_at_once):
        with pytest.raises(Refused):
            act(case_id=case.pk, by=cast.mo, reason=reason)
    client = Client()
    client.force_login(cast.mo)
    answer = client.post(reverse("workflow:contact", args=[case.public_id]), {"reason": reason})
    assert answer.status_code == 422
    assert reason.strip() in answer.content.decode()
    assert not ContactWish.objects.exists()


def test_it_opens_at_once_only_where_somebody_may_die_and_every_lead_is_told(cast):
    calm = make_case(cast)
    with pytest.raises(Refused, match="No emergency is open"):
        contact.open_at_once(case_id=calm.pk, by=cast.mo, reason=WHY)
    case = make_case(cast, danger="yes")
    client = Client()
    client.force_login(cast.mo)
    address = reverse("workflow:contact", args=[case.public_id])
    ask(case, cast.mo)
    asked_before = client.get(address).content.decode()
    assert "Somebody may die: open it now" in asked_before
    assert asked_before.count("pills are counted out") == 2, "shown, and in the box"
    assert ROSA in client.post(address, {"reason": WHY, "now": "yes"}, follow=True).content.decode()
    assert mailed("without a second yes") == ["ada"]
    assert case.public_id in next(one.body for one in mail.outbox if one.to == [cast.ada.email])
    client.force_login(cast.ada)
    led = client.get(reverse("notifications:go", args=[case.public_id]), follow=True)
    assert led.redirect_chain[-1][0] == reverse("workflow:roster")
    assert f"Case {case.pk}: Mo opened a contact at once." in led.content.decode()
    opened = case.events.get(kind="contact_opened")
    assert (opened.actor_id, opened.remark.text) == (cast.mo.pk, WHY)
    assert contact.open_at_once(case_id=case.pk, by=cast.mo, reason=WHY) == ContactWish.objects.get(is_at_once=True)
    for flag in case.flags.all():
        triage.acknowledge_flag(case_id=case.pk, flag_id=flag.pk, by=cast.mo)
        triage.close_flag(case_id=case.pk, flag_id=flag.pk, by=cast.mo, outcome="They are safe.")
    with pytest.raises(Refused):
        contact.open_at_once(case_id=case.pk, by=cast.dana, reason=WHY)


def test_it_is_never_shown_to_an_administrator_also_with_both_roles(cast):
    case = make_case(cast, danger="yes")
    RoleGrant.objects.create(user=cast.dana, role=Role.ADMINISTRATOR, confirmed_at=timezone.now())
    both = type(cast.dana).objects.get(pk=cast.dana.pk)
    for who in (cast.ada, both, cast.erin, cast.rosa):
        for act in (contact.ask_contact, contact.open_at_once):
            with pytest.raises(Refused):
                act(case_id=case.pk, by=who, reason=WHY)
    wish = ask(case, cast.mo)
    with pytest.raises(Refused):
        decide(case, wish, both)
    assert page(both, case).status_code == 403
    assert page(cast.ada, case).status_code == 403
    assert "Contact" not in open_case(both, case)
    ContactWish.objects.filter(pk=wish.pk).update(
        decided_by=cast.mora, decided_at=timezone.now(), open_until=timezone.now() + timedelta(hours=1)
    )
    RoleGrant.objects.filter(user=cast.mo, role=Role.MODERATOR).update(role=Role.ADMINISTRATOR)
    assert queues.address_behind(type(cast.mo).objects.get(pk=cast.mo.pk), case) == ""


def test_it_ends_when_the_letter_is_taken_back_and_forgets_the_reason(cast):
    case = make_case(cast)
    decide(case, ask(case, cast.mo), cast.dana)
    intake.withdraw(case_id=case.pk, by=cast.rosa)
    with pytest.raises(Refused):
        contact.look_at_contact(case_id=case.pk, by=cast.mo)
    shown = page(cast.mo, again(case)).content.decode()
    assert ROSA not in shown
    assert "pills are counted" not in shown
    assert not case.events.filter(kind="contact_asked", remark__isnull=False).exists()


def test_it_warns_when_email_is_not_safe_for_them(cast):
    case = make_case(cast)
    intake.choose_mail(case_id=case.pk, by=cast.rosa, may_mail=False)
    decide(case, ask(case, cast.mo), cast.dana)
    assert "email is not safe for them" in page(cast.mo, case).content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(ROUNDS))
@pytest.mark.both
def test_it_is_decided_once_when_two_decide_at_once(cast, turn):
    case = make_case(cast)
    wish = ask(case, cast.mo)
    at_once(lambda: decide(case, wish, cast.dana), lambda: decide(case, wish, cast.mora, is_yes=False))
    decided = case.events.get(kind__in=["contact_granted", "contact_denied"])
    is_open = ContactWish.objects.get(pk=wish.pk).open_until is not None
    assert is_open == (decided.kind == "contact_granted")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", range(ROUNDS))
@pytest.mark.both
def test_it_asks_once_when_pressed_twice_at_once(cast, turn):
    case = make_case(cast, danger="yes")
    at_once(lambda: ask(case, cast.mo), lambda: ask(case, cast.mo))
    assert case.events.filter(kind="contact_asked").count() == 1
    opening = {"case_id": case.pk, "by": cast.mo, "reason": WHY}
    at_once(lambda: contact.open_at_once(**opening), lambda: contact.open_at_once(**opening))
    assert case.events.filter(kind="contact_opened").count() == 1
