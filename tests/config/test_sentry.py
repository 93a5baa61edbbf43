"""What leaves the house in an error report: nothing of a letter, a person, an address, a cookie or a query."""

import json

import pytest
import sentry_sdk
from django.test import Client, override_settings
from django.urls import path
from sentry_sdk.transport import Transport

from config import sentry
from tests.cast import MARKER

pytestmark = pytest.mark.once

SENT: list[str] = []


class Recorder(Transport):
    """Keeps every envelope instead of sending it."""

    def capture_envelope(self, envelope):
        SENT.append(envelope.serialize().decode(errors="replace"))


def broken(request, word):
    letter = f"{MARKER} local"  # noqa: F841 (a local variable that must not leave)
    raise ValueError(f"{MARKER} in the text of the fault")


urlpatterns = [path("broken/<str:word>/", broken)]


@pytest.fixture
def recorder():
    SENT.clear()
    with override_settings(SENTRY_DSN="http://key@127.0.0.1:9/1"):
        sentry.start(transport=Recorder)
    yield SENT
    sentry_sdk.init()


@override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[], ALLOWED_HOSTS=["*"])
def test_it_reports_a_fault_of_a_page_without_a_word_of_the_request(recorder):
    client = Client(raise_request_exception=False, headers={"cookie": f"session={MARKER}", "user-agent": MARKER})
    client.post(f"/broken/{MARKER}/?q={MARKER}", {"text": MARKER, "email": f"{MARKER}@people.example"})
    sentry_sdk.flush()
    assert any("ValueError" in envelope for envelope in recorder), "the fault itself must be reported"
    assert not [envelope for envelope in recorder if MARKER in envelope]


def test_it_sends_only_listed_fields():
    event = {
        "event_id": "1",
        "request": {"data": MARKER},
        "user": {"email": MARKER},
        "extra": MARKER,
        "message": MARKER,
    }
    assert MARKER not in json.dumps(sentry.only_allowed(event, {}))


def test_it_stays_silent_without_a_dsn(monkeypatch):
    monkeypatch.setattr(sentry_sdk, "init", lambda **options: pytest.fail("started without a DSN"))
    sentry.start()
