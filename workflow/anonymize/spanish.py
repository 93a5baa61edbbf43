"""Spanish sentences: their ordinary words are nobody's names, whatever the lists of English words, names and towns say of them.

A writer who uses capitals writes names with one, so a small word of a Spanish sentence names nothing; where all is written small,
and at the beginning of a sentence, the vocabulary decides (data/words.txt: words by their stem, verbs by stem and ending).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from .lexicon import BASIC, COMMON, FAMILY, GIVEN, TOWN, WORD, section

if TYPE_CHECKING:
    from .reading import Token

_MARKERS = section("spanish_markers")
_TELLING = _MARKERS - {"no", "me", "he", "a", "son", "o", "y", "te", "has", "mas", "si", "tu", "ha"}
_ENGLISH = section("english_markers")
_OPENERS = section("spanish_openers") | section("foreign")
_WORDS = section("spanish_words")
_AR, _ER = section("spanish_ar"), section("spanish_er")
_AR_ENDINGS = section("spanish_ar_endings")
_ER_ENDINGS = section("spanish_er_endings")
_CLITICS = ("me", "te", "se", "lo", "la", "le", "nos", "los", "las", "les")
_LONGEST = 6
_NAMES = section("spanish_names")
_WITH = frozenset({"yo", "mi", "su", "el", "ella"})
_BEFORE_DEEDS, _DEEDS = section("spanish_before_deeds"), section("spanish_deeds")
_NO_DEEDS = frozenset({"para", "sobre", "entre", "como"})
_KIN = section("kin", "roles") - {"son", "kids"}
_DETERMINERS = section("spanish_determiners")
_ACCENTED_END = re.compile(r"(?:[éóíá]|ía[sn]?|íamos|ábamos|áramos|éramos|ción|sión)$")
_FALLS = re.compile(
    r"(?:aron|ieron|amos|emos|imos|aban|ando|iendo|mente|arl[eoa]s?|erl[eoa]s?|irl[eoa]s?|arme|erme|irme|enme|anme)$"
)


def mark(text: str, tokens: list[Token], *, is_lower: bool) -> None:
    """Judge the words of Spanish sentences anew."""
    if len(_TELLING.intersection([token.norm for token in tokens])) < 2:
        return
    named = {t.norm for t in tokens if t.shape == "title" and not t.opens}
    was_spanish = False
    for first, last in _sentences(tokens):
        was_spanish = _is_spanish(tokens, first, last, after_spanish=was_spanish)
        if not was_spanish:
            continue
        for i in range(first, last):
            tokens[i].is_spanish = True
            if _is_somebody(text, tokens, i, is_long=last - first > 2):
                tokens[i].flags, tokens[i].is_word = tokens[i].flags & ~(WORD | BASIC), False
            elif _is_ordinary(text, tokens, i, named, is_lower=is_lower, is_long=last - first > 2):
                _settle(tokens[i])


def _settle(token: Token) -> None:
    token.flags, token.is_word, token.is_ambiguous = WORD | BASIC, True, False
    if token.opens and token.shape == "title":
        token.shape = "lower"


def _sentences(tokens: list[Token]) -> Iterator[tuple[int, int]]:
    first = 0
    for i in range(1, len(tokens) + 1):
        if i == len(tokens) or tokens[i].opens:
            yield first, i
            first = i


def _is_spanish(tokens: list[Token], first: int, last: int, *, after_spanish: bool) -> bool:
    """By its commonest words; a short sentence is what the one before it was."""
    spanish = sum(
        tokens[i].norm in _MARKERS or (not tokens[i].flags & BASIC and is_word(tokens[i].norm))
        for i in range(first, last)
    )
    english = sum(tokens[i].norm in _ENGLISH for i in range(first, last))
    telling = any(tokens[i].norm in _TELLING or is_word(tokens[i].norm) for i in range(first, last))
    if spanish >= 2 and telling:
        return spanish > english
    return (after_spanish and spanish >= english) or (spanish + telling > english and last - first < 8 and telling)


def _is_ordinary(text: str, tokens: list[Token], i: int, named: set[str], *, is_lower: bool, is_long: bool) -> bool:
    token = tokens[i]
    if token.shape == "title":
        return token.opens and _opens_plainly(text, token, is_long=is_long)
    if token.shape != "lower" or token.possessive:
        return False
    before = tokens[i - 1].norm if i else ""
    if is_word(token.norm):
        is_name_too = is_lower and token.flags & COMMON and token.norm not in _OPENERS
        return not (is_name_too and before not in _DETERMINERS)
    if is_lower or token.norm in named:
        return False
    if before in _KIN and (token.flags & (GIVEN | FAMILY) or not (token.flags or _is_verbal(text, token))):
        return False
    return not (before in {"en", "desde", "de"} and token.flags & TOWN)


def _opens_plainly(text: str, token: Token, *, is_long: bool) -> bool:
    """A capital that only begins the sentence; a word or two by themselves may be a signature."""
    if token.norm in _OPENERS:
        return True
    if token.flags & COMMON and token.flags & GIVEN:
        return False
    return is_word(token.norm) or (is_long and not token.flags & GIVEN and _is_verbal(text, token))


def _is_verbal(text: str, token: Token) -> bool:
    """It ends as verbs do: "empezó", "tenía", "gritaron"."""
    return bool(_ACCENTED_END.search(text[token.start : token.end]) or _FALLS.search(token.norm))


def _is_somebody(text: str, tokens: list[Token], i: int, *, is_long: bool) -> bool:
    """ "Paz y yo", "Amado me dijo", "Refugio" as a signature: a word that is a given name too, where a name stands."""
    token = tokens[i]
    if not token.opens or token.shape != "title" or token.norm not in _NAMES:
        return False
    if not is_long:
        return True
    k = i + 1
    if tokens[k].gap != " ":
        return False
    if tokens[k].norm == "y":
        return tokens[k + 1].norm in _WITH
    while tokens[k].norm in _BEFORE_DEEDS and k + 1 < len(tokens):
        k += 1
    deed, written = tokens[k].norm, text[tokens[k].start : tokens[k].end]
    return deed in _DEEDS or (deed not in _NO_DEEDS and _is_form(deed) and written[-1:] in {"a", "e", "ó", "á"})


def is_deed(norm: str) -> bool:
    """A form of a verb: "dijo", "pegó"."""
    return norm in _DEEDS or _is_form(norm)


def is_word(norm: str) -> bool:
    """An ordinary Spanish word in any of its forms."""
    return norm in _OPENERS or _is_noun(norm) or _is_verb(norm)


def _is_noun(norm: str) -> bool:
    if norm in _WORDS:
        return True
    for stem in (norm, norm[:-1], norm[:-2]) if norm.endswith("s") else (norm,):
        if stem in _WORDS or (stem[-1:] in "ao" and stem[:-1] + "o" in _WORDS) or f"{stem}o" in _WORDS:
            return True
        for ending in ("ito", "ita", "illo", "illa", "azo", "isimo", "isima", "cito", "cita"):
            root = stem.removesuffix(ending)
            if root != stem and (root in _WORDS or f"{root}o" in _WORDS or f"{root}a" in _WORDS):
                return True
        adverb = stem.removesuffix("mente")
        if adverb != stem and (adverb in _WORDS or adverb[:-1] + "o" in _WORDS):
            return True
    return norm.endswith(("ciones", "siones", "cion", "mente")) and len(norm) > 6


def _is_verb(norm: str) -> bool:
    if _is_form(norm):
        return True
    for clitic in _CLITICS:
        if norm.endswith(clitic) and len(norm) > len(clitic) + 2:
            rest = norm[: -len(clitic)]
            shorter = (rest.removesuffix(more) for more in ("me", "te", "se", "nos") if rest.endswith(more))
            if _is_command(rest) or any(map(_is_command, shorter)):
                return True
    return False


def _is_form(norm: str) -> bool:
    for size in range(1, min(_LONGEST, len(norm) - 1) + 1):
        ending = norm[-size:]
        for stem in _spellings(norm[:-size]):
            if (ending in _AR_ENDINGS and _knows(_AR, stem)) or (ending in _ER_ENDINGS and _knows(_ER, stem)):
                return True
    return False


def _knows(stems: frozenset[str], stem: str) -> bool:
    """The stem, or what "re-" and "des-" make of it."""
    return (
        stem in stems or (stem.startswith("re") and stem[2:] in stems) or (stem.startswith("des") and stem[3:] in stems)
    )


def _is_command(norm: str) -> bool:
    return norm in _COMMANDS or _is_form(norm)


_COMMANDS = frozenset({"de", "den", "da", "di", "ve", "ten", "pon", "haz", "sal", "ven", "dar", "ver", "ser", "ir"})


def _spellings(stem: str) -> tuple[str, ...]:
    """The stem as it is, and as it is written before other vowels: "llegu-" of llegar, "busqu-", "empec-"."""
    if stem.endswith("gu"):
        return stem, stem[:-1]
    if stem.endswith("qu"):
        return stem, f"{stem[:-2]}c"
    if stem.endswith("c"):
        return stem, f"{stem[:-1]}z"
    if stem.endswith("j"):
        return stem, f"{stem[:-1]}g"
    return (stem,)
