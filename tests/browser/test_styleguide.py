"""The page of parts notices when a part changes its look.

Pixels differ from machine to machine with the fonts installed, so what is kept is what the stylesheets decide: the computed
colours, sizes, spaces and borders of every element of every part, on a phone in the dark and on a wide screen in the light.
Meant it? `ALLAY_KEEP=1 make test` (or this file alone) writes styleguide.json anew: look at /styleguide/ first.
"""

import hashlib
import json
import os
from pathlib import Path

import pytest

from tests.browsing import barriers

pytestmark = pytest.mark.browser
KEPT = Path(__file__).with_suffix(".json")
LOOK = """() => Object.fromEntries([...document.querySelectorAll("[data-part]")].map(part => [part.dataset.part,
  [part, ...part.querySelectorAll("*")].map(one => { const look = getComputedStyle(one);
  const own = one.type === "radio" ? {"border-top-left-radius": "0px"} : {};  // its roundness is each Chromium's own
  return [one.localName, ...%s.map(name => own[name] ?? look.getPropertyValue(name))].join(";") })]))"""
PROPERTIES = [
    "color", "background-color", "fill", "stroke", "stroke-dasharray", "display", "position", "font-size", "font-weight",
    "line-height", "text-align", "text-decoration-line", "padding-top", "padding-right", "padding-bottom", "padding-left",
    "margin-top", "margin-bottom", "border-top-width", "border-left-width", "border-top-style", "border-top-color",
    "border-left-color", "border-top-left-radius", "gap", "min-height", "flex-direction", "box-shadow",
]  # fmt: skip


def test_it_notices_when_a_part_changes_its_look(open_page, live_server, cast, settings):
    settings.DEVELOPMENT = True
    seen = {}
    for width, dark in ((320, True), (1280, False)):
        page = open_page(width=width, dark=dark)
        page.goto(f"{live_server.url}/styleguide/")
        assert barriers(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for part, looks in page.evaluate(LOOK % json.dumps(PROPERTIES)).items():
            digest = hashlib.sha256("\n".join(looks).encode()).hexdigest()[:16]
            seen.setdefault(part, {})[f"{width} {'dark' if dark else 'light'}"] = digest
    assert len(seen) > 12
    if os.environ.get("ALLAY_KEEP"):
        KEPT.write_text(json.dumps(seen, indent=1) + "\n", encoding="utf-8")
    kept = json.loads(KEPT.read_text(encoding="utf-8"))
    changed = [part for part in seen.keys() | kept.keys() if seen.get(part) != kept.get(part)]
    assert not changed, f"these parts look different than they did: {sorted(changed)}. Meant? See the top of this file."
