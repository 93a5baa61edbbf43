"""A single capital: somebody's initial, a grade at school, one of several plans, an hour."""

from . import cues
from .reading import Reading

_SCHOOL = frozenset(
    {"grade", "grades", "straight", "honor", "vitamin", "vitamins", "semester", "report", "exam", "gpa"}
)
_COUNTED = frozenset({"days", "weeks", "months", "years", "hours", "dollars", "times", "amount", "number"})
_CHOICES = frozenset({"plan", "program", "programme", "option", "choice"})


def is_initial(reading: Reading, i: int) -> bool:
    """A single capital that stands for somebody."""
    token = reading.tokens[i]
    if len(token.norm) != 1 or token.shape != "title" or token.norm == "i" or reading.norm(i - 1) in cues.NO_INITIAL:
        return False
    if cues.relation_before(reading, i) or cues.is_titled(reading, i) or cues.is_introduced(reading, i):
        return not (token.possessive and is_mark(reading, i))
    if is_mark(reading, i) or _is_prefix(reading, i) or (token.norm == "x" and reading.norm(i + 1) in _COUNTED):
        return False
    if token.opens and token.norm in {"a", "o"}:
        return False
    if token.norm == "a":
        return reading.text[token.end : token.end + 1] == "." and not token.opens
    return (
        token.possessive
        or (reading.norm(i + 1) in cues.VERBS and reading.tokens[i + 1].gap in {" ", ". "})
        or reading.norm(i - 1) in {"told", "asked", "with", "and", "from", "for"}
    )


def _is_prefix(reading: Reading, i: int) -> bool:
    """ "X-rays"."""
    return i + 1 < len(reading.tokens) and reading.tokens[i + 1].gap == "-" and reading.tokens[i + 1].shape == "lower"


def is_mark(reading: Reading, i: int) -> bool:
    """A grade at school, one of several plans, an hour: "B's and one C", "plan A … I like B", "five A.M."."""
    token = reading.tokens[i]
    if token.norm in "ap" and reading.norm(i + 1) == "m" and reading.tokens[i + 1].gap in {".", ". "}:
        return True
    if token.norm not in "abcdf" or _is_cut_short(reading, i):
        return False
    after = reading.tokens[i + 1] if i + 1 < len(reading.tokens) else None
    if token.possessive and (after is None or after.gap.strip() or after.norm in {"and", "in", "mostly", "all"}):
        return True  # nothing is owned
    if any(reading.norm(k) in _SCHOOL for k in range(max(0, i - 8), i + 6)):
        return True
    return any(
        len(reading.norm(k)) == 1
        and reading.norm(k) in "abcd"
        and reading.tokens[k].shape == "title"
        and (reading.norm(k - 1) in _CHOICES or reading.text[reading.tokens[k].end : reading.tokens[k].end + 1] == ":")
        for k in range(len(reading.tokens))
    )


def _is_cut_short(reading: Reading, i: int) -> bool:
    """ "he met C., who", "says D. sold it": the full stop ends a name, as the sentence goes on."""
    end = reading.tokens[i].end
    after = reading.text[end : end + 3]
    return after[:1] == "." and (after[1:2] in {",", ";"} or (after[1:2] == " " and after[2:].islower()))
