"""The rules of the house that a machine can keep, with the standard library only. Pure: no database."""

import ast
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.pure
ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ["config", "notifications", "workflow", "qa", "accounts"]  # each may import only what is to its right
FILES = [
    path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")) if "migrations" not in path.parts
]
TEMPLATES = sorted((ROOT / "templates").rglob("*.*"))
LONGEST_FILE = 400


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", FILES, ids=name)
def test_it_imports_only_to_the_right_and_never_late(path):
    package = path.relative_to(ROOT).parts[0]
    left = PACKAGES[: PACKAGES.index(package)]
    tree = tree_of(path)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            assert (node.module or "").split(".")[0] not in left, f"line {node.lineno}"
        if isinstance(node, ast.Import):
            assert not {alias.name.split(".")[0] for alias in node.names} & set(left), f"line {node.lineno}"
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            late = [inner for inner in ast.walk(node) if isinstance(inner, ast.Import | ast.ImportFrom)]
            assert not late, f"an import inside {node.name}"


@pytest.mark.parametrize("path", FILES, ids=name)
def test_it_opens_with_what_lives_here_and_stays_short(path):
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST_FILE
    if text.strip():
        assert ast.get_docstring(tree_of(path)), "the module says nothing about itself"


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_it_escapes_everything_and_keeps_the_csp(path):
    text = path.read_text(encoding="utf-8")
    assert "|safe" not in text.replace(" ", "")
    assert "autoescape off" not in text
    if "emails" in path.parts:
        return
    assert not re.search(r"<[^>]+\son\w+\s*=", text), "an inline handler"
    assert not re.search(r"<[^>]+\sstyle\s*=", text), "an inline style"
    assert "<style" not in text or path.name == "own_data.html"  # a file that is read from a disk
    for tag in re.findall(r"<script\b[^>]*>", text):
        assert "src=" in tag, "an inline script"
    assert not re.search(r"""(?:src|href)=["']https?://""", text), "something from another host"


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_it_asks_policies_and_not_roles(path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"\broles?\b\s*==|\bin\s+\w+\.roles|\.holds\b|is_superuser", text)


def test_it_lets_html_through_at_one_place_only():
    exits = [
        name(path)
        for path in FILES
        if re.search(r"\bmark_safe\b|\bSafeString\(|\bSafeText\(", path.read_text(encoding="utf-8"))
    ]
    assert exits == ["qa/templatetags/reading.py"]


def test_it_changes_a_state_through_the_one_door_only():
    for path in FILES:
        if path.parts[-2:] == ("demo", "clock.py"):
            continue
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "update":
                assert "state" not in {keyword.arg for keyword in node.keywords} or "notifications" in path.parts, name(
                    path
                )


def test_it_has_no_signal_receiver_but_the_one_of_notifications():
    receivers = [
        name(path) for path in FILES if re.search(r"@receiver\b|\.connect\(", path.read_text(encoding="utf-8"))
    ]
    assert set(receivers) <= {"notifications/apps.py"}


def test_it_names_no_help_line_number_in_a_template():
    numbers = re.compile(r"\b(?:1-8\d\d-\d{3}-\d{4}|tel:|741741|435748)")
    for path in TEMPLATES:
        if path.name == "500.html":
            continue  # it must render without a database
        assert not numbers.search(path.read_text(encoding="utf-8")), name(path)


def test_it_asks_for_numbers_and_links_nowhere_but_the_registry():
    text = (ROOT / "qa" / "helplines.toml").read_text(encoding="utf-8")
    for stale in ("1-800-273", "422-2253", "press 3", "Evzio"):
        assert stale not in text


def test_it_pins_every_dependency_and_says_why():
    for file in ("requirements.txt", "requirements-demo.txt", "requirements-dev.txt"):
        for line in (ROOT / file).read_text(encoding="utf-8").splitlines():
            if line and not line.startswith(("#", "-r")):
                assert re.fullmatch(r"[\w\[\]\-]+==[\w.]+ +# .{5,}", line), line
