"""Every page of the product as each person gets it, and every form of it sent empty: rendered once, for whoever looks at pages.

Complete by construction: the addresses are those of the access grid, which knows them all; the forms are those that stand
on the pages. What a form changed is taken back at once.
"""

import gzip
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.contrib.staticfiles import finders
from django.db import transaction

from tests.cast import make_case
from tests.house.test_access_grid import GRID, OK, address, prepare
from tests.walks import Visitor, patterns
from workflow.states import State

FORM = re.compile(r"<form\b[^>]*>")
ATTRIBUTE = re.compile(r'\b(method|action)="([^"]*)"')
LINKED = re.compile(r'(?:href|src)="(/static/[^"]+\.(?:css|js|svg|png|woff2))"')
IMPORTED = re.compile(
    r"""(?:from|import)\s*["'](\.{1,2}/[^"']+)["']"""
)  # not import(…): that is fetched when it is needed
LEAVING = ("/sign-in/out/", "/leave/")
REFUSED = ("summary-box", "errorlist", "field--wrong", 'class="needs"')


@dataclass(frozen=True)
class Seen:
    """One page as somebody got it."""

    name: str
    who: str
    html: str
    is_error: bool = False

    @property
    def look(self) -> frozenset[str]:
        """The parts that stand on it: two pages with the same ones look the same to a machine."""
        return frozenset(re.findall(r'class="([^"]+)"', self.html))

    def __str__(self) -> str:
        return f"{self.name} for {self.who}{' after a refused form' if self.is_error else ''}"


def pages(cast, *, states=None) -> Iterator[Seen]:
    """Each address for everybody who may open it. `states`: of which cases, instead of the one that the grid names."""
    visitors = {name: Visitor(person) for name, person in cast.everybody().items()} | {"stranger": Visitor()}
    make = Cases(cast)
    of_a_case = {name for name, wanted in patterns() if "public_id" in wanted}
    names = [(name, state, row) for name, (state, row) in GRID.items() if OK in row.values()]
    for name, wanted, row in names:
        for state in states if states and wanted and name in of_a_case else [wanted]:
            case = make(state)
            if state == wanted:
                prepare(name, case, cast)
            path = address(name, case)
            for who in few(row):
                yield from looked_at(visitors[who], name, who, path)


def few(row) -> list[str]:
    """Pages for everybody are the same but for the navigation: a stranger and one of the team stand for all."""
    able = [who for who, answer in row.items() if answer == OK]
    return ["stranger", "mo"] if len(able) == len(row) else [who for who in able if who not in {"bela", "theo"}] or able


class Cases:
    """One case in each state, made when it is first asked for."""

    def __init__(self, cast) -> None:
        self.cast = cast
        self.made: dict[State | None, object] = {}

    def __call__(self, state: State | None):
        if state and state not in self.made:
            self.made[state] = make_case(self.cast, state=state, danger="yes" if state == State.TRIAGED else "no")
        return self.made.get(state)


def looked_at(visitor, name, who, path) -> Iterator[Seen]:
    response = visitor.ask(path)
    if response.status_code != 200 or not response.headers["Content-Type"].startswith("text/html"):
        return
    html = response.content.decode()
    if "<html" not in html:
        return  # a part of a page
    yield Seen(name, who, html)
    for action in sorted(actions(html, path)):
        with transaction.atomic():
            refused = visitor.ask(action, "post")
            transaction.set_rollback(True)
        if refused.status_code < 500 and "text/html" in refused.headers.get("Content-Type", ""):
            html = refused.content.decode()
            if "<html" in html and any(part in html for part in REFUSED):
                yield Seen(name, who, html, is_error=True)


def actions(html: str, path: str) -> set[str]:
    """Where the forms of a page send what was typed."""
    forms = [dict(ATTRIBUTE.findall(tag)) for tag in FORM.findall(html)]
    sent = {form.get("action") or path for form in forms if form.get("method", "").lower() == "post"}
    return {action for action in sent if not action.startswith(LEAVING)}


def files(html: str) -> set[str]:
    """What a browser fetches for a page besides itself: what is linked, and what the scripts import."""
    found, ahead = set(), [link.split("?")[0] for link in LINKED.findall(html)]
    while ahead:
        link = ahead.pop()
        if link in found:
            continue
        found.add(link)
        if link.endswith(".js"):
            folder = Path(link).parent
            for name in IMPORTED.findall(static(link).decode()):
                ahead.append(str((Path("/") / folder / name).resolve()))
    return found


def static(link: str) -> bytes:
    found = finders.find(link.removeprefix("/static/"))
    return Path(found).read_bytes() if found else b""


def packed(data: bytes) -> int:
    return len(gzip.compress(data, 6))
