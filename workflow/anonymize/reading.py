"""Reading a letter: words with their places, shapes and neighbours. Counts code points, whatever the script."""

import re
from dataclasses import dataclass, field

from . import spanish
from .lexicon import BASIC, GIVEN, WORD, lexicon, plain, section

_MARKS = "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u064b-\u065f\u0900-\u0903\u093a-\u094f\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f\u2060\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\ufeff\u00ad"  # noqa: E501
_PIECE = rf"[^\W_][\w{_MARKS}]*"
_TOKEN = re.compile(rf"{_PIECE}(?:['’ʼ＇‘`]{_PIECE})*")
_POSSESSIVE = re.compile(r"['’ʼ＇‘`][sS]$")
_OPENING = re.compile(r"[.!?…。:;•|\n\r\u2028]|(?:^|\s)[-–—*](?=\s|$)")
_ABBREVIATED = section("short_titles") | {"st", "mt", "ft", "jr", "vs", "no", "apt", "ave", "rd"}


@dataclass(slots=True)
class Token:
    """One word. `gap` is what stands between it and the word before; `opens` says that a sentence or line begins."""

    start: int
    end: int
    norm: str
    flags: int
    shape: str  # lower, title, upper, digit
    gap: str
    opens: bool
    possessive: bool
    is_word: bool  # an ordinary word (or slang) that is not first of all a name
    is_ambiguous: bool  # a given name that is also a word
    is_spanish: bool = False  # stands in a Spanish sentence


_REACH = 24  # how far any rule looks past the ends of a letter


@dataclass(slots=True)
class Reading:
    """A letter as words. `style` is "lower" when its writer mostly leaves capitals out."""

    text: str
    tokens: list[Token]
    is_lower: bool = False
    norms: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.norms = [token.norm for token in self.tokens] + [""] * _REACH

    def norm(self, i: int) -> str:
        """Word i as it is looked up; nothing before the first and behind the last (the padding answers on both sides)."""
        return self.norms[i]

    def raw(self, i: int) -> str:
        token = self.tokens[i]
        return self.text[token.start : token.end]

    def is_touching(self, i: int) -> bool:
        """Word i follows the word before with nothing but a space or a hyphen between."""
        return 0 < i < len(self.tokens) and self.tokens[i].gap in _JOINTS


_JOINTS = frozenset({" ", "-", "‐", "–", "\xa0", "  ", "\u2011"})
_CONTRACTED = ("n't", "'ll", "'re", "'ve", "'d", "'m")
_PLURAL_ACRONYM = re.compile(r"[A-Z]{2,5}s")
_PLAIN_WORDS = section("slang", "kin", "titles", "roles", "foreign") - {"june", "gale"}
_NAMES_FIRST = section("name_first")


def read(text: str) -> Reading:
    """Split a letter into words and judge their shapes."""
    tokens: list[Token] = []
    last = 0
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        raw = match.group()
        word = _COMMON_WORDS.get(raw) or _judged(raw)
        gap = text[last:start]
        tokens.append(
            Token(
                start,
                end - 2 if word[3] else end,
                word[0],
                word[1],
                word[2],
                gap,
                _opens(gap, tokens, text[start]),
                *word[3:],
            )
        )
        last = end
    _mark_shouting(tokens)
    _mark_headlines(tokens)
    is_lower = _is_lower(tokens)
    spanish.mark(text, tokens, is_lower=is_lower)
    return Reading(text, tokens, is_lower)


Word = tuple[str, int, str, bool, bool, bool]
_COMMON_WORDS: dict[str, Word] = {}  # plain English only: no name is kept from one letter to the next


def _judged(raw: str) -> Word:
    """(norm, flags, shape, possessive, is_word, is_ambiguous) of one word as it is written."""
    possessive = not raw.isalnum() and bool(_POSSESSIVE.search(raw))
    bare = raw[:-2] if possessive else raw
    norm = plain(bare)
    flags = lexicon().get(norm, 0)
    if not flags and norm.endswith("in") and lexicon().get(f"{norm}g", 0) & WORD:
        flags = WORD  # "droolin"
    is_word = norm.endswith(_CONTRACTED) or (bool(flags & WORD) and norm not in _NAMES_FIRST) or norm in _PLAIN_WORDS
    word = (norm, flags, _shape(bare), possessive, is_word, is_word and bool(flags & GIVEN))
    if flags & BASIC and not flags & GIVEN and raw.isascii():
        _COMMON_WORDS[raw] = word
    return word


_APOSTROPHES = ("'", "’")


def _shape(raw: str) -> str:
    if raw[0].isdigit():
        return "digit"
    if not raw[0].isupper() and not (raw[1:2] in _APOSTROPHES and raw[2:3].isupper()):
        return "lower" if raw[0].islower() or not raw[0].isalpha() else "caseless"
    return "upper" if len(raw) > 1 and (raw.isupper() or _PLURAL_ACRONYM.fullmatch(raw)) else "title"


def _opens(gap: str, before: list[Token], letter: str) -> bool:
    if not before:
        return True
    if gap == " ":
        return False
    if len(gap) == 1:
        return gap in "\n\r.!?"
    if gap[:1] == ")" and before[-1].shape == "digit":
        return True
    if gap[:1] == "." and before[-1].norm in _ABBREVIATED and "\n" not in gap:
        return before[-1].norm == "no" and not letter.isdigit()
    return bool(_OPENING.search(gap)) or gap.endswith(('"', "“", "‘"))


def _mark_shouting(tokens: list[Token]) -> None:
    """Capital letters tell nothing inside a run of capitals: such words count as lower case."""
    shouted: list[Token] = []
    if not any(token.shape == "upper" for token in tokens):
        return
    for i, token in enumerate(tokens):
        if token.shape != "upper":
            continue
        near = [t for t in tokens[max(0, i - 2) : i + 3] if t is not token and len(t.norm) > 1]
        upper = sum(t.shape == "upper" for t in near)
        words = sum(t.shape == "upper" and bool(t.flags & BASIC) for t in near)
        if near and words and upper * 2 >= len(near):
            shouted.append(token)
    for token in shouted:
        token.shape = "lower"


def _mark_headlines(tokens: list[Token]) -> None:
    """Who Writes Every Word Like This tells nothing by a capital either: ordinary words count as lower case."""
    if sum(token.shape == "title" for token in tokens) * 3 < len(tokens):
        return
    inside = [token for token in tokens if token.flags & BASIC and not token.opens and len(token.norm) > 1]
    if len(inside) < 12 or sum(token.shape == "title" for token in inside) * 5 < len(inside) * 3:
        return
    for token in tokens:
        if token.shape == "title" and token.is_word and not (token.flags & GIVEN and not token.flags & BASIC):
            token.shape = "lower"


def _is_lower(tokens: list[Token]) -> bool:
    openings = [t for t in tokens if t.opens and t.shape != "digit"]
    small = sum(t.shape == "lower" for t in openings) + sum(t.norm == "i" and t.shape == "lower" for t in tokens)
    big = sum(t.shape != "lower" for t in openings)
    return small > big
