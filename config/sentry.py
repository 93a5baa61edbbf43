"""Error reports that carry no letter: an allow-list decides what leaves; all else is dropped, not masked.

Kept of an event: id, time, level, release, environment, the fault's type, and for each frame module, function and
line. No text of an exception, no request, cookie, user, local variable, query, breadcrumb or log argument.
SDK 3 collects more by default: the pin in requirements.txt and tests/config/test_sentry.py guard this.
"""

from typing import Any, cast

import sentry_sdk
from django.conf import settings
from sentry_sdk.integrations.django import DjangoIntegration
from sentry_sdk.integrations.logging import LoggingIntegration, ignore_logger
from sentry_sdk.transport import Transport
from sentry_sdk.types import Event

_EVENT = ("event_id", "timestamp", "level", "platform", "release", "environment")
_FRAME = ("module", "function", "lineno", "in_app")


def start(*, transport: type[Transport] | None = None) -> None:
    """Begin reporting, in the web process and in the worker alike. Without a DSN nothing happens."""
    if not settings.SENTRY_DSN:
        return
    ignore_logger("django-q")  # its record carries the whole traceback as text
    chosen: dict[str, Any] = {"transport": transport} if transport else {}
    sentry_sdk.init(
        dsn=settings.SENTRY_DSN,
        environment=settings.ENVIRONMENT,
        before_send=only_allowed,
        before_send_transaction=lambda event, hint: None,
        before_breadcrumb=lambda crumb, hint: None,
        default_integrations=False,
        auto_enabling_integrations=False,
        integrations=[DjangoIntegration(), LoggingIntegration(event_level=None)],
        max_request_body_size="never",
        include_local_variables=False,
        include_source_context=False,
        server_name="",
        max_breadcrumbs=0,
        spotlight=False,
        **chosen,
    )


def only_allowed(event: Event, hint: dict[str, Any]) -> Event:
    """The event reduced to what is on the list above. Raising here drops the event: it fails closed."""
    kept: dict[str, Any] = {name: event[name] for name in _EVENT if name in event}  # type: ignore[literal-required]
    kept["exception"] = {"values": [_fault(value) for value in event.get("exception", {}).get("values", [])]}
    return cast(Event, kept)


def _fault(value: dict[str, Any]) -> dict[str, Any]:
    frames = value.get("stacktrace", {}).get("frames", [])
    return {
        "type": value.get("type"),
        "module": value.get("module"),
        "stacktrace": {"frames": [{name: frame.get(name) for name in _FRAME} for frame in frames]},
    }
