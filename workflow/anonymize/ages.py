"""Ages over 89: so few people reach them that the age itself points at one. Said of somebody, not of a road, a fever or days sober."""

import re
from collections.abc import Iterator

from .kinds import Kind, Suspicion
from .stretches import Sheet, near_words

_I = re.IGNORECASE
_GREAT = re.compile(r"(?<!\d)(?:9\d|1[01]\d)(?!\d)|[nN]inety|[oO]ne hundred|NINETY|[nN]oventa|\b[cC]ien(?:to)?\b")
_NO_AGE = re.compile(r"(?:temp(?:erature)?|fever|weight|weighs?|pulse|rate|pressure|sugar|oxygen|speed|o2)\b", _I)
_IT_IS = re.compile(r"\bit(?:['’]s|\s+is|\s+was)\s+$", _I)
_WEATHER = re.compile(r"\s+(?:on\s+the\s+porch|in\s+the\s+shade|in\s+here|outside|out\b|degrees)", _I)
_ADJECTIVE = re.compile(r"[\s-]year[\s-]olds?(?=\s+\w)", _I)
_ELDERS = r"(?:(?:bis)?abuel(?:it)?[oa]|suegr[oa]|t[ií][oa]|madre|padre|mam[aá]|pap[aá])"
_NINETY = r"(?:9\d|1[01]\d|ninety(?:[\s-](?:one|two|three|four|five|six|seven|eight|nine))?|one hundred(?: and \w+)?)"
_NOVENTA = r"(?:9\d|1[01]\d|noventa(?:\s+y\s+\w+)?|cien(?:to\s+\w+)?)"
_ELDER = (
    r"(?:(?:great[\s-]?)?(?:grand)?(?:mother|father|mom|mum|dad|ma|pa)|grand(?:parent|mama|daddy)|granny|gran|gram(?:my|ps)?|nana|abuel[oa]|"
    r"aunt|uncle|neighbou?r|landlady|landlord|husband|wife|brother|sister)\b"
)
_SOMEBODY = (
    r"(?:(?:old\s+)?(?:wo)?man|lady|gentleman|fellow|guy|widow(?:er)?|person|farmer|veteran|vet|priest|nun|patient)"
)
_AGE = re.compile(
    rf"\b(?P<it>{_NINETY})(?=(?:\s|-)*(?:years?|yrs?|yr|y/?o|yo)\b(?:(?:\s|-)*(?:old|of\s+age)\b|\s+young\b|(?<=yo)|(?<=y/o)))"
    rf"|\b(?:age|aged|turn(?:s|ed|ing)?|is|was|be|being|am|hit|reach(?:es|ed)?|nearly|almost|(?<=\w['’])(?:s|m|ll be))\s+(?:now\s+|just\s+|already\s+|about\s+|only\s+|almost\s+|nearly\s+)?(?P<two>{_NINETY})(?=\s*(?:[.,;!?)\n]|$|(?:and|but|now|with|in|next|this|last|on|who|yet|so|still|when|or|soon|come)\b|years?\s+old))(?!\s*(?:%|days|percent|minutes|lbs|pounds|miles|in\s+(?:a|the)\s+\d|degrees|out\s+of))"  # noqa: E501
    rf"|\b(?:(?:passed|died|sleep)\b[^.!?\n]{{0,60}}?|(?:lived|alive|going|sharp|spry|frail|healthy|widowed)\b[^.!?\n]{{0,24}}?)\bat\s+(?P<four>{_NINETY})(?=[.,;)\s])"
    rf"|\b(?P<five>ninety)(?=\s+and\s+a\s+half\s+years?)"
    rf"|(?:(?<=\w, )|(?<=\w \()|(?<=, age )|(?<=aged ))(?P<three>9\d|10\d|11\d)(?=,\s+[a-z]|\)|\.\s|\s+and\s+a\s+half)"
    rf"|\b{_SOMEBODY}\s+of\s+(?:nearly\s+|almost\s+)?(?P<six>{_NINETY})\b"
    rf"|\bat\s+(?P<seven>{_NINETY})(?=,?\s+(?:my|his|her|our|their)\s+(?:\w+\s+)?{_ELDER}(?!['’]s)|,\s+(?:she|he|i)\b)"
    rf"|\b(?:t(?:iene|engo|en[ií]a)|cumpl(?:e|i[oó]|ir|ir[aá])|a\s+sus|con|de|casi)\s+(?P<eight>{_NOVENTA})(?=\s+años?\b(?!\s+(?:de\b(?!\s+edad)|sin|limpi|sobri)))"
    rf"|\b(?:she|he|{_ELDER})(?:['’]s|\s+is|\s+was|\s+turned)\s+(?P<ten>{_NINETY})(?=\s+(?:out|outside|here|living|staying|over|up|down)\b(?!\s+of\s+(?:\d|a\b|ten\b)))"
    rf"|\blived\s+to\s+(?:be\s+)?(?P<eleven>{_NINETY})(?=\s*[.,;!?)]|\s+(?:and|but|on|in|with)\b)"
    rf"|\b{_ELDERS}\s+tiene\s+(?P<twelve>9\d|10\d)(?=\s*[.,;!?)]|\s+y\b)"
    rf"|\bcumpl(?:e|i[oó]|ir|ir[aá])\s+(?P<nine>9[1-9]|10[1-9])(?=\s*[.,;!?)]|\s+(?:en|este|y)\b)",
    _I,
)


def great_ages(sheet: Sheet) -> Iterator[Suspicion]:
    """ "she is 94", "a woman of ninety-two", "at 93 my grandmother", "cumple noventa y tres años"."""
    text = sheet.text
    for match in near_words(_GREAT, _AGE, text, 96, 48):
        start, end = match.span(match.lastgroup or 0)
        if _NO_AGE.search(text, max(0, match.start() - 16), start) or _is_weather(text, start, end):
            continue
        adjective = _ADJECTIVE.match(text, end)
        yield Suspicion(
            start,
            adjective.end() if adjective else end,
            Kind.AGE,
            "An age over 89.",
            form="adjective" if adjective else "edad" if match.lastgroup in {"eight", "nine", "twelve"} else "age",
        )


def _is_weather(text: str, start: int, end: int) -> bool:
    """ "it's ninety-four on the porch"."""
    return bool(_WEATHER.match(text, end) and _IT_IS.search(text, max(0, start - 12), start))
