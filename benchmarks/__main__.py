"""`make bench`: every benchmark, one after the other, each with the command that runs it alone.

python -m benchmarks                              everything, at the sizes of docs/performance.md
python -m benchmarks cases safety                 some of it
python -m benchmarks --sizes 1000 1000000         the growing ones at other sizes
"""

import argparse
import os
import platform
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GROWING = {"floors": ["benchmarks.floors"], "cases": ["benchmarks.cases"], "publications": ["benchmarks.publications"]}
EVERYTHING = GROWING | {
    "wagtail": ["benchmarks.peers", "wagtail"],
    "identifiers": ["benchmarks.peers", "identifiers"],
    "safety": ["benchmarks.safety_speed"],
    "mail": ["benchmarks.mail_drain"],
    "processes": ["benchmarks.processes"],
    "footprint": ["benchmarks.footprint"],
}
SKIPPED = ("Skipped", "PostgreSQL is not installed")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(EVERYTHING)}; all if none is named")
    parser.add_argument("--sizes", nargs="+", default=[], help="of what grows, in place of 1000 100000")
    options = parser.parse_args()
    if unknown := set(options.names) - set(EVERYTHING):
        parser.error(f"There is no benchmark {', '.join(sorted(unknown))}. There are: {', '.join(EVERYTHING)}.")
    print(f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, {_load()}")
    failed, skipped = [], []
    for name in options.names or EVERYTHING:
        command = [sys.executable, "-m", *EVERYTHING[name], *(options.sizes if name in GROWING else [])]
        print(f"\n== {name}: python {' '.join(command[1:])} ({_load()})", flush=True)
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
            for line in running.stdout or ():
                print(line, end="", flush=True)
                skipped += [f"{name}: {line.strip()}"] * line.startswith(SKIPPED)
        failed += [name] * bool(running.returncode)
    for title, some in (("Not measured", skipped), ("Did not end well", failed)):
        if some:
            print(f"\n{title}:\n" + "\n".join(f"  {one}" for one in dict.fromkeys(some)))
    return 1 if failed else 0


def _load() -> str:
    return f"load average {os.getloadavg()[0]:.1f}"


if __name__ == "__main__":
    sys.exit(main())
