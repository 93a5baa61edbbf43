"""Are holes known in the packages of requirements.lock? `make check` asks; where nobody can be asked it says so and passes.

A package about which the advisories could not be read is no package without holes: it is named as not asked.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
COMMAND = ["-m", "pip_audit", "-r", "requirements.lock", "--disable-pip", "--require-hashes", "--format", "json"]
PATIENCE = 120


def ask() -> list[dict[str, Any]] | None:
    """What the advisories say of each package; nothing when they could not be asked."""
    try:
        done = subprocess.run([sys.executable, *COMMAND], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE)
        found: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return None
    return found


def verdict(found: list[dict[str, Any]] | None) -> tuple[int, str]:
    """The exit code and the sentence."""
    if not found or all("skip_reason" in one for one in found):
        return 0, "not asked: no network to the advisories"
    holes = [f"{one['name']} {one['version']}: {hole['id']}" for one in found for hole in one.get("vulns", [])]
    unknown = sorted(one["name"] for one in found if "skip_reason" in one)
    more = f"; not asked about {', '.join(unknown)}" if unknown else ""
    if holes:
        return 1, f"known holes: {'; '.join(holes)}{more}"
    return 0, f"no known hole in {len(found) - len(unknown)} packages{more}"


def main() -> int:
    code, sentence = verdict(ask())
    print(sentence)
    return code


if __name__ == "__main__":
    sys.exit(main())
