"""Quasi-identifiers: no name, but together they may single a family out. Always hints, never replaced unasked."""

import re
from collections.abc import Iterator

from .kinds import Kind, Suspicion
from .lexicon import section
from .reading import Reading
from .stretches import Sheet, near_digits

_NUMBERS = ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]
_AGE = re.compile(
    r"\b(?:(?:is|was|age|aged|turned|turns|turning|at|he's|she's|he’s|she’s|i'm|i’m|am)\s+(?:now\s+|only\s+|just\s+)?)?(?P<it>[1-8]?\d)(?=(?:\s|-)*(?:years?|yrs?|yr|y/?o|months?)(?:\s|-)*olds?\b|\s*y/?o\b)"
    r"|\b(?:age|aged|turned|turns|turning|he's|she's|he’s|she’s|he is|she is|who is|i'm|i am|is)\s+(?:now\s+|only\s+|just\s+)?(?P<two>[1-8]\d)(?=\s*(?:[.,;!)\n]|$|and\b|but\b|now\b|who\b))",  # noqa: E501
    re.IGNORECASE,
)
_MANY = "(?:" + "|".join(_NUMBERS[1:]) + r"|[3-9]|1\d)"
_FAMILY = re.compile(
    rf"\b(?:(?:have|has|had|raised|of|with|the other|our|my|us)\s+{_MANY}\s+(?:other\s+|grown\s+|young\s+|little\s+)?(?:kids|children|siblings|brothers|sisters|sons|daughters|boys|girls|grandchildren|grandkids)"  # noqa: E501
    rf"|(?:oldest|youngest|eldest|middle|second|third|fourth|one)\s+(?:child\s+)?of\s+{_MANY})\b",
    re.IGNORECASE,
)
_COUNTED = re.compile(
    rf"\b{_MANY} (?:(?:other|grown|young|little) )?(?:kids|child|sibl|bro|sis|son|daugh|boy|girl|grand)|of {_MANY}\b"
)
_KIN_WORDS = (
    *("kids", "children", "siblings", "brothers", "sisters", "sons", "daughters", "boys", "girls", "grandkids"),
    *("oldest", "youngest", "eldest", "middle", "child", "second", "third", "fourth"),
)
_ONLY = re.compile(
    r"\bthe\s+only\s+(?:\w+\s+){1,3}(?:in|at|on|from)\s+(?:town|the\s+(?:town|county|school|village|state|force|department|parish|reservation|island|block)|our\s+\w+)\b",
    re.IGNORECASE,
)
_IN_THE_NEWS = re.compile(
    r"\b(?:in|on|made|all over)\s+(?:the\s+)?(?:local\s+)?(?:news|paper|papers|newspaper|headlines|tv|television)\b",
    re.IGNORECASE,
)
_WORDS = section("hint_jobs", "hint_traits")
_RARE_WORK = "Few people do or are this; with a town it can single somebody out."


def find_hints(sheet: Sheet, reading: Reading) -> Iterator[Suspicion]:
    """Exact ages, many siblings, "the only …", news, rare work and traits."""
    text = reading.text
    lowered = sheet.lowered
    for match in near_digits(_AGE, sheet, 24, 32):
        group = "it" if match["it"] else "two"
        age = int(match[group])
        yield Suspicion(
            *match.span(group),
            Kind.QUASI,
            "An exact age; with other facts it can single somebody out.",
            is_hint=True,
            replacement=_decade(age),
        )
    for pattern, words, why in (
        (_FAMILY, _KIN_WORDS, "The number of children or siblings can single a family out."),
        (_ONLY, ("only",), "Somebody who is the only one can be found."),
        (_IN_THE_NEWS, ("news", "paper", "headlines", "tv", "television"), "What was in the news can be looked up."),
    ):
        if pattern is _FAMILY and not _COUNTED.search(lowered):
            continue
        for match in pattern.finditer(text) if any(word in lowered for word in words) else ():
            yield Suspicion(*match.span(), Kind.QUASI, why, is_hint=True, replacement=match.group())
    for token in reading.tokens:
        if token.norm in _WORDS or (token.norm[-1:] == "s" and token.norm[:-1] in _WORDS):
            said = text[token.start : token.end]
            yield Suspicion(token.start, token.end, Kind.QUASI, _RARE_WORK, is_hint=True, replacement=said)


def _decade(age: int) -> str:
    """ "in his thirties" reads badly inside "34 years old": a round number keeps the grammar."""
    if age < 13:
        return "under 13"
    if age < 18:
        return "a teenager"
    return f"about {round(age / 5) * 5}"
