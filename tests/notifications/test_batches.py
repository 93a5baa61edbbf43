"""Many mails in a row: one note for each, the next made beforehand, the pressing never behind a batch."""

import socket
from datetime import timedelta

import pytest
from django.utils import timezone

from notifications import batch, brake, delivery
from notifications.delivery import deliver
from notifications.models import Message, Progress
from notifications.outbox import fan_out
from notifications.sign_in import queue_security_mail
from qa.identity import Authorship
from tests.cast import make_case
from tests.faults.sink import Post, Sink
from workflow.actions import intake

MANY = 6


@pytest.fixture
def server(settings):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = probe.getsockname()[1]
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT, settings.MAIL_PERSON_HOUR = "127.0.0.1", 5, 100
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    post = Post(Sink(), hostname="127.0.0.1", port=settings.EMAIL_PORT)
    post.start()
    yield post.handler
    post.stop(no_assert=True)


@pytest.fixture
def letters(cast, server):
    """Mails about as many letters, all due, in the order of their going."""
    cases = [make_case(cast) for _ in range(MANY)]
    fan_out()
    Message.objects.exclude(template="received").delete()
    return cases


@pytest.fixture
def after_first(monkeypatch):
    """Do something when the server has taken the first mail of all."""
    real, waiting = batch.Line.send, []

    def send(line, mail, *, following=None):
        real(line, mail, following=following)
        while waiting:
            waiting.pop()()

    monkeypatch.setattr(batch.Line, "send", send)
    return waiting


def subjects(server):
    return [mail["Subject"] for mail in server.accepted]


def test_it_sends_each_once_and_counts_one_try(letters, server):
    assert deliver() == MANY
    assert len({mail["Message-ID"] for mail in server.accepted}) == len(server.accepted) == MANY
    assert set(Message.objects.values_list("state", "attempts", "deaths", "lease")) == {(Progress.SENT, 1, 0, "")}


def test_it_writes_once_for_each_mail(letters, server, django_assert_max_num_queries):
    with django_assert_max_num_queries(60) as done:
        deliver()
    writes = [query["sql"] for query in done.captured_queries if query["sql"].lstrip().startswith("UPDATE")]
    assert len(writes) == MANY + 2, "taking them on, beginning the first, and one for each that was taken"


def test_it_lets_a_code_overtake_a_batch(cast, letters, server, after_first, monkeypatch):
    monkeypatch.setattr(batch, "LOOK_EVERY", 0)
    after_first.append(lambda: queue_security_mail("sign_in_code", email=cast.rosa.email, code="123456"))
    assert deliver() == MANY + 1
    assert subjects(server)[1] == "Signing in at Allay"
    assert set(Message.objects.values_list("attempts", flat=True)) == {1}


def test_it_stops_in_the_middle_of_a_batch_when_the_brake_is_pulled(letters, server, after_first, monkeypatch):
    monkeypatch.setattr(batch, "LOOK_EVERY", 0)
    after_first.append(lambda: brake.pull("a test"))
    assert deliver() == 1
    waiting = Message.objects.filter(state=Progress.WAITING)
    assert set(waiting.values_list("attempts", "lease")) == {(0, "")}
    brake.release()
    assert deliver() == MANY - 1


def test_it_does_not_send_what_another_worker_took_meanwhile(letters, server, after_first):
    second = Message.objects.order_by("next_try_at", "id")[1]
    after_first.append(lambda: Message.objects.filter(pk=second.pk).update(lease="another"))
    assert deliver() == MANY - 1
    assert Message.objects.get(pk=second.pk).state == Progress.WAITING
    assert Message.objects.filter(state=Progress.SENT).count() == MANY - 1


def test_it_makes_a_mail_anew_that_was_made_long_ago(cast, letters, server, after_first, monkeypatch):
    """A slow server may think for a minute: what was taken back by then does not go out."""
    monkeypatch.setattr(batch, "FRESH", 0)
    monkeypatch.setattr("notifications.facts.FRESH", 0)
    second = Message.objects.select_related("event").order_by("next_try_at", "id")[1]
    after_first.append(lambda: intake.withdraw(case_id=second.event.case_id, by=cast.rosa))
    assert deliver() == MANY - 1
    assert Message.objects.get(pk=second.pk).reason == "overtaken"


def test_it_makes_nothing_beside_what_a_worker_died_of(letters, server, monkeypatch):
    """Whose fault a death is must stay clear."""
    past = timezone.now() - timedelta(hours=1)
    first, *_, last = Message.objects.order_by("next_try_at", "id")
    Message.objects.filter(pk__in=[first.pk, last.pk]).update(
        state=Progress.SENDING, lease="dead", leased_until=past, attempts=1
    )
    made = []
    real = batch._outcome
    monkeypatch.setattr(batch, "_outcome", lambda message, facts: made.append(message.pk) or real(message, facts))
    assert deliver() == MANY
    assert set(made).isdisjoint({first.pk, last.pk})
    assert len(made) == MANY - 3
    assert set(Message.objects.values_list("deaths", flat=True)) == {0, 1}


def test_it_looks_again_when_another_worker_was_faster(letters, server, monkeypatch):
    """Whoever loses the race for a batch takes the next one, and does not go home."""
    real, lost = delivery._lease, []

    def race(wanted, lease):
        if not lost:
            lost.append(real(wanted, "another"))
        return real(wanted, lease)

    monkeypatch.setattr(delivery, "_lease", race)
    assert len(delivery.claim(2)) == lost[0] == 2


def test_it_sends_to_nobody_what_was_meant_for_another(cast, letters, server, after_first, monkeypatch):
    """The server waits for a mail that is not sent after all: the next one begins on a line of its own."""
    monkeypatch.setattr(batch, "FRESH", 0)
    monkeypatch.setattr("notifications.facts.FRESH", 0)
    second, third = Message.objects.select_related("event").order_by("next_try_at", "id")[1:3]
    Authorship.objects.filter(letter_id=second.event.case.letter_id).update(member=cast.bela)
    after_first.append(lambda: intake.withdraw(case_id=second.event.case_id, by=cast.bela))
    assert deliver() == MANY - 1
    assert not [mail for mail in server.accepted if mail["To"] == cast.bela.email]
    assert Message.objects.get(pk=third.pk).attempts == 1


def test_it_counts_the_mail_on_its_way_when_it_makes_the_next(letters, server, settings):
    settings.MAIL_PERSON_HOUR = 2
    assert deliver() == 2
    assert Message.objects.filter(reason="many at once").count() == MANY - 2
