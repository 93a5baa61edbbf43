"""What the background worker runs. Tasks carry ids, never raise a text that could hold an address, and may run twice."""

import logging
import os
import socket

import sentry_sdk

from .delivery import deliver
from .models import Pulse
from .outbox import announce_playbooks, announce_second_yes, fan_out

log = logging.getLogger("allay.mail")


def relay(event_id: int | None = None) -> None:
    """The doorbell rang: this event first, then whatever is due."""
    try:
        if event_id is not None:
            fan_out(event_id=event_id)
        deliver()
    except Exception as fault:
        sentry_sdk.capture_exception(fault)
        log.exception("relay of mail failed; the sweep tries again")


def sweep() -> None:
    """Everything nobody was woken for: events without Dispatch, messages whose time has come, leases of the dead."""
    while fan_out():
        pass
    announce_second_yes()
    announce_playbooks()
    deliver()
    Pulse.beat("sweep")


def cluster_name() -> str:
    """The worker's processes share one process group; its supervisor knows the number."""
    return f"cluster {socket.gethostname()} {os.getpgrp()}"


def beat() -> None:
    """Proof that a worker of this cluster takes tasks and finishes them."""
    Pulse.beat(cluster_name())
