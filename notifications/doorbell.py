"""The doorbell: after the commit of an event, wake a worker. It only shortens the wait; the sweep is what guarantees.

It runs inside somebody's request, after their work is safe: whatever goes wrong here must not reach them.
"""

import logging
from typing import Any

from django.db import transaction
from django_q.tasks import async_task

from workflow.models import Event

from .rules import rules_for

log = logging.getLogger("allay.mail")


def event_saved(sender: type[Event], instance: Event, created: bool, **kwargs: Any) -> None:
    """The one signal receiver of the house."""
    if created and rules_for(instance.kind):
        transaction.on_commit(lambda: ring(instance.pk), robust=True)


def ring(event_id: int | None = None) -> None:
    """Ask a worker to look at this event, or at whatever is due. Carries an id, nothing else."""
    try:
        async_task("notifications.tasks.relay", event_id)
    except Exception:
        log.exception("the doorbell is broken; the sweep will find the mail")
