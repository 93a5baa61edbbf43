"""What the log says of signing in and of what was refused: each outcome one line, no address of a person or a page, no word."""

import io
import json
import logging

import pytest
from django.test import Client, override_settings
from django.urls import reverse

from config import logs
from tests.accounts.test_second_step import PASSWORD, SECRET, code_now, give_password, mo
from tests.cast import MARKER, make_case
from tests.config.test_guards_of_pages import log_line

pytestmark = pytest.mark.once

__all__ = ["mo"]  # the fixture


@pytest.fixture
def said(caplog):
    """The lines of sign-in and access since the last call."""

    def lines():
        found = [record.getMessage() for record in caplog.records if record.name in {"allay.sign_in", "allay.access"}]
        caplog.clear()
        return found

    caplog.set_level("INFO")
    return lines


def test_it_notes_each_outcome_of_signing_in(mo, said, cast):
    client = Client()
    client.post(reverse("staff_login"), {"email": mo.email, "password": "not this one"})
    assert said() == ["wrong password, or too many of them"]
    give_password(client, mo)
    client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert said() == [f"wrong second step: person {mo.pk}"]
    client.post(reverse("mfa_authenticate"), {"code": code_now()})
    assert said() == [f"second step passed: person {mo.pk}", f"signed in: person {mo.pk}"]
    client.post(reverse("account_logout"))
    assert said() == [f"signed out: person {mo.pk}"]


def test_it_notes_a_members_too_and_a_limit_that_is_reached(cast, said, caplog):
    client = Client()
    for _ in range(4):
        client.post(reverse("account_login"), {"email": cast.rosa.email})
    assert said() == ["429 too often: a stranger at account_login"]
    code = client.session["account_login"]["state"]["stages"]["login_by_code"]["data"]["code"]
    client.post(reverse("account_confirm_login_code"), {"code": "000000" if code != "000000" else "111111"})
    client.post(reverse("account_confirm_login_code"), {"code": code})
    assert said() == ["wrong code from a mailbox", f"signed in: person {cast.rosa.pk}"]
    for secret in (cast.rosa.email, code, PASSWORD, SECRET):
        assert secret not in caplog.text


def test_it_notes_what_was_refused_by_page_and_person_and_never_by_address(cast, said, caplog):
    case = make_case(cast)
    bela, mo, forger = Client(), Client(), Client(enforce_csrf_checks=True)
    for client, person in ((bela, cast.bela), (mo, cast.mo), (forger, cast.rosa)):
        client.force_login(person)
    said()
    bela.get(reverse("workflow:status", args=[case.public_id]))
    mo.get(reverse("workflow:answering"))
    forger.post(reverse("own_erase"), {"sure": MARKER})
    mo.post(reverse("workflow:triage", args=[case.public_id]), {"seen": "reviewed.9"})
    Client().get(f"/nothing/{MARKER}/")
    assert said() == [
        f"404 not there for them: person {cast.bela.pk} at workflow:status",
        f"403 may not: person {cast.mo.pk} at workflow:answering",
        f"403 may not: person {cast.rosa.pk} at own_erase",
        f"409 too late: person {cast.mo.pk} at workflow:triage",
    ]
    assert case.public_id not in caplog.text


def test_the_page_of_a_fault_shows_the_number_that_its_line_in_the_log_has(cast, monkeypatch):
    def breaks(request):
        raise RuntimeError(MARKER)

    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.JsonLine())
    handler.addFilter(logs.NoLetterText())
    logging.getLogger("django.request").addHandler(handler)
    try:
        monkeypatch.setattr("qa.views.render", lambda *args, **kwargs: breaks(None))
        page = Client(raise_request_exception=False).get(reverse("qa:about"))
    finally:
        logging.getLogger("django.request").removeHandler(handler)
    line = json.loads(stream.getvalue().splitlines()[0])
    assert (page.status_code, line["fault"]) == (500, "RuntimeError")
    assert f"<strong>{line['request']}</strong>" in page.content.decode()
    assert MARKER not in stream.getvalue() + page.content.decode()
    assert "request" not in log_line("django.request", "outside of any")


@override_settings(SECURE_SSL_REDIRECT=True)
def test_it_leads_pages_to_https_and_refuses_forms_and_machines_in_clear(cast):
    assert Client().get(reverse("qa:about")).headers["Location"].startswith("https://")
    for path in ("/mail/reports/", "/healthz", "/readyz", "/metrics", "/api/v1/topics/"):
        assert Client().get(path).status_code == 403, path
    assert Client().post(reverse("account_login"), {"email": cast.rosa.email}).status_code == 403
    assert Client().get("/healthz", secure=True).status_code == 200
