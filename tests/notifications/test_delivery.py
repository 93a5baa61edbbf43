"""Delivery against a real mail server that misbehaves: nothing lost, nothing doubled, given up loudly, one bad mail alone."""

import logging
import socket
from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from notifications import batch as batches
from notifications import fates, ledger
from notifications.contents import prepare
from notifications.delivery import claim, deliver
from notifications.facts import Facts
from notifications.fates import BACK_OFF, MAX_DEATHS
from notifications.models import Category, Message, Progress
from notifications.outbox import fan_out
from notifications.sign_in import queue_security_mail
from notifications.timing import Skip
from tests.cast import again, make_case
from tests.faults.sink import Post, Sink
from workflow.actions import intake
from workflow.states import State


@pytest.fixture
def port(settings):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = probe.getsockname()[1]
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", 1
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    return settings.EMAIL_PORT


@pytest.fixture
def server(port):
    post = Post(Sink(), hostname="127.0.0.1", port=port)
    post.start()
    yield post.handler
    post.stop(no_assert=True)


def some_mail(cast):
    make_case(cast, state=State.TRIAGED)
    fan_out()
    Message.objects.filter(category=Category.DIGEST).delete()
    return Message.objects.count()


def later(**how):
    return time_machine.travel(timezone.now() + timedelta(**how), tick=True)


def states():
    return set(Message.objects.values_list("state", flat=True))


def test_it_sends_everything_once_over_one_connection(cast, server):
    count = some_mail(cast)
    assert deliver() == len(server.accepted)
    assert deliver() == 0
    sent = Message.objects.filter(state=Progress.SENT)
    assert {message["Message-ID"] for message in server.accepted} == {f"<{m.key[:40]}@allay.example>" for m in sent}
    assert sent.count() + Message.objects.filter(state=Progress.SKIPPED).count() == count


def test_it_waits_while_the_server_is_down_and_sends_once_when_it_is_back(cast, port):
    some_mail(cast)
    for minutes in range(0, 60 * 24 * 5, 60 * 12):  # five days
        with later(minutes=minutes):
            assert deliver() == 0
    assert states() == {Progress.WAITING}
    assert set(Message.objects.values_list("attempts", flat=True)) == {0}, "nothing was tried, so nothing counts"
    post = Post(Sink(), hostname="127.0.0.1", port=port)
    post.start()
    with later(days=6):
        sent = deliver()
    post.stop(no_assert=True)
    assert sent == len(post.handler.accepted) > 0
    assert Message.objects.pending().count() == 0


@pytest.mark.parametrize("mode", ["busy", "greylist", "full", "cut", "slow"])
def test_it_backs_off_from_a_fault_that_may_pass(cast, server, mode):
    some_mail(cast)
    Message.objects.exclude(category=Category.LETTER).delete()
    Message.objects.filter(template="received").delete()
    server.mode = mode
    assert deliver() == 0
    message = Message.objects.get()
    assert (message.state, message.attempts) == (Progress.WAITING, 1)
    assert deliver() == 0
    assert Message.objects.get().attempts == 1, "it waits a minute first"
    server.mode = "ok"
    with later(seconds=61):
        assert deliver() == 1
    assert len(server.accepted) == 1


@pytest.mark.parametrize("mode", ["unknown", "refuse"])
def test_it_gives_up_at_once_loudly_when_the_server_says_never(cast, server, mode, caplog):
    some_mail(cast)
    server.mode, server.only = mode, "rosa@people.example"
    with caplog.at_level(logging.ERROR, "allay.mail"):
        deliver()
    lost = Message.objects.filter(state=Progress.UNDELIVERABLE)
    assert {message.category for message in lost} == {Category.LETTER}
    assert "undeliverable" in caplog.text
    assert "people.example" not in caplog.text
    assert Message.objects.filter(state=Progress.SENT).exists(), "the others went out"


def test_it_gives_up_after_the_last_try(cast, server):
    some_mail(cast)
    server.mode = "greylist"
    moment = timezone.now()
    for wait in [timedelta(0), *BACK_OFF]:
        moment += wait + timedelta(seconds=2)
        with time_machine.travel(moment, tick=False):
            deliver()
    with time_machine.travel(moment + timedelta(days=3)):
        deliver()
    row = Message.objects.filter(state=Progress.UNDELIVERABLE).first()
    assert (row.attempts, row.reason) == (len(BACK_OFF) + 1, "recipient refused 450")


def test_it_sends_a_copy_with_the_same_id_when_the_line_breaks_after_the_yes(cast, server):
    """The one copy nobody can avoid; the mailbox recognises it."""
    queue_security_mail("sign_in_code", email=cast.rosa.email, code="123456")
    server.mode = "cut-after"
    deliver()
    server.mode = "ok"
    with later(seconds=90):
        deliver()
    assert len(server.accepted) == 2
    assert len({message["Message-ID"] for message in server.accepted}) == 1


def test_it_sends_security_before_everything_else(cast, server):
    some_mail(cast)
    queue_security_mail("sign_in_code", email=cast.rosa.email, code="123456")
    deliver()
    assert server.accepted[0]["Subject"] == "Signing in at Allay"


def test_it_lets_a_code_expire(cast, server):
    queue_security_mail("sign_in_code", email=cast.rosa.email, code="123456")
    with later(minutes=11):
        assert deliver() == 0
    message = Message.objects.get()
    assert (message.state, message.reason, message.sealed) == (Progress.SKIPPED, "expired", "")


def test_it_asks_again_before_it_sends(cast, server):
    case = make_case(cast)
    fan_out()
    intake.withdraw(case_id=case.pk, by=cast.rosa)
    assert deliver() == 0
    assert set(Message.objects.exclude(category="digest").values_list("state", "reason")) == {("skipped", "overtaken")}


def test_it_skips_those_who_left(cast, server):
    case = make_case(cast, state=State.TRIAGED)
    fan_out()
    cast.erin.is_active = False
    cast.erin.save()
    cast.rosa.delete()
    assert deliver() == 0
    reasons = Message.objects.exclude(category="digest").values_list("reason", flat=True)
    assert set(reasons) == {"nobody to hear it"}
    assert again(case).state == State.TRIAGED


def test_it_parks_a_mail_that_cannot_be_made_and_sends_the_others(cast, server, monkeypatch):
    some_mail(cast)
    real = batches.prepare

    def poisoned(message, facts):
        if message.template == "received":
            raise ZeroDivisionError("poison")
        return real(message, facts)

    monkeypatch.setattr(batches, "prepare", poisoned)
    moment = timezone.now()
    for wait in [timedelta(0), *BACK_OFF]:
        moment += wait + timedelta(seconds=2)
        with time_machine.travel(moment, tick=False):
            deliver()
    bad = Message.objects.get(template="received")
    assert (bad.state, bad.reason) == (Progress.UNDELIVERABLE, "fault")
    assert bad.attempts <= MAX_DEATHS
    assert not Message.objects.pending().exists()


def test_it_parks_a_mail_that_kills_its_worker_within_five_tries(cast, server):
    some_mail(cast)
    moment = timezone.now()
    for _ in range(MAX_DEATHS + 1):
        with time_machine.travel(moment, tick=False):
            for message in claim():
                if message.template == "received":
                    fates.begin(message)  # and then the worker dies; the rest of its batch was never begun
        moment += timedelta(minutes=3)
    with time_machine.travel(moment, tick=True):
        deliver()
    bad = Message.objects.get(template="received")
    assert (bad.state, bad.reason) == (Progress.UNDELIVERABLE, "kills its worker")
    assert bad.attempts <= MAX_DEATHS
    others = Message.objects.exclude(pk=bad.pk)
    assert set(others.values_list("state", flat=True)) <= {Progress.SENT, Progress.SKIPPED}
    assert set(others.values_list("deaths", flat=True)) == {0}, "neighbours are innocent"


def test_it_gives_each_message_to_one_worker(cast, port):
    some_mail(cast)
    first, second = claim(), claim()
    assert first
    assert not second
    with later(seconds=ledger.LEASE.total_seconds() + 1):
        assert {message.pk for message in claim()} == {message.pk for message in first}, "the lease ran out"
    assert not fates.begin(first[0]), "who lost the lease does not send"


def test_it_asks_again_when_the_answers_of_a_batch_have_aged(cast, server, monkeypatch):
    some_mail(cast)
    batch = claim()
    facts = Facts(batch)
    assert len(batch) > 1
    facts.renew(batch[0])
    letter = next(message for message in batch if message.category == Category.LETTER)
    intake.choose_mail(case_id=letter.event.case_id, by=cast.rosa, may_mail=False)
    facts.renew(batch[0])
    assert letter.event.case.may_mail, "asked a moment ago"
    monkeypatch.setattr("notifications.facts.FRESH", 0)
    with pytest.raises(Skip) as skipped:
        prepare(letter, facts)
    assert skipped.value.reason == "not safe to mail"


def test_it_asks_for_a_batch_and_not_for_each_mail(cast, server, django_assert_max_num_queries):
    for _ in range(12):
        make_case(cast)
    fan_out()
    letters = [message for message in claim() if message.category == Category.LETTER]
    assert len(letters) == 12
    facts = Facts(letters)
    with django_assert_max_num_queries(10):
        for message in letters:
            prepare(message, facts)
