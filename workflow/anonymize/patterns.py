"""What can be told by its form: contacts, numbers near a word that says what they are, street addresses."""

import re
from collections.abc import Iterator

from .kinds import Kind, Suspicion
from .stretches import Sheet, near_digits, near_words

_I = re.IGNORECASE
_AT = r"(?:\s?[@＠]\s?|\s{0,2}[(\[<]\s?at\s?[)\]>]\s{0,2}|\s+at\s+)"
_DOT = r"(?:\.|\s{0,2}[(\[<]\s?dot\s?[)\]>]\s{0,2}|\s+dot\s+)"
_ENDING = r"(?:com|org|net|edu|gov|us|co|me|info|io|uk|ca|example)"
_NETWORKS = (
    *(
        "venmo",
        "cash",
        "insta",
        " ig ",
        "snap",
        "tik",
        "twitter",
        "facebook",
        " fb ",
        "reddit",
        "telegram",
        "discord",
        " kik",
    ),
    *("whatsapp", "handle", "username", "user name", "screen name", "gamertag"),
)
_DIALLED = re.compile(r"\d(?:[\s./()–—-]{0,3}\d){6}")
_ENDINGS = (
    ".com",
    ".org",
    ".net",
    ".edu",
    ".gov",
    ".us",
    ".co",
    ".me",
    ".info",
    ".io",
    ".uk",
    ".ca",
    ".example",
    "dot",
    ". com",
)
_LONG_NUMBER = re.compile(r"(?!(?:19|20)\d\d(?![\w/-]))(?<!\d)\d(?:[\w /.-]?\d){1,2}")
_RARER_DIGITS = ("two", "three", "four", "five", "six", "seven", "eight", "nine", "zero")
_SOCIAL_WORDS = ("soc", "ssn", " ss ", "last four", "last 4")
_PLATE_WORDS = ("plate", "tag", "registration")
_ENDING_WORDS = ("ending", "ends", "last four", "last 4")
_KEPT_WORDS = ("member", "policy", "subscriber", "claim", "group", "account", "reference", "case", " id ")
_WEB = ("www", "http", ".com", ".org", ".net", ".me", ".info", ".io", ".us", ".co", ".ly", ".blog")
_DIGITS = {"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "zero", "oh"}
_SPELLED = "(?:" + "|".join(sorted(_DIGITS)) + ")"

_MAIL = re.compile(
    rf"(?<![\w.+-])[\w.+-]{{1,64}}(?:(?:\s(?:dot|underscore)\s|\s)[\w.+-]{{1,20}}){{0,0}}{_AT}(?:[\w-]{{1,40}}{_DOT}){{1,3}}{_ENDING}\b|(?<![\w.+-])[\w.+-]{{1,64}}@[\w-]{{1,63}}(?:\.[\w-]{{2,63}}){{1,4}}",
    _I,
)
_SPELLED_MAIL = re.compile(
    rf"(?<=\bis )(?:[\w.+-]{{1,30}} ){{1,4}}at (?:gmail|yahoo|hotmail|aol|outlook|icloud|comcast|proton\w*|\w{{2,20}}){_DOT}{_ENDING}\b",  # noqa: E501
    _I,
)
_CUT = r"[\w.+-]{2,30}\s+at\s+(?:gmail|yahoo|hotmail|outlook|icloud|aol)\b(?!\s+(?:dot|news))"
_CUT_MAIL = re.compile(
    rf"\b(?:e-?mail|(?:e-?mail|address) is|me at)\s+(?P<it>{_CUT})|(?<![\w.])(?P<two>(?=[a-z][\w.+-]*[\d._]){_CUT})", _I
)
_PROVIDERS = ("at gmail", "at yahoo", "at hotmail", "at outlook", "at icloud", "at aol")
_URL = re.compile(
    r"\b(?:https?://|www\.)[^\s<>()\"“”]{3,300}|\b(?:[\w-]{2,40}\.){1,3}(?:com|org|net|me|info|io|us|co|ly)/[\w./?=&%#@+-]{1,200}|\b(?:[a-z0-9-]{3,40}\.)(?:com|org|net|info|blog)\b",
    _I,
)
_HANDLE = re.compile(r"(?<![\w@.])[@＠][A-Za-z_][\w.-]{0,28}\w\b")
_UNDERSCORED = re.compile(r"(?<![\w@./#-])[A-Za-z0-9][A-Za-z0-9.]{0,30}(?:_{1,3}[A-Za-z0-9.]{1,30}){1,5}\b")
_LETTERED = re.compile(r"(?<![\w@./#'’-])[a-z]{4,20}\d{2,5}(?![\w'’-])")
_CUED_HANDLE = re.compile(
    r"\b(?:venmo|cash\s?app|instagram|insta|ig|snap(?:chat)?|tik\s?tok|twitter|facebook|fb|reddit|telegram|discord|kik|whatsapp|handle|username|user name|screen name|gamertag)\b"  # noqa: E501
    r"(?:\s(?:is|as|at|under|name|handle|account|page|user|username|it's|its)|\s?[:=])+\s*[\"“'(]?(?P<it>[$@]?\w*[\w.]*(?:[_\d.]\w+)+|[$@]\w+)",
    _I,
)
_NO_ACCOUNTS = (
    "covid",
    "summer",
    "spring",
    "winter",
    "fall",
    "march",
    "april",
    "june",
    "july",
    "august",
    "sept",
    "octob",
    "novem",
    "decem",
    "janua",
    "febru",
)
_CASHTAG = re.compile(r"(?<![\w$])\$[A-Za-z][\w-]{2,19}\b")
_PHONE = re.compile(
    r"(?<![\w$#./-])(?:\+?1[\s.-]{0,2})?(?:\(\d{3}\)|\d{3})[\s./–—-]{0,3}\d{3}[\s./–—-]{0,3}\d{4}(?:\s?(?:x|ext\.?)\s?\d{1,5})?(?![\w-])"
    r"|(?<![\w$#./-])\+\d{1,3}(?:[\s.()-]{0,2}\d{1,8}){2,5}(?<=\d{2})(?![\w-])"
    r"|(?<![\w$#./-])\(?\d{2,4}\)?(?:[\s.-]\(?\d{2,4}\)?){3,4}(?![\w-])"
    r"|(?<![\w$#./-])\(0\d{1,4}\)\s?\d{3,4}[\s-]?\d{3,4}(?![\w-])"
    r"|(?<![\w$#./-])0\d{2,4}[\s-]\d{3,4}[\s-]?\d{3,4}(?![\w-])"
)
_NUMERO = re.compile(
    r"\b(?:n[uú]mero|tel[eé]fono|celular|cel|whatsapp)\b(?:\s+(?:de\s+\w+|es|el|al|mi|su|:))*\s*[:.]?\s*(?P<it>\d{2,4}(?:[\s.-]\d{2,4}){2,3})(?!\w)",
    _I,
)
_SHORT_PHONE = re.compile(r"(?<![\w$#./-])\d{3}\s?[-.–]\s?\d{4}(?![\w-])")
_SPELLED_PHONE = re.compile(rf"\b(?:{_SPELLED}[\s,-]+){{6,10}}{_SPELLED}\b", _I)
_HALF_SPELLED_PHONE = re.compile(rf"\b(?:{_SPELLED}[\s,-]+){{3}}\d{{3}}[\s.-]?\d{{4}}\b", _I)
_SPACED_PHONE = re.compile(r"(?<![\w$])(?:\d[\s.-]){6,10}\d(?!\w)")
_PUBLIC_LINE = re.compile(r"^\D*1?\D*(?:8(?:00|33|44|55|66|77|88))\D")
_SSN = re.compile(r"(?<!\d)\d{3}[-\s]\d{2}[-\s]\d{4}(?!\d)")
_NUMBER = r"(?P<it>#?\s?(?=[\w-]*\d)[A-Za-z0-9]{1,14}(?:[-/][A-Za-z0-9]{1,14}|[. ](?=[\w-]*\d)[A-Za-z0-9]{1,14}){0,5})"
_LINK = r"(?:\s*(?:number|numbers|no\.?|nr\.?|num|nbr|id|code|#|is|was|are|ends?|ending|in|with|of|his|her|my|the|that|it's|its|just|on|file|says?|named|called|reads|starting|:|=|,|\(|-|–|“|\"))*\s*"  # noqa: E501
_CUED = re.compile(
    r"\b(?:docket|case|inmate|badge|unit|policy|member|subscriber|group|claim|account|acct|routing|record|chart|mrn|medical\s+record|patient|insurance|medicaid|medicare|"
    r"licen[cs]e(?:\s+plate)?|plates?|tag|vin|passport|permit|warrant|booking|doc|ticket|citation|file|confirmation|reference|ref|tracking|serial|"
    r"prisoner|offender|report|incident|student|employee|alien|green\s+card|a-number|rx|prescription|indictment|serial|cert(?:ificate)?|id)(?:'s)?\b"
    + _LINK
    + _NUMBER,
    _I,
)
_SOCIAL = re.compile(
    r"\b(?:ssn?|social(?:\s+security)?|soc)\b(?:\s*(?:number|no\.?|#|is|was|ends?|ending|in|with|last|four|4|digits?|of|his|her|my|the|are|:|,|-))*\s*(?P<it>[\dxX*]{0,3}-?[\dxX*]{0,2}-?\d{4})\b"
    r"|\blast\s+(?:four|4)\b(?:\s*(?:digits?|of|his|her|my|the|social|security|ssn?|number|card|phone|is|are|:|,|-))*\s*(?P<two>\d{4})\b",
    _I,
)
_ENDING_IN = re.compile(
    r"\b(?:card|visa|mastercard|debit|account|acct|checking|savings|phone|number)\b[\w\s']{0,16}?\b(?:ending|ends|last\s+(?:four|4))(?:\s+(?:in|with|on|is|are|digits|numbers))*\s+(?P<it>\d{4})\b",
    _I,
)
_CARS = (
    "white|black|gr[ae]y|silver|red|blue|green|tan|gold|brown|maroon|car|truck|van|suv|sedan|pickup|jeep|honda|toyota|ford|chevy|chevrolet|nissan|"
    "subaru|hyundai|kia|dodge|buick|ram|malibu|equinox|camry|corolla|civic|accord|altima|sentra|impala|silverado|f-?150|f-?250|tahoe|tacoma"
)
_PLATE = re.compile(
    r"\b(?:plates?|tag|registration)\b(?:\s+(?:number|no\.?|is|was|were|reads?|that|says?|of|on|the|his|her|car|truck|it's|ends?|in|with|:|,|#))*\s*[:#(“\"]?\s*(?P<it>(?=[A-Z0-9 -]*\d)[A-Z0-9]{1,4}(?:[ -]?[A-Z0-9]{1,4}){1,2})\b"  # noqa: E501
)
_PART_OF_PLATE = re.compile(
    r"\b[Pp]lates?\b[^.!?\n]{0,24}?(?<!\w)"
    r"(?P<it>(?!(?:\d+(?:AM|PM|ST|ND|RD|TH)|A1)\b)(?=[A-Z]*\d)(?=\d*[A-Z])[A-Z0-9]{2,4}(?: \d{1,3})?)(?!\w)"
)
_LETTERED_NUMBER = re.compile(
    r"\b(?:member|policy|subscriber|claim|group|account|reference|case|id)\b(?:\s*(?:number|no\.?|id|#|is|was|:|,|on\s+(?:the|his|her|my)\s+(?:letter|card|bill|back|form))){0,6}\s*"
    r"(?P<it>(?-i:[A-Z]{2,4})[ -]\d{2,6}(?:[ -]\d{1,6}){0,3})(?!\w)",
    _I,
)
_PLATE_SHAPE = re.compile(r"(?<![\w$])(?:\d{1,4}[ -]?[A-Z]{2,4}|[A-Z]{2,4}[ -]?\d{2,4})(?!\w)")
_CAR_PLATE = re.compile(
    rf"\b(?:{_CARS})\b[^.!?\n\d]{{0,24}}?[,(]?\s(?:plates?\s|tag\s)?"
    r"(?P<it>(?-i:[A-Z]{2,4}[ -]?\d{2,4}|\d{2,4}[ -]?[A-Z]{2,4}|\d[A-Z]{2,3}(?:[ -]?\d{1,4})?))(?![\w-])",
    _I,
)
_CARD = re.compile(r"(?<![\d-])(?:\d{4}[\s-]?){3}\d{4}(?![\d-])")
_CODE = re.compile(
    r"(?<![\w/.-])(?=[\w-]*\d)(?=[\w-]*[A-Z])[A-Z0-9]{2,8}(?:-[A-Z0-9]{1,10}){1,4}(?![\w-])"
    r"|(?<![\w/.-])(?:[A-Z]{1,4}\d{5,12}|\d{2,6}[A-Z]{1,4}\d{3,10}|(?=[A-Z\d]{6,10}(?!\w))(?=\d*[A-Z])(?:[A-Z]*\d){3}[A-Z\d]*)(?!\w)"
    r"|(?<![\w$/.-])\d{2,4}-\d{4,8}(?![\w-])"
    r"|(?<![\w$.,/-])\d{7,19}(?![\w.,-]*\d)"
    r"|(?<=\s)#\s?\d{4,12}\b"
    r"|(?<![\w/.-])(?:[A-Z]-\d{2}-\d{3,6}(?:-[A-Z]{1,3})?|[A-Z]-\d{5,10})(?![\w-])"
    r"|(?<![\w/.-])\d{2,4} [A-Z]{1,4} \d{3,8}(?![\w-])"
)
_STREET = r"(?:street|st|avenue|ave|road|rd|drive|dr|lane|ln|boulevard|blvd|court|ct|circle|cir|terrace|ter|terr|way|place|pl|highway|hwy|parkway|pkwy|square|sq|turnpike|tpke|alley|trail|pike|loop|row|run|path|crossing|plaza|route|rte)"  # noqa: E501
_ADDRESS = re.compile(
    rf"(?<![\w$.,/-])\d{{1,6}}[A-Za-z]?(?:\s?1/2)?(?:,(?!\s+(?:on|in|at|and|but|or|the|a|he|she|they|we|i|it|so|when|then)\b))?\s+(?:(?:[NSEW]|[NS][EW]|north|south|east|west)\.?\s+)?(?:(?!off\s+the\s+{_STREET}\b)(?!(?:and|on|in|at|or|but|years?|months?|days?|weeks?|when|with|he|she|we|they|people|to|from|my|his|her|hours?|hrs?|mins?|minutes?|miles?|times|so|grand|sharing|bucks|k)[\s.])[A-Za-z][\w'’.-]{{0,20}}\s+|\d{{1,3}}(?:st|nd|rd|th)\s+){{1,3}}{_STREET}\b\.?"
    r"(?:,?\s+(?:apt|apartment|unit|suite|ste|floor|fl|#|no|lot|trailer|rm|room)\.?\s*#?\s?[A-Za-z]?\d{0,5}[A-Za-z]?\b)?",
    _I,
)
_SIDED = re.compile(
    r"(?<![\w$.,/-])\d{1,5}\s+(?:[NSEW]\.?|[NS][EW]|North|South|East|West)\s+(?:[A-Z][\w'’]+|\d{1,3}(?:st|nd|rd|th))"
    r"|\b(?i:lives?\s+at|live\s+at|living\s+at|stay(?:s|ing)?\s+at|house\s+at|address\s+is|building|apartment\s+at)[?:]?\s+\d{2,5}\s+[A-Z][\w'’]+"
)
_APARTMENT = re.compile(
    r"(?<![\w$.,/-])\d{2,5}\s+(?:[A-Z][\w'’]{2,20}\s+){1,2}(?:apt|apartment|unit|suite|ste|lot|trailer)\.?\s*#?\s?\w{1,4}\b"
)
_BOX = re.compile(
    r"\bp\.?\s?o\.?\s+box\s+\d{1,6}\b|\brr\s?\d{1,3},?\s+box\s+\d{1,5}\b|\b(?:county|state|farm)\s+(?:road|route|rd|rte)\s+\d{1,4}[A-Za-z]?\b|\b(?:route|rte|rt|highway|hwy|interstate|exit|(?-i:US)|sr|cr)[\s.-]{1,2}\d{1,4}[A-Za-z]?\b|\bI-\d{1,3}\b"
    r"|(?<=\bon )(?-i:[A-Z]{1,2})-\d{1,3}\b",
    _I,
)
_CORNER = re.compile(
    r"\b\d{1,3}(?:st|nd|rd|th)\s+(?:and|&)\s+(?:\d{1,3}(?:st|nd|rd|th)|[A-Z]\w+)\b"
    r"|(?<=\b(?:at|on|by) )\d{1,3}(?:st|nd|rd|th)\s+(?:and|&|n)\s+(?!goal|last|final|half)[a-z]{3,}\b"
)
_CORNER_OF = re.compile(
    r"(?<=\bcorner of )(?!(?:his|her|my|the|your|their|our|its|a|each)\b)\w+(?:\s\w+)?\s+(?:and|&)\s+\w+\b"
)
_IRISH_COUNTY = re.compile(r"(?<=, )Co\.? [A-Z][a-z]{2,}\b")
_PUBLIC_SCHOOL = re.compile(r"\bP\.?\s?S\.?\s?#?\d{1,3}\b")
_UNIT = re.compile(
    r"\b(?:apt|apartment|lot|trailer|room|rm|suite|bldg|building|cell|bed|pod|unit)\.?\s*(?:no\.?\s?|#\s?)?(?P<it>(?=\w*\d)[A-Za-z]?-?\d{1,4}[A-Za-z]?)\b(?!\s*(?:years?|days?|months?|hours?|people|percent))",
    _I,
)
_ZIP = re.compile(
    r"\b(?i:zip(?:\s?code)?|postal\s?code|postcode)\b(?:\s+(?:is|of|code|area|here|:))*\s*[:#]?\s*(?P<it>\d{5}(?:-\d{4})?)\b|\b(?:[A-Z]{2}|[A-Z][a-z]{3,12})\.?,?\s+(?P<two>\d{5}(?:-\d{4})?)(?!\d|\s?(?:dollars|miles|people|followers|of))\b"
)


def contacts(sheet: Sheet) -> Iterator[Suspicion]:
    """Telephone, mail, web and handles. Well-known helplines (toll-free) are no family's contact."""
    text = sheet.text
    lowered = sheet.lowered
    at = "@" in text or "＠" in text
    ended = any(ending in lowered for ending in _ENDINGS)
    for pattern, why, form, is_possible in (
        (_MAIL, "an email address", "mail", at or ended),
        (_SPELLED_MAIL, "an email address in words", "mail", ended),
        (_URL, "a web address", "web", any(part in lowered for part in _WEB)),
        (_HANDLE, "an account name", "handle", at),
        (_CASHTAG, "an account name", "handle", "$" in text),
        (_UNDERSCORED, "an account name", "handle", "_" in text),
    ):
        for match in pattern.finditer(text) if is_possible else ():
            yield Suspicion(*match.span(), Kind.CONTACT, f"Looks like {why}.", form=form)
    for match in _CUT_MAIL.finditer(text) if any(name in lowered for name in _PROVIDERS) else ():
        yield Suspicion(*match.span(match.lastgroup or 0), Kind.CONTACT, "Looks like an email address.", form="mail")
    for match in _CUED_HANDLE.finditer(text) if any(name in lowered for name in _NETWORKS) else ():
        yield Suspicion(*match.span("it"), Kind.CONTACT, "Looks like an account name.", form="handle")
    for match in near_digits(_LETTERED, sheet, 24, 6):
        if not match.group().startswith(_NO_ACCOUNTS):
            yield Suspicion(*match.span(), Kind.CONTACT, "Looks like an account name.", form="handle")
    for match in near_digits(_NUMERO, sheet, 40, 16):
        yield Suspicion(*match.span("it"), Kind.CONTACT, "Looks like a telephone number.", form="phone")
    dialled = bool(_DIALLED.search(text))
    spelled = sum(lowered.count(word) for word in _RARER_DIGITS) >= 3
    for pattern in (_PHONE, _HALF_SPELLED_PHONE, _SHORT_PHONE, _SPELLED_PHONE, _SPACED_PHONE):
        for match in pattern.finditer(text) if (spelled if pattern is _SPELLED_PHONE else dialled) else ():
            if not _PUBLIC_LINE.match(match.group()):
                yield Suspicion(*match.span(), Kind.CONTACT, "Looks like a telephone number.", form="phone")


def numbers(sheet: Sheet) -> Iterator[Suspicion]:
    """Numbers that somebody keeps a file under."""
    text = sheet.text
    for match in near_digits(_SSN, sheet, 12, 12):
        yield Suspicion(*match.span(), Kind.ID, "Looks like a social security number.")
    lowered = sheet.lowered
    for pattern, why, cue, before, after in (
        (_SOCIAL, "digits of a social security number", _SOCIAL_WORDS, 80, 24),
        (_PLATE, "a licence plate", _PLATE_WORDS, 80, 24),
        (_LETTERED_NUMBER, "a number that somebody keeps a file under", _KEPT_WORDS, 60, 24),
        (_ENDING_IN, "the end of a number that somebody keeps a file under", _ENDING_WORDS, 80, 8),
        (_CUED, "a number that somebody keeps a file under", ("",), 120, 60),
    ):
        if not any(word in lowered for word in cue):
            continue
        for match in near_words(_LONG_NUMBER, pattern, text, before, after):
            group = "two" if "two" in match.groupdict() and match["two"] else "it"
            start, end = match.span(group)
            if sum(c.isdigit() for c in text[start:end]) >= (2 if pattern is not _CUED else 3):
                yield Suspicion(start, end, Kind.ID, f"Looks like {why}.")
    for match in _PART_OF_PLATE.finditer(text) if "plate" in lowered else ():
        yield Suspicion(*match.span("it"), Kind.ID, "Looks like a part of a licence plate.")
    for match in near_words(_PLATE_SHAPE, _CAR_PLATE, text, 60, 12):
        yield Suspicion(*match.span("it"), Kind.ID, "Looks like a licence plate.")
    for pattern in (_CARD, _CODE):
        for match in near_digits(pattern, sheet, 24, 48):
            if not _is_toll_free(match.group()):
                yield Suspicion(*match.span(), Kind.ID, "Looks like a reference number.")


def _is_toll_free(word: str) -> bool:
    return bool(_PUBLIC_LINE.match(word + " ")) or word in {"COVID-19", "2C-B"}


def addresses(sheet: Sheet) -> Iterator[Suspicion]:
    """Street addresses, boxes, highways and ZIP codes; all of them have a digit or a corner."""
    text = sheet.text
    for match in _CORNER_OF.finditer(text) if "corner of " in text else ():
        yield Suspicion(*match.span(), Kind.PLACE, "A street corner.", form="street")
    for match in _IRISH_COUNTY.finditer(text) if ", Co" in text else ():
        yield Suspicion(*match.span(), Kind.PLACE, "A county.", form="place")
    if not sheet.digits:
        return
    for match in _ADDRESS.finditer(text):
        yield Suspicion(*match.span(), Kind.PLACE, "Looks like a street address.", form="street")
    for match in near_digits(_SIDED, sheet, 24, 40):
        yield Suspicion(*match.span(), Kind.PLACE, "Looks like a street address.", form="street")
    for match in near_digits(_APARTMENT, sheet, 8, 60):
        yield Suspicion(*match.span(), Kind.PLACE, "Looks like a street address.", form="street")
    for match in near_digits(_PUBLIC_SCHOOL, sheet, 8, 2):
        yield Suspicion(*match.span(), Kind.ORG, "A school's number.", form="school")
    for match in near_digits(_CORNER, sheet, 8, 40):
        yield Suspicion(*match.span(), Kind.PLACE, "A street corner.", form="street")
    for match in near_digits(_BOX, sheet, 24, 16):
        yield Suspicion(*match.span(), Kind.PLACE, "A box, a road or an exit places the family.", form="road")
    for match in near_digits(_UNIT, sheet, 24, 16):
        yield Suspicion(*match.span(), Kind.PLACE, "The number of a room or an apartment.", is_hint=True, form="unit")
    for match in near_digits(_ZIP, sheet, 48, 24):
        group = "it" if match["it"] else "two"
        yield Suspicion(*match.span(group), Kind.PLACE, "Looks like a ZIP code.", form="zip")
