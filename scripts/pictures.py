"""`make pictures`: draws the README's two pictures from a fresh demo in Chromium, in a folder of its own.

Needs Chromium (apt-get install chromium).
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright
from run import free_port

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "pictures"
READ = "/read/my-son-comes-home-from-detox-on-friday-what-do-i-say-at-the-door/"
PASSWORD = "a lamp in the window"


def main() -> int:
    chromium = next((found for name in ("chromium", "chromium-browser") if (found := shutil.which(name))), None)
    if chromium is None:
        print("Chromium is not installed: apt-get install chromium", file=sys.stderr)
        return 1
    port = free_port(8099)
    with tempfile.TemporaryDirectory(prefix="allay-pictures-") as var:
        environment = {**os.environ, "ALLAY_VAR": var, "PORT": str(port)}
        demo = subprocess.Popen([sys.executable, "scripts/run.py"], cwd=ROOT, env=environment, start_new_session=True)
        try:
            wait(f"http://localhost:{port}/healthz")
            with sync_playwright() as playwright:
                flags = ["--no-sandbox"] if os.geteuid() == 0 else []
                browser = playwright.chromium.launch(executable_path=chromium, args=flags)
                draw(browser, f"http://localhost:{port}")
                browser.close()
        finally:
            demo.send_signal(signal.SIGINT)
            demo.wait()
    return 0


def wait(url: str) -> None:
    for _ in range(300):
        with suppress(OSError), urllib.request.urlopen(url):
            return
        time.sleep(0.3)
    raise SystemExit("The demo did not start.")


def draw(browser: Browser, url: str) -> None:
    FOLDER.mkdir(exist_ok=True)
    reader = new_page(browser)
    reader.goto(url + READ)
    reader.screenshot(path=FOLDER / "publication.png")
    moderator = new_page(browser)
    moderator.goto(f"{url}/sign-in/password/")
    moderator.fill("main [name=email]", "mo@allay.example")
    moderator.fill("main [name=password]", PASSWORD)
    moderator.get_by_role("main").get_by_role("button").first.click()
    codes = new_page(browser)  # the demo shows what the apps of its people show
    codes.goto(f"{url}/mailbox/")
    code = codes.locator("dt:text-is('mo@allay.example') + dd").inner_text()
    moderator.fill("main [name=code]", code)
    moderator.get_by_role("button", name="Go on").click()
    moderator.wait_for_load_state()
    moderator.goto(f"{url}/desk/triage/")
    moderator.screenshot(path=FOLDER / "queue.png")


def new_page(browser: Browser) -> Page:
    return browser.new_context(viewport={"width": 1200, "height": 1000}, color_scheme="light").new_page()


if __name__ == "__main__":
    sys.exit(main())
