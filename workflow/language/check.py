"""Looks through an answer: rules of words and messaging, numbers that are not from the registry, links, and how hard it reads."""

import hashlib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from .rules import ADVISE, BLOCK, Rule, names, rules
from .text import Passage, Reading, masked, read, without_quotations

NUMBER = re.compile(
    r"(?<![\w-])(?:\+?1[\s.-]?)?\(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}(?![\w-])"
    r"|(?<![\w-])(?:\+?1)?[2-9]\d\d[2-9]\d{6}(?![\w-])"  # 8005551234
    r"|(?<![\w-])(?:\+?1[\s.-]?)?\(?8\d\d\)?[\s.-](?=[\d-]*[A-Z])[\dA-Z]{3}[\s.-]?[\dA-Z]{4}(?![\w-])"  # (800) 662-HELP
    r"|(?:(?<=to )|(?<=[Tt]ext )|(?<=al ))\d{5,6}\b"
)
SHORT = re.compile(r"(?<![\w-])[2-9]\d\d(?![\w-])")  # 911, 988: told from other numbers by the registry
_KEYS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")  # the letters on a telephone
GAP = re.compile(r"\[\[[^\[\]]*\]\]")  # a variable of a snippet that nobody filled in
EASY_GRADE = 9.0  # about the ninth school year; our readers are tired
_SPARED = 60  # how near the sparing words must stand
_AROUND = 40
_SHORTENERS = {"bit.ly", "tinyurl.com", "t.co", "goo.gl", "ow.ly", "is.gd", "buff.ly", "rebrand.ly"}
_WORDLESS = {"here", "click here", "this", "link", "this link", "read more", "more"}


@dataclass(frozen=True)
class Advice:
    """One thing found: the words, why they are named, and what to do instead. `mark` tells it again after a save."""

    key: str
    kind: str
    severity: str
    words: str
    before: str
    after: str
    why: str
    use: str

    @property
    def mark(self) -> str:
        return hashlib.sha256(f"{self.key}:{' '.join(self.words.lower().split())}".encode()).hexdigest()[:16]

    @property
    def is_block(self) -> bool:
        return self.severity == BLOCK


def check(html: str, *, registry: Collection[str] = ()) -> list[Advice]:
    """Everything that deserves a second look, blocks first, each wording once. `registry`: numbers that a block exists for."""
    reading = read(html)
    known = {number for said in registry for number in (digits(said), *numbers_in(said))}
    found = [advice for passage in reading.passages for advice in _in_passage(passage, known)]
    found += _short_ones(reading, known)
    found += _in_links(reading, known)
    once: dict[str, Advice] = {}
    for advice in found:
        once.setdefault(advice.mark, advice)
    return sorted(once.values(), key=lambda advice: not advice.is_block)


def _in_passage(passage: Passage, known: set[str]) -> Iterator[Advice]:
    text = masked(passage.text, names())
    unquoted = without_quotations(text)
    for rule in rules():
        if rule.everywhere:
            yield from _by_rule(rule, passage.text, text)
        elif not passage.is_quotation:
            yield from _by_rule(rule, passage.text, unquoted)
    for gap in GAP.finditer(passage.text):
        yield _advice(
            passage.text, gap, "gap", "gap", BLOCK, "Something was to be filled in here.", "write what belongs here"
        )
    if not passage.is_help_line:
        for number in NUMBER.finditer(passage.text):
            yield _number(passage.text, number, known)


def _short_ones(reading: Reading, known: set[str]) -> Iterator[Advice]:
    """911 and 988 where their block does not stand; named in passing beside it they are fine."""
    blocks = (SHORT.match(passage.text) for passage in reading.passages if passage.is_help_line)
    beside = {found[0] for found in blocks if found}
    for passage in reading.passages:
        for number in SHORT.finditer(passage.text):
            if not passage.is_help_line and number[0] in known - beside:
                yield _number(passage.text, number, known)


def _by_rule(rule: Rule, shown: str, text: str) -> Iterator[Advice]:
    for found in rule.pattern.finditer(text):
        near = text[max(0, found.start() - _SPARED) : found.end() + _SPARED]
        if rule.spare is None or not rule.spare.search(near):
            yield _advice(shown, found, rule.key, rule.kind, rule.severity, rule.why, rule.use)


def _number(text: str, found: re.Match[str], known: set[str]) -> Advice:
    if digits(found[0]) in known:
        why = "Numbers change. A block from the registry keeps its source and the day it was last checked."
        return _advice(text, found, "known_number", "number", ADVISE, why, "insert the help-line block instead")
    why = "This number is not in our registry: nobody has checked whether it is right."
    return _advice(
        text, found, "number", "number", BLOCK, why, "use a help line of the registry, or ask for it to be added"
    )


def _advice(text: str, found: re.Match[str], key: str, kind: str, severity: str, why: str, use: str) -> Advice:
    start, end = found.span()
    before, after = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
    return Advice(key, kind, severity, text[start:end], before, after, why, use)


def _in_links(reading: Reading, known: set[str]) -> Iterator[Advice]:
    for address, words in reading.links:
        if said := _wrong_with(address, words, known):
            severity, why, use = said
            yield Advice("link", "link", severity, words or address, "", f" → {address}", why, use)


def _wrong_with(address: str, words: str, known: set[str]) -> tuple[str, str, str] | None:
    """What a link lacks by its form; nothing is fetched."""
    parts = urlsplit(address)
    host = (parts.hostname or "").removeprefix("www.")
    if parts.scheme == "tel":
        if digits(parts.path) in known:
            return None
        return BLOCK, "It calls a number that is not in our registry.", "use a help line of the registry"
    if parts.scheme in {"http", "https"} and (host in _SHORTENERS or "." not in host):
        return BLOCK, "Readers cannot see where it leads.", "use the full address of the page"
    if parts.scheme == "http":
        return ADVISE, "The page is not reached safely.", "use https://"
    if re.search(r"[?&](?:utm_\w+|fbclid|gclid)=", address):
        return ADVISE, "The address tells others who sent the reader.", "cut off everything after the question mark"
    if words.strip(" .").lower() in _WORDLESS:
        return ADVISE, "Read aloud by itself, it does not say where it leads.", "name the page in the link"
    return None


def numbers_in(text: str) -> set[str]:
    """Every telephone number and code to text that some words name."""
    return {digits(found[0]) for found in NUMBER.finditer(text)}


def digits(number: str) -> str:
    """A number without its clothes; the leading 1 of North America does not count."""
    dialled = number.translate(_KEYS) if re.search(r"\d[^a-z]*-[^a-z]*[A-Z]{4}", number) else number
    bare = re.sub(r"\D", "", dialled)
    return bare[1:] if len(bare) == 11 and bare.startswith("1") else bare


def reading_grade(html: str) -> float | None:
    """The school year in which it reads with ease (Flesch–Kincaid); nothing below 30 words."""
    passages = [passage.text for passage in read(html).passages]
    sentences = [s for text in passages for s in re.split(r"[.!?:;]+\s|\n", text) if re.search(r"\w", s)]
    words = [word for text in passages for word in re.findall(r"[A-Za-z’']+", text)]
    if len(words) < 30:
        return None
    syllables = sum(_syllables(word) for word in words)
    return round(0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59, 1)


def _syllables(word: str) -> int:
    groups = re.findall(r"[aeiouy]+", word.lower())
    silent = word.lower().endswith("e") and not word.lower().endswith("le") and len(groups) > 1
    return max(1, len(groups) - silent)
