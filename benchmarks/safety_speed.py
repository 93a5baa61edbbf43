"""How long one scan takes: processor time, the median of fifteen, for 2,000 characters of real letters and for hostile text.

python benchmarks/safety_speed.py
"""

import json
import statistics
import sys
import time
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HOME))
from tests.workflow.safety.test_scan import hostile  # noqa: E402
from workflow.safety.scan import scan, standard_scanner  # noqa: E402

ROUNDS = 15


def milliseconds(text: str) -> float:
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        scan(text)
        times.append(time.process_time() - start)
    return 1000 * statistics.median(times)


def main() -> None:
    standard_scanner().make_ready()
    letters = "\n\n".join(
        json.loads(line)["text"]
        for path in sorted((HOME / "benchmarks/letters").glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    )
    parts = [letters[start : start + 2000] for start in range(0, len(letters) - 2000, 2000)]
    real = sorted(milliseconds(part) for part in parts)
    print(
        f"2,000 characters of letters ({len(real)} pieces): median {statistics.median(real):.1f} ms, worst {real[-1]:.1f} ms"
    )
    worst = sorted(milliseconds(text) for text in hostile())
    print(
        f"25,000 hostile characters ({len(worst)} kinds): median {statistics.median(worst):.1f} ms, worst {worst[-1]:.1f} ms"
    )


if __name__ == "__main__":
    main()
