"""`make gallery`: draws every page that the demo's people can reach by links, at three widths, light and dark, on paper and in
the reader's own colours, into var/gallery/ with an index.html to look through. A page that looks the same for two people is
drawn for the first of them.

Ctrl-C stops after the picture it is at; the next run goes on there. `make gallery ONLY="mo ada_desk_mail"` draws again
only the pages whose name holds one of these words, from the same demo.
"""

import html
import re
import shutil
import signal
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import product
from typing import Any

from pictures import ROOT, new_page, served_demo, signed_in
from playwright.sync_api import Browser, Page

GALLERY = ROOT / "var" / "gallery"
INDEX = GALLERY / "index.html"  # there when a run came to its end
WIDTHS = (320, 768, 1280)
SCREEN = 900  # pixels high, at least
WHOLE = "document.documentElement.scrollHeight"
LOOKS: dict[str, dict[str, Any]] = {  # how a page is looked at, besides its width
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "paper": {"color_scheme": "dark", "media": "print"},  # paper stays white whatever the device prefers
    "forced": {"color_scheme": "light", "forced_colors": "active"},
}
AS_USUAL: dict[str, Any] = {"media": "screen", "forced_colors": "none"}
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
SINGLE = (
    r"/\d+/",
    r"/[\w-]{24}/",
    r"(?<=/read)/[\w-]+/",
    r"(?<=/topics)/[\w-]+/",
    r"(?<=/words)/[\w-]+/[\w-]+/",
    r"(?<=/playbooks)/[\w-]+/[\w-]+/",
)
STYLE = (
    "body { font: 1rem system-ui; margin: 1rem } h2 { font-size: 1rem; margin: 2rem 0 .5rem }"
    ".looks { display: flex; gap: .5rem; overflow-x: auto } figure { margin: 0 } img { height: 30rem; border: 1px solid }"
)


class Stopped(Exception):
    """Somebody pressed Ctrl-C."""


def main() -> int:
    only = sys.argv[1:]
    if INDEX.exists() and not only:
        shutil.rmtree(GALLERY)
    GALLERY.mkdir(parents=True, exist_ok=True)
    if not only:
        INDEX.unlink(missing_ok=True)
    drawn = 0
    stop = stop_when_told()
    try:
        with served_demo(GALLERY / "demo") as (browser, url):
            for name, page in pages(browser, url):
                is_wanted = not only or any(word in name for word in only)
                for look, width in PICTURES if is_wanted else ():
                    drawn += not stop and draw(page, name, look, width, again=bool(only))
                if stop:
                    raise Stopped
    except Stopped:
        print(f"Stopped after {drawn} pictures, which stay. `make gallery` goes on from here.")
        return 130
    names = write_index()
    print(f"{drawn} pictures drawn; {names * len(PICTURES)} pictures of {names} pages in {INDEX}")
    return 0


def stop_when_told() -> list[int]:
    """What is filled by Ctrl-C: looked at between pictures, where it is safe to stop."""
    told: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda received, _frame: told.append(received))
    return told


def pages(browser: Browser, url: str) -> Iterator[tuple[str, Page]]:
    """Each person walks; each kind of page comes once, open in the browser of the first who sees it so."""
    looks: set[tuple[str, str]] = set()
    for who in PEOPLE:
        walker = new_page(browser) if who == "stranger" else signed_in(browser, url, who)
        count = 0
        for count, kind in enumerate(reached(walker, url, looks), start=1):
            yield f"{who}{kind.replace('/', '_')}", walker
            walker.emulate_media(**AS_USUAL)  # before the next page: Chromium keeps lines of tables in forced colours
            print(f"\r{who}: {count} pages", end="", flush=True)
        print(f"\r{who}: {count} pages")
        walker.context.close()


def draw(page: Page, name: str, look: str, width: int, *, again: bool) -> bool:
    """Whether a picture was made: what an earlier run has drawn is left."""
    path = GALLERY / f"{name}-{look}-{width}.png"
    if path.exists() and not again:
        return False
    page.emulate_media(**{**AS_USUAL, **LOOKS[look]})
    page.set_viewport_size({"width": width, "height": SCREEN})
    page.set_viewport_size(
        {"width": width, "height": max(SCREEN, int(page.evaluate(WHOLE)))}
    )  # what sticks covers nothing
    page.screenshot(path=path, animations="disabled")
    return True


def write_index() -> int:
    """A page to look through, a row for each page. Returns how many pages there are."""
    last = "-{}-{}.png".format(*PICTURES[-1])
    names = sorted(path.name.removesuffix(last) for path in GALLERY.glob(f"*{last}"))
    rows = [
        f"<h2>{html.escape(name)}</h2><div class=looks>"
        + "".join(figure(f"{name}-{look}-{width}.png", f"{look} {width}") for look, width in PICTURES)
        + "</div>"
        for name in names
    ]
    INDEX.write_text(f"<!doctype html><title>Gallery</title><style>{STYLE}</style>{''.join(rows)}", encoding="utf-8")
    return len(names)


def figure(file: str, label: str) -> str:
    name = html.escape(file)
    return (
        f'<figure><a href="{name}"><img src="{name}" loading=lazy alt=""></a><figcaption>{label}</figcaption></figure>'
    )


def reached(page: Page, url: str, looks: set[tuple[str, str]]) -> Iterator[str]:
    """Opens the pages that links lead to, from the start: of each kind one, and up to EACH whose parts differ; none of `looks`."""
    ahead, known = ["/", "/start/", "/nothing-here/"], {"/"}
    opened: Counter[str] = Counter()
    kept: Counter[str] = Counter()
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
        links = page.eval_on_selector_all("a[href]", "all => all.map(one => one.href)")
        here = [link.removeprefix(url).split("#")[0] for link in links if link.startswith(f"{url}/")]
        ahead += [link for link in dict.fromkeys(here) if is_walked(link) and link not in known]
        known.update(here)
        look = (kind, str(page.evaluate(PARTS)))
        if look not in looks and kept[kind] < EACH:
            looks.add(look)
            kept[kind] += 1
            yield kind if kept[kind] == 1 else f"{kind}{kept[kind]}"


def is_walked(path: str) -> bool:
    return not path.startswith(NOT_WALKED) and not re.search(r"\.\w+$", path.split("?")[0])


def kind_of(path: str) -> str:
    """What an address has in common with others of its kind."""
    kind = path.split("?")[0]
    for single in SINGLE:
        kind = re.sub(single, "/one/", kind)
    return kind


if __name__ == "__main__":
    sys.exit(main())
