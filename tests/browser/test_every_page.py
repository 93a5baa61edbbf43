"""Every page, and every form sent empty, looked at by axe; how heavy each is. Rendered once; no server, no waiting.

In CI each page is looked at once: on a small phone in the dark or on a wide screen in the light, by turns, so that both
see every part. `make axe` looks at each in every state of its case, at both widths and in both themes.
"""

import os
from itertools import product

import pytest

from tests.browsing import barriers
from tests.everypage import files, packed, pages, static
from workflow.states import State

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(1800)]
IS_WHOLE = os.environ.get("ALLAY_AXE") == "whole"
ORIGIN = "http://every.page"
SCREENS = [(320, "dark"), (1280, "light")]
ALL_SCREENS = list(product([320, 1280], ["light", "dark"]))
MOST_BYTES, MOST_REQUESTS = 60_000, 10
EDITOR = {"workflow:write"}  # a desk's editor weighs more, and is fetched once


@pytest.fixture
def seen(cast):
    """One page for each look: what has the same parts at the same address is looked at once."""
    looks = {}
    for page in pages(cast, states=list(State) if IS_WHOLE else None):
        looks.setdefault((page.name, page.is_error, page.look), page)
    assert len({page.name for page in looks.values()}) > 50
    return list(looks.values())


def serve(tab, shown):
    """The tab gets these pages instead of a server's, and the product's own files."""

    def answer(route):
        path = route.request.url.removeprefix(ORIGIN)
        if path.startswith("/static/"):
            kind = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
            route.fulfill(body=static(path.split("?")[0]), content_type=kind.get(path.rsplit(".", 1)[-1], ""))
        elif path.split("?")[0] in shown:
            route.fulfill(body=shown[path.split("?")[0]], content_type="text/html; charset=utf-8")
        else:
            route.fulfill(status=204)

    tab.route("**/*", answer)


def test_it_is_readable_by_everybody_and_light_on_every_page(browser, seen):
    found, shown = [], {f"/{at}": page.html for at, page in enumerate(seen)}
    tabs = {}
    for width, theme in ALL_SCREENS if IS_WHOLE else SCREENS:
        tabs[width, theme] = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=theme)
        serve(tabs[width, theme], shown)
    screens = list(tabs)
    for at, page in enumerate(seen):
        for screen in screens if IS_WHOLE else [screens[at % len(screens)]]:
            found += looked_at(tabs[screen], f"{ORIGIN}/{at}", f"{page} at {screen}")
    for tab in tabs.values():
        tab.close()
    assert not [*found, *too_heavy(seen)], "\n".join([*found, *too_heavy(seen)])


# What pollutes the prototype of every object where a script copies parameters into one (OWASP ASVS 5.0, 15.3.6).
POLLUTED = "?__proto__[polluted]=1&__proto__.polluted=1&constructor[prototype][polluted]=1#__proto__[polluted]=1"


def looked_at(tab, url, what):
    tab.goto(url + POLLUTED)
    assert tab.evaluate("[({}).polluted, [].polluted, Object.keys(Object.prototype).length]") == [None, None, 0], what
    faults = [f"{what}: {fault}" for fault in barriers(tab)]
    wide = tab.evaluate("document.documentElement.scrollWidth")
    return [*faults, *([f"{what}: scrolls sideways ({wide})"] if wide > tab.viewport_size["width"] else [])]


# What a letter's page fetches with the first word typed, and what follows right after it.
LATER = [("js/safety-engine.js", "js/safety-rules.js"), ("js/safety-more.js",), ("js/safety-together.js",)]


def too_heavy(seen):
    heavy, sizes = [], {}
    for names in LATER:
        weight = sum(packed(static(name)) for name in names)
        if weight > MOST_BYTES:
            heavy.append(f"{names}: {weight} bytes")
    for page in seen:
        linked = files(page.html)
        for link in linked - sizes.keys():
            sizes[link] = packed(static(link))
        weight = packed(page.html.encode()) + sum(sizes[link] for link in linked)
        if page.name not in EDITOR and (weight > MOST_BYTES or len(linked) + 1 > MOST_REQUESTS):
            heavy.append(f"{page}: {weight} bytes, {len(linked) + 1} requests")
    return heavy
