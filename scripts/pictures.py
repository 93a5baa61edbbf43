"""`make pictures`: draws the README's two pictures from a fresh demo in Chromium, in a folder of its own.

Needs Chromium (chromium.py). `make gallery` (gallery.py) draws every page, with what stands here.
"""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from chromium import INSTALL, find_quickest
from playwright.sync_api import Browser, Page, sync_playwright
from run import free_port

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "pictures"
READ = "/read/my-son-comes-home-from-detox-on-friday-what-do-i-say-at-the-door/"
PASSWORD = "a lamp in the window"


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="allay-pictures-") as var, served_demo(Path(var)) as (browser, url):
        pictures(browser, url)
    return 0


@contextmanager
def served_demo(var: Path) -> Iterator[tuple[Browser, str]]:
    """A browser, and the address of a demo whose data lie in `var`. Ctrl-C is left to whoever draws."""
    executable = find_quickest()
    if executable is None:
        raise SystemExit(f"Chromium is not installed: {INSTALL}")
    port = free_port(8099)
    environment = {**os.environ, "ALLAY_VAR": str(var), "PORT": str(port)}
    demo = subprocess.Popen([sys.executable, "scripts/run.py"], cwd=ROOT, env=environment, start_new_session=True)
    try:
        wait(f"http://localhost:{port}/healthz", demo)
        with sync_playwright() as playwright:
            flags = ["--no-sandbox"] if os.geteuid() == 0 else []
            browser = playwright.chromium.launch(executable_path=executable, args=flags, handle_sigint=False)
            yield browser, f"http://localhost:{port}"
            browser.close()
    finally:
        demo.send_signal(signal.SIGINT)
        demo.wait()


def wait(url: str, demo: "subprocess.Popen[bytes]") -> None:
    while demo.poll() is None:
        with suppress(OSError), urllib.request.urlopen(url):
            return
        time.sleep(0.3)
    raise SystemExit("The demo did not start.")


def pictures(browser: Browser, url: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    reader = new_page(browser)
    reader.goto(url + READ)
    reader.screenshot(path=FOLDER / "publication.png")
    moderator = signed_in(browser, url, "mo")
    moderator.goto(f"{url}/desk/triage/")
    moderator.screenshot(path=FOLDER / "queue.png")


def signed_in(browser: Browser, url: str, who: str) -> Page:
    """A browser in which this person of the demo is signed in, as a person does it."""
    page, mail, address = new_page(browser), new_page(browser), f"{who}@allay.example"
    if who == "rosa":
        page.goto(f"{url}/sign-in/")
        page.fill("main [name=email], main [name=login]", address)
        page.get_by_role("main").get_by_role("button").first.click()
        page.wait_for_load_state()
        code = code_by_mail(mail, url, address)
    else:
        page.goto(f"{url}/sign-in/password/")
        page.fill("main [name=email]", address)
        page.fill("main [name=password]", PASSWORD)
        page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
        mail.goto(f"{url}/mailbox/")  # the demo shows what the apps of its people show
        code = mail.locator(f"dt:text-is('{address}') + dd").inner_text()
    page.fill("main [name=code]", code)
    page.get_by_role("main").get_by_role("button").first.click()
    page.wait_for_load_state()
    mail.context.close()
    return page


def code_by_mail(mail: Page, url: str, address: str) -> str:
    for _ in range(60):
        mail.goto(f"{url}/mailbox/?to={address}")
        newest = mail.locator("main a[href^='/mailbox/']:not([href='/mailbox/'], [href*='?'])").first
        if newest.count():
            mail.goto(url + str(newest.get_attribute("href")))
            if found := re.search(r"\b\d{3} ?\d{3}\b", mail.inner_text("main")):
                return found.group(0)
        time.sleep(0.5)
    raise SystemExit("No code came by mail.")


def new_page(browser: Browser) -> Page:
    return browser.new_context(viewport={"width": 1200, "height": 1000}, color_scheme="light").new_page()


if __name__ == "__main__":
    sys.exit(main())
