"""A real server that is killed while somebody writes: what was shown as saved is there when it comes back, every character."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
ROOT = Path(__file__).resolve().parents[2]
ROUNDS = 5
PREPARE = """
from django.conf import settings
from django.test import Client
from tests.cast import make_case, make_cast
from workflow.states import State
cast = make_cast()
case = make_case(cast, state=State.TRIAGED)
import tests.conftest  # whoever is signed in here is past the second step
browser = Client()
browser.force_login(cast.erin)
print(case.public_id, settings.SESSION_COOKIE_NAME, browser.cookies[settings.SESSION_COOKIE_NAME].value)
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
        self.manage("migrate", "-v", "0")
        self.told = self.manage("shell", "-v", "0", "-c", PREPARE).split()
        self.process: subprocess.Popen[bytes] | None = None

    def manage(self, *arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self.env, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self) -> None:
        command = [
            sys.executable,
            "-m",
            "gunicorn",
            "config.wsgi",
            "--bind",
            f"127.0.0.1:{self.port}",
            "--threads",
            "4",
        ]
        self.process = subprocess.Popen(
            [*command, "--log-level", "error"], cwd=ROOT, env=self.env, start_new_session=True
        )
        end = time.monotonic() + 60
        with socket.socket() as probe:
            while probe.connect_ex(("127.0.0.1", self.port)) != 0:
                assert time.monotonic() < end, "the server did not come up"
                time.sleep(0.1)

    def kill(self) -> None:
        """No goodbye: as when the power fails."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(20)
            self.process = None


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path)
    server.start()
    yield server
    server.kill()


@pytest.fixture
def opened(browser, server):
    """A new browser with the expert's session, at the answer."""
    contexts = []

    def page_of():
        public_id, name, value = server.told
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
