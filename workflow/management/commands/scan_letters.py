"""`manage.py scan_letters < letters.jsonl > findings.jsonl`: what the two engines find in letters, one JSON object a line.

In: {"id", "text"}. Out: {"id", "safety": {"severity", "categories", "flags"}, "identifiers", "hints"}. Streams, keeps the order,
refuses a bad line with its number on the error stream and goes on; the exit code is 1 if any line was bad.
"""

import json
import sys
from dataclasses import asdict
from typing import Any, TextIO

from django.core.management.base import BaseCommand

from workflow import anonymize
from workflow.safety.report import Report
from workflow.safety.scan import scan

MOST_CHARACTERS = 25_000


class BadLine(ValueError):
    """A line that is not a letter; the sentence says why, without quoting it."""


class Command(BaseCommand):
    """Scan letters from standard input."""

    help = "Read letters (JSON lines) from standard input and write what the safety scan finds."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        sys.stdin.reconfigure(encoding="utf-8", errors="surrogateescape")  # type: ignore[union-attr]  # named below
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]  # as JSON has it
        if not run(sys.stdin, sys.stdout, sys.stderr):
            raise SystemExit(1)


def run(letters: TextIO, findings: TextIO, complaints: TextIO) -> bool:
    """Scan every line; False when at least one was bad."""
    is_good = True
    for number, line in enumerate(letters, start=1):
        if not line.strip():
            continue
        try:
            found = read(line)
        except BadLine as wrong:
            is_good = False
            complaints.write(f"line {number}: {wrong}\n")
            continue
        findings.write(json.dumps(found, ensure_ascii=False) + "\n")
        findings.flush()
    return is_good


def read(line: str) -> dict[str, Any]:
    """What is found in one line's letter. Raises BadLine."""
    if any("\ud800" <= sign <= "\udfff" for sign in line):
        raise BadLine("this is not UTF-8")
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise BadLine("this is not JSON") from None
    if not isinstance(row, dict) or "id" not in row or not isinstance(row.get("text"), str):
        raise BadLine('a letter is {"id": …, "text": "…"}')
    if len(row["text"]) > MOST_CHARACTERS:
        raise BadLine(f"the text has more than {MOST_CHARACTERS:,} characters")
    found = anonymize.find(row["text"])
    return {
        "id": row["id"],
        "safety": as_json(scan(row["text"])),
        "identifiers": [plain(span, row["text"]) for span in found if not span.is_hint],
        "hints": [plain(span, row["text"]) for span in found if span.is_hint],
    }


def plain(found: anonymize.Identifier, text: str) -> dict[str, Any]:
    """One span in plain values. Hints are doubtful, or single somebody out only together: for a person to judge."""
    return {
        "start": found.start,
        "end": found.end,
        "type": found.kind.value,
        "text": text[found.start : found.end],
        "why": found.why,
        "replacement": found.replacement,
    }


def as_json(report: Report) -> dict[str, Any]:
    """A report in plain values."""
    return {
        "severity": report.severity,
        "categories": list(report.categories),
        "version": report.version,
        "language": report.language,
        "flags": [asdict(flag) for flag in report.flags],
        "set_aside": [asdict(evidence) for evidence in report.set_aside],
    }
