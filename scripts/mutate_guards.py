"""Takes the guards away one by one, in a copy of the tree, and asks the tests whether they notice. `make prove PART=guards`.

First every test runs once and it is written down which guards it passes. Then, for each guard, a fork of this process
switches it off and runs the tests that passed it, until one fails. A guard that no test misses is a survivor.

    python scripts/mutate_guards.py OUT.json [--every N] [--only path-prefix] [--again EARLIER.json] [tests …]

`--again` asks only for those that an earlier run did not see caught.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.db import connections
from guards import Guard, switch

ROOT = Path(__file__).resolve().parent.parent
TESTS = ["accounts", "config", "security", "qa", "workflow", "notifications", "house", "proof", "operations"]
# Pure engines that guard nothing, and tests that look at the source itself, which the copy has rewritten.
NOT_ASKED = ["workflow/anonymize", "workflow/language", "house/test_house.py", "config/test_demo.py"]
NOT_ASKED += [f"workflow/safety/test_{name}.py" for name in ("evidence", "learned", "rules", "scan")]
NOT_ASKED += ["proof/test_xss_everywhere.py", "proof/test_asvs.py"]
# What is asked in a process of its own, where it is not seen which guards are passed.
ELSEWHERE = {
    "config/settings.py": [
        "tests/config/test_guards_of_pages.py",
        "tests/notifications/test_smtp.py::test_it_does_not_start_in_production_where_mail_would_go_in_clear",
    ]
}
MOST_TESTS, PATIENCE = 400, 600
FIRST = 5  # one of these fails nearly always; to collect all of them takes longer than to run them
OPTIONS = [
    "-q",
    "-p",
    "no:randomly",
    "-p",
    "no:cacheprovider",
    "--reuse-db",
    "--timeout=900",
    "-m",
    "not browser and not postgres",
]


class Passed(NamedTuple):
    """What was seen of one test."""

    guards: set[int]
    said_no: set[int]
    seconds: float


class Recorder:
    """Writes down which guards each test passes, to which of them they say no, whether it passes itself, and how long it takes."""

    def __init__(self, seen: dict[str, Any]) -> None:
        self.seen, self.tests = seen, dict[str, Passed]()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        self.seen["seen"], self.seen["said_no"], self.failed, began = set(), set(), False, time.monotonic()
        done = yield
        if not self.failed:
            self.tests[item.nodeid] = Passed(self.seen["seen"], self.seen["said_no"], time.monotonic() - began)
        self.seen["seen"] = None
        return done

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed = self.failed or not report.passed


def main() -> int:
    options = _options()
    folder = Path(tempfile.mkdtemp(prefix="allay-guards-"))
    try:
        found = _copy(folder)
        recorder, state = _run_once(folder, options.tests)
        chosen = [guard for guard in found if guard.path.startswith(options.only)][:: options.every]
        if options.again:
            left = {_name(one) for one in json.loads(Path(options.again).read_text()) if one["fate"] != "killed"}
            chosen = [guard for guard in chosen if _name(asdict(guard)) in left]
        results = _each(chosen, recorder, state, Path(options.out))
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return _tell(results)


def _name(guard: dict[str, Any]) -> tuple[str, ...]:
    """What stays the same when lines move."""
    return guard["path"], guard["kind"], guard["words"]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=os.path.abspath)  # the copy becomes the folder of work
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--only", default="")
    parser.add_argument("--again", default="", type=lambda path: path and os.path.abspath(path))
    parser.add_argument("tests", nargs="*")
    return parser.parse_intermixed_args()


def _copy(folder: Path) -> list[Guard]:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for name in listed.stdout.splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return switch(folder)


def _run_once(folder: Path, tests: list[str]) -> tuple[Recorder, dict[str, Any]]:
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    os.environ["PYTHONPATH"] = str(folder)
    switches = __import__("guardswitch")
    recorder = Recorder(switches.state)
    asked = tests or [f"tests/{name}" for name in TESTS if (folder / "tests" / name).exists()]
    ignored = [f"--ignore=tests/{name}" for name in NOT_ASKED]
    began = time.monotonic()
    pytest.main([*OPTIONS, *ignored, *asked], plugins=[recorder])
    _let_go_of_the_database()
    print(
        f"{len(recorder.tests)} tests passed with every guard in place, in {time.monotonic() - began:.0f} s", flush=True
    )
    return recorder, switches.state


def _let_go_of_the_database() -> None:
    """A fork would wait twenty seconds for the lock of a connection that it inherits."""
    for connection in connections.all(initialized_only=True):
        if connection.connection is not None:
            connection.connection.close()
            connection.connection = None


def _each(guards: list[Guard], recorder: Recorder, state: dict[str, Any], out: Path) -> list[dict[str, Any]]:
    results: list[dict[str, Any]] = []
    for guard in guards:
        # First those to whom it says no, then the quick ones: a guard that every test passes is missed by few.
        passing = sorted(
            (guard.number not in test.said_no, test.seconds, name)
            for name, test in recorder.tests.items()
            if guard.number in test.guards
        )
        tests = [name for _, _, name in passing[:MOST_TESTS]] or ELSEWHERE.get(guard.path, [])
        began = time.monotonic()
        killer = next(
            filter(None, (_without(guard, some, state) for some in (tests[:FIRST], tests[FIRST:]) if some)), ""
        )
        fate = "killed" if killer else "survived" if tests else "no test"
        facts = {"fate": fate, "by": killer, "tests": len(passing), "seconds": round(time.monotonic() - began, 1)}
        results.append({**asdict(guard), **facts})
        out.write_text(json.dumps(results, indent=1), encoding="utf-8")
        print(f"{fate:9} {guard.path}:{guard.line} {guard.kind}: {guard.words}", flush=True)
    return results


class First:
    """Remembers the first test that failed."""

    name = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and not self.name:
            self.name = report.nodeid


def _without(guard: Guard, tests: list[str], state: dict[str, Any]) -> str:
    """The name of the first test that fails without the guard; empty when all pass. In a fork: nothing of it stays."""
    told, tell = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(told)
        state["off"], os.environ["GUARD_OFF"], first = guard.number, str(guard.number), First()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        code = pytest.main([*OPTIONS, "-x", *tests], plugins=[first])
        os.write(tell, (first.name or f"pytest ended with {int(code)}" if code else "").encode())
        os._exit(0)
    os.close(tell)
    return _hear(told, child)


def _hear(told: int, child: int) -> str:
    late = time.monotonic() + PATIENCE
    while time.monotonic() < late:
        if os.waitpid(child, os.WNOHANG)[0]:
            with os.fdopen(told) as pipe:
                return pipe.read()
        time.sleep(0.05)
    os.kill(child, 9)
    os.waitpid(child, 0)
    os.close(told)
    return "it never ended"


def _tell(results: list[dict[str, Any]]) -> int:
    fates = Counter(result["fate"] for result in results)
    print(f"{len(results)} guards taken away one by one: {dict(fates)}")
    return 1 if fates["survived"] or fates["no test"] else 0


if __name__ == "__main__":
    sys.exit(main())
