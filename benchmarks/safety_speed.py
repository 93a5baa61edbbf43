"""How long one scan takes, in processor time: the median of 2,000 characters of real letters, and hostile text.

    python -m benchmarks.safety_speed

Of each text the quickest of fifteen scans, as `timeit` advises: the others say how busy the machine was. A loop beside them
says how fast it is: on one and the same machine it took 5.6 to 11.4 ms, by what its neighbours did.
"""

import json
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HOME))
from tests.workflow.safety.test_scan import hostile  # noqa: E402
from workflow.safety.scan import scan, standard_scanner  # noqa: E402

ROUNDS = 15


def milliseconds(what: Callable[[], object]) -> list[float]:
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        what()
        times.append(1000 * (time.process_time() - start))
    return times


def quickest(text: str) -> float:
    return min(milliseconds(lambda: scan(text)))


def say_how_fast_the_machine_is() -> None:
    loop = statistics.median(milliseconds(lambda: sum(number * number for number in range(100_000))))
    print(f"a loop of 100,000 squares: median {loop:.1f} ms")


def main() -> None:
    standard_scanner().make_ready()
    letters = "\n\n".join(
        json.loads(line)["text"]
        for path in sorted((HOME / "benchmarks/letters").glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
    )
    parts = [letters[start : start + 2000] for start in range(0, len(letters) - 2000, 2000)]
    say_how_fast_the_machine_is()
    real = sorted(quickest(part) for part in parts)
    print(
        f"2,000 characters of letters ({len(real)} pieces): median {statistics.median(real):.1f} ms, worst {real[-1]:.1f} ms"
    )
    say_how_fast_the_machine_is()
    worst = sorted(quickest(text) for text in hostile())
    print(
        f"25,000 hostile characters ({len(worst)} kinds): median {statistics.median(worst):.1f} ms, worst {worst[-1]:.1f} ms"
    )


if __name__ == "__main__":
    main()
