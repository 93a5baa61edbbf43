"""What the service does by the clock: name, cadence, work. `manage.py setup_schedules` writes it into django-q2's table.

Each job runs through `run`, which lets no text of a fault reach the task table or the log: it could hold an address.
Every job may run twice and at the same time.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

import sentry_sdk

from notifications.health import mail_to_ourselves
from notifications.outbox import announce_mornings, announce_upkeep, remind
from notifications.tasks import sweep
from workflow.actions.asking import go_on_without
from workflow.actions.clocks import call_about_unread, escalate_flags
from workflow.actions.holding import tend
from workflow.actions.publication import publish_due
from workflow.actions.rescanning import read_again
from workflow.actions.rules import count_trials
from workflow.actions.sealing import note_head, seal_events
from workflow.actions.upkeep import drop_old_drafts, drop_old_sessions, drop_parked_letters, drop_unused_accounts

from .retention import nightly
from .rotation import seal_addresses

log = logging.getLogger("allay.jobs")
MINUTE, HOUR, DAY = 1, 60, 24 * 60


class JobFailed(Exception):
    """A job ended in a fault; which, is in the log and the error reports, without its text."""


@dataclass(frozen=True)
class Job:
    """One recurring job and how often it runs, in minutes."""

    work: Callable[[], object]
    minutes: int


JOBS: dict[str, Job] = {
    "sweep_outbox": Job(sweep, MINUTE),
    "publish_due": Job(publish_due, MINUTE),
    "remind": Job(remind, 10),
    "announce_mornings": Job(announce_mornings, HOUR),
    "announce_upkeep": Job(announce_upkeep, HOUR),
    "mail_to_ourselves": Job(mail_to_ourselves, HOUR),
    "escalate_flags": Job(escalate_flags, MINUTE),
    "call_about_unread": Job(call_about_unread, MINUTE),
    "read_again": Job(read_again, 5),
    "count_trials": Job(count_trials, MINUTE),
    "tend_claims": Job(tend, MINUTE),
    "seal_events": Job(seal_events, MINUTE),
    "note_head": Job(note_head, HOUR),
    "go_on_without": Job(go_on_without, 10),
    "seal_addresses": Job(seal_addresses, 10),
    "drop_old_drafts": Job(drop_old_drafts, DAY),
    "drop_old_sessions": Job(drop_old_sessions, HOUR),
    "drop_parked_letters": Job(drop_parked_letters, HOUR),
    "drop_unused_accounts": Job(drop_unused_accounts, DAY),
    "keep_no_longer": Job(nightly, DAY),
}


def run(name: str) -> None:
    """Called by the background worker."""
    try:
        JOBS[name].work()
    except Exception as fault:
        sentry_sdk.capture_exception(fault)
        log.exception("job %s failed", name)
        raise JobFailed(name) from None
