"""The machine walked at random against its reference model. `make prove PART=walks` walks ALLAY_WALK_STEPS of them."""

import os
from collections import Counter

import pytest

from tests.proof.walks import walk

STEPS = int(os.environ.get("ALLAY_WALK_STEPS", "200"))
SEED = int(os.environ.get("ALLAY_WALK_SEED", "1"))
EACH = 200


@pytest.mark.timeout(0 if STEPS > 1_000 else 120)
def test_it_does_what_the_model_says_whoever_does_what(cast, settings):
    settings.SAFETY_SCAN_SECONDS = 60.0  # how busy the machine is must not change what a letter is
    counts: Counter[str] = Counter()
    ends: Counter[str] = Counter()
    while counts["steps"] < STEPS:
        ends[walk(cast, seed=SEED + ends.total(), steps=EACH, counts=counts).state] += 1
    assert counts["taken"] > counts["steps"] // 5
    print(f"{counts['steps']} steps in {ends.total()} walks, 0 differences: {dict(counts)}; they ended {dict(ends)}")  # noqa: T201
