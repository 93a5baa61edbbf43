"""Every attack in every way in which the product puts text into a page, in Chromium, without the policy that would hide it.

`make prove PART=xss` takes the whole collection (ALLAY_XSS=all); without it a hundred strings.
"""

import json
import os

import pytest
from django.template import Context, engines

from qa.sanitize import MAX_CHARS
from tests.attacks import SHARED, ours, spread_of_others
from tests.browser.test_xss import GROUP, new_range  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.slow]
ALL = os.environ.get("ALLAY_XSS") == "all"

# As the templates do it; each piece is what they have around a text of a person.
PLACES = {
    "an answer": "{% load reading %}<div class='answer'>{{ text|answer_html }}</div>",
    "an answer with passages": "{% load reading %}<div class='answer'>{{ text|answer_with_passages:none }}</div>",
    "a letter": "<div class='letter'>{{ text|linebreaks }}</div>",
    "a note": "<p>{{ text|linebreaksbr }}</p>",
    "a title": "<title>{{ text }}</title><h1>{{ text }}</h1>",
    "a field": '<label>Words<input name="q" value="{{ text }}"></label>',
    "a long field": '<textarea name="text">{{ text }}</textarea>',
    "a description": '<meta name="description" content="{{ text|truncatechars:300 }}"><p title="{{ text }}">x</p>',
    "a link": '<a href="/search/?q={{ text|urlencode }}">{{ text|truncatewords:40 }}</a>',
    "structured data": "{% load reading %}{% json_ld data %}",
    "data for our script": '{{ text|json_script:"words" }}',
}
TEMPLATE = "".join(f"<section>{piece}</section>" for piece in PLACES.values())


def attacks() -> list[str]:
    if not ALL:
        return [*ours()[::2], *spread_of_others()[::40]]
    lines = SHARED.read_text(encoding="utf-8").splitlines()
    return [*ours(), *(json.loads(line)["payload"] for line in lines)]


def shown(texts: list[str]) -> str:
    """Some attacks, each in every place."""
    template = engines["django"].from_string(TEMPLATE).template
    pages = [
        template.render(Context({"text": text[: MAX_CHARS // 2], "data": {"name": text}, "none": {}})) for text in texts
    ]
    return "\n".join(pages)


@pytest.mark.timeout(0 if ALL else 120)
def test_it_runs_no_attack_in_any_place(new_range):  # noqa: F811
    tried = attacks()
    control = tried[:: max(1, len(tried) // 150)]
    fired = new_range().ran(control)
    assert len(fired) >= len(control) // 20, "the raw control does not fire"
    place = new_range()
    together = [shown(tried[start : start + GROUP]) for start in range(0, len(tried), GROUP)]
    ran = [together[number] for number in place.ran(together)]
    print(  # noqa: T201
        f"{len(tried)} strings in {len(PLACES)} places, {len(ran)} ran; raw control: {len(fired)} of {len(control)} ran"
    )
    assert ran == []
    assert place.noticed == []
