"""docs/asvs.csv: which requirements of OWASP ASVS 5.0, level 2, are met, by which test or page, and which are not.

Says the share that is met and names the rest. A row that names a test which is not there is a fault of the table.
"""

import csv
import re
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TABLE = ROOT / "docs" / "asvs.csv"
STATUSES = {"met", "not met", "not applicable"}
ROWS = 177


def rows() -> list[dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def fault_of(row: dict[str, str]) -> str:
    """What is wrong with a row; nothing when it holds."""
    if row["status"] not in STATUSES:
        return "an unknown status"
    if row["status"] != "met":
        return "" if row["why"] else "no reason"
    path, _, test = row["proof"].partition("::")
    file = ROOT / path
    if not file.is_file():
        return f"there is no {path}"
    if (
        path.endswith(".py")
        and test
        and not re.search(rf"^def {test}\(", file.read_text(encoding="utf-8"), re.MULTILINE)
    ):
        return f"there is no {test} in {path}"
    return ""


def main() -> int:
    table = rows()
    faults = [f"{row['requirement']}: {fault}" for row in table if (fault := fault_of(row))]
    counted = Counter(row["status"] for row in table)
    share = 100 * counted["met"] / max(1, len(table) - counted["not applicable"])
    for row in table:
        if row["status"] == "not met":
            print(f"not met: {row['requirement']}: {row['why']}")
    print("\n".join(faults))
    print(f"{len(table)} rows, {dict(counted)}; met: {share:.1f} % of what applies")
    return 1 if faults or len(table) != ROWS else 0


if __name__ == "__main__":
    sys.exit(main())
