"""Organisations that could locate a family: a head word ("Hospital", "House", "High") with its name, employers by cue, saints."""

from . import civic, cues, houses, institutions, sites, spanish_houses, workplaces
from .cues import is_capital, is_unknown
from .kinds import Kind, Suspicion
from .lexicon import COMMON, FAMILY, GIVEN, PLACE, WORD, is_near_word, lexicon, section
from .naming import CONNECTORS, GENERIC, HEADS, INNER, JOINTS, LEADS, WEAK, Span, capital_follows, chain_form, run_right
from .reading import Reading

NEVER = cues.NEVER - section("states", "countries", "nations", "calendar", "holy")


def find_organizations(reading: Reading, free: list[bool], quiet: set[int]) -> list[Suspicion]:
    found = []
    for i in range(len(reading.tokens)):
        if not free[i] or (_is_dull(reading, i) and not institutions.opens(reading, i)):
            continue
        span = (
            sites.site(reading, i, free)
            or sites.dealer(reading, i, free)
            or civic.civic(reading, i, free)
            or spanish_houses.house(reading, i, free)
            or houses.house(reading, i, free)
            or institutions.known(reading, i, free)
            or institutions.by_grammar(reading, i, free)
            or _with_lead(reading, i, free)
            or _with_head(reading, i, free, quiet)
            or _saint(reading, i, free)
            or _of_a_faith(reading, i, free)
            or workplaces.by_cue(reading, i, free, quiet)
            or workplaces.capitals(reading, i, free, quiet)
        )
        if span:
            first, last, form, why = span
            form = chain_form(reading, first, last) or form
            found.append(Suspicion(reading.tokens[first].start, _end(reading, last), Kind.ORG, why, form=form))
    return found


_NO_OPENING = GENERIC | cues.POSSESSORS | CONNECTORS
_NATIONS = section("nations")
_STATES = section("states")
_STARTS = (
    HEADS.keys()
    | sites.ENDS
    | civic.ENDS
    | spanish_houses.KINDS
    | LEADS
    | {"high", "our", "sacred", "holy", "blessed", "immaculate", "st", "saint", "sts", "ste"}
)
_BEFORE = frozenset({"the", "at", "for", "with", "from", "by", "to", "into", "in", "called", "through", "quit"})


def _is_dull(reading: Reading, i: int) -> bool:
    """An ordinary small word that begins no name and stands where no name is awaited."""
    token = reading.tokens[i]
    if token.shape != "lower" or not token.is_word or token.gap == " (":
        return False
    return token.norm not in _STARTS and reading.norm(i - 1) not in _BEFORE


def _end(reading: Reading, i: int) -> int:
    token = reading.tokens[i]
    return token.end + (2 if token.possessive else 0)


def _with_head(reading: Reading, i: int, free: list[bool], quiet: set[int]) -> Span | None:
    """... X Hospital, X High School, X house."""
    token = reading.tokens[i]
    form = HEADS.get(token.norm)
    if token.norm == "high" and (is_capital(token) or reading.norm(i + 1) != "school"):
        form = "school"
    if not form or (token.norm == "high" and not _is_high_school(reading, i)):
        return None
    first = _reach_left(reading, i, free)
    last = _reach_right(reading, i, free)
    if (first == i and last == i) or all(k in quiet for k in range(first, last + 1)):
        return None
    names = [k for k in range(first, last + 1) if k != i and _is_naming(reading, k)]
    if not (is_capital(token) and form in _OF_STATES):
        names = [k for k in names if k not in quiet]
    if (
        not names
        and form == "church"
        and is_capital(token)
        and reading.norm(first) in {"first", "second", "third", "new", "grace"}
    ):
        names = [first]
    if not names or _is_somebodys(reading, first, i, names):
        return None
    if not is_capital(token) and not _small_head_is_named(reading, first, i, names):
        return None
    form = next(
        (
            HEADS[reading.norm(k)]
            for k in range(last, first - 1, -1)
            if reading.norm(k) in HEADS and reading.norm(k) not in WEAK
        ),
        form,
    )
    return first, last, form, f"The name of an organisation (“{token.norm}”)."


_OF_STATES = frozenset({"hospital", "school"})  # "Rhode Island Hospital", not "Rhode Island law"


def _is_high_school(reading: Reading, i: int) -> bool:
    """ "Gloucester High", not "got high"."""
    before = reading.tokens[i - 1] if i else None
    if before is not None and _is_pair(reading, i - 1):
        return True
    if before is None or before.norm in cues.VERBS or before.norm in cues.NEVER:
        return False
    if is_capital(reading.tokens[i]):
        return is_capital(before)
    named = (is_capital(before) and not before.opens) or (
        not before.is_word and bool(before.flags & PLACE) and not before.flags & COMMON
    )
    return (named and reading.norm(i + 1) not in {"on", "as", "and", "all", "again", "when", "every"}) or (
        named and reading.norm(i - 2) in {"at", "to", "from"}
    )


def _reach_left(reading: Reading, i: int, free: list[bool]) -> int:
    """The first word of the name that ends in this head."""
    first, k = i, i - 1
    while k >= 0 and i - k <= 7 and free[k] and reading.tokens[k + 1].gap in JOINTS:
        token = reading.tokens[k]
        if reading.tokens[k + 1].gap == ". " and token.norm not in {"st", "mt", "ft", "dr"} and len(token.norm) > 1:
            break
        if token.opens and token.is_word and token.norm in _NO_OPENING:
            break
        if is_capital(token) and token.norm not in {"i"}:
            first = k
        elif token.norm in {"of", "and", "the", "for"}:
            if (
                k == 0
                or not is_capital(reading.tokens[k - 1])
                or reading.tokens[k].gap not in JOINTS
                or (reading.tokens[k - 1].opens and reading.tokens[k - 1].is_word and token.norm != "of")
            ):
                break
        elif token.norm in INNER and token.norm not in CONNECTORS:
            pass
        elif _is_pair(reading, k):
            first = k = k - 1
        elif _is_small_name(reading, k):
            first = k
        else:
            break
        k -= 1
    while first < i and (
        (reading.norm(first) in GENERIC and not is_capital(reading.tokens[first]))
        or reading.norm(first) in {"the", "a", "my", "our", "his", "her"}
    ):
        first += 1
    return first


def _is_pair(reading: Reading, k: int) -> bool:
    """The second word of a town of two words, written small: "el paso", "fall river"."""
    return (
        k > 0 and reading.is_touching(k) and bool(lexicon().get(f"{reading.norm(k - 1)} {reading.norm(k)}", 0) & PLACE)
    )


def _is_small_name(reading: Reading, k: int) -> bool:
    token = reading.tokens[k]
    if token.norm in {"st", "saint", "mt", "mount", "fort"}:
        return True
    if token.is_word or token.norm in cues.NEVER - section("states"):
        return False
    if token.flags & WORD:
        return False
    return bool(token.flags & (PLACE | FAMILY | GIVEN)) or (is_unknown(token) and not is_near_word(token.norm))


def _reach_right(reading: Reading, i: int, free: list[bool]) -> int:
    """Further heads and "of X": Hospital of St. Mary, High School, Church of the Nazarene."""
    last, k = i, i + 1
    while (
        k < len(reading.tokens)
        and k - i <= 5
        and free[k]
        and reading.tokens[k].gap in JOINTS
        and not reading.tokens[k].opens
    ):
        token = reading.tokens[k]
        if (
            token.norm in HEADS and (is_capital(token) or not is_capital(reading.tokens[i]) or token.norm not in WEAK)
        ) or _may_go_on(reading, i, k):
            last = k
        elif not (
            is_capital(reading.tokens[i])
            and token.norm in {"of", "the", "at", "for", "on", "by"}
            and capital_follows(reading, k)
        ):
            break
        k += 1
    return last


def _may_go_on(reading: Reading, i: int, k: int) -> bool:
    """Capitals behind a capital head; a state only after "of": "University of Vermont", not "a Mercy Hospital Texas man"."""
    token = reading.tokens[k]
    if not is_capital(reading.tokens[i]) or not is_capital(token) or token.gap == ". ":
        return False
    return token.norm not in cues.NEVER or (token.norm in _STATES and reading.norm(k - 1) == "of")


def _is_naming(reading: Reading, k: int) -> bool:
    """A word that makes the name this one's own, not "the County Jail" or "a sober house"."""
    token = reading.tokens[k]
    if (
        token.norm in GENERIC
        or token.norm in CONNECTORS
        or token.norm in cues.RELATIONS
        or token.norm in cues.POSSESSORS
        or token.norm in NEVER
    ):
        return False
    if token.norm in HEADS and token.norm not in {"serenity", "haven", "mission", "summit"}:
        return False
    if token.norm in cues.CALENDAR or (token.norm in _NATIONS and not is_capital(token)):
        return False
    return is_capital(token) or _is_small_name(reading, k) or _is_pair(reading, k)


def _is_somebodys(reading: Reading, first: int, head: int, names: list[int]) -> bool:
    """ "Mike's house", "Danny's home": a person's, not an organisation."""
    before = reading.tokens[head - 1]
    person = (
        before.possessive and bool(before.flags & GIVEN or not before.flags) and not is_capital(reading.tokens[head])
    )
    return (
        person
        and (reading.norm(head) in WEAK or reading.norm(head) in {"house", "home"})
        and names[-1] == head - 1
        and reading.norm(head - 2) not in {"st", "saint"}
    )


def _small_head_is_named(reading: Reading, first: int, head: int, names: list[int]) -> bool:
    """A small head ("hospital") takes a name beside it: a capital in mid-sentence, a town, a saint."""
    weak = reading.norm(head) in WEAK
    for k in names:
        token = reading.tokens[k]
        if is_capital(token) and not token.opens:
            return not (weak and token.flags & COMMON and not token.flags & PLACE)
        if not is_capital(token) and (token.flags & PLACE or _is_pair(reading, k) or (is_unknown(token) and not weak)):
            return True
        if is_capital(token) and token.opens and not token.is_word and token.flags & PLACE:
            return True
        if not is_capital(token) and not weak and token.flags & FAMILY and not token.flags & COMMON:
            return True
    return reading.norm(first) in {"st", "saint"}


def _with_lead(reading: Reading, i: int, free: list[bool]) -> Span | None:
    """Local 12, Troop 5, Engine 7; University of X and Our Lady of X are reached from their heads or here."""
    norm, after = reading.norm(i), reading.tokens[i + 1] if i + 1 < len(reading.tokens) else None
    if after is None:
        return None
    if norm in _TEMPLES and after.gap == " " and is_capital(reading.tokens[i]) and is_capital(after):
        return i, run_right(reading, i, free), "church", "A house of worship by its name."
    if (
        norm in LEADS
        and after.shape == "digit"
        and after.gap in {" ", " #", "-"}
        and (norm not in _NUMBERED_ROOMS or is_capital(reading.tokens[i]))
        and (norm != "department" or reading.norm(i - 1) in {"in", "at", "to", "from"})
    ):
        before = reading.tokens[i - 1] if i and reading.is_touching(i) and free[i - 1] else None
        owned = before is not None and norm == "ward" and is_capital(before) and not before.opens
        first = i - 1 if owned or (before is not None and before.shape == "upper") else i
        return first, i + 1, "work", "A union's or a company's number."
    if norm == "our" and after.norm in {"lady", "savior", "saviour", "redeemer"} and is_capital(after):
        return i, run_right(reading, i + 1, free), "church", "The name of a church."
    if (
        norm in {"sacred", "holy", "blessed", "immaculate"}
        and is_capital(reading.tokens[i])
        and is_capital(after)
        and after.gap == " "
        and not after.opens
        and after.norm
        not in {"spirit", "bible", "ghost", "shit", "moly", "cow", "crap", "week", "mother", "father", "god"}
    ):
        return i, run_right(reading, i + 1, free), "church", "The name of a church or a school."
    return None


_TEMPLES = frozenset({"temple", "congregation", "masjid", "chabad", "gurdwara"})
_NUMBERED_ROOMS = frozenset({"unit", "ward", "department"})  # a hospital's, a court's: with a capital only


_FAITHS = frozenset(
    ["baptist", "methodist", "presbyterian", "lutheran", "adventist", "mercy", "deaconess", "providence", "memorial"]
)
_SIDES = frozenset({"north", "south", "east", "west", "central"})


_CREEDS = section("creeds")


def _of_a_faith(reading: Reading, i: int, free: list[bool]) -> Span | None:
    """By faith: a hospital by its side of town ("Baptist East"), a church ("Grace Lutheran"), a house called so ("at Swedish")."""
    token = reading.tokens[i]
    if not is_capital(token) or not free[i]:
        return None
    after = reading.tokens[i + 1] if i + 1 < len(reading.tokens) else None
    beside = after is not None and free[i + 1] and after.gap == " " and is_capital(after)
    if beside and token.norm in _FAITHS and reading.norm(i + 1) in _SIDES:
        return i, i + 1, "hospital", "A hospital by its faith and its side of town."
    if (
        beside
        and reading.norm(i + 1) in _CREEDS
        and (token.norm in _ORDINALS or token.norm not in cues.NEVER_NOR_KIN)
        and token.norm not in _NO_PARISH
    ):
        return i, i + 1, "church", "A church by its name and its faith."
    if (
        reading.norm(i - 1) == "at"
        and token.gap == " "
        and token.norm in _NATIONS
        and not beside
        and _stands_alone(reading, i)
    ):
        return i, i, "place", "A name after a preposition of place."
    return None


_ORDINALS = frozenset({"first", "second", "third", "new"})
_NO_PARISH = (section("function_words") - {"first"}) | {"roman", "strict", "devout", "raised"}


def _stands_alone(reading: Reading, i: int) -> bool:
    after = reading.tokens[i + 1] if i + 1 < len(reading.tokens) else None
    return (
        after is None or bool(after.gap.strip()) or after.norm in cues.VERBS or after.norm in section("function_words")
    )


def _saint(reading: Reading, i: int, free: list[bool]) -> Span | None:
    """St. Mark's, Saint Anne."""
    token = reading.tokens[i]
    if (
        token.norm not in {"st", "saint", "sts", "ste", "santa", "san"}
        or i + 1 >= len(reading.tokens)
        or not free[i + 1]
    ):
        return None
    after = reading.tokens[i + 1]
    if after.gap not in {" ", ". "} or (
        not after.possessive
        and not (
            is_capital(after) and reading.norm(i - 1) in {"at", "to", "from"} and token.norm not in {"santa", "san"}
        )
    ):
        return None
    if not is_capital(after) and not after.flags & (GIVEN | FAMILY):
        return None
    last = _with_its_ground(reading, run_right(reading, i + 1, free), free)
    return i, last, "church", "A saint's name: a church, a school or a hospital."


def _with_its_ground(reading: Reading, last: int, free: list[bool]) -> int:
    """ "St. Agnes in the Fields", "St. Mary's by the Sea"."""
    ground = last + 3
    if ground >= len(free) or not all(free[last + 1 : ground + 1]) or not is_capital(reading.tokens[ground]):
        return last
    joined = reading.norm(last + 1) in {"in", "by", "on", "of"} and reading.norm(last + 2) == "the"
    return ground if joined and reading.tokens[last + 1].gap == " " == reading.tokens[ground].gap else last
