"""The words the engine knows, read once per process: names, places, plain English, and its own lists by section."""

import re
import unicodedata
from array import array
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from zlib import crc32

GIVEN, COMMON, FAMILY, PLACE, WORD, BASIC, TOWN, RARE = 1, 2, 4, 8, 16, 32, 64, 128
_DATA = Path(__file__).parent / "data"
_LETTERS = str.maketrans({"’": "'", "ʼ": "'", "＇": "'", "‘": "'", "`": "'", "ł": "l", "ø": "o", "đ": "d", "ı": "i"})


def plain(word: str) -> str:
    """The form in which words are looked up: lower case, no accents or invisible marks, straight apostrophes."""
    if word.isascii():
        return word.lower()
    bare = "".join(
        c for c in unicodedata.normalize("NFKD", word) if unicodedata.category(c)[0] != "M" and c.isprintable()
    )
    return bare.casefold().translate(_LETTERS)


class Lexicon:
    """Word → flags, 200,000 of them in 5 MB: the file's bytes as they are and a table of where each word begins.

    A dict of the same takes 24 MB in every process, and writes a count into each word it looks at, so that processes that
    were forked soon share none of it.
    """

    def __init__(self, lines: bytes) -> None:
        self._lines = b"\n" + lines  # place 0: nothing
        self._mask = 2 ** (lines.count(b"\n") + 1).bit_length() * 2 - 1  # at most half full
        self._begins = array("I", bytes(4 * (self._mask + 1)))
        place = 1
        for line in lines.splitlines(keepends=True):
            at = crc32(line[: line.index(b"\t") + 1]) & self._mask
            while self._begins[at]:
                at = (at + 1) & self._mask
            self._begins[at] = place
            place += len(line)

    def get(self, word: str, otherwise: int = 0) -> int:
        key = f"{word}\t".encode(errors="surrogatepass")
        at = crc32(key) & self._mask
        while place := self._begins[at]:
            if self._lines.startswith(key, place):
                end = self._lines.index(b"\n", place)
                return int(self._lines[place + len(key) : end])
            at = (at + 1) & self._mask
        return otherwise

    def items(self) -> Iterator[tuple[str, int]]:
        for line in self._lines.decode().split("\n"):
            if line:
                word, _, flags = line.partition("\t")
                yield word, int(flags)


@lru_cache(maxsize=1)
def lexicon() -> Lexicon:
    """Word → flags (scripts/gazetteer.py builds the file)."""
    return Lexicon((_DATA / "lexicon.txt").read_bytes())


@lru_cache(maxsize=1)
def basic_words() -> frozenset[str]:
    """The 11,000 words that everybody uses, as a set: asked hundreds of times for each word that nobody knows."""
    return frozenset(word for word, flags in lexicon().items() if flags & BASIC)


@lru_cache(maxsize=1)
def place_openers() -> dict[str, frozenset[str]]:
    """First words of the places that are written in several words, with the words that may follow."""
    found: dict[str, set[str]] = {}
    for name, flags in lexicon().items():
        if flags & PLACE and " " in name:
            first, second = name.split(" ", 2)[:2]
            found.setdefault(first, set()).add(second)
    return {first: frozenset(seconds) for first, seconds in found.items()}


@lru_cache(maxsize=1)
def sections() -> dict[str, frozenset[str]]:
    """The engine's own words (data/words.txt): section → words; a line with | holds phrases."""
    found: dict[str, set[str]] = {}
    current: set[str] = set()
    for raw in (_DATA / "words.txt").read_text(encoding="utf-8").splitlines():
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if heading := re.fullmatch(r"\[(\w+)\]", line):
            current = found.setdefault(heading[1], set())
            continue
        current.update(plain(word) for word in (line.split("|") if "|" in line else line.split()))
    return {name: frozenset(words) for name, words in found.items()}


def section(*names: str) -> frozenset[str]:
    """All words of these sections."""
    return frozenset().union(*(sections()[name] for name in names))


@lru_cache(maxsize=1)
def short_forms() -> dict[str, frozenset[str]]:
    """Any given name → the names it is short for, and itself."""
    roots: dict[str, set[str]] = {}
    for line in (_DATA / "nicknames.txt").read_text(encoding="utf-8").splitlines():
        name, *forms = line.split()
        for form in (name, *forms):
            roots.setdefault(form, set()).add(name)
    return {form: frozenset(names) for form, names in roots.items()}


@lru_cache(maxsize=4096)
def is_near_word(word: str) -> bool:
    """Whether one slip of the finger away from a common English word (a typing mistake rather than a name)."""
    if not 4 <= len(word) <= 20:
        return len(word) < 3
    splits = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    letters = "abcdefghijklmnopqrstuvwxyz"
    slips = (
        candidate
        for left, right in splits
        for candidate in (
            left + right[1:],
            left + right[1:2] + right[:1] + right[2:],
            *(left + c + right[1:] for c in letters),
            *(left + c + right for c in letters),
        )
    )
    return not basic_words().isdisjoint(slips) or _is_two_words(splits)


def _is_two_words(splits: list[tuple[str, str]]) -> bool:
    """A missing space: "alittle", "ofthe"."""
    known = basic_words()
    return any(left in known and right in known for left, right in splits if len(left) > 1 and len(right) > 1)
