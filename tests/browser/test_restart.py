"""A real server that is killed while somebody writes: what was shown as saved is there when it comes back, every character."""

import os
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests import tables

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 5
PREPARE = """
from django.conf import settings
from django.test import Client
from tests.cast import make_case, make_cast
from workflow.states import State
cast = make_cast()
cases = [make_case(cast, state=State.TRIAGED) for _ in range(2)]  # one for each test
import tests.conftest  # whoever is signed in here is past the second step
browser = Client()
browser.force_login(cast.erin)
print(settings.SESSION_COOKIE_NAME, browser.cookies[settings.SESSION_COOKIE_NAME].value, *[case.public_id for case in cases])
"""

# Has read all code once, and has a new server for each life of it: to read it anew takes seconds.
MOTHER = """
import os, signal, sys
import django
from django.urls import get_resolver
from gunicorn.app.wsgiapp import run
from workflow.anonymize import find
from workflow.safety.scan import standard_scanner
os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
django.setup()
get_resolver().url_patterns
standard_scanner().make_ready()
find("My son Mike came hoem to Gloucester.")
for line in sys.stdin:
    if line == "start\\n":
        child = os.fork()
        if child == 0:
            os.setsid()
            os.dup2(os.open(os.devnull, os.O_RDWR), 0)
            os.dup2(2, 1)
            sys.argv = ["gunicorn", "config.wsgi", "--bind", sys.argv[1], "--threads", "4", "--log-level", "error"]
            sys.exit(run())
    else:
        os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
    print(line, flush=True, end="")
"""


class Server:
    """gunicorn with a database of its own in a file, as an installation has it."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        kept = {key: value for key, value in os.environ.items() if not key.startswith(("ALLAY_", "DJANGO_"))}
        own = {"ALLAY_ENV": "development", "ALLAY_VAR": str(folder), "PUBLIC_URL": self.url}
        self.env = {**kept, **own, "DATABASE_URL": f"sqlite:///{folder}/restart.sqlite3"}
        with closing(sqlite3.connect(folder / "restart.sqlite3")) as own_file:
            tables.NEW.backup(own_file)
        self.told = self.prepared()
        self.mother = subprocess.Popen(
            [sys.executable, "-c", MOTHER, f"127.0.0.1:{self.port}"],
            cwd=ROOT, env=self.env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    def prepared(self) -> list[str]:
        command = [sys.executable, "manage.py", "shell", "-v", "0", "-c", PREPARE]
        done = subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout.split()

    def ask(self, what: str) -> None:
        self.mother.stdin.write(f"{what}\n")
        self.mother.stdin.flush()
        assert self.mother.stdout.readline(), "the mother of the servers is gone"

    def start(self) -> None:
        self.ask("start")
        end = time.monotonic() + 60
        with socket.socket() as probe:
            while probe.connect_ex(("127.0.0.1", self.port)) != 0:
                assert time.monotonic() < end, "the server did not come up"
                time.sleep(0.02)

    def kill(self) -> None:
        """No goodbye: as when the power fails."""
        self.ask("kill")


@pytest.fixture(scope="module")
def server(tmp_path_factory, django_db_setup):
    server = Server(tmp_path_factory.mktemp("restart"))
    server.start()
    yield server
    server.kill()
    server.mother.stdin.close()
    server.mother.wait(20)


@pytest.fixture
def opened(browser, server):
    """A new browser with the expert's session, at this test's answer."""
    contexts = []
    name, value, *waiting = server.told
    public_id = waiting.pop()
    server.told.remove(public_id)

    def page_of():
        context = browser.new_context()
        contexts.append(context)
        context.add_cookies([{"name": name, "value": value, "url": server.url}])
        page = context.new_page()
        page.goto(f"{server.url}/desk/answering/{public_id}/")
        expect(editor(page)).to_be_visible()
        return page

    yield page_of
    for context in contexts:
        context.close()


def editor(page):
    return page.get_by_role("textbox", name="Your answer")


def saved(page):
    return page.locator("p[data-saved]")


def test_it_keeps_every_character_that_was_shown_as_saved_when_the_server_is_killed(server, opened):
    writing = opened()
    editor(writing).click()
    for number in range(ROUNDS):
        writing.keyboard.type(f"Round {number} begins. ")
        expect(saved(writing)).to_contain_text("Saved at", timeout=20_000)
        shown = editor(writing).inner_text().strip()
        server.kill()
        writing.keyboard.type(f"Typed while it is down, {number}. ")
        expect(saved(writing)).to_contain_text("Not saved", timeout=20_000)
        server.start()
        found = editor(opened()).inner_text().strip()
        assert found == shown
        expect(saved(writing)).to_contain_text("Saved at", timeout=30_000)
    written = "".join(f"Round {n} begins. Typed while it is down, {n}. " for n in range(ROUNDS)).strip()
    assert editor(opened()).inner_text().strip() == written


def test_it_keeps_what_was_typed_when_the_server_is_killed_in_the_middle_of_a_save(server, opened):
    """Killed at moments of which nobody knows whether the save came through: the words are there in the end, once."""
    writing = opened()
    editor(writing).click()
    typed = ""
    for number in range(ROUNDS):
        words = f"Part {number} of the words. "
        typed += words
        writing.keyboard.type(words)
        writing.keyboard.press("Control+s")
        writing.wait_for_timeout(15 * number)
        server.kill()
        server.start()
        writing.keyboard.press("Control+s")
        expect(saved(writing)).to_contain_text("Saved at", timeout=30_000)
    assert editor(opened()).inner_text().strip() == typed.strip()
