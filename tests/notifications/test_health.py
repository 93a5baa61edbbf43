"""Administrators see whether mail goes out, and can try again or stop it; nobody sees to whom."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.schedules import JOBS, run
from notifications import health, heartbeat
from notifications.delivery import deliver
from notifications.models import Brake, Habits, Message, Progress, Pulse
from notifications.outbox import fan_out
from notifications.tasks import sweep
from tests.cast import make_case
from workflow.states import State

pytestmark = pytest.mark.once


@pytest.fixture(autouse=True)
def server(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def ada(cast):
    client = Client()
    client.force_login(cast.ada)
    return client


def later(**how):
    return time_machine.travel(timezone.now() + timedelta(**how), tick=False)


def test_it_says_that_all_is_well(cast, ada):
    make_case(cast)
    sweep()
    assert health.troubles() == []
    page = ada.get(reverse("notifications:delivery")).content.decode()
    assert "Nothing is late" in page
    assert "people.example" not in page


@pytest.mark.both
def test_it_says_what_is_late_and_who_is_silent(cast, ada):
    make_case(cast)
    with later(minutes=11):
        heartbeat.beat()
        assert len(health.troubles()) == 2  # an event without mail, and no worker
    fan_out()
    with later(minutes=11):
        page = ada.get(reverse("notifications:delivery")).content.decode()
    assert "should have gone out more than ten minutes ago" in page
    assert "has not been seen" in page


def test_it_never_says_yes_while_the_safety_clock_is_silent(cast, ada):
    make_case(cast)
    with later(minutes=4):
        sweep()
        page = ada.get(reverse("notifications:delivery")).content.decode()
        assert "The safety clock is silent: nobody is called again about a danger." in page
        assert "Nothing is late" not in page
        heartbeat.beat()
        assert "Nothing is late" in ada.get(reverse("notifications:delivery")).content.decode()


def test_it_tries_again_what_was_given_up(cast, ada):
    make_case(cast)
    fan_out()
    message = Message.objects.get(template="received")
    Message.objects.filter(pk=message.pk).update(attempts=1)
    assert [stream.failed for stream in health.streams()] == [0, 0, 1, 0, 0]
    done = {
        "state": Progress.UNDELIVERABLE,
        "reason": "recipient refused 550",
        "done_at": timezone.now(),
        "attempts": 7,
    }
    Message.objects.filter(pk=message.pk).update(**done)
    page = ada.get(reverse("notifications:delivery")).content.decode()
    assert "recipient refused 550" in page
    assert f"{message.pk}, what was sent has arrived" in page
    ada.post(reverse("notifications:retry", args=[message.pk]))
    deliver()
    assert Message.objects.get(pk=message.pk).state == Progress.SENT
    ada.post(reverse("notifications:retry", args=[message.pk]))
    deliver()
    assert len([sent for sent in mail.outbox if sent.to == ["rosa@people.example"]]) == 1, "what was sent stays sent"


def test_it_stops_and_lets_go_on(cast, ada):
    ada.post(reverse("notifications:brake"), {"do": "pull"})
    make_case(cast)
    sweep()
    assert mail.outbox == []
    assert "brake is pulled" in ada.get(reverse("notifications:delivery")).content.decode()
    ada.post(reverse("notifications:brake"), {"do": "release"})
    sweep()
    assert mail.outbox
    assert not Brake.objects.filter(released_at=None).exists()


def test_it_mails_itself_each_hour_and_alarms_when_that_fails(db, settings, caplog):
    run("mail_to_ourselves")
    run("mail_to_ourselves")
    deliver()
    (sent,) = mail.outbox
    assert sent.to == ["hello@allay.example"]
    with later(hours=1):
        run("mail_to_ourselves")
    assert "did not go out" not in caplog.text
    with later(hours=2):
        run("mail_to_ourselves")
        assert "The hourly mail to ourselves did not go out." in health.troubles()
    assert "did not go out" in caplog.text


def test_it_runs_every_job_and_hides_the_text_of_a_fault(db, monkeypatch):
    for name in JOBS:
        run(name)
    assert Pulse.objects.filter(name="sweep").exists()
    monkeypatch.setitem(JOBS, "remind", type(JOBS["remind"])(lambda: 1 / int("anna@people.example"), 1))
    with pytest.raises(Exception, match=r"^remind$") as failed:
        run("remind")
    assert failed.value.__suppress_context__


def test_it_shows_moderators_the_mail_of_a_case_and_lets_them_hold_it_back(cast, settings):
    settings.MAIL_HOLD = 30
    case = make_case(cast, state=State.REVIEWED)
    fan_out()
    mo = Client()
    mo.force_login(cast.mo)
    Habits.objects.create(person=cast.rosa, dead_at=timezone.now(), dead_reason="no such mailbox")
    page = mo.get(reverse("workflow:case", args=[case.public_id])).content.decode()
    assert "The answer is ready" in page
    assert "No mail goes to this member: it would not arrive (no such mailbox)" in page
    assert "rosa@" not in page
    ready = Message.objects.get(template="ready")
    assert mo.post(reverse("notifications:skip", args=[ready.pk]), {"why": "words of my own"}).status_code == 404
    mo.post(reverse("notifications:skip", args=[ready.pk]), {"why": "It was a mistake"})
    ready = Message.objects.get(pk=ready.pk)
    assert (ready.state, ready.reason) == (Progress.SKIPPED, "a moderator: it was a mistake")
    with later(minutes=1):
        deliver()
    assert Message.objects.get(pk=ready.pk).state == Progress.SKIPPED
