"""What one would take instead, measured beside us: each in an environment of its own, made for the run and thrown away.

    python -m benchmarks.peers wagtail [pages [waiting]]     2,000 pages, 100 of them waiting for approval
    python -m benchmarks.peers identifiers [letters.jsonl]   Presidio and scrubadub on marked letters

Wagtail does the steps of a letter over HTTP through a workflow of two tasks: written, edited, sent in, approved, approved
and published. It needs a package index; where there is none, this says so and ends well.
"""

import os
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
SHARED = Path(os.environ.get("SHARED_DIR", HERE.parents[1] / "shared"))


def main() -> int:
    name, *given = sys.argv[1:] or [""]
    if name == "wagtail":
        pages, waiting = [*given, "2000", "100"][:2] if len(given) != 1 else [given[0], "100"]
        return _run("wagtail-requirements.txt", ["-W", "ignore", "-m", "wagtail_site.measure", pages, waiting])
    if name == "identifiers":
        letters = Path(given[0]) if given else SHARED / "letters" / "letters.jsonl"
        if not letters.exists():
            print(f"Skipped: there are no marked letters at {letters}. Name a file: one JSON object a line.")
            return 0
        return _run("deidentify-requirements.txt", ["-W", "ignore", "deidentify.py", str(letters.resolve())])
    print(__doc__)
    return 2


def _run(requirements: str, arguments: list[str]) -> int:
    with environment(HERE / requirements) as python:
        if python is None:
            print(f"Skipped: what {requirements} names could not be installed.")
            return 0
        env = {name: value for name, value in os.environ.items() if not name.startswith(("DJANGO_", "ALLAY_"))}
        return subprocess.run([str(python), *arguments], cwd=HERE, env=env).returncode


@contextmanager
def environment(requirements: Path) -> Iterator[Path | None]:
    """The Python of a fresh environment that holds just these; none where they cannot be had."""
    with tempfile.TemporaryDirectory(prefix="allay-bench-") as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder, "bin", "python")
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements]
        done = subprocess.run(install, stderr=subprocess.DEVNULL)
        yield python if done.returncode == 0 else None


if __name__ == "__main__":
    sys.exit(main())
