"""The letter as sent is read in a handful of files; everything else, exports and file names too, works with what was de-identified."""

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
    "workflow/actions/keeping.py": "its time is over: it is erased",
    "workflow/queues/keeping.py": "whether an original is still there to be erased; never its words",
    "workflow/actions/rescanning.py": "read for danger again when the rules change; by the service, shown to nobody",
    "workflow/actions/triage.py": "a moderator opens it, recorded",
    "workflow/actions/findings.py": "findings are spans of it",
    "workflow/actions/publication.py": "which story it belongs to; never its words",
    "workflow/own_data.py": "a member is given what is theirs, and nobody else",
    "workflow/actions/stories.py": "which story it belongs to; never its words",
    "config/rotation.py": "it gets a key and is sealed under it; by a command, shown to nobody",
}
FILES = [
    path
    for package in PACKAGES
    for path in sorted((ROOT / package).rglob("*.py"))
    if "migrations" not in path.parts and "demo" not in path.parts and "management" not in path.parts
]
COMMANDS = [
    path
    for package in PACKAGES
    for path in sorted((ROOT / package).rglob("*.py"))
    if "management" in path.parts or "demo" in path.parts
]
MAY_COMMAND = {"config/demo/clock.py": "it sets the time at which an invented letter was sent, and reads no word"}
# What writes files that leave the house, and the one table each may take its rows from.
EXPORTS = [
    *sorted((ROOT / "qa/archive").glob("*.py")),
    ROOT / "qa/management/commands/export_archive.py",
    ROOT / "qa/feeds.py",
]
UNPUBLISHED = re.compile(r"\b(?:Letter|LetterDraft|Question|AnswerRevision|Case|Finding|SafetyFlag|Consent)\b")
# Where a name for a file, a download or a key of a store is made.
NAMES_A_FILE = re.compile(r"Content-Disposition|as_attachment|filename\s*=|upload_to\s*=|\.(?:md|csv|xml|pdf|zip)[\"']")
WORDS_OF_SOMEBODY = re.compile(
    r"\b(?:text|body|letter|label|intro|called|email|words|html|note|question|answer)\b\}|\.(?:text|body|label|intro|email)\b"
)
READS = re.compile(r"\bLetter\.objects\b|\bimport [^\n]*\bLetter\b|\bletter\.text\b|letter__text")


def lines_of(paths):
    """(file and number, line) of each."""
    for path in paths:
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            yield f"{path.relative_to(ROOT)}:{number}", line


def readers(paths):
    """Those of the files that reach for the letter as sent."""
    return {str(path.relative_to(ROOT)) for path in paths if READS.search(path.read_text(encoding="utf-8"))}


def test_it_reads_the_letter_only_where_it_may():
    assert readers(FILES) - set(MAY) == set()
    assert len(readers(FILES)) > 5, "or it would see nobody"


def test_it_reads_no_letter_in_a_command():
    assert readers(COMMANDS) - set(MAY_COMMAND) == set()


def test_it_exports_nothing_but_published_pages():
    imported = [(place, line) for place, line in lines_of(EXPORTS) if re.match(r"(?:from|import)\b", line)]
    assert [place for place, line in imported if UNPUBLISHED.search(line)] == [], "reaches behind the published page"


def test_it_names_no_file_by_anybodys_words():
    names = [(place, line) for place, line in lines_of([*FILES, *COMMANDS]) if NAMES_A_FILE.search(line)]
    assert [place for place, line in names if WORDS_OF_SOMEBODY.search(line)] == []
    assert names, "or it would see no name of a file"


def test_it_would_notice_a_file_named_by_a_letter():
    for line in (
        'response["Content-Disposition"] = f"attachment; filename={case.question.text}.txt"',
        '(folder / f"{letter}.md").write_text(body)',
    ):
        assert NAMES_A_FILE.search(line)
        assert WORDS_OF_SOMEBODY.search(line)


def test_it_shows_the_letter_in_no_template_but_the_members_and_the_workbench():
    shows = re.compile(r"\{\{\s*(?:letter|case\.letter)(?:\.text)?[\s|}]")
    templates = sorted((ROOT / "templates").rglob("*.*"))
    found = {path.relative_to(ROOT / "templates") for path in templates if shows.search(path.read_text("utf-8"))}
    rooms = {"workflow/triage", "workflow/member", "workflow/intake", "workflow/habits"}
    assert found, "or it would see none"
    assert {
        str(path) for path in found if "/".join(path.parts[:2]) not in rooms and str(path) != "config/own_data.html"
    } == set()
