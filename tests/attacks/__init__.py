"""Strings that try to run script, change the page or leave it: our own, by family, and where to find many more."""

import json
import os
from pathlib import Path

from .vectors import FAMILIES

ROOT = Path(__file__).resolve().parents[2]
SHARED = Path(os.environ.get("SHARED_DIR") or ROOT.parent / "shared") / "attacks" / "xss.jsonl"
SPREAD = 1_100


def ours() -> list[str]:
    return [attack for family in FAMILIES.values() for attack in family]


def spread_of_others() -> list[str]:
    """An even spread over the large collection beside the repository; nothing where it is not at hand."""
    if not SHARED.is_file():
        return []
    lines = SHARED.read_text(encoding="utf-8").splitlines()
    chosen = lines[:: max(1, len(lines) // SPREAD)]
    return [json.loads(line)["payload"] for line in chosen]
