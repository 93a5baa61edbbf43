"""Rules about what the code may not do at all, and about what comes with it. Pure: the standard library reads the source."""

import ast
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from scripts.audit import verdict
from tests.house.test_house import FILES, ROOT, name, tree_of

pytestmark = pytest.mark.pure

FORBIDDEN = {
    "eval": "runs text as code",
    "exec": "runs text as code",
    "compile": "runs text as code",
    "pickle.loads": "a pickle runs what it holds",
    "pickle.load": "a pickle runs what it holds",
    "marshal.loads": "as a pickle",
    "yaml.load": "makes objects of text",
    "os.system": "a shell",
    "os.popen": "a shell",
    "RawSQL": "SQL by hand",
    "format_html_join": "HTML is made by templates",
    "mark_safe": "HTML is let through in one file",
    "random.choice": "guessable where secrets are wanted",
    "random.random": "guessable where secrets are wanted",
    "hashlib.md5": "broken",
    "hashlib.sha1": "broken",
}
CALLS = {
    "urlopen",
    "requests.get",
    "requests.post",
    "httpx.get",
    "httpx.post",
    "smtplib.SMTP",
    "socket.create_connection",
}
# What looks like it and is not, each with its reason.
LET = {
    "config/backups/databases.py": "names of tables, read from the database itself and quoted",
    "config/languages.py": "the same page without its language; never an address of another site",
    "config/views.py": "the address that a setting names",
    "notifications/failpoints.py": "chooses when a test dies",
    "notifications/models.py": "no value in it",
    "qa/encryption.py": "a table that the code names; the key's id is given apart",
    "qa/fulltext.py": "as many %s as there are words",
}
MANY = {"workflow/anonymize", "workflow/safety", "config/demo"}  # engines and the demo make their own dice


def calls(path: Path):
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Call):
            yield node, ast.unparse(node.func)


def faults(path: Path, source: ast.Module | None = None) -> list[str]:
    """What a file does that no file may do."""
    found = []
    for node in ast.walk(source or tree_of(path)):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            given = {keyword.arg for keyword in node.keywords}
            if called in FORBIDDEN and not ("random" in called and any(part in str(path) for part in MANY)):
                found.append(f"{node.lineno}: {called}: {FORBIDDEN[called]}")
            if called.endswith(".execute") and node.args and _is_made(node.args[0]) and "ops." not in ast.unparse(node):
                found.append(f"{node.lineno}: SQL put together from pieces")
            if called.split(".")[-1] in {"raw", "extra"} and "objects" in called:
                found.append(f"{node.lineno}: SQL by hand")
            if any(keyword.arg == "shell" for keyword in node.keywords):
                found.append(f"{node.lineno}: a shell")
            if called in CALLS and "timeout" not in given:
                found.append(f"{node.lineno}: {called} waits for ever")
            if called == "HttpResponseRedirect" or (called == "redirect" and "GET" in ast.unparse(node)):
                found.append(f"{node.lineno}: leads where a request says")
    return found


def _is_made(node: ast.expr) -> bool:
    """An f-string with something in it, `%`, `+` or `.format`."""
    is_filled = isinstance(node, ast.JoinedStr) and any(isinstance(part, ast.FormattedValue) for part in node.values)
    is_format = isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format"
    return is_filled or is_format or isinstance(node, ast.BinOp)


def test_it_does_nothing_that_no_file_may_do():
    found = {name(path): faults(path) for path in FILES}
    assert {path: said for path, said in found.items() if said and path not in LET} == {}
    assert [path for path in LET if not found[path]] == [], "let for nothing"


@pytest.mark.parametrize(
    "line",
    [
        "eval(x)", "pickle.loads(x)", "os.system(x)", "subprocess.run(x, shell=True)", "mark_safe(x)", "urlopen(x)",
        "cursor.execute(f'SELECT {x}')", "cursor.execute('SELECT ' + x)", "cursor.execute('%s' % x)", "Case.objects.raw(x)",
        "redirect(request.GET['next'])", "hashlib.md5(x)", "cursor.execute('{}'.format(x))",
    ],
)  # fmt: skip
def test_it_would_notice(line):
    assert faults(Path("x.py"), ast.parse(line))


def test_it_puts_no_text_of_people_into_html_by_hand():
    """HTML is made by templates; what is put together elsewhere is escaped where it is put in."""
    by_hand = re.compile(r"""f["'][^"'\n]*<(?:p|a|li|div|span|strong|h[1-6]|blockquote)[ >][^"'\n]*\{""")
    for path in FILES:
        for line in path.read_text(encoding="utf-8").splitlines():
            assert not by_hand.search(re.sub(r"\{[A-Z_]+\}", "", line)) or "escape(" in line, f"{name(path)}: {line}"


WAYS_OUT = re.compile(
    r"^\s*(?:import|from) (?:smtplib|http\.client|urllib\.request|requests|httpx|aiohttp|ftplib|telnetlib|xmlrpc|asyncio|"
    r"sentry_sdk\.transport|django\.core\.mail|anymail)\b|create_connection\(|urlopen\(|\.connect_ex?\(",
    re.MULTILINE,
)
# Who can speak to another machine, and the setting that says to which: the table "Who it talks to" of docs/operations.md.
TALKS = {
    "config/alive.py": "",  # this machine only
    "config/sentry.py": "SENTRY_DSN",
    "notifications/heartbeat.py": "ALARM_EMAIL_URL",
    **dict.fromkeys(["notifications/post.py", "notifications/smtp.py", "notifications/moulds.py"], "EMAIL_URL"),
    **dict.fromkeys(["notifications/reports.py", "notifications/apps.py"], "MAIL_PROVIDER"),
}


def documented(section: str) -> set[str]:
    """The names in the tables of a section of docs/operations.md."""
    text = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    table = text.split(f"## {section}\n")[1].split("\n## ")[0]
    return set(re.findall(r"`([\w.]+)`", "".join(line for line in table.splitlines() if line.startswith("|"))))


def test_it_talks_to_nobody_who_is_not_on_the_list():
    """That none is reached while it runs, tests/conftest.py sees in every test."""
    found = {name(path) for path in FILES if WAYS_OUT.search(path.read_text(encoding="utf-8"))}
    assert found == set(TALKS)
    assert {*TALKS.values(), "DATABASE_URL", "REDIS_URL"} - {""} == documented("Who it talks to")


def test_it_lists_every_logger():
    ours = {found for path in FILES for found in re.findall(r'getLogger\("([\w.]+)"\)', path.read_text("utf-8"))}
    assert ours == {found for found in documented("What is logged") if found.startswith("allay.")}


def test_it_has_every_package_of_the_lock_with_hashes():
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pinned = re.findall(r"^([\w.-]+)==([\w.]+) \\\n((?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)", lock, re.M)
    assert len(pinned) == len(re.findall(r"^[\w.-]+(?:\[\w+\])?==", lock, re.M)) > 30


def test_it_makes_a_bill_of_materials_of_the_whole_lock(tmp_path):
    metadata.version("cyclonedx-bom")
    out = tmp_path / "sbom.json"
    command = ["-m", "cyclonedx_py", "requirements", str(ROOT / "requirements.lock"), "--of", "JSON", "-o", str(out)]
    subprocess.run([sys.executable, *command], check=True, capture_output=True)
    text = out.read_text(encoding="utf-8")
    for package in re.findall(r"^([\w.-]+)==", (ROOT / "requirements.lock").read_text(encoding="utf-8"), re.M):
        assert f'"{package}"' in text


def test_it_fails_on_a_known_hole_and_says_when_nobody_could_be_asked():
    hole = {"name": "django", "version": "1.0", "vulns": [{"id": "PYSEC-1"}]}
    assert verdict([hole]) == (1, "known holes: django 1.0: PYSEC-1")
    assert verdict(None) == verdict([]) == (0, "not asked: no network to the advisories")
    assert verdict([{"name": "django", "skip_reason": "?"}])[1].startswith("not asked")
    assert verdict([{"name": "a", "version": "1", "vulns": []}, {"name": "b", "skip_reason": "?"}])[1].endswith(
        "about b"
    )
