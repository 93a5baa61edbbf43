"""The words the engine knows, read once per process: names, places, plain English, and its own lists by section."""

import re
import unicodedata
from functools import lru_cache
from pathlib import Path

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


@lru_cache(maxsize=1)
def lexicon() -> dict[str, int]:
    """Word → flags (scripts/gazetteer.py builds the file)."""
    entries = {}
    with (_DATA / "lexicon.txt").open(encoding="utf-8") as lines:
        for line in lines:
            word, _, flags = line.rstrip("\n").partition("\t")
            entries[word] = int(flags)
    return entries


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
    known = lexicon()
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
    return any(known.get(slip, 0) & BASIC for slip in slips) or _is_two_words(splits)


def _is_two_words(splits: list[tuple[str, str]]) -> bool:
    """A missing space: "alittle", "ofthe"."""
    known = lexicon()
    return any(
        known.get(left, 0) & BASIC and known.get(right, 0) & BASIC
        for left, right in splits
        if len(left) > 1 and len(right) > 1
    )
