"""What Django checks before anything starts: that the pieces fit together. `manage.py check` runs them too."""

from importlib.metadata import packages_distributions
from math import ceil
from typing import Any

from django.conf import settings
from django.core.checks import Error, register
from django.template import TemplateDoesNotExist
from django.template.loader import get_template

from accounts.master_keys import CannotDecrypt, decrypt, encrypt
from notifications.ledger import LEASE
from notifications.rules import RULES, templates
from notifications.wordings import shipped
from workflow.events import Kind

from .schedules import JOBS

LAYOUTS = ("emails/mail.txt", "emails/mail.html")
SMTP_STEPS = 6  # connect, MAIL, RCPT, DATA, the text, RSET: each may take EMAIL_TIMEOUT


@register()
def every_event_has_a_rule(app_configs: Any, **kwargs: Any) -> list[Error]:
    missing = sorted(set(Kind) - set(RULES))
    hint = "Add a row to RULES in notifications/rules.py; an empty row says that nobody hears of it."
    return [Error(f"no rule says who hears of: {', '.join(missing)}", hint=hint, id="allay.E001")] if missing else []


@register()
def every_mail_has_its_words(app_configs: Any, **kwargs: Any) -> list[Error]:
    """In each language; and the two layouts they stand in."""
    missing = [f"templates/{path}" for path in LAYOUTS if not _exists(path)]
    for template, stream in templates().items():
        missing += [
            f"{template} in {language}.toml"
            for language, _ in settings.LANGUAGES
            if not _speaks(template, stream, language)
        ]
    return [Error(f"missing: {what}", id="allay.E002") for what in missing]


@register()
def times_fit_each_other(app_configs: Any, **kwargs: Any) -> list[Error]:
    """A task that waits past `retry` runs twice; a mail that outlives its lease could be sent twice (docs/adr/0005)."""
    q = settings.Q_CLUSTER
    least = q["timeout"] * (2 + ceil((q["queue_limit"] + 1) / q["workers"]))
    errors = []
    if q["retry"] <= least:
        errors.append(Error(f"Q_CLUSTER retry must exceed {least} s", id="allay.E003"))
    if LEASE.total_seconds() <= settings.EMAIL_TIMEOUT * SMTP_STEPS:
        errors.append(Error("EMAIL_TIMEOUT is too long for the lease on a message", id="allay.E004"))
    if q["catch_up"] or "sweep_outbox" not in JOBS:
        errors.append(Error("schedules must sweep the outbox and must not catch up", id="allay.E005"))
    return errors


@register()
def one_state_machine(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Two distributions write the same files; pip stays silent and the wrong one may win."""
    owners = sorted(set(packages_distributions().get("django_fsm", [])))
    if len(owners) == 1:
        return []
    hint = "Uninstall both and install only what requirements.txt names."
    return [Error(f"django_fsm belongs to: {', '.join(owners) or 'nothing'}", hint=hint, id="allay.E006")]


@register()
def field_keys_can_seal_and_open(app_configs: Any, **kwargs: Any) -> list[Error]:
    """A malformed key would be noticed only when the first letter comes in."""
    try:
        opened = decrypt(encrypt("sealed", bound_to="check"), bound_to="check")
    except (ValueError, StopIteration, CannotDecrypt):
        opened = ""
    if opened == "sealed":
        return []
    hint = "Each is id:key, the key 32 random bytes in urlsafe base64 (docs/operations.md)."
    return [Error("FIELD_KEYS cannot seal and open a text", hint=hint, id="allay.E008")]


def _speaks(template: str, stream: str, language: str) -> bool:
    try:
        shipped(template, stream, language)
    except (KeyError, TypeError, FileNotFoundError):
        return False
    return True


def _exists(path: str) -> bool:
    try:
        get_template(path)
    except TemplateDoesNotExist:
        return False
    return True
