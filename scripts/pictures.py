"""`make pictures`: draws the README's two pictures from a fresh demo in Chromium, in a folder of its own.

`make gallery` draws every page that its people can reach by links, at three widths, light and dark, on paper and in the
reader's own colours, into var/gallery/ with an index.html to look through. Needs Chromium (apt-get install chromium).
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from itertools import product
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright
from run import free_port

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "pictures"
GALLERY = ROOT / "var" / "gallery"
READ = "/read/my-son-comes-home-from-detox-on-friday-what-do-i-say-at-the-door/"
PASSWORD = "a lamp in the window"
WIDTHS = (320, 768, 1280)
LOOKS: dict[str, dict[str, Any]] = {  # how a page is looked at, besides its width
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "paper": {"color_scheme": "dark", "media": "print"},  # paper stays white whatever the device prefers
    "forced": {"color_scheme": "light", "forced_colors": "active"},
}
PICTURES = [*product(("light", "dark"), WIDTHS), ("paper", 768), ("forced", 1280)]
EACH = 4  # pages of one kind, when their parts differ: a letter looks different in each state
PARTS = "[...new Set([...document.querySelectorAll('main *')].flatMap(one => [...one.classList]))].sort().join(' ')"
PEOPLE = ("stranger", "rosa", "laurie", "mo", "ada")
NOT_WALKED = (
    "/es/",
    "/leave/",
    "/admin/",
    "/go/",
    "/static/",
    "/mailbox/",
    "/api/",
    "/r/",
    "/sitemap",
    "/robots",
    "/feed",
)
SINGLE = (r"/\d+/", r"/[\w-]{24}/", r"(?<=/read)/[\w-]+/", r"(?<=/topics)/[\w-]+/", r"(?<=/words)/[\w-]+/[\w-]+/")


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
                draw: Callable[[Browser, str], None] = gallery if "--gallery" in sys.argv else pictures
                draw(browser, f"http://localhost:{port}")
                browser.close()
        finally:
            demo.send_signal(signal.SIGINT)
            demo.wait()
    return 0


def wait(url: str) -> None:
    for _ in range(600):
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


def gallery(browser: Browser, url: str) -> None:
    """Each person walks; each kind of page is drawn once for them."""
    shutil.rmtree(GALLERY, ignore_errors=True)
    GALLERY.mkdir(parents=True)
    drawn: list[str] = []
    for who in PEOPLE:
        walker = new_page(browser) if who == "stranger" else signed_in(browser, url, who)
        paths = reached(walker, url)
        for look, width in PICTURES:
            walker.emulate_media(**{"media": "screen", "forced_colors": "none", **LOOKS[look]})
            walker.set_viewport_size({"width": width, "height": 900})
            for kind, path in paths.items():
                walker.goto(url + path)
                name = f"{who}{kind.replace('/', '_')}-{look}-{width}.png"
                walker.screenshot(path=GALLERY / name, full_page=True)
                drawn.append(name)
        walker.context.close()
        print(f"{who}: {len(paths)} pages", flush=True)
    shown = "\n".join(
        f'<figure><img src="{name}" loading="lazy" alt=""><figcaption>{name}</figcaption></figure>'
        for name in sorted(drawn)
    )
    (GALLERY / "index.html").write_text(f"<!doctype html><title>Gallery</title>{shown}", encoding="utf-8")


def reached(page: Page, url: str) -> dict[str, str]:
    """The pages that links lead to, from the start: of each kind one, and up to EACH whose parts differ."""
    ahead, known = ["/", "/start/", "/nothing-here/"], {"/"}
    opened: Counter[str] = Counter()
    looks: dict[tuple[str, str], str] = {}
    while ahead:
        path = ahead.pop(0)
        kind = kind_of(path)
        if opened[kind] >= (1 if kind == path.split("?")[0] else 3 * EACH):
            continue
        opened[kind] += 1
        response = page.goto(url + path)
        landed = kind_of(page.url.removeprefix(url))
        if response is None or "text/html" not in response.headers.get("content-type", "") or landed != kind:
            continue  # a page that only leads on is drawn where it leads
        looks.setdefault((kind, page.evaluate(PARTS)), path)
        links = page.eval_on_selector_all("a[href]", "all => all.map(one => one.href)")
        here = [link.removeprefix(url).split("#")[0] for link in links if link.startswith(f"{url}/")]
        ahead += [link for link in dict.fromkeys(here) if is_walked(link) and link not in known]
        known.update(here)
    numbers: Counter[str] = Counter()
    found = {}
    for (kind, _parts), path in looks.items():
        numbers[kind] += 1
        if numbers[kind] <= EACH:
            found[kind if numbers[kind] == 1 else f"{kind}{numbers[kind]}"] = path
    return found


def is_walked(path: str) -> bool:
    return not path.startswith(NOT_WALKED) and not re.search(r"\.\w+$", path.split("?")[0])


def kind_of(path: str) -> str:
    """What an address has in common with others of its kind."""
    kind = path.split("?")[0]
    for single in SINGLE:
        kind = re.sub(single, "/one/", kind)
    return kind


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
