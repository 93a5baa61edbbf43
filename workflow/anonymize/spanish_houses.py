"""Houses as Spanish names them, the kind first: "la parroquia San Isidro", "un restaurante de Reno", "el asilo Villa Serena"."""

from .cues import is_capital
from .lexicon import section
from .naming import HEADS, Span
from .reading import Reading

_KINDS = {
    word: form for form in ("work", "school", "church", "hospital", "jail") for word in section(f"spanish_{form}")
}
_ARTICLES = frozenset({"el", "la", "los", "las", "un", "una", "del", "al"})
_JOINED = frozenset({" ", "-"})
_BETWEEN = frozenset({"de", "del", "la", "el", "los", "las", "y", "san", "santa"})

_SAINTS = frozenset({"san", "santa", "santo"})
_WORSHIP = section("spanish_worship")

KINDS = _KINDS.keys() | _SAINTS


def house(reading: Reading, i: int, free: list[bool]) -> Span | None:
    """The house whose kind is word i; its article goes with it."""
    if reading.norm(i) not in KINDS:
        return None
    if reading.norm(i) in _SAINTS:
        return _saint(reading, i, free)
    form = _KINDS[reading.norm(i)]
    if not (reading.tokens[i].is_spanish or reading.norm(i - 1) in _ARTICLES):
        return None
    if reading.norm(i) in HEADS and not reading.tokens[i].is_spanish:
        return None
    last = _end_of_name(reading, i, free)
    if last == i:
        return None
    first = i - 1 if reading.norm(i - 1) in _ARTICLES - {"del", "al"} and free[i - 1] else i
    return first, last, form, "A house by its kind and its name."


def _saint(reading: Reading, i: int, free: list[bool]) -> Span | None:
    """ "la comunión en San Judas", "el coro de Santa Rosa de Lima"; "le rezo a San Judas" is no house."""
    if (
        not reading.tokens[i].is_spanish
        or not is_capital(reading.tokens[i])
        or reading.norm(i - 1) not in {"en", "de", "a"}
    ):
        return None
    near = {reading.norm(k) for k in range(max(0, i - 7), i)}
    last = _end_of_name(reading, i, free)
    if last == i or not near & _WORSHIP:
        return None
    return i, last, "church", "A saint's name: a church, a school or a hospital."


def _end_of_name(reading: Reading, i: int, free: list[bool]) -> int:
    """Capitals behind the kind, and the small words between them."""
    last, k = i, i + 1
    while k < len(free) and free[k] and reading.tokens[k].gap in _JOINED and not reading.tokens[k].opens:
        if is_capital(reading.tokens[k]):
            last = k
        elif reading.norm(k) not in _BETWEEN or k - last > 2:
            break
        k += 1
    return last
