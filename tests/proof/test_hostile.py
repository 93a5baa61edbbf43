"""Hostile strings into every field by everybody: never a 5xx. `make prove PART=hostile` sends ALLAY_HOSTILE_VALUES of them."""

import os

import pytest

from tests.proof.hostile import besiege, fields

VALUES = int(os.environ.get("ALLAY_HOSTILE_VALUES", "800"))
SEED = int(os.environ.get("ALLAY_HOSTILE_SEED", "1"))
pytestmark = [pytest.mark.once, pytest.mark.filterwarnings("ignore")]


@pytest.mark.timeout(0 if VALUES > 5_000 else 120)
def test_it_breaks_at_no_string_in_any_field(cast):
    siege = besiege(cast, seed=SEED, values=VALUES)
    counts = siege.counts
    print(f"{counts['values']} hostile values in {len(siege.names)} fields, {len(siege.broken)} errors: {dict(counts)}")  # noqa: T201
    assert siege.broken == []


def test_it_knows_the_fields(cast):
    assert {"email", "text", "body", "seen", "q", "next", "code"} <= set(fields())
