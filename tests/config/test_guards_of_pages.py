"""Headers, forged forms, log lines and settings."""

import io
import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from config.checks import field_keys_can_seal_and_open
from config.logs import JsonLine, NoLetterText
from tests.cast import MARKER

pytestmark = pytest.mark.once

ROOT = Path(__file__).resolve().parents[2]


def post_sign_in(origin, site=None):
    client = Client(enforce_csrf_checks=True)
    client.get(reverse("account_login"))
    token = client.cookies["csrftoken"].value
    headers = {"Origin": origin, **({"Sec-Fetch-Site": site} if site else {})}
    return client.post(reverse("account_login"), {"csrfmiddlewaretoken": token, "email": "x"}, headers=headers)


@pytest.mark.parametrize("site", ["same-origin", None])
def test_it_takes_our_own_form_although_no_referrer_makes_its_origin_null(cast, site):
    assert post_sign_in("null", site).status_code != 403


@pytest.mark.parametrize(
    ("origin", "site"), [("null", "cross-site"), ("null", "none"), ("https://evil.example", "cross-site")]
)
def test_it_refuses_a_form_from_elsewhere_even_with_a_token(cast, origin, site):
    assert post_sign_in(origin, site).status_code == 403


@pytest.mark.parametrize("name", ["qa:home", "qa:help_now", "account_login"])
def test_it_sends_the_guarding_headers_with_every_page(cast, client, name):
    response = client.get(reverse(name))
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe-inline" not in policy
    assert "unsafe-eval" not in policy
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert response.headers["X-Frame-Options"] == "DENY"
    assert response.headers["X-Content-Type-Options"] == "nosniff"


def test_it_keeps_private_pages_out_of_every_cache(cast, client):
    client.force_login(cast.rosa)
    for name in ("workflow:my_cases", "qa:home"):
        assert "no-store" in client.get(reverse(name)).headers["Cache-Control"]


def log_line(logger, message, *args, exc_info=None):
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLine())
    handler.addFilter(NoLetterText())
    record = logging.getLogger(logger).makeRecord(logger, logging.ERROR, __file__, 1, message, args, exc_info)
    handler.handle(record)
    return json.loads(stream.getvalue())


def test_it_logs_a_fault_by_its_type_and_place_only():
    try:
        raise ValueError(MARKER)
    except ValueError:
        line = log_line("django.request", "Internal Server Error: %s", f"/my/{MARKER}/", exc_info=sys.exc_info())
    assert MARKER not in json.dumps(line)
    assert (line["fault"], line["where"].split(":")[0]) == ("ValueError", __name__)


@pytest.mark.parametrize(
    ("message", "arguments", "line"),
    [
        ("Not Found: %s", (MARKER,), "Not Found: (left out)"),
        ("%(who)r took %.1f s, 100%% of it", ({"who": MARKER},), "(left out) took (left out) s, 100% of it"),
        ("no arguments, 5% off", (), "no arguments, 5% off"),
    ],
)
def test_it_says_where_something_was_left_out_of_the_words_of_others(message, arguments, line):
    assert log_line("django.request", message, *arguments)["message"] == line


def test_it_never_logs_what_the_queue_says_about_a_task():
    assert MARKER not in json.dumps(log_line("django-q", f"Failed {MARKER} - refused {MARKER}@people.example"))


def settings_in(**environment):
    kept = {"PATH", "HOME", "GUARD_OFF"}  # the last: scripts/mutate_guards.py takes a guard away there too
    env = {key: value for key, value in os.environ.items() if key in kept} | environment
    return subprocess.run(
        [sys.executable, "-c", "import config.settings"], cwd=ROOT, env=env, capture_output=True, text=True
    )


def test_it_does_not_start_in_production_without_its_secrets_and_names_them():
    refused = settings_in()
    assert refused.returncode != 0
    for name in ("SECRET_KEY", "FIELD_KEYS", "PUBLIC_URL", "DATABASE_URL", "EMAIL_URL", "MAIL_FROM"):
        assert name in refused.stderr
    assert "FIELD_KEYS" in settings_in(SECRET_KEY="x" * 50).stderr


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"PUBLIC_URL": "http://a.example"}, "must start with https://"),
        ({"ALLAY_ENV": "prod"}, "ALLAY_ENV must be production"),
        ({"KEEP_WARN_DAYS": "6"}, "members hear before"),
        ({"KEEP_DECLINED_DAYS": "30"}, "members hear before"),
    ],
)
def test_it_does_not_start_with_a_setting_that_would_take_a_promise_back(given, says):
    whole = dict.fromkeys(["SECRET_KEY", "FIELD_KEYS", "MAIL_FROM"], "x")
    whole |= {"PUBLIC_URL": "https://a.example", "DATABASE_URL": "sqlite:///x", "EMAIL_URL": "smtp+tls://x:587"}
    assert "ImproperlyConfigured" not in settings_in(**whole).stderr
    assert says in settings_in(**{**whole, **given}).stderr


@override_settings(MAILBOX_DIR="")
def test_it_has_no_mailbox_where_none_is_set(client, db):
    assert client.get(reverse("mailbox")).status_code == 404


def test_it_reads_nothing_from_the_mailbox_but_its_mails(client, db, tmp_path, settings):
    settings.MAILBOX_DIR = str(tmp_path)
    (tmp_path / "keys.eml").write_text(f"Subject: {MARKER}\n\n")
    for key in ("1", "keys"):
        for name in ("mailbox_message", "mailbox_html"):
            assert client.get(reverse(name, args=[key])).status_code == 404


@pytest.mark.parametrize("keys", [[], ["k1"], ["k1:short"], ["k1:" + "A" * 20]])
def test_it_finds_field_keys_that_cannot_seal_before_the_first_letter_does(keys):
    with override_settings(FIELD_KEYS=keys):
        assert [error.id for error in field_keys_can_seal_and_open(None)] == ["allay.E008"]
    assert field_keys_can_seal_and_open(None) == []
