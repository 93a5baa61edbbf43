"""The small language in which rules are written: ways of saying something.

    word         this word (lower case, no apostrophe)     word*        words that begin so
    (a|b c)      one of these                              word? (a|b)? may be absent
    {name}       a group of words from vocabulary.toml     #            a number, in digits or words
    ~            up to three words between                 ~~           up to seven words between
    @            a year

Nothing in it can repeat without end, so no way can run away with the time; a pattern becomes the same regular
expression in Python and in the browser. `anchors` are words of which at least one stands in every match: a rule is
tried only on sentences that hold one of them.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

SPACE = '(?: [,"])? '
_GAPS = {"~": r"(?:[^ ]+ ){0,3}", "~~": r"(?:[^ ]+ ){0,7}"}
_NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty thirty forty fifty sixty "
    "seventy eighty ninety hundred "
    "few couple several"
)
NUMBER = rf"(?:\d{{1,4}}|{'|'.join(_NUMBERS.split())})"
YEAR = r"(?:19|20)\d\d"
_LEXEME = re.compile(r"\s*(~~|~|\(|\)\??|\||[#@]\??|\{[a-z_]+\}\??|[a-z0-9,\"]+\*?\??)")
MOST_CHARACTERS = 4000
# Too common to be worth looking for: never anchors when anything else is there.
COMMON = frozenset(
    "a an and the i me my we us our you he she they him her them his it is are was were be been am im hes shes theyre ive "
    "to of in on at for with that this so not no do did does dont didnt has have had will would can cant could going gonna "
    "go get got just up out all if or but by from about said says say told tell want wants know see".split()
)


class WrongWay(ValueError):
    """A way that cannot be read; the sentence says where."""


@dataclass(frozen=True, eq=False)
class Way:
    """One way, ready to match: the body of a regular expression and the words one of which is in every match.

    `needs` are such words too, for every part that must be there: "took" and one of the pills. "word*" is a beginning.
    """

    regex: str
    anchors: frozenset[str]
    prefixes: frozenset[str]
    needs: tuple[frozenset[str], ...] = ()
    branches: tuple["Way", ...] = ()

    def tokens(self) -> frozenset[str]:
        return self.anchors | {f"{prefix}*" for prefix in self.prefixes}

    def apart(self) -> tuple["Way", ...]:
        """The several of which it is one or another, in their order: each has needs of its own, and is tried by itself."""
        return tuple(way for branch in self.branches for way in branch.apart()) or (self,)

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        return re.compile(whole([self]))


@dataclass(frozen=True, eq=False)
class Ways:
    """Several ways of saying one thing, as one regular expression would read them: the leftmost, then the first of them."""

    all: tuple[Way, ...] = ()

    @cached_property
    def as_set(self) -> frozenset[Way]:
        return frozenset(self.all)

    def search(self, text: str, likely: set[Way]) -> bool:
        """Whether one stands in a text. `likely`: the ways that could (finder.py); the others are not tried."""
        return any(way.compiled.search(text) for way in self.as_set & likely)

    def matches(self, text: str, likely: set[Way]) -> list[re.Match[str]]:
        """All that stand in a text, from left to right, none within another."""
        found = self.as_set & likely
        if len(found) < 2:
            return [match for way in found for match in way.compiled.finditer(text)]
        patterns = [way.compiled for way in self.all if way in found]
        made: list[re.Match[str]] = []
        place = 0
        while here := [match for pattern in patterns if (match := pattern.search(text, place))]:
            made.append(min(here, key=lambda match: match.start()))
            place = made[-1].end()
        return made


@dataclass(slots=True)
class _Item:
    """A piece of a sequence: its regex, the anchors it gives, whether it may be absent, whether it is a gap."""

    regex: str
    anchors: frozenset[str]
    prefixes: frozenset[str]
    optional: bool = False
    gap: bool = False
    needs: tuple[frozenset[str], ...] = ()
    branches: tuple["_Item", ...] = ()  # of which it is one, when it is nothing else

    def way(self) -> Way:
        branches = tuple(branch.way() for branch in self.branches)
        return Way(self.regex, self.anchors, self.prefixes, self.needs, branches)


class _Reader:
    def __init__(self, source: str, vocabulary: Mapping[str, "Way"]) -> None:
        self.source, self.vocabulary = source, vocabulary
        self.lexemes: list[str] = []
        place = 0
        while source[place:].strip():
            found = _LEXEME.match(source, place)
            if not found:
                raise WrongWay(f"“{source[place:].strip()[:20]}” cannot be read here.")
            self.lexemes.append(found.group(1))
            place = found.end()
        self.at = 0

    def peek(self) -> str:
        return self.lexemes[self.at] if self.at < len(self.lexemes) else ""

    def take(self) -> str:
        self.at += 1
        return self.lexemes[self.at - 1]

    def alternatives(self) -> _Item:
        branches = [self.sequence()]
        while self.peek() == "|":
            self.take()
            branches.append(self.sequence())
        if len(branches) == 1:
            return branches[0]
        regex = "(?:" + "|".join(branch.regex for branch in branches) + ")"
        # Every branch must give its own anchors, or the whole gives none.
        if not all(branch.anchors or branch.prefixes for branch in branches):
            return _Item(regex, frozenset(), frozenset(), branches=tuple(branches))
        return _Item(
            regex,
            frozenset().union(*(branch.anchors for branch in branches)),
            frozenset().union(*(branch.prefixes for branch in branches)),
            branches=tuple(branches),
        )

    def sequence(self) -> _Item:
        items: list[_Item] = []
        while (lexeme := self.peek()) and lexeme != "|" and not lexeme.startswith(")"):
            items.append(self.item())
        if len(items) == 1 and not items[0].optional and not items[0].gap:
            return items[0]
        required = [index for index, item in enumerate(items) if not item.optional and not item.gap]
        if not required:
            raise WrongWay("A way, and each of its alternatives, needs at least one word that must be there.")
        items = items[next(index for index, item in enumerate(items) if not item.gap) :]
        required = [index for index, item in enumerate(items) if not item.optional and not item.gap]
        best = max((items[index] for index in required), key=_worth)
        needs = tuple(
            need for index in required if items[index] is not best
            for need in (items[index].way().tokens(), *items[index].needs) if need
        )  # fmt: skip
        return _Item(_written(items, required[-1]), best.anchors, best.prefixes, needs=(*best.needs, *needs))

    def item(self) -> _Item:
        lexeme = self.take()
        if lexeme in _GAPS:
            return _Item(_GAPS[lexeme], frozenset(), frozenset(), gap=True)
        if lexeme == "(":
            inside = self.alternatives()
            if not self.peek().startswith(")"):
                raise WrongWay("A bracket is not closed.")
            inside.optional = self.take().endswith("?")
            inside.regex = f"(?:{inside.regex})"
            return inside
        optional, lexeme = lexeme.endswith("?"), lexeme.rstrip("?")
        if lexeme in ("#", "@"):
            return _Item(NUMBER if lexeme == "#" else YEAR, frozenset(), frozenset(), optional)
        if lexeme.startswith("{"):
            if lexeme[1:-1] not in self.vocabulary:
                raise WrongWay(f"There is no group of words called {lexeme}.")
            group = self.vocabulary[lexeme[1:-1]]
            return _Item(group.regex, group.anchors, group.prefixes, optional)
        if lexeme.endswith("*"):
            if len(lexeme) < 4:
                raise WrongWay(f"“{lexeme}” is too short to stand for the beginning of a word.")
            return _Item(lexeme[:-1] + "[^ ]{0,14}", frozenset(), frozenset({lexeme[:-1]}), optional)
        return _Item(lexeme, frozenset({lexeme}), frozenset(), optional)


def _worth(item: _Item) -> tuple[bool, int]:
    """The better anchor: no common word in it, then the fewer words."""
    size = len(item.anchors) + len(item.prefixes)
    return (bool(size) and not item.anchors & COMMON, -size if size else -10_000)


def _written(items: list[_Item], last: int) -> str:
    parts = []
    for index, item in enumerate(items):
        if index < last:
            if item.gap:
                parts.append(item.regex)
            else:
                parts.append(f"(?:{item.regex}{SPACE})?" if item.optional else item.regex + SPACE)
        elif index == last:
            parts.append(item.regex)
        elif not item.gap:
            parts.append(f"(?:{SPACE}{item.regex})?")
    return "".join(parts)


def read_way(source: str, vocabulary: Mapping[str, Way]) -> Way:
    """One way from its words. Raises WrongWay with a sentence."""
    if not source.strip() or len(source) > MOST_CHARACTERS:
        raise WrongWay("A way needs some words, and fewer than 4,000 characters.")
    reader = _Reader(source.strip(), vocabulary)
    item = reader.alternatives()
    if reader.peek():
        raise WrongWay("There is a bracket too many.")
    return item.way()


def whole(ways: Iterable[Way]) -> str:
    """One regular expression for several ways, matching whole words of a sentence's text."""
    return f" (?:{'|'.join(way.regex for way in ways)})(?= )"


def spelled_out(source: str) -> list[str]:
    """Every plain word named in a way: the vocabulary that spelling correction must leave alone."""
    return re.findall(r"[a-z0-9]+", re.sub(r"\{[a-z_]+\}|[a-z0-9]+\*", " ", source))
