"""`make check`: every rule of the house that a machine can keep, as many at a time as there are cores.

Each line says what it checks and whether it holds.
"""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

Command = list[str | Path]
ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PACKAGES = ["accounts", "qa", "workflow", "notifications", "config", "scripts"]
LET_THROUGH = "B308,B703"  # marking HTML as safe: tests/house keeps it to one file
DEVELOPMENT = {"ALLAY_ENV": "development"}
PRODUCTION = {
    "ALLAY_ENV": "production",
    "SECRET_KEY": "x" * 50 + "check-deploy-only-0123456789",
    "FIELD_KEYS": "k1:" + "A" * 43 + "=",
    "PUBLIC_URL": "https://allay.example",
    "DATABASE_URL": "sqlite:///var/check.sqlite3",
    "EMAIL_URL": "smtp+tls://user:password@mail.example:587",
    "MAIL_FROM": "hello@allay.example",
}


def templates() -> list[str]:
    return [str(path) for path in sorted((ROOT / "templates").rglob("*.html"))]


def main() -> int:
    if "--format-templates" in sys.argv:
        return run([BIN / "djade", "--target-version", "5.2", *templates()], {})
    python = sys.executable
    checks: list[tuple[str, Command, dict[str, str]]] = [
        ("types", [BIN / "mypy", *PACKAGES], DEVELOPMENT),
        ("lint", [BIN / "ruff", "check", "."], {}),
        ("format", [BIN / "ruff", "format", "--check", "-q", "."], {}),
        ("import order", [BIN / "lint-imports"], DEVELOPMENT),
        ("templates", [BIN / "djade", "--check", "--target-version", "5.2", *templates()], {}),
        ("migrations", [python, "manage.py", "makemigrations", "--check", "--dry-run"], DEVELOPMENT),
        ("deploy", [python, "manage.py", "check", "--deploy", "--fail-level", "WARNING"], PRODUCTION),
        ("bandit", [BIN / "bandit", "-q", "-ll", "-s", LET_THROUGH, "-r", *PACKAGES[:5], "manage.py"], {}),
        ("known holes", [python, "scripts/audit.py"], {}),
        ("generated docs", [python, "manage.py", "write_docs", "--check"], DEVELOPMENT),
    ]
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as hands:  # each waits for a process of its own
        codes = list(hands.map(lambda check: run(check[1], check[2], name=check[0]), checks))
    failed = [check[0] for check, code in zip(checks, codes, strict=True) if code]
    print(f"\n{'FAILED: ' + ', '.join(failed) if failed else 'All checks hold.'}")
    return 1 if failed else 0


def run(command: Command, extra: dict[str, str], *, name: str = "") -> int:
    done = subprocess.run(command, cwd=ROOT, env={**os.environ, **extra}, capture_output=True, text=True)
    said = f" ({done.stdout.strip()})" if name == "known holes" else ""
    head = f"{'FAIL' if done.returncode else 'ok  '} {name}{said}\n" if name else ""
    rest = f"{done.stdout}{done.stderr}" if done.returncode else ""
    print(head + rest, end="", flush=True)  # in one piece: two checks may end at once
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())
