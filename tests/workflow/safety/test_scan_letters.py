"""The command that scans letters from standard input."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from workflow.management.commands.scan_letters import run

pytestmark = pytest.mark.pure
HOME = Path(__file__).resolve().parents[3]
LETTER = "My son is on the floor and I cannot wake him, his lips are blue, please tell me what to do for him now."


def scanned(lines):
    findings, complaints = io.StringIO(), io.StringIO()
    good = run(io.StringIO("\n".join(lines)), findings, complaints)
    return good, [json.loads(line) for line in findings.getvalue().splitlines()], complaints.getvalue()


def test_it_answers_a_line_with_a_line_in_order():
    good, found, complaints = scanned([json.dumps({"id": name, "text": LETTER}) for name in ("b", "a", "c")])
    assert good
    assert [row["id"] for row in found] == ["b", "a", "c"]
    safety = found[0]["safety"]
    assert safety["severity"] == "emergency"
    assert safety["categories"] == ["overdose"]
    evidence = safety["flags"][0]["evidence"][0]
    assert LETTER[evidence["start"] : evidence["end"]]
    assert complaints == ""


@pytest.mark.parametrize("bad", ["{", "[]", "1", '{"id": 1}', '{"text": "x"}', '{"id": 1, "text": 3}', "[" * 5000])
def test_it_refuses_a_bad_line_with_its_number_and_goes_on(bad):
    good, found, complaints = scanned(
        [json.dumps({"id": 1, "text": LETTER}), bad, json.dumps({"id": 3, "text": LETTER})]
    )
    assert not good
    assert [row["id"] for row in found] == [1, 3]
    assert complaints.startswith("line 2: ")
    assert "Traceback" not in complaints


def test_it_refuses_a_text_that_is_too_long():
    good, found, complaints = scanned([json.dumps({"id": 1, "text": "a" * 25_001})])
    assert not good
    assert not found
    assert "25,000" in complaints


def test_it_names_the_identifiers_of_the_other_engine():
    text = LETTER + " My son Mikey Kowalski is 24, call me at 978-555-0142."
    _, found, _ = scanned([json.dumps({"id": 1, "text": text})])
    kinds = {(row["type"], row["text"]) for row in found[0]["identifiers"]}
    assert ("CONTACT", "978-555-0142") in kinds
    assert any(kind == "PERSON" and "Mikey" in words for kind, words in kinds)


def test_it_runs_in_a_bare_checkout_without_settings_and_names_a_line_that_is_no_text():
    lines = [
        json.dumps({"id": "\ud83d", "text": "Je suis à bout."}).encode(),
        b"\xff\xfe",
        json.dumps({"id": 2, "text": LETTER}).encode(),
    ]
    asked = {name: value for name, value in os.environ.items() if not name.startswith(("ALLAY", "SECRET", "DATABASE"))}
    ran = subprocess.run(
        [sys.executable, "manage.py", "scan_letters"],
        cwd=HOME,
        env=asked,
        input=b"\n".join(lines),
        capture_output=True,
        check=False,
    )
    found = [json.loads(line) for line in ran.stdout.decode("utf-8").splitlines()]
    assert ran.returncode == 1
    assert [row["id"] for row in found] == ["\ud83d", 2]
    assert ran.stderr.decode() == "line 2: this is not UTF-8\n"
