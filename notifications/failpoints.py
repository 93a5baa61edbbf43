"""Named places where the fault tests let a process die. Without ALLAY_FAILPOINTS in the environment they do nothing.

`ALLAY_FAILPOINTS=accepted:0.02,begun:1` kills this process (SIGKILL, as a power cut would) with that probability at
that place. Production ignores the variable.
"""

import os
import random
import signal

from django.conf import settings

PLACES = ("fanned_out", "dispatched", "claimed", "begun", "rendered", "accepted", "recorded")


def _armed() -> dict[str, float]:
    if settings.PRODUCTION:
        return {}
    pairs = (part.partition(":") for part in os.environ.get("ALLAY_FAILPOINTS", "").split(",") if part)
    return {name: float(chance or 1) for name, _, chance in pairs}


def reached(place: str) -> None:
    """The code passes here; die if the tests say so."""
    chance = _ARMED.get(place, 0.0)
    if chance and random.random() < chance:  # noqa: S311 (chooses when to die, nothing secret)
        os.kill(os.getpid(), signal.SIGKILL)


_ARMED = _armed()
