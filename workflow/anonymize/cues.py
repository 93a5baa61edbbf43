"""What the neighbours of a word say about it: kin and roles, titles, naming, verbs that only people do, places."""

from .lexicon import BASIC, COMMON, FAMILY, GIVEN, PLACE, is_near_word, lexicon, section, sections
from .reading import Reading, Token


def _plurals(words: frozenset[str]) -> frozenset[str]:
    """ "Narcans", "Christmases": as little a name as one of them, unless it is one ("James")."""
    several = {f"{word}{end}" for word in words if len(word) > 2 for end in ("s", "es")}
    return frozenset(word for word in several if not lexicon().get(word, 0) & (GIVEN | FAMILY | PLACE))


VERB_ENDINGS = ("ing", "edly", "n't")
KIN = section("kin")
ROLES = section("roles")
RELATIONS = KIN | ROLES
TITLES = section("titles")
_SHORT_TITLES = section("short_titles")
SOFT_TITLES = section("soft_titles")
VERBS = section("person_verbs")
STRONG_VERBS = VERBS - section("weak_verbs")
OBJECT_VERBS = section("object_verbs")
MODALS = section("modals")
ABSTRACT = section("abstract")
NAMES_FIRST = section("name_first")
STAFF = section("staff")
CALENDAR = section("calendar")
PHRASES = section("celebrities", "state_phrases")
NEVER = section(
    "nations", "holy", "brands", "programmes", "calendar", "states", "countries", "generic_caps", "staff"
) | (section("slang") - {"crystal", "molly", "coke"})
NEVER |= _plurals(section("brands", "programmes", "holy", "nations", "weekdays"))
_WEEKDAYS = section("weekdays")
POSSESSORS = section("possessors")
OWNERS = POSSESSORS - {"the", "your"}  # of a relative
_PLACE_PREPS = section("place_preps")
_MOTION = section("motion")
_STATES = section("states")
_LANDS = _STATES | section("countries")
_STATE_PHRASES = section("state_phrases")
_NAMING = section("naming")
SOMEBODY = RELATIONS | {
    "guy",
    "dude",
    "man",
    "woman",
    "girl",
    "boy",
    "kid",
    "chick",
    "person",
    "someone",
    "somebody",
    "one",
}
CONNECTING = section("connecting")
_ARTICLES = section("articles")
PRONOUNS = section("pronouns")
_NOT_NAMED = _ARTICLES | PRONOUNS
NEVER_NOR_KIN = NEVER | RELATIONS
NO_INITIAL = section("no_initial")


def is_capital(token: Token) -> bool:
    return token.shape in {"title", "upper"}


def is_name_like(token: Token) -> bool:
    """A word that could name somebody although no cue says so: in a list of names, or in no list at all."""
    return not token.is_word and token.norm not in NEVER


def is_unknown(token: Token) -> bool:
    return not token.flags and not token.is_word and token.shape != "digit"


def relation_before(reading: Reading, i: int) -> str:
    """ "my son" when word i is introduced by it ("my son Mike", "my son, Mike", "my son (Mike", "my son's name is Mike")."""
    j = i - 1
    token = reading.tokens[i]
    if not _is_apposed(token.gap):
        return ""
    while j >= 0 and i - j < 4 and reading.norm(j) in _BETWEEN:
        j -= 1
    return _relation_at(reading, j)


_BETWEEN = frozenset({"dear", "poor", "sweet", "late", "named", "called", "is", "name", "s"})


def _relation_at(reading: Reading, j: int) -> str:
    if j < 0 or reading.norm(j) not in RELATIONS:
        return ""
    word, before = reading.norm(j), j - 1
    if word == "law" and reading.norm(j - 1) == "in":
        word, before = f"{reading.norm(j - 2)}-in-law", j - 3
    possessor = next(
        (reading.norm(k) for k in range(before, max(-1, before - 4), -1) if reading.norm(k) in POSSESSORS), ""
    )
    if before >= 0 and reading.tokens[before].possessive and reading.norm(before) not in PRONOUNS:
        possessor = "their"
    return f"{possessor} {word}".strip()


def _is_apposed(gap: str) -> bool:
    return (
        gap.strip(" \t\xa0") in {"", ",", "(", "-", "–", "—", ":", '"', "“", "'", "‘", "’", ", (", "\n", ".."}
        and len(gap) <= 4
    )


def is_introduced(reading: Reading, i: int) -> bool:
    """Named, called, known as."""
    before, earlier = reading.norm(i - 1), reading.norm(i - 2)
    gap = reading.tokens[i].gap.strip(" \"“'‘(:,")
    if gap or reading.norm(i) in _NOT_NAMED or reading.norm(i) in _WEEKDAYS:
        return False
    if reading.norm(i) in _NOT_SO_NAMED:
        return False
    if before in {"named", "called"} and earlier in SOMEBODY:
        return True
    if before in _NAMING:
        if earlier in _THINGS and not is_capital(reading.tokens[i]):
            return False
        return earlier not in _SPEAKING or is_capital(reading.tokens[i])
    if before in {"is", "was", "s", "are"} and earlier in {"name", "names", "nickname"}:
        return True
    if before == "name" and reading.tokens[i - 1].possessive:
        return True
    if before == "by" and earlier in {"goes", "go", "went"}:
        return True
    return before in {"him", "her", "them"} and earlier in {"call", "calls", "called", "named", "name", "nickname"}


_NOT_SO_NAMED = frozenset({"for", "after", "as", "in", "by"})  # "named for him"
_SPEAKING, _THINGS = section("speaking"), section("called_things")


def is_declared(reading: Reading, i: int) -> bool:
    """ "Molly (yes, that is truly her name)"."""
    tokens = reading.tokens
    if i + 1 >= len(tokens) or tokens[i + 1].gap != " (" or not is_capital(tokens[i]):
        return False
    for k in range(i + 2, min(i + 9, len(tokens))):
        if ")" in tokens[k].gap:
            return tokens[k - 1].norm == "name"
    return tokens[-1].norm == "name" and len(tokens) - i < 9


def is_titled(reading: Reading, i: int) -> bool:
    """Dr. X, Mrs. X, Uncle X. A soft title ("father", "big") needs a capital or a name from the lists."""
    before = reading.norm(i - 1)
    if (
        i == 0
        or before not in TITLES
        or reading.tokens[i].gap.strip() not in ({"", "."} if before in _SHORT_TITLES else {""})
    ):
        return False
    token = reading.tokens[i]
    if token.norm in PRONOUNS or token.norm in RELATIONS or token.shape == "digit" or token.norm in TITLES:
        return False
    if token.norm in STAFF and (reading.tokens[i - 1].opens or _is_greeted(reading, i)):
        return False
    if (
        reading.tokens[i - 1].possessive
        or token.norm in NO_BEARERS
        or (_is_short_cut(token) and before not in _SHORT_TITLES)
    ):
        return False
    if (
        token.norm in NEVER
        and before in SOFT_TITLES | {"old", "nurse", "coach"}
        and (not token.flags & COMMON or token.norm in _MAKES)
    ):
        return False
    if is_capital(token):
        return not (before in SOFT_TITLES and token.is_word and not token.is_ambiguous)
    if token.norm in MODALS or (token.flags & BASIC and not token.flags & COMMON):
        return False
    if before in _PLAIN_TITLES and not token.flags & GIVEN:
        return False
    if before in SOFT_TITLES:
        return (bool(token.flags & GIVEN) and token.norm not in NEVER and not token.flags & BASIC) or (
            is_name_like(token) and not is_near_word(token.norm)
        )
    return bool(token.flags & (GIVEN | FAMILY)) or is_unknown(token)


def _is_greeted(reading: Reading, i: int) -> bool:
    """ "Estimada doctora Isabel:"; not "Estimada señora Isabel Cárdenas", nor an aunt or a pastor."""
    if i > 3 or reading.norm(i - 2) not in _ESTEEMED or reading.norm(i - 1) not in _POLITE:
        return False
    after = reading.tokens[i + 1] if i + 1 < len(reading.tokens) else None
    return after is None or after.gap != " " or not is_capital(after)


def _is_short_cut(token: Token) -> bool:
    """ "coach JV softball", "nurse RN"; not "officer LI"."""
    return token.shape == "upper" and len(token.norm) < 4 and not token.flags & (COMMON | FAMILY)


_MAKES, _ESTEEMED = section("car_brands"), frozenset({"estimada", "apreciada"})
_POLITE = frozenset({"senora", "sra", "senorita", "srta", "doctora", "dra", "dona", "miss", "ms"})
_PLAIN_TITLES = frozenset({"little", "old", "big", "baby"})
NO_BEARERS = frozenset(
    {"ok", "okay", "i'm", "i've", "i'll", "aide", "aides", "assistant", "practitioner", "whose", "who"}
) | section("weekdays")


def is_subject(reading: Reading, i: int, *, only_strong: bool = False) -> bool:
    """Followed by what only people do, or by "and I", or owner of something."""
    token = reading.tokens[i]
    if token.possessive:
        return not only_strong
    after, later = reading.norm(i + 1), reading.norm(i + 2)
    if i + 1 >= len(reading.tokens) or reading.tokens[i + 1].gap.strip(" ,("):
        return False
    if after == "and" and later in {"i", "me", "my", "his", "her"}:
        return True
    if reading.tokens[i + 1].gap.strip():
        return False
    if after in COMINGS:
        return not only_strong or (later in _GOALS and (later != "in" or after in {"came", "went"}))
    if after in {"is", "was", "turned", "just"} and i + 2 < len(reading.tokens):
        return not only_strong or reading.tokens[i + 2].shape == "digit" or later in _AGES_AND_STATES
    return after in (STRONG_VERBS if only_strong else VERBS)


COMINGS = section("comings")
_GOALS = section("goals")
_AGES_AND_STATES = section("ages_and_states")


_TAKING = section("taking")
DRUG_NAMES = section("drug_names")


_CONTINUATIONS = {name.removeprefix("after_"): words for name, words in sections().items() if name.startswith("after_")}


def is_continued(reading: Reading, i: int) -> bool:
    """The next word shows that the word is meant, not the name: "Will you", "Hope this"."""
    return reading.norm(i + 1) in _CONTINUATIONS.get(reading.norm(i), _OBJECTS)


_OBJECTS = section("objects")


def is_drug(reading: Reading, i: int) -> bool:
    """ "on molly", "smokes tina": a street name of a drug."""
    if reading.norm(i) not in DRUG_NAMES or reading.tokens[i].gap.strip():
        return False
    before = reading.norm(i - 1)
    return before in _TAKING - {"with", "for"} or (before in {"with", "for"} and not is_capital(reading.tokens[i]))


def is_object(reading: Reading, i: int) -> bool:
    """After "told", "with", "asked" …: as far as a small word can tell."""
    before = reading.norm(i - 1)
    return i > 0 and before in OBJECT_VERBS and not reading.tokens[i].gap.strip()


def has_article(reading: Reading, i: int) -> bool:
    return i > 0 and reading.norm(i - 1) in _ARTICLES and not reading.tokens[i].gap.strip()


def is_place_context(reading: Reading, i: int) -> bool:
    """In X, near X, moved to X."""
    before, earlier = reading.norm(i - 1), reading.norm(i - 2)
    if i == 0 or reading.tokens[i].gap.strip():
        return False
    if before in _PLACE_PREPS:
        return not (
            before in {"from", "in"}
            and earlier
            in {
                "faith",
                "trust",
                "letter",
                "call",
                "text",
                "message",
                "word",
                "calls",
                "texts",
                "heard",
                "hear",
                "away",
                "believe",
                "disappointed",
                "interest",
            }
        )
    if before in {"north", "south", "east", "west", "northern", "southern", "eastern", "western"}:
        return True
    return (before == "to" and earlier in _MOTION) or (
        before == "of"
        and earlier
        in {"outside", "city", "town", "east", "west", "north", "south", "part", "side", "county", "out", "people"}
    )


def is_before_state(reading: Reading, i: int) -> bool:
    """X, Ohio; X MA."""
    if i + 1 >= len(reading.tokens):
        return False
    after = reading.tokens[i + 1]
    if after.gap.strip(" ") not in {"", ","}:
        return False
    two = f"{after.norm} {reading.norm(i + 2)}"
    if two in _STATE_PHRASES:
        return True
    if after.norm not in _LANDS:
        return False
    if len(after.norm) == 2:
        return not (after.is_spanish and after.shape == "lower") and (
            after.shape == "upper"
            or ("," in after.gap and after.norm not in {"in", "or", "me", "hi", "ok", "oh", "id", "us", "so", "la"})
            or (
                reading.is_lower
                and after.norm
                in {
                    "ma",
                    "ny",
                    "nj",
                    "ca",
                    "tx",
                    "fl",
                    "ct",
                    "nh",
                    "ri",
                    "pa",
                    "az",
                    "ky",
                    "tn",
                    "nc",
                    "va",
                    "wv",
                    "mi",
                    "mn",
                    "ga",
                    "nm",
                    "nv",
                }
                and bool(reading.tokens[i].flags & PLACE)
            )
        )
    return True
