"""`make run` as a person meets it: real processes, started, used, stopped; nothing of it stays behind."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.error
import urllib.request
from importlib import import_module
from pathlib import Path
from unittest.mock import Mock

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.pure]
ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 100


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def env(tmp_path, port):
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("ALLAY_", "DATABASE_", "DJANGO_"))}
    return {**kept, "ALLAY_VAR": str(tmp_path / "var"), "PORT": str(port)}


@pytest.fixture
def run(env, tmp_path):
    """Start `make run`'s script and wait for its greeting; ends it whatever the test does."""
    running = []

    def started():
        log = tmp_path / f"run-{len(running)}.log"
        with log.open("w") as out:
            process = subprocess.Popen(
                [sys.executable, "scripts/run.py"],
                cwd=ROOT,
                env=env,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        running.append(process)
        until(lambda: "Ctrl-C ends everything" in log.read_text() or process.poll() is not None)
        assert process.poll() is None, log.read_text()
        return process, log.read_text()

    yield started
    for process in running:
        if process.poll() is None:
            process.terminate()
            process.wait(60)


def until(condition, patience=PATIENCE):
    end = time.monotonic() + patience
    while not condition():
        assert time.monotonic() < end, "it took too long"
        time.sleep(0.2)


def get(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=PATIENCE) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as refusal:
        return refusal.code, ""


def family(env):
    """Every living process that was started with this test's folder in its environment."""
    wanted = f"ALLAY_VAR={env['ALLAY_VAR']}".encode()
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            if wanted in (path / "environ").read_bytes() and b"Z" not in state(path):
                found.append((path / "cmdline").read_bytes().replace(b"\0", b" ").decode())
        except (OSError, IndexError):
            continue  # it ended while we looked, or is not ours
    return found


def state(path):
    return (path / "stat").read_bytes().rsplit(b")", 1)[1].split()[0]


def letters(env):
    with sqlite3.connect(Path(env["ALLAY_VAR"]) / "allay.sqlite3") as database:
        return database.execute("select count(*) from workflow_case").fetchone()[0]


@pytest.mark.timeout(300)
@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for processes in /proc")
def test_it_serves_everything_ends_whole_comes_back_quickly_and_forgets_when_asked(run, env, port):
    began = time.monotonic()
    process, greeting = run()
    first = time.monotonic() - began
    assert f"http://localhost:{port}" in greeting
    assert "mo@allay.example" in greeting
    assert "/mailbox/" in greeting
    assert "erased letter" not in greeting, "a line for machines, in a person's terminal"
    assert get(port, "/")[0] == 200
    assert get(port, "/mailbox/")[0] == 200
    assert get(port, "/healthz")[0] == 200
    assert letters(env) >= 36
    until(lambda: "to mo@allay.example" in get(port, "/mailbox/")[1], 30)
    assert len(family(env)) >= 5  # ourselves, the mail catcher, web, its children, the worker

    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    assert family(env) == []

    before, mail, began = letters(env), len(list(Path(env["ALLAY_VAR"], "mailbox").glob("*.eml"))), time.monotonic()
    process, _ = run()
    assert time.monotonic() - began < first, "what was made once is not made again"
    assert letters(env) == before
    assert len(list(Path(env["ALLAY_VAR"], "mailbox").glob("*.eml"))) >= mail

    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    assert family(env) == []

    subprocess.run([sys.executable, "scripts/run.py", "--reset"], cwd=ROOT, env=env, check=True, capture_output=True)
    assert not Path(env["ALLAY_VAR"], "allay.sqlite3").exists()
    assert not Path(env["ALLAY_VAR"], "mailbox").exists()


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="looks for processes in /proc")
def test_it_leaves_nothing_behind_when_interrupted_while_it_starts(env):
    process = subprocess.Popen([sys.executable, "scripts/run.py"], cwd=ROOT, env=env, start_new_session=True)
    until(lambda: len(family(env)) > 1)
    process.send_signal(signal.SIGTERM)
    process.wait(60)
    until(lambda: family(env) == [], 30)


def test_it_says_which_port_is_taken_and_how_to_choose_another(env, port):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        done = subprocess.run([sys.executable, "scripts/run.py"], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == f"Port {port} is taken. Choose another: make run PORT={port + 1}\n"


def test_it_chooses_the_mail_port_after_the_long_set_up(monkeypatch):
    """Another may take the usual one while the demo is made."""
    made, started, script = [], [], import_module("scripts.run")
    monkeypatch.setattr(script, "prepare", lambda env: made.append(env) or "")
    monkeypatch.setattr(script, "is_free", lambda port: not made)
    monkeypatch.setattr(script, "start", lambda env, *words: started.append((env, words)) or Mock(poll=lambda: 1))
    script.serve(8123, {})
    env, (_, port, _) = started[0]
    assert port != "1025"
    assert env["EMAIL_URL"].endswith(f":{port}")


def make_environment(folder, python):
    target = folder / "venv" / "bin" / "python"
    command = ["make", f"VENV={folder / 'venv'}", f"PYTHON={python}", str(target)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert not target.exists()
    assert done.returncode != 0
    return done.stdout + done.stderr


def test_it_says_what_is_missing_when_python_cannot_make_environments(tmp_path):
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\ncase "$2" in *ensurepip*) exit 1;; esac\nexit 0\n')
    python.chmod(0o755)
    assert "apt-get install python3-venv" in make_environment(tmp_path, python)


def test_it_says_so_when_python_is_too_old_or_missing(tmp_path):
    python = tmp_path / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} -c "import sys; sys.version_info = (3, 9); $2"\n')
    python.chmod(0o755)
    assert "This is Python 3.9. Allay needs 3.11" in make_environment(tmp_path, python)
    assert "was not found" in make_environment(tmp_path, tmp_path / "nowhere")
