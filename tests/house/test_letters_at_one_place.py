"""The letter as sent is read in a handful of files; everything else works with the de-identified question."""

import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.pure
ROOT = Path(__file__).parent.parent.parent
PACKAGES = ("accounts", "qa", "workflow", "notifications", "config")
# Who may touch the row of a letter, and why.
MAY = {
    "qa/models/letters.py": "the model",
    "qa/models/__init__.py": "its name",
    "qa/models/questions.py": "a question belongs to one",
    "workflow/models/cases.py": "a case belongs to one",
    "workflow/queues/members.py": "the member's own words, for the member",
    "workflow/actions/intake.py": "it comes in, and is erased",
    "workflow/actions/rescanning.py": "read for danger again when the rules change; by the service, shown to nobody",
    "workflow/actions/triage.py": "a moderator opens it, recorded",
    "workflow/actions/findings.py": "findings are spans of it",
    "workflow/actions/publication.py": "which story it belongs to; never its words",
}
FILES = [
    path
    for package in PACKAGES
    for path in sorted((ROOT / package).rglob("*.py"))
    if "migrations" not in path.parts and "demo" not in path.parts and "management" not in path.parts
]
READS = re.compile(r"\bLetter\.objects\b|\bimport [^\n]*\bLetter\b|\bletter\.text\b|letter__text")


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_it_reads_the_letter_only_where_it_may(path):
    name = str(path.relative_to(ROOT))
    if name not in MAY:
        assert not READS.search(path.read_text(encoding="utf-8")), f"{name} reaches for the letter as sent"


@pytest.mark.parametrize("path", sorted((ROOT / "templates").rglob("*.*")), ids=lambda path: path.name)
def test_it_shows_the_letter_in_no_template_but_the_members_and_the_workbench(path):
    parts = path.relative_to(ROOT / "templates").parts
    if parts[:2] in {("workflow", "triage"), ("workflow", "member"), ("workflow", "intake"), ("workflow", "habits")}:
        return
    assert not re.search(r"\{\{\s*(?:letter|case\.letter)(?:\.text)?[\s|}]", path.read_text(encoding="utf-8"))
