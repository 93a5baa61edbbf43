"""The rules of the house that a machine can keep, with the standard library only. Pure: no database.

One test reads all files and names every fault: a test for each file took four times as long as the reading.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
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


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def wrong_imports(package: str, tree: ast.Module) -> Iterator[str]:
    left = set(PACKAGES[: PACKAGES.index(package)])
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level == 0 and (node.module or "").split(".")[0] in left:
            yield f"line {node.lineno} imports to the left"
        if isinstance(node, ast.Import) and {alias.name.split(".")[0] for alias in node.names} & left:
            yield f"line {node.lineno} imports to the left"
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and any(
            isinstance(inner, ast.Import | ast.ImportFrom) for inner in ast.walk(node)
        ):
            yield f"an import inside {node.name}"


def test_it_imports_only_to_the_right_and_never_late():
    found = {name(path): list(wrong_imports(path.relative_to(ROOT).parts[0], tree_of(path))) for path in FILES}
    assert {path: faults for path, faults in found.items() if faults} == {}


def test_it_would_notice_an_import():
    for line in (
        "import workflow",
        "from notifications.models import X",
        "def f():\n    import re",
        "import config.urls",
    ):
        assert list(wrong_imports("qa", ast.parse(line))), line
    assert list(wrong_imports("qa", ast.parse("import re\nfrom accounts import x\nfrom .models import y"))) == []


def test_it_opens_with_what_lives_here_and_stays_short():
    texts = {path: path.read_text(encoding="utf-8") for path in FILES}
    assert [name(path) for path, text in texts.items() if len(text.splitlines()) > LONGEST_FILE] == []
    silent = [name(path) for path, text in texts.items() if text.strip() and not ast.get_docstring(tree_of(path))]
    assert silent == [], "these modules say nothing about themselves"


def unsafe_in(path: Path, text: str) -> Iterator[str]:
    if "|safe" in text.replace(" ", ""):
        yield "|safe"
    if "autoescape off" in text:
        yield "autoescape off"
    if "emails" in path.parts:
        return
    if re.search(r"<[^>]+\son\w+\s*=", text):
        yield "an inline handler"
    if re.search(r"<[^>]+\sstyle\s*=", text):
        yield "an inline style"
    if "<style" in text and path.name != "own_data.html":  # a file that is read from a disk
        yield "a sheet in the page"
    if any("src=" not in tag for tag in re.findall(r"<script\b[^>]*>", text)):
        yield "an inline script"
    if re.search(r"""(?:src|href)=["']https?://""", text):
        yield "something from another host"


def test_it_escapes_everything_and_keeps_the_csp():
    found = {name(path): list(unsafe_in(path, path.read_text(encoding="utf-8"))) for path in TEMPLATES}
    assert {path: faults for path, faults in found.items() if faults} == {}


@pytest.mark.parametrize(
    "text",
    [
        "{{ words | safe }}", "{% autoescape off %}", '<a onclick = "x">', '<p style="x">', "<style>p {}</style>",
        "<script>x</script>", "<script src='/a.js'></script><script>x</script>", '<img src="https://a.example/x">',
    ],
)  # fmt: skip
def test_it_would_notice_in_a_template(text):
    assert len(list(unsafe_in(Path("page.html"), text))) == 1
    assert list(unsafe_in(Path("page.html"), "<script src='/a.js'></script><a href='/'>{{ words }}</a>")) == []


def test_it_asks_policies_and_not_roles():
    asks = re.compile(r"\broles?\b\s*==|\bin\s+\w+\.roles|\.holds\b|is_superuser")
    assert [name(path) for path in TEMPLATES if asks.search(path.read_text(encoding="utf-8"))] == []


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
