"""Hostile input: strings nobody should be able to break a page with, into every field, parameter and part of every address.

Fields are read from the code itself: those of every form, and every name that a page asks a request for. What is
counted is values: one string in one field of one request.
"""

import json
import random
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from django import forms
from django.db import transaction
from django.test import Client

from config.fields_page import ASKED_FOR, OURS, below
from tests.attacks import ours
from tests.cast import Cast, make_case
from tests.house.test_access_grid import GRID, address, prepare
from workflow.models import Case
from workflow.states import State
from workflow.transitions import Refused

ROOT = Path(__file__).resolve().parents[2]
PEOPLE = ["stranger", "rosa", "bela", "erin", "theo", "mo", "mora", "ada"]
AT_MOST = 40_000  # characters of the longest string; longer ones are refused by the server before any page sees them

# By hand: what is known to break parsers, databases, encoders, numbers, dates, addresses, headers, templates and paths.
STRINGS = [
    "", " ", "\x00", "a\x00b", "\r\nSet-Cookie: a=b", "\r\n\r\n<p>", "%0d%0a", "\u202eabc", "\u2028", "\ufeff", "\ufffe", "\uffff",
    "\ud800", "e\u0301" * 400, "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A" * 20, "😭👨‍👩‍👧‍👦🏳️‍🌈", "ﷺ" * 100, "İıſßŉ", "１２３", "٣", "²", "½", "0x1F", "1e309", "-1e309",
    "NaN", "Infinity", "-Infinity", "-0", "00000000000000000001", "2147483648", "9223372036854775808", "-9223372036854775809",
    "99999999999999999999999999999999999999", "1" * 5_000, "1_000", "+1", "1.", "1,5", "true", "null", "undefined", "None",
    "[]", "{}",
    "[[[[", '{"a":', "__proto__", "constructor", "{{7*7}}", "{% debug %}", "%s%s%s%n", "%(x)s", "{0.__class__}", "${7*7}",
    "' OR '1'='1", "'; DROP TABLE workflow_case; --", '" OR ""="', "1 UNION SELECT NULL--", "\\", "\\'", "%", "_", "%_%", "%%20",
    "../../../../etc/passwd", "..\\..\\", "/etc/passwd\x00.html", "file:///etc/passwd", "//evil.example", "https://evil.example",
    "/\\evil.example", "javascript:alert(1)", "\tjavascript:alert(1)", "data:text/html,x", "http://[::1", "http://a:99999999/",
    "a@b", "a@b@c.example", '"a b"@people.example', "a\n@people.example", "ü@bücher.example", "x" * 260 + "@people.example",
    "0000-00-00", "9999-12-31", "10000-01-01", "2026-02-30", "2026-13-01T99:99", "0001-01-01T00:00", "2026-11-01T01:30", "24:00",
    "00000000-0000-0000-0000-000000000000", "not-a-uuid", "submitted.3", "submitted.-1", "submitted.99999999999999999999", ".", "..",
    "(a+)+$", "[" * 500, "(" * 500, "<" * 2_000, "<p>" * 3_000, "&" * 2_000, "&#0;&#xD800;&#x110000;",
    "]]>", "<!--", "\x1b[31m", "\x7f\x80\x9f",
    "NEAR(", '"', '""', "a* OR b", "col:val", "-", "AND", "a AND NOT", "^a", "NOT", "*", "🙂*", "=cmd|' /C calc'!A0", "@SUM(1)",
]  # fmt: skip


# No worker runs beside a test; and oEmbed asks for a 501 where a form of it is not spoken.
NOT_READY = {(503, "readyz"), (503, "healthz_clock"), (501, "qa:oembed")}


def fields() -> list[str]:
    """Every name of a field or parameter that the product knows."""
    names = {name for form in below(forms.BaseForm) for name in getattr(form, "base_fields", {})}
    for package in OURS:
        for path in (ROOT / package).rglob("*.py"):
            names |= set(ASKED_FOR.findall(path.read_text(encoding="utf-8")))
    return sorted(names)


@dataclass
class Siege:
    """The product with cases in every state, and everybody at the door."""

    cast: Cast
    dice: random.Random
    counts: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.cases: dict[State | None, Case | None] = {None: None}
        self.cases |= {
            state: make_case(self.cast, state=state) for state in {row[0] for row in GRID.values() if row[0]}
        }
        self.addresses = {name: self._address(name) for name in GRID}
        inside = {200, 405, "/"}
        self.at_home = {
            name: [who for who, told in row.items() if told in inside] or PEOPLE for name, (_, row) in GRID.items()
        }
        self.names = fields()
        self.strings = [*STRINGS, *ours()]
        self.clients = {who: self._client(who) for who in PEOPLE}

    def _client(self, who: str) -> Client:
        client = Client(raise_request_exception=False)
        if who != "stranger":
            client.force_login(getattr(self.cast, who))
        return client

    def _address(self, name: str) -> str:
        case = self.cases[GRID[name][0]]
        with suppress(Refused):  # prepared already, for another address of the same case
            prepare(name, case, self.cast)
        return address(name, case)

    def string(self) -> str:
        """One of the known ones, one of them changed, or noise."""
        kind, known = self.dice.random(), self.dice.choice(self.strings)
        if kind < 0.5:
            return known
        if kind < 0.8:
            other = self.dice.choice(self.strings)
            at = self.dice.randint(0, len(known))
            return (known[:at] + other + known[at:])[:AT_MOST]
        if kind < 0.82:
            return self.dice.choice(["x", "<b>", "é", "\n", "😭"]) * self.dice.randint(1_000, 8_000)
        return "".join(
            chr(self.dice.choice([self.dice.randrange(1, 128), self.dice.randrange(128, 0xD7FF)])) for _ in range(12)
        )

    def ask(self) -> None:
        """One request with hostile values; whatever it did is taken back."""
        name = self.dice.choice(list(self.addresses))
        who = self.dice.choice(PEOPLE if self.dice.random() < 0.2 else self.at_home[name])
        if name in {"account_logout", "leave"}:
            who = "stranger"  # the others stay signed in
        path, values = self._path(name), self._values(name)
        with transaction.atomic():
            kind, response = self._send(self.clients[who], path, values)
            transaction.set_rollback(True)
        self.counts["requests"] += 1
        self.counts["values"] += len(values)
        self.counts[f"{response.status_code // 100}xx"] += 1
        if response.status_code >= 500 and (response.status_code, name) not in NOT_READY:
            self.broken.append(f"{response.status_code} {kind} {name} by {who}: {path[:200]!r} {dict(values)!r:.1500}")

    def _path(self, name: str) -> str:
        path = self.addresses[name]
        if self.dice.random() < 0.15:
            parts = path.split("/")
            parts[self.dice.randrange(1, len(parts))] = quote(self._sendable(self.string())[:500], safe="")
            self.counts["values"] += 1
            path = "/".join(parts)
        return path

    def _values(self, name: str) -> list[tuple[str, str]]:
        chosen = self.dice.sample(self.names, k=self.dice.randint(6, 30))
        values = [(one, self.string()) for one in chosen]
        if self.dice.random() < 0.2:
            values += [(chosen[0], self.string()), (chosen[0] + "[]", self.string())]  # a name twice
        case = self.cases[GRID[name][0]]
        if case is not None and self.dice.random() < 0.6:  # what lets it come further
            values = [pair for pair in values if pair[0] != "seen"] + [("seen", f"{case.state}.{case.version}")]
        return values

    def _send(self, client: Client, path: str, values: list[tuple[str, str]]) -> tuple[str, Any]:
        sent = [(name, self._sendable(value)) for name, value in values]
        kind = self.dice.random()
        if kind < 0.25:
            query = urlencode([(name, value[:400]) for name, value in sent])
            return "GET", client.get(f"{path}?{query}")
        if kind < 0.9:
            data: dict[str, list[str]] = {}
            for name, value in sent:
                data.setdefault(name, []).append(value)
            return "POST", client.post(path, data)
        if kind < 0.95:
            return "JSON", client.post(path, json.dumps(dict(sent)), content_type="application/json")
        raw = "&".join(value for _, value in sent)[:AT_MOST]
        return "RAW", client.post(path, raw.encode(), content_type="application/x-www-form-urlencoded")

    def _sendable(self, value: str) -> str:
        """Half a pair cannot be sent in UTF-8; it goes as what a server makes of such bytes."""
        return value.encode("utf-8", "replace").decode()


def besiege(cast: Cast, *, seed: int, values: int) -> Siege:
    """Ask until so many hostile values were sent."""
    siege = Siege(cast, random.Random(seed))
    while siege.counts["values"] < values:
        siege.ask()
    return siege
