"""`make test`: three rounds of pytest — SQLite, PostgreSQL, browser. With arguments: one round on SQLite with them.

Where PostgreSQL or Chromium is missing, one line says so and how to install it; with CI=true that is a failure.
"""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import chromium
import postgres

ROOT = Path(__file__).resolve().parent.parent
CI = os.environ.get("CI", "").lower() in {"1", "true"}
ONE_ROUND = r"(?ms)\A(?!.*mark\.both\b).*^pytestmark = [^\n]*mark\.(pure|once|browser)\b"  # all of the file
IN_BROWSER = r"mark\.browser\b"
WORKERS = min(4, (os.cpu_count() or 1) + 1)  # one more than cores: tests with processes of their own wait a lot
PARALLEL = ["-n", str(WORKERS), "--dist", "loadfile", "--no-loadscope-reorder"]  # in the order of conftest.py


def main() -> int:
    if sys.argv[1:]:
        return pytest(*sys.argv[1:])
    began = time.monotonic()
    results: list[tuple[str, int | None]] = []
    results.append(("SQLite", pytest("-m", "not browser and not postgres", *PARALLEL)))
    results.append(("PostgreSQL", on_postgres()))
    results.append(("browser", in_browser()))
    print(f"\nAll rounds took {time.monotonic() - began:.0f} s.")
    for name, code in results:
        print(f"  {name}: {'passed' if code == 0 else 'SKIPPED' if code is None else 'FAILED'}")
    return 1 if any(results_code not in (0, None) for _, results_code in results) else 0


def pytest(*arguments: str, **extra: str) -> int:
    command = [sys.executable, "-m", "pytest", "-q", *arguments]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **extra}).returncode


def on_postgres() -> int | None:
    binaries = postgres.find_binaries()
    if binaries is None:
        return missing("PostgreSQL", postgres.INSTALL)
    with postgres.running_server(binaries) as url:
        marked = "not browser and not pure and (not once or both)"
        return pytest("-m", marked, *PARALLEL, *files(without=ONE_ROUND), DATABASE_URL=url)


def in_browser() -> int | None:
    if chromium.find_whole() is None:
        return missing("Chromium", chromium.INSTALL)
    code = pytest("-m", "browser and not postgres", *PARALLEL, *files(of=IN_BROWSER))
    if code == 1:  # a page may be late on a busy machine: what failed is tried once more, by itself, and must pass
        print("\nTrying the failed browser tests once more, one after the other.")
        code = pytest("-m", "browser and not postgres", "--last-failed")
    return code


def files(*, of: str = "", without: str = r"(?!)") -> list[str]:
    """Those whose text fits: a worker that only has to read what it may run is ready sooner, the marks still decide."""
    every = {path: path.read_text(encoding="utf-8") for path in sorted(ROOT.glob("tests/**/test_*.py"))}
    return [str(path) for path, text in every.items() if re.search(of, text) and not re.search(without, text)]


def missing(what: str, install: str) -> int | None:
    print(f"\n{what} is not installed, so its tests are skipped. To install it: {install}")
    return 1 if CI else None


if __name__ == "__main__":
    sys.exit(main())
