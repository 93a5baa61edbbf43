"""What a worker of the background queue runs for the desks. Carries nothing, and may run twice."""

import logging

import sentry_sdk

from .actions import rules

log = logging.getLogger("allay.safety")


def count_trials() -> None:
    """Somebody tries a rule: go on counting now."""
    try:
        rules.count_trials()
    except Exception as fault:
        sentry_sdk.capture_exception(fault)
        log.exception("counting a trial failed; the schedule tries again")
