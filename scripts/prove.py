"""`make prove`: the figures behind the promises, each from a real run. `make prove PART=walks` runs one; PARTS lists them.

Each part is a command that anybody can run by hand; it is printed. Long parts take an hour and more: nothing of this is in CI,
where a short form of each is an ordinary test.
"""

import os
import re
import subprocess
import sys
import time
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from postgres import INSTALL, find_binaries, running_server

ROOT = Path(__file__).resolve().parent.parent
TEST = ["-m", "pytest", "-q", "-p", "no:randomly", "--show-capture=no", "-s", "--timeout=0"]


@dataclass(frozen=True)
class Part:
    """One figure: what is run, what its output must say (the first group is the figure), and what it must reach."""

    goal: str
    command: list[str]
    says: str
    least: int = 0
    extra: dict[str, str] = field(default_factory=dict)
    on_postgres: bool = False


def test(*paths: str) -> list[str]:
    return [*TEST, *paths]


WALKS = {"ALLAY_WALK_STEPS": "100000"}
MARKERS = ["tests/house/test_markers.py", "tests/config/test_sentry.py", "tests/notifications/test_discretion.py"]
BACK = ["tests/browser/test_leaving.py"]
PARTS: dict[str, Part] = {
    "grid": Part("every address x person as it should be", test("tests/house/test_access_grid.py"), r"(\d+) passed"),
    "xss": Part(
        "every attack in 11 places, 0 run",
        test("tests/proof/test_xss_everywhere.py"),
        r"(\d+) strings",
        11_000,
        {"ALLAY_XSS": "all"},
    ),
    "hostile": Part(
        "100,000 hostile values, no 5xx",
        test("tests/proof/test_hostile.py"),
        r"(\d+) hostile values",
        100_000,
        {"ALLAY_HOSTILE_VALUES": "100000"},
    ),
    "walks": Part(
        "100,000 steps, 0 differences (SQLite)", test("tests/proof/test_walks.py"), r"(\d+) steps", 100_000, WALKS
    ),
    "walks-postgres": Part(
        "100,000 steps, 0 differences (PostgreSQL)",
        test("tests/proof/test_walks.py"),
        r"(\d+) steps",
        100_000,
        WALKS,
        True,
    ),
    "tabs": Part(
        "no typed text lost in three windows",
        test("tests/workflow/test_three_tabs.py"),
        r"(\d+) passed",
        20,
        {"ALLAY_TAB_ACTS": "200", "ALLAY_TAB_WALKS": "20"},
    ),
    "flags": Part(
        "nothing hides a flag: all filters, all pairs of cases",
        test("tests/workflow/safety/test_nothing_hides.py"),
        r"(\d+) passed",
        5,
        {"ALLAY_FILTERS": "all"},
    ),
    "markers": Part("no word of a letter where it should not be", test(*MARKERS), r"(\d+) passed"),
    "back": Part("nothing private by the Back button", test("-m", "browser and not postgres", *BACK), r"(\d+) passed"),
    "erase": Part(
        "erasing leaves 0 bytes",
        test("tests/security/test_erasure.py", "tests/security/test_bytes.py"),
        r"(\d+) passed",
    ),
    "restore": Part("the restore drill", test("tests/operations/test_backups.py"), r"(\d+) passed"),
    "asvs": Part("the table of ASVS level 2, at least 95 % met", ["scripts/asvs.py"], r"met: ([\d.]+) %", 95),
    "guards": Part(
        "guards taken away one by one, all missed",
        ["scripts/mutate_guards.py", "var/guards.json"],
        r"(\d+) guards",
        100,
    ),
}


def main() -> int:
    wanted = sys.argv[1:] or list(PARTS)
    if unknown := set(wanted) - set(PARTS):
        print(f"There is no part {', '.join(unknown)}. There are: {', '.join(PARTS)}")
        return 2
    rows = [prove(name, PARTS[name]) for name in wanted]
    print(f"\n{'part':15} {'figure':>9}  {'':7} {'time':>7}  goal")
    for name, figure, verdict, seconds in rows:
        print(f"{name:15} {figure:>9}  {verdict:7} {seconds:>6.0f}s  {PARTS[name].goal}")
    return 0 if all(verdict == "met" for _, _, verdict, _ in rows) else 1


def prove(name: str, part: Part) -> tuple[str, str, str, float]:
    """Run one part; what it says goes to var/prove-NAME.log, its last words to the screen."""
    began = time.monotonic()
    binaries = find_binaries() if part.on_postgres else None
    if part.on_postgres and binaries is None:
        print(f"{name}: PostgreSQL is not installed ({INSTALL})")
        return name, "-", "not run", 0.0
    settings = " ".join(f"{key}={value}" for key, value in part.extra.items())
    print(f"\n{name}: {settings} python {' '.join(part.command)}", flush=True)
    with running_server(binaries) if binaries else nullcontext("") as url:
        database = {"DATABASE_URL": url} if url else {}
        env = {**os.environ, **part.extra, **database}
        done = subprocess.run([sys.executable, *part.command], cwd=ROOT, env=env, capture_output=True, text=True)
    seconds = time.monotonic() - began
    (ROOT / "var").mkdir(exist_ok=True)
    (ROOT / "var" / f"prove-{name}.log").write_text(done.stdout + done.stderr, encoding="utf-8")
    print("\n".join(done.stdout.strip().splitlines()[-3:]), flush=True)
    found = re.search(part.says, done.stdout)
    figure = found[1] if found else "-"
    is_met = done.returncode == 0 and found is not None and float(figure) >= part.least
    return name, figure, "met" if is_met else "MISSED", seconds


if __name__ == "__main__":
    sys.exit(main())
