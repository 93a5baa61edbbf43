"""The parts of an organisation's name: head words, words that name nothing by themselves, runs of capitals."""

from . import cues
from .cues import is_capital
from .lexicon import section
from .reading import Reading

FORMS = {
    "org_treatment": "treatment",
    "org_hospital": "hospital",
    "org_school": "school",
    "org_church": "church",
    "org_court": "court",
    "org_jail": "jail",
    "org_police": "police",
    "org_house": "house",
    "org_work": "work",
}


HEADS = {word: form for name, form in reversed(FORMS.items()) for word in section(name)}


# Shops and restaurants that are everywhere: what they are, whatever their words say ("Home Depot" is no home).
CHAINS = {name: form for form in ("store", "restaurant") for name in section(f"chain_{form}s")}


WEAK = section("org_weak")


GENERIC = section("org_generic")


INNER = section("org_inner")


LEADS = section("org_lead")


CONNECTORS = section("connectors")


JOINTS = frozenset({" ", "-", " & ", ". ", "  ", "\xa0", " + ", "&"})


Span = tuple[int, int, str, str]
_LONGEST = 12  # words of one name; a run of capitals is read anew from each of its words


def capital_follows(reading: Reading, k: int) -> bool:
    return any(
        j < len(reading.tokens)
        and is_capital(reading.tokens[j])
        and reading.tokens[j].gap in JOINTS
        and (j == k + 1 or reading.norm(k + 1) == "the")
        for j in (k + 1, k + 2)
    )


def run_right(reading: Reading, i: int, free: list[bool]) -> int:
    """Last word of the capitals that begin at i ("Lady of Grace", "Heart of Jesus School")."""
    k = i
    while (
        k + 1 < len(reading.tokens)
        and k - i < _LONGEST
        and free[k + 1]
        and reading.tokens[k + 1].gap in JOINTS
        and not reading.tokens[k + 1].opens
    ):
        after = reading.tokens[k + 1]
        if (is_capital(after) and after.norm.partition("'")[0] != "i") or (
            after.norm in {"of", "the", "and", "de", "la", "da", "do", "dos", "del", "for", "by", "on"}
            and capital_follows(reading, k + 1)
            and not {reading.norm(k + 2), reading.norm(k + 3)} & cues.CALENDAR
        ):
            k += 1
        else:
            break
    while k > i and reading.norm(k) in CONNECTORS:
        k -= 1
    return k


def form_of(reading: Reading, first: int, last: int, otherwise: str) -> str:
    """Hospital, school, court …: told by the last head word of the name."""
    return next((HEADS[reading.norm(k)] for k in range(last, first - 1, -1) if reading.norm(k) in HEADS), otherwise)


def chain_form(reading: Reading, first: int, last: int) -> str:
    """What a chain is that stands here, or begins what stands here; empty for anything else."""
    words = [word for k in range(first, last + 1) if (word := reading.norm(k)) not in {"the", "and"}]
    return next((CHAINS[name] for size in range(len(words), 0, -1) if (name := " ".join(words[:size])) in CHAINS), "")
