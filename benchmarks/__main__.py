"""`make bench`: every benchmark, one after the other, each with the command that runs it alone.

python -m benchmarks                 everything, at the sizes of docs/performance.md
python -m benchmarks cases safety    some of it
"""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EVERYTHING = {
    "cases": ["benchmarks.cases"],
    "publications": ["benchmarks.publications"],
    "mail": ["benchmarks.mail_drain"],
    "safety": ["benchmarks.safety_speed"],
    "identifiers": ["benchmarks.deidentify", "../shared/letters/letters.jsonl"],
}


def main() -> int:
    names = sys.argv[1:] or list(EVERYTHING)
    if unknown := set(names) - set(EVERYTHING):
        print(f"There is no benchmark {', '.join(sorted(unknown))}. There are: {', '.join(EVERYTHING)}.")
        return 2
    failed = []
    for name in names:
        command = [sys.executable, "-m", *EVERYTHING[name]]
        print(f"\n== {name}: python {' '.join(command[1:])}", flush=True)
        if subprocess.run(command, cwd=ROOT).returncode:
            failed.append(name)
    if failed:
        print(f"\nDid not end well: {', '.join(failed)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
