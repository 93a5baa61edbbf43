"""What monitors ask: one word and never a reason, figures without people, and where to report a hole."""

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config import readiness
from config.backups import files
from notifications import heartbeat
from notifications.models import Category, Message, Pulse
from tests.cast import MARKER, make_case
from workflow.states import State

pytestmark = pytest.mark.once

TOKEN = "a token of the monitor"


@pytest.fixture
def in_order(cast):
    Pulse.beat("sweep")
    heartbeat.beat()


@pytest.fixture(autouse=True)
def nothing_seen_yet():
    readiness._seen.clear()


def test_many_questions_cost_one_look(in_order, django_assert_num_queries):
    asked()
    with django_assert_num_queries(0):
        assert asked() == (200, "ready\n")


def asked(client=None):
    answer = (client or Client()).get(reverse("readyz"))
    return answer.status_code, answer.content.decode()


@pytest.mark.both
def test_it_is_ready_when_all_is_in_order(in_order):
    assert readiness.what_is_wrong() == []
    assert asked() == (200, "ready\n")


def break_disk(monkeypatch, settings, tmp_path):
    monkeypatch.setattr(readiness.shutil, "disk_usage", lambda path: type("Usage", (), {"free": 1})())


def break_writes(monkeypatch, settings, tmp_path):
    def fails():
        raise DatabaseError("the secret reason")

    monkeypatch.setitem(readiness.CHECKS, "the database takes no writes", fails)


def break_worker(monkeypatch, settings, tmp_path):
    Pulse.objects.filter(name="sweep").update(at=timezone.now() - timedelta(minutes=3))


def break_clock(monkeypatch, settings, tmp_path):
    Pulse.objects.filter(name=heartbeat.CLOCK).delete()


def break_mail(monkeypatch, settings, tmp_path):
    Message.objects.create(
        template="self_test", category=Category.SECURITY, rank=0, key="k" * 64,
        next_try_at=timezone.now() - timedelta(minutes=11),
    )  # fmt: skip


def break_backups(monkeypatch, settings, tmp_path):
    settings.BACKUP_DIR = str(tmp_path)
    old = timezone.now() - timedelta(minutes=91)
    (tmp_path / f"{old.strftime(files.STAMP)}{files.SUFFIX}").touch()


def break_migrations(monkeypatch, settings, tmp_path):
    monkeypatch.setattr(readiness.MigrationExecutor, "migration_plan", lambda self, targets: ["one"])


BREAKS = [break_disk, break_writes, break_worker, break_clock, break_mail, break_backups, break_migrations]


@pytest.mark.parametrize("break_it", BREAKS, ids=lambda one: one.__name__)
def test_it_is_not_ready_and_says_why_to_the_log_alone(in_order, monkeypatch, settings, tmp_path, caplog, break_it):
    break_it(monkeypatch, settings, tmp_path)
    assert asked() == (503, "not ready\n")
    assert len(readiness.what_is_wrong()) == 1
    assert "not ready: the" in caplog.text or "not ready: m" in caplog.text
    assert "secret" not in caplog.text


def test_it_leaves_no_trace(in_order):
    before = set(Pulse.objects.values_list("name", flat=True))
    asked()
    assert set(Pulse.objects.values_list("name", flat=True)) == before


def test_every_check_can_fail():
    assert len(BREAKS) == len(readiness.CHECKS)


# Figures


def figures(settings, **headers):
    settings.METRICS_TOKEN = TOKEN
    return Client().get(reverse("metrics"), headers=headers)


def test_it_shows_figures_to_the_monitor_alone(cast, settings, in_order):
    make_case(cast, danger="yes")
    make_case(cast, state=State.DRAFTED)
    text = figures(settings, authorization=f"Bearer {TOKEN}").content.decode()
    assert 'allay_cases{state="drafted"} 1.0' in text
    assert 'allay_flags_open{severity="emergency"} 1.0' in text
    assert 'allay_flag_untaken_seconds{severity="emergency"}' in text
    assert 'allay_pulse_seconds{name="sweep"}' in text
    assert MARKER not in text
    assert "@" not in text


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer wrong", TOKEN, "Bearer é"])
def test_to_everybody_else_it_is_not_there(cast, settings, given):
    assert figures(settings, authorization=given).status_code == 404


def test_without_a_token_there_is_no_way_in(cast, settings):
    settings.METRICS_TOKEN = ""
    assert Client().get(reverse("metrics"), headers={"authorization": "Bearer "}).status_code == 404


def test_it_asks_the_database_the_same_however_much_there_is(cast, settings, in_order, django_assert_max_num_queries):
    for _ in range(4):
        make_case(cast)
    with django_assert_max_num_queries(8):
        figures(settings, authorization=f"Bearer {TOKEN}")


# security.txt


def test_it_says_where_to_report_a_hole(settings, db):
    settings.SECURITY_CONTACT = "mailto:holes@allay.example"
    text = Client().get("/.well-known/security.txt").content.decode()
    assert "Contact: mailto:holes@allay.example\n" in text
    assert "Expires: 20" in text
    assert f"Canonical: {settings.PUBLIC_URL}/.well-known/security.txt" in text
