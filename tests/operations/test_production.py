"""The product as a machine runs it: gunicorn under production settings, stopped politely; and files that fit each other."""

import base64
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests import tables

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.pure, pytest.mark.slow]


@pytest.fixture
def production(tmp_path):
    key = base64.urlsafe_b64encode(os.urandom(32)).decode()
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    return {
        **kept,
        "ALLAY_ENV": "production",
        "ALLAY_VAR": str(tmp_path),
        "SECRET_KEY": key * 2,
        "FIELD_KEYS": f"one:{key}",
        "BACKUP_KEYS": f"one:{key}",
        "PUBLIC_URL": "https://allay.example",
        "DATABASE_URL": f"sqlite:///{tmp_path / 'allay.sqlite3'}",
        "EMAIL_URL": "smtp://localhost:9",
        "MAIL_FROM": "hello@allay.example",
        "BEHIND_PROXY": "true",
    }


def manage(production, *arguments):
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments], cwd=ROOT, env=production, capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def asked(port, path):
    headers = {"Host": "allay.example", "X-Forwarded-Proto": "https"}
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.headers, refusal.read().decode()
    except OSError:
        return 0, {}, ""


# Where a proxy and the server might read two different requests (smuggling): whatever is not plain is refused.
SMUGGLED = [
    b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"Content-Length: 0\r\nContent-Length: 4\r\n\r\nabcd",
    b"Content-Length : 4\r\n\r\nabcd",
    b"Content-Length: +4\r\n\r\nabcd",
    b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    b"Transfer-Encoding\x0b: chunked\r\n\r\n0\r\n\r\n",
    b"X-One: a\r\n b\r\n\r\n",
]


def refused(port, headers):
    """What the server says to a request with these headers: its status, read to the end of the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(b"POST /sign-in/ HTTP/1.1\r\nHost: allay.example\r\nX-Forwarded-Proto: https\r\n" + headers)
        said = b"".join(iter(lambda: line.recv(65_536), b""))
    assert said.count(b"HTTP/1.1 ") == 1, "one request has one answer"
    return int(said.split()[1])


def finishes_what_it_is_at(server, port):
    head = "POST /sign-in/ HTTP/1.1\r\nHost: allay.example\r\nX-Forwarded-Proto: https\r\nContent-Length: 20\r\n"
    kind = "Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        line.sendall(f"{head}{kind}email=rosa".encode())
        time.sleep(0.5)
        server.send_signal(signal.SIGTERM)
        time.sleep(0.5)
        line.sendall(b"%40a.example")
        said = b"".join(iter(lambda: line.recv(65_536), b""))
    return said.startswith(b"HTTP/1.1 403 ")  # a form without its token, answered by the product itself


@pytest.mark.timeout(240)
def test_it_serves_from_gunicorn_and_stops_politely(production, tmp_path):
    tables.lay_down(tmp_path / "allay.sqlite3")
    manage(production, "prepare")
    manage(production, "collectstatic", "--noinput", "-v0")
    port = free_port()
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "config.wsgi",
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        "1",
        "--threads",
        "4",
    ]
    server = subprocess.Popen(command, cwd=ROOT, env=production, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 60
        while asked(port, "/healthz")[0] != 200 and time.monotonic() < end:
            time.sleep(0.3)
        status, headers, page = asked(port, "/")
        assert status == 200
        assert headers["Strict-Transport-Security"].startswith("max-age=31536000")
        sheet = re.search(r'href="(/static/css/base\.[0-9a-f]{12}\.css)"', page)
        assert sheet, "static files carry a hash of their content"
        assert asked(port, sheet[1])[1]["Cache-Control"] == "max-age=315360000, public, immutable"
        alive = [sys.executable, "-m", "config.alive", str(port)]
        assert subprocess.run(alive, cwd=ROOT, env=production).returncode == 0
        assert asked(port, "/mailbox/")[0] == 404
        assert asked(port, "/readyz")[::2] == (503, "not ready\n")  # no worker runs here
        assert {probe: status for probe in SMUGGLED if (status := refused(port, probe)) not in {400, 501}} == {}
        assert finishes_what_it_is_at(server, port), "told to stop, it answers who is half-way through sending"
    finally:
        server.send_signal(signal.SIGTERM)
    assert server.wait(40) == 0
    made = manage(production, "backup", "--to", str(tmp_path / "backups"))
    assert ".allay-backup" in made


def test_it_starts_nowhere_without_its_secrets(production):
    for name in ("SECRET_KEY", "FIELD_KEYS", "DATABASE_URL", "MAIL_FROM"):
        env = {key: value for key, value in production.items() if key != name}
        done = subprocess.run([sys.executable, "manage.py", "check"], cwd=ROOT, env=env, capture_output=True, text=True)
        assert done.returncode != 0
        assert name in done.stderr


def pinned(text):
    return dict(re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==([\w.]+)", text, flags=re.M))


def test_the_lock_fits_what_is_asked_for():
    """`make lock` writes it anew."""
    asked_for = pinned((ROOT / "requirements.txt").read_text())
    locked = pinned((ROOT / "requirements.lock").read_text())
    assert {name: version for name, version in asked_for.items() if locked.get(name.lower()) != version} == {}
    text = (ROOT / "requirements.lock").read_text()
    hashed = re.findall(r"^[\w.-]+==[\w.]+ \\\n +--hash=sha256:", text, flags=re.M)
    assert len(hashed) == len(locked) > 20
    assert "://" not in text


def test_compose_waits_for_the_server_that_takes_connections():
    """While PostgreSQL makes its first tables, a passing server answers on the socket; who asks that begins too early."""
    assert re.search(r"pg_isready .*-h 127\.0\.0\.1\b", (ROOT / "compose.yaml").read_text())


def test_every_setting_that_compose_asks_for_is_explained():
    asked_for = set(re.findall(r"\$\{(\w+)", (ROOT / "compose.yaml").read_text()))
    assert asked_for
    assert {name for name in asked_for if f"`{name}`" not in (ROOT / "docs" / "operations.md").read_text()} == set()


def test_every_setting_that_production_reads_is_explained():
    """Where each is named decides whether somebody who runs this finds it; what production ignores need not stand there."""
    lines = (ROOT / "config" / "settings.py").read_text().splitlines()
    read = re.findall(r'\benv\.\w+\(\s*"(\w+)"', "\n".join(line for line in lines if "not PRODUCTION" not in line))
    assert len(set(read)) > 50
    guide = (ROOT / "docs" / "operations.md").read_text()
    assert {name for name in read if f"`{name}`" not in guide} == set()


def unit(name):
    """The settings of a unit as systemd sees them: what all share, then its own."""
    files = [ROOT / "deploy" / "allay-.service.d" / "shared.conf", ROOT / "deploy" / name]
    return dict(re.findall(r"^(\w+)=(.*)$", "\n".join(file.read_text() for file in files), flags=re.M))


def test_a_unit_told_to_stop_ends_what_it_is_at():
    """systemd tells every process of a unit by itself, and a worker's children then drop the task in hand."""
    grace = re.findall(r"stop_grace_period: (\d+)s", (ROOT / "compose.yaml").read_text())
    units = [unit("allay-web.service"), unit("allay-worker.service")]
    assert [read["TimeoutStopSec"] for read in units] == grace
    assert {read["KillMode"] for read in units} == {"mixed"}


def test_units_write_where_systemd_lets_them():
    files = sorted((ROOT / "deploy").glob("*.service"))
    assert len(files) == 4
    for file in files:
        read = unit(file.name)
        assert read["ProtectSystem"] == "strict"
        assert f"ALLAY_VAR=/var/lib/{read['StateDirectory']}" in read["Environment"].split()
        assert "\nUser=allay\n" in file.read_text(), "also where the shared file is missing, nothing runs as root"


NOT_IN_THE_CONTAINER = {"benchmarks", "deploy", "docs", "scripts", "tests"}


def test_the_container_holds_every_folder_that_runs_and_no_root():
    text = (ROOT / "Dockerfile").read_text()
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    folders = {path.split("/")[0] for path in listed.splitlines() if "/" in path and not path.startswith(".")}
    assert {f"COPY {name} {name}" for name in folders - NOT_IN_THE_CONTAINER} <= set(text.splitlines())
    assert re.search(r"^USER [1-9]\d*:[1-9]\d*$", text, flags=re.M)
    assert "--require-hashes" in text


def test_every_place_that_compose_writes_to_belongs_to_who_runs_there():
    """A volume takes its owner from the image's folder; where there is none it is root's, and nothing can be written."""
    mounted = set(
        re.findall(r"\w+:(/\w+)", re.search(r"volumes: \[(data:.*?)\]", (ROOT / "compose.yaml").read_text())[1])
    )
    made = set(re.search(r"install -d -o allay -g allay (.*)", (ROOT / "Dockerfile").read_text())[1].split())
    assert mounted == made == {"/data", "/backups"}
