"""Chromium for tests: pages that fail the test on a CSP violation, a script error or a request to another host.

    def test_it_…(page, live_server, cast, sign_in):
        sign_in(page, cast.rosa)
        page.goto(live_server.url + reverse("workflow:ask"))

`page`, `second_page` and `third_page` are three people's browsers (contexts of their own); `plain_page` has no
JavaScript; `open_page(...)` makes more. Mark such tests `@pytest.mark.browser`.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, Request, expect, sync_playwright

from accounts.models import User
from scripts.chromium import INSTALL, find_quickest, find_whole

# Chromium finds no other machine, whatever a page asks for.
NOBODY_OUTSIDE = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1"
PATIENCE = 60_000  # ms for anything that a page should do: a busy machine may be late, what is right passes at once


# Only what is told of a fault comes over from the browser: all that axe found well is a hundred times as much.
AXE_RUN = """axe.run({resultTypes: ["violations"],
  rules: {"target-size": {enabled: true}}}).then(({passes, violations}) => [passes.length,
  violations.map(rule => `${rule.id}: ${rule.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(" | ")}`)])"""


def barriers(page: Page) -> list[str]:
    """What axe says would keep somebody out of this page."""
    page.evaluate(AXE_SCRIPT)
    passed, found = page.evaluate(AXE_RUN)
    assert passed > 10, f"axe looked at nothing on {page.url}"
    faults: list[str] = found
    return faults


def width_of(page: Page) -> int:
    """How wide a page wants to be, once its styles have come: what was just pressed may show words before them."""
    page.wait_for_load_state()
    wide: int = page.evaluate("document.documentElement.scrollWidth")
    return wide


@dataclass
class Guard:
    """What a page must not do; the test fails at its end when something stands here."""

    origin: str
    allowed: tuple[str, ...] = ()
    faults: list[str] = field(default_factory=list)

    def watch(self, page: Page) -> None:
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.faults.append(f"script error: {error}"))

    def _console(self, message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            self.faults.append(f"CSP: {message.text}")

    def note(self, request: Request) -> None:
        """Noted here and stopped by NOBODY_OUTSIDE: to hold each request and let it go would cost a third of all the work."""
        if not request.url.startswith((f"{self.origin}/", "data:", "blob:", "about:", *self.allowed)):
            self.faults.append(f"a request to another host: {request.url}")


expect.set_options(timeout=20_000)  # how long a busy machine may take; a page that is right passes at once


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    yield from launched(playwright, find_quickest())


@pytest.fixture(scope="session")
def whole_browser(playwright: Playwright) -> Iterator[Browser]:
    """As people have it, with its cache of whole pages: Back shows what it kept."""
    yield from launched(playwright, find_whole())


def launched(playwright: Playwright, executable: str | None) -> Iterator[Browser]:
    if executable is None:
        if os.environ.get("CI", "").lower() in {"1", "true"}:
            pytest.fail(f"Chromium is not installed: {INSTALL}")
        pytest.skip(f"Chromium is not installed: {INSTALL}")
    flags = ["--no-sandbox"] if os.geteuid() == 0 else []
    chromium = playwright.chromium.launch(
        executable_path=executable,
        args=[*flags, "--disable-dev-shm-usage", NOBODY_OUTSIDE],
        ignore_default_args=["--disable-back-forward-cache"],
    )
    yield chromium
    chromium.close()


@pytest.fixture
def guards() -> list[Guard]:
    """The guards of this test's pages, for a test that expects a fault: look at it and clear it."""
    return []


@pytest.fixture
def open_page(browser, live_server, guards) -> Iterator[Callable[..., Page]]:
    """open_page(javascript=True, width=1280, height=900, dark=False, allow=("https://…",), guarded=True) → a new page."""
    contexts = []

    def opened(*, javascript=True, width=1280, height=900, dark=False, allow=(), guarded=True, **options) -> Page:
        context = browser.new_context(
            java_script_enabled=javascript,
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            **options,
        )
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        if guarded:
            guard = Guard(live_server.url, tuple(allow))
            guards.append(guard)
            context.on("request", guard.note)
            context.on("page", guard.watch)
        for address in allow:
            context.route(f"{address}**", lambda route: route.fulfill(body="", content_type="text/html"))
        made: Page = context.new_page()
        return made

    yield opened
    for context in contexts:
        context.close()
    assert [fault for guard in guards for fault in guard.faults] == []


@pytest.fixture
def page(open_page: Callable[..., Page]) -> Page:
    return open_page()


@pytest.fixture
def second_page(open_page: Callable[..., Page]) -> Page:
    return open_page()


@pytest.fixture
def third_page(open_page: Callable[..., Page]) -> Page:
    return open_page()


@pytest.fixture
def plain_page(open_page: Callable[..., Page]) -> Page:
    """A browser without JavaScript, of a phone's size."""
    return open_page(javascript=False, width=390, height=844)


@pytest.fixture
def sign_in(live_server) -> Callable[[Page, User], None]:
    """Give the page's browser a session of this person, as if they had signed in."""

    def signed_in(page: Page, person: User) -> None:
        client = Client()
        client.force_login(person)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])

    return signed_in
