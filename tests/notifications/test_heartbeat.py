"""The heartbeat of the safety clock: its silence is told on every desk page, to machines, and by mail past the outbox."""

import runpy
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config import supervisor, watch
from notifications import heartbeat
from notifications.models import Message, Pulse
from tests.cast import make_case, make_cast
from workflow.actions import clocks
from workflow.models import Event

LOCAL = {"backend": "django.core.mail.backends.locmem.EmailBackend"}
BROKEN = {"backend": "django.core.mail.backends.smtp.EmailBackend", "host": "127.0.0.1", "port": 1, "timeout": 1}
DESKS = {"mo": "workflow:queue", "erin": "workflow:answering", "ada": "workflow:roster"}


@pytest.fixture(autouse=True)
def straight(settings):
    settings.ALARM_EMAIL = LOCAL


def page(who, name):
    client = Client()
    client.force_login(who)
    return client.get(reverse(name)).content.decode()


def later(**span):
    return time_machine.travel(timezone.now() + timedelta(**span), tick=False)


def test_it_says_so_on_every_desk_and_nowhere_else_while_the_clock_is_silent(cast):
    for who, name in DESKS.items():
        assert "Nobody is called by mail now" not in page(getattr(cast, who), name)
    with later(minutes=4):
        for who, name in DESKS.items():
            assert "Nobody is called by mail now" in page(getattr(cast, who), name)
        assert "Nobody is called" not in page(cast.rosa, "workflow:my_cases")
    Pulse.objects.all().delete()
    assert "has not been seen yet" in page(cast.mo, "workflow:queue")


def test_it_tells_machines_without_taking_the_web_out_of_service(cast, client):
    assert client.get("/healthz/clock").status_code == 200
    with later(minutes=4):
        assert client.get("/healthz/clock").status_code == 503
        assert client.get("/healthz").status_code == 200


def test_it_writes_to_everybody_past_the_outbox_once_and_again_after_an_hour(cast, settings):
    settings.ALARM_TO = ["5551234@text.example"]
    assert heartbeat.alarm() is False
    with later(minutes=4) as clock:
        assert [heartbeat.alarm(), heartbeat.alarm()] == [True, False]
        told = sorted(one.to[0].split("@")[0] for one in mail.outbox)
        assert told == ["5551234", "ada", "dana", "mo", "mora"]
        assert "silent for 4 minutes" in mail.outbox[0].body
        assert len(mail.outbox[0].body) < 400
        assert not Message.objects.exists()
        clock.shift(timedelta(minutes=59))
        assert heartbeat.alarm() is False
        clock.shift(timedelta(minutes=2))
        assert heartbeat.alarm() is True
        heartbeat.beat()
        assert heartbeat.alarm() is False
        clock.shift(timedelta(minutes=4))
        assert heartbeat.alarm() is True, "a new silence is told at once"


def test_it_tries_again_when_nobody_was_reached(cast, settings):
    with later(minutes=4):
        settings.ALARM_EMAIL = BROKEN
        assert heartbeat.alarm() is False
        settings.ALARM_EMAIL = LOCAL
        assert heartbeat.alarm() is True


@pytest.mark.django_db(transaction=True)
def test_it_is_told_by_one_process_alone(transactional_db, settings):
    make_cast()

    def look(_):
        try:
            return heartbeat.alarm()
        finally:
            connection.close()

    with later(minutes=4), ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(look, range(8))) == 1
    assert len(mail.outbox) == 4


def test_it_beats_only_when_every_flag_was_looked_at_and_one_fault_holds_up_no_other(cast, monkeypatch):
    first, second = make_case(cast, danger="yes"), make_case(cast, danger="yes")
    real = clocks._take_steps

    def faulty(case_id):
        if case_id == first.pk:
            raise RuntimeError("broken row")
        return real(case_id)

    with later(minutes=11):
        monkeypatch.setattr(clocks, "_take_steps", faulty)
        with pytest.raises(RuntimeError):
            supervisor._tick()
        assert heartbeat.silent_since() is not None
        assert Event.objects.filter(kind="flag_escalated", case_id=second.pk).exists()
        monkeypatch.setattr(clocks, "_take_steps", real)
        supervisor._tick()
        assert heartbeat.silent_since() is None
    assert Event.objects.filter(kind="flag_escalated", case_id=first.pk).count() == 1


def test_each_process_that_gunicorn_forks_begins_its_own_watch(monkeypatch):
    begun = threading.Event()
    monkeypatch.setattr(watch, "is_begun_by_workers", False)
    monkeypatch.setattr(watch, "watch", begun.set)
    served = runpy.run_path(str(Path(watch.__file__).parents[1] / "gunicorn.conf.py"))
    assert (served["preload_app"], watch.is_begun_by_workers) == (True, True)
    assert not begun.is_set()
    served["post_fork"](None, None)
    assert begun.wait(10)


def test_it_goes_on_watching_after_a_fault(cast, monkeypatch, settings):
    settings.CLOCK_SILENCE_SECONDS = 0
    pauses, looks = [], []
    monkeypatch.setattr(watch.time, "sleep", pauses.append)
    monkeypatch.setattr(watch, "close_old_connections", lambda: None)

    def look():
        looks.append(1)
        raise OSError("no database")

    monkeypatch.setattr(heartbeat, "alarm", look)
    watch.watch(rounds=3)
    assert len(looks) == 3
    assert len(pauses) == 4
