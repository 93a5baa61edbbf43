"""Dates more exact than a year: "March 14", "3/14/21", "June 2022", "Labor Day 2023". A month, a year or a weekday alone stays."""

import re
from collections.abc import Iterator
from itertools import chain

from .kinds import Kind, Suspicion
from .reading import Reading, Token
from .stretches import Sheet, near_digits, near_slashes, near_words

_MONTHS = {
    "spring": ("march", "april", "may", "mar", "apr"),
    "summer": ("june", "july", "august", "jun", "jul", "aug"),
    "fall": ("september", "october", "november", "sept", "sep", "oct", "nov"),
    "winter": ("december", "january", "february", "dec", "jan", "feb"),
}
SEASON = {month: season for season, months in _MONTHS.items() for month in months}
_OF_NUMBER = (
    "winter",
    "winter",
    "spring",
    "spring",
    "spring",
    "summer",
    "summer",
    "summer",
    "fall",
    "fall",
    "fall",
    "winter",
)
_SPANISH = [
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
]
SEASON |= {month: _OF_NUMBER[i] for i, month in enumerate(_SPANISH)}
_MONTH = "(?P<month>" + "|".join(sorted(SEASON, key=len, reverse=True)) + ")"
_ONES = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
    "twentieth",
    "thirtieth",
]
_WORDS = (
    "(?:"
    + "|".join(
        sorted(
            [*_ONES, *(f"{tens}[\\s-]?{one}" for tens in ("twenty", "thirty") for one in _ONES[:9])],
            key=len,
            reverse=True,
        )
    )
    + ")"
)
_DIAS = (
    r"(?:primero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|quince|"
    r"dieci(?:s[eé]is|siete|ocho|nueve)|veinte|veinti\w+|treinta(?:\s+y\s+uno)?)"
)
_DAY = rf"(?:(?:0?[1-9]|[12]\d|3[01])(?:\s?(?:st|nd|rd|th))?|{_WORDS})"
_YEAR = r"(?:19|20)\d\d"
_TAIL = rf"(?:,?\s+(?:of\s+)?(?:{_YEAR})|,?\s*['’]\d\d)?"
_RANGE = rf"(?:\s?(?:-|–|to|through|and|or)\s?(?:the\s+)?{_DAY})?"
_FIXED_DAY = (  # holidays that are one day: enough by themselves after "on" or "since"
    r"(?:new\s+year['’]?s\s+(?:eve|day)|christmas\s+(?:eve|day)|xmas\s+(?:eve|day)|thanksgiving\s+day|easter\s+(?:sunday|monday)|good\s+friday|labor\s+day|"
    r"memorial\s+day|veterans['’]?\s+day|independence\s+day|(?:the\s+)?(?:fourth|4th)\s+of\s+july|july\s+(?:4th|fourth)|valentine['’]?s\s+day|"
    r"st\.?\s+patrick['’]?s\s+day|(?:st\.?\s+)?stephen['’]?s\s+day|(?:mother|father)['’]?s['’]?\s+day|boxing\s+day|bonfire\s+night|"
    r"(?:canada|australia|anzac)\s+day|yom\s+kippur|nochebuena)"
)
_HOLIDAY = (
    rf"(?:{_FIXED_DAY}|new\s+year['’]?s?|christmas|xmas|thanksgiving|easter|halloween|president['’]?s['’]?\s+day|columbus\s+day|juneteenth|"
    r"valentine['’]?s?|mlk\s+day|ash\s+wednesday|palm\s+sunday|cinco\s+de\s+mayo|super\s+bowl(?:\s+sunday)?|groundhog\s+day|hanukkah|diwali|eid|"
    r"ramadan|tet|lunar\s+new\s+year|day\s+of\s+the\s+dead|rosh\s+hashanah|purim|holi|vaisakhi|songkran|nowruz)"
)
_AFTER = r"(?!\s*(?:mg|ml|%|percent|days?\b|weeks?|months?|years?|yrs|hours?|hrs|minutes?|mins|times|people|pills?|beers?|drinks?|bucks|dollars|of\s+(?:us|them)|or\s+so|am\b|pm\b|a\.m|p\.m|:\d))"  # noqa: E501
_WITH_MONTH = (
    re.compile(rf"\b{_MONTH}\b\.?,?\s+(?:the\s+)?{_DAY}\b{_RANGE}(?!\d){_TAIL}{_AFTER}", re.IGNORECASE),
    re.compile(
        rf"(?<![\w$.,/:-])(?:the\s+)?{_DAY}{_RANGE}\s+(?:day\s+)?(?:of\s+|de\s+)?{_MONTH}\b\.?{_TAIL}", re.IGNORECASE
    ),
    re.compile(rf"\b{_MONTH}\b\.?,?\s+(?:of\s+)?{_YEAR}\b", re.IGNORECASE),
)
_WITH_MONTH_IN_SPANISH = (
    *_WITH_MONTH,
    re.compile(rf"\b{_DIAS}\s+de\s+(?P<month>{'|'.join(_SPANISH)})\b", re.IGNORECASE),
)
_DIGIT = re.compile(r"\d")
_ORDINALS = (*_ONES[:12], "teenth", "tieth")
_ALPHA = re.compile(r"[^\W\d_]{3,10}")
_NUMERIC = re.compile(r"\d[/.-]\d")
_FORMS = (
    re.compile(r"(?<![\d/$.,-])(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12]\d|3[01])/(?:(?:19|20)\d\d|\d\d)(?![\d/])"),
    re.compile(r"(?<![\d/$.,-])(?:0?[1-9]|[12]\d|3[01])[./-](?:0?[1-9]|1[0-2])[./-](?:(?:19|20)\d\d|\d\d)(?![\d/-])"),
    re.compile(r"(?<![\d/$.,-])(?:0?[1-9]|1[0-2])[.-](?:0?[1-9]|[12]\d|3[01])[.-](?:(?:19|20)\d\d|\d\d)(?![\d/-])"),
    re.compile(r"(?<![\d/$.,-])(?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])(?![\d/-])"),
    re.compile(rf"\b{_HOLIDAY}(?:\s+(?:of|in)|,)?\s+(?:{_YEAR}|['’]\d\d)\b", re.IGNORECASE),
    re.compile(rf"\b{_FIXED_DAY}\b", re.IGNORECASE),
)
_HOLIDAY_ONLY = _FORMS[-1]
_ON_HOLIDAY = re.compile(r"\b(?:on|since|until|till|til|by|before|after|from)\s+$", re.IGNORECASE)
_HOLIDAYS = _FORMS[-2:]
_HOLIDAY_WORDS = (
    *(
        "new year",
        "christmas",
        "xmas",
        "thanksgiving",
        "easter",
        "halloween",
        "labor",
        "memorial",
        "veterans",
        "president",
    ),
    *("columbus", "independence", "juneteenth", "mother", "father", "valentine", "patrick", "mlk", "good friday"),
    *(
        "wednesday",
        "palm",
        "cinco",
        "july",
        "bowl",
        "groundhog",
        "hanukkah",
        "diwali",
        "eid",
        "ramadan",
        "tet",
        "lunar",
    ),
    *("dead", "boxing", "stephen", "bonfire", "canada", "australia", "anzac", "yom", "rosh", "purim", "nochebuena"),
    *("holi", "vaisakhi", "songkran", "nowruz"),
)
_LAST_WORDS = re.compile(
    r"(?:19|20)\d\d\b|['’]\d\d\b|\b(?:day|eve|night|july|kippur|nochebuena|sunday|monday|friday)\b", re.IGNORECASE
)
_SHORT = re.compile(
    r"(?P<cue>\b(?:on|since|until|till|by|from|around|about|after|before|of|date|day|was|is|born|dob|birthday|anniversary|court|hearing|died|for|til|last|sober|clean|the|starting|and|to|thru|through|meeting|appointment|appt|surgery|wedding|funeral|released?|arrested|overdosed|od'd|relapsed|left|started|quit|happened|(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?)\b[:,.]?\s\s*)(?P<it>(?:0?[1-9]|1[0-2])[/](?:0?[1-9]|[12]\d|3[01]))(?![\d/]|\s*(?:of|cup|strength|mg|tab|pill|gallon|pint|bottle|full|ths?)\b)",
    re.IGNORECASE,
)
_BARE = re.compile(r"(?<![\d/$.,-])(?:0?[1-9]|1[0-2])/(?:11|1[3-9]|2[0-9]|3[01])(?=\s*(?:[.,;!?)\n]|$))")
_APPOINTED = re.compile(
    r"\b(?:court|hearing|appointment|appt|date|birthday|sentencing|trial|surgery|intake|since)\b", re.IGNORECASE
)
_DASHED = re.compile(
    r"\b(?:court|hearing|appointment|appt|date|birthday|sentencing|trial|surgery|intake|since)\b(?:\s+date)?(?:\s+(?:is|was|on|of|for)|:)?\s*"
    r"(?P<it>(?:0?[1-9]|1[0-2])[-.](?:0?[1-9]|[12]\d|3[01]))(?![\d.-]|\s*(?:years?|yrs|days?|weeks?|months?|times|mg))",
    re.IGNORECASE,
)
_BARE_ANY = re.compile(
    r"(?<![\d/$.,-])(?!1/[2-5]\b|2/3\b|3/4\b|9/10\b|10/10\b)(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12]\d|3[01])(?![\d/])"
)
_BRACKETED = re.compile(r"\((?!1/[234]\b|2/3\b|3/4\b)(?P<it>(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12]\d|3[01]))(?=[),;])")
_AMBIGUOUS_MONTHS = {"may", "march"}
_ORDINAL = re.compile(
    rf"\b(?:on|by|since|until|till|around|before|after|from|was|is|(?:today|tomorrow|yesterday|it)['’]s|(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?,?|(?:morning|night|evening|afternoon|weekend)\s+of)\s+(?P<it>the\s+(?:(?:[1-9]|[12]\d|3[01])(?:st|nd|rd|th)|{_WORDS})(?:\s+of\s+(?:this|next|last)\s+month)?)\b(?!\s+(?:time|day|step|floor|of|night|date|week|month|year|try|one|person|child|kid|relapse|rehab|grade|try|round|attempt|visit|call|meeting|street|st\b|ave|offense|\w+\s+in))",
    re.IGNORECASE,
)


_ENDS = re.compile(r"\s*(?:[.,;!?)]|$)")


def dates(sheet: Sheet, reading: Reading) -> Iterator[Suspicion]:
    """Every calendar date with its day; a day of the month alone is a hint."""
    text, lowered = sheet.text, sheet.lowered
    seen: set[tuple[int, int]] = set()
    for month in _months(reading):
        if month.norm not in _SPANISH and not _has_day(lowered[max(0, month.start - 48) : month.end + 48]):
            continue
        for pattern in _WITH_MONTH if month.norm not in _SPANISH else _WITH_MONTH_IN_SPANISH:
            for match in pattern.finditer(text, max(0, month.start - 48), month.end + 48):
                if match.span() not in seen and not _is_verb(match):
                    seen.add(match.span())
                    yield Suspicion(*match.span(), Kind.DATE, "A date more exact than a year.", form=_form(match))
    is_holiday, is_numeric = (
        any(word in lowered for word in _HOLIDAY_WORDS),
        bool(sheet.digits and _NUMERIC.search(text)),
    )
    for pattern in _FORMS:
        if not (is_holiday if pattern in _HOLIDAYS else is_numeric):
            continue
        for match in (
            near_words(_LAST_WORDS, pattern, text, 32, 16)
            if pattern in _HOLIDAYS
            else near_digits(pattern, sheet, 4, 12)
        ):
            yield Suspicion(
                *match.span(),
                Kind.DATE,
                "A date with its day.",
                is_hint=pattern is _HOLIDAY_ONLY
                and not _ON_HOLIDAY.search(lowered, max(0, match.start() - 8), match.start()),
                form=_form(match),
            )
    for match in near_words(_APPOINTED, _DASHED, text, 4, 40):
        yield Suspicion(*match.span("it"), Kind.DATE, "A date with its day.", form=_form(match))
    is_dated = False
    for match in chain(near_slashes(_SHORT, text), near_slashes(_BRACKETED, text)):
        is_dated = True
        yield Suspicion(*match.span("it"), Kind.DATE, "A date with its day.", form=_form(match))
    for match in near_slashes(_BARE_ANY if is_dated or _BARE.search(text) else _BARE, text):
        yield Suspicion(*match.span(), Kind.DATE, "A date with its day.", form=_form(match))
    for match in _ORDINAL.finditer(text) if _has_day(lowered) else ():
        is_written_out = not any(c.isdigit() for c in match["it"]) and (
            not (_ENDS.match(text, match.end()) or _goes_on(match)) or _is_rent(match)
        )
        yield Suspicion(*match.span("it"), Kind.DATE, "A day of the month.", is_hint=is_written_out, form="one day")


_GOES_ON = re.compile(r"\s+(?:he|she|we|they|i)\b", re.IGNORECASE)
_FEW = frozenset({"first", "second", "third", "fifth"})  # a try, a chance, a bottle


def _goes_on(match: re.Match[str]) -> bool:
    """ "on the ninth he broke my door"; "on the second he slips" may be a second chance."""
    return match["it"].split()[1].lower() not in _FEW and bool(_GOES_ON.match(match.string, match.end()))


_DUE = re.compile(r"\b(?:due|rent|paid)(?:\s+[a-z]+){0,2}\s+$", re.IGNORECASE)


def _is_rent(match: re.Match[str]) -> bool:
    """ "the rent is due on the first"; "died on the third" is a day."""
    return bool(_DUE.search(match.string, max(0, match.start() - 24), match.start()))


def _months(reading: Reading) -> list[Token]:
    """Words that name a month, and words run together with digits ("14march")."""
    return [
        token
        for token in reading.tokens
        if token.norm in SEASON or (token.shape == "digit" and not token.norm.isdigit() and _ALPHA.search(token.norm))
    ]


def _has_day(lowered: str) -> bool:
    return bool(_DIGIT.search(lowered)) or any(word in lowered for word in _ORDINALS)


def _is_verb(match: re.Match[str]) -> bool:
    """ "may 3 of us go", "march 5 blocks": a small word with a bare number is no date without its ordinal or a capital."""
    if re.search(r"[a-z]{5}\.\s+[A-Z][a-z]", match.group()):
        return True  # "left in October. First he stopped"
    month = match.groupdict().get("month") or ""
    if month.lower() not in _AMBIGUOUS_MONTHS or month[0].isupper() or _is_day_it_is_on(match):
        return False
    return not re.search(
        r"\d\s?(?:st|nd|rd|th)\b|[a-z]{3,}(?:st|nd|rd|th)\b|(?:19|20)\d\d", match.group(), re.IGNORECASE
    )


_BEFORE_DAYS = re.compile(
    r"\b(?:on|since|until|till?|by|before|after|from|is|was|due|start(?:s|ed|ing)?)\s+$", re.IGNORECASE
)
_AFTER_DAYS = re.compile(r"\s*(?:[.,;!?)\n]|$)|\s+(?:and|but|so|at|when|he|she|i|we|they|for)\b", re.IGNORECASE)


def _is_day_it_is_on(match: re.Match[str]) -> bool:
    """ "court is march 9,", "since may 2 and": between what stands before a day and what may stand behind one."""
    before = _BEFORE_DAYS.search(match.string, max(0, match.start() - 10), match.start())
    return bool(before and _AFTER_DAYS.match(match.string, match.end()))


def _form(match: re.Match[str]) -> str:
    """What may be said instead: a season, and the year when the writer gave one."""
    said = match.group()
    year = re.search(_YEAR, said)
    month = (match.groupdict().get("month") or "").lower()
    season = SEASON.get(month, "") or _season_of_number(said)
    if (
        season
        and not re.search(r"\d", re.sub(_YEAR, "", said))
        and not re.search(rf"\b{_WORDS}\b", said, re.IGNORECASE)
    ):
        return f"{season} of {year.group()}" if year else season
    day = f"a day in {season}" if season else "a holiday" if re.search(_HOLIDAY, said, re.IGNORECASE) else "one day"
    return f"{day} of {year.group()}" if year and season else f"{day} in {year.group()}" if year else day


def _season_of_number(said: str) -> str:
    parts = [int(part) for part in re.findall(r"\d+", said)]
    month = parts[1] if parts and parts[0] > 31 and len(parts) > 1 else parts[0] if parts else 0
    return _OF_NUMBER[month - 1] if 1 <= month <= 12 else ""
