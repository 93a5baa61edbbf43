"""Numbers as they are shown and as they are dialled: whether the two are the same, and which numbers some words name."""

import re
from urllib.parse import quote

KEYS = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
_TARGET = re.compile(r"(?:tel|sms):\+?\d{3,15}")
_WITH_DIGITS = re.compile(r"\S*\d\S*")
_NUMBER = re.compile(r"\d(?:[\s().-]?\d){2,}")  # 911 is the shortest
_WORD = re.compile(r"\b[A-ZÁÉÍÓÚÜÑ]{2,}\b")
_TEXT = "sms:"


def is_target(target: str) -> bool:
    """A tap on it calls or writes to a number, and nothing else."""
    return _TARGET.fullmatch(target) is not None


def reaches(target: str, shown: str) -> bool:
    """A tap dials the very number that is shown; letters count as on a keypad, words around the number do not."""
    words = " ".join(_WITH_DIGITS.findall(shown))
    return _bare(target) in {_bare(words), _bare(shown.upper().translate(KEYS)), _bare(words.upper().translate(KEYS))}


def link(target: str, shown: str) -> str:
    """Where a tap leads. A message begins with the word to send, if the shown words name one (iOS and Android read `?&body=`)."""
    word = _WORD.search(shown) if target.startswith(_TEXT) else None
    return f"{target}?&body={quote(word[0])}" if word else target


def numbers_named(text: str) -> list[str]:
    """The numbers that some words name, bare and in order."""
    return [_bare(found[0]) for found in _NUMBER.finditer(text)]


def _bare(number: str) -> str:
    """Digits alone; the leading 1 of North America does not count."""
    bare = re.sub(r"\D", "", number)
    return bare[1:] if len(bare) == 11 and bare.startswith("1") else bare
