"""Search over what is published: one face, the same on SQLite and PostgreSQL, forgiving of whatever is typed.

Words are compared by their beginnings (qa/words.py), common helpers and everyday names of the same thing are known,
and only a capped set of candidates is ranked, so the time stays bounded however much is published.
"""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce
from operator import and_, or_

from django.db.models import Q, QuerySet

from .models import Publication, Topic
from .querysets import Reader, shown_to, topics_for
from .sanitize import plain_text
from .words import folded, stem, tokens

LONGEST_QUERY = 200
MOST_WORDS = 8
CANDIDATES = 300  # newest first; only these are ranked
SHOWN = 20
ENOUGH = 5  # with fewer pages that hold every word, pages that hold some are offered too
SNIPPET = 240
_COMMON = frozenset(
    """a about after all am an and any are as at be because been but by can could did do does dont every for from get
    has have he her hers him his how i if im in is it its just me my no not of on or our she should so than that
    the their them they this to up us was we were very what when where which who why will with would you your""".split()  # noqa: SIM905 (read as prose)
)
# Everyday names of the same thing, in groups.
_SAME = [
    {"naloxone", "narcan"},
    {"overdose", "od"},
    {"alcohol", "drinking", "drink", "drunk", "beer", "liquor"},
    {"detox", "withdrawal"},
    {"recovery", "sober", "clean"},
    {"relapse", "recurrence"},
    {"suboxone", "buprenorphine", "methadone"},
    {"heroin", "fentanyl", "opioid", "opiate"},
    {"cannabis", "marijuana", "weed", "pot"},
    {"jail", "prison"},
    {"kids", "children", "child"},
    {"mom", "mother"},
    {"dad", "father"},
    {"husband", "wife", "spouse", "partner"},
]
Pieces = list[tuple[str, bool]]


@dataclass(frozen=True)
class Asked:
    """What was typed, as groups of beginnings: a page fits a word when it holds any beginning of its group."""

    text: str
    words: list[str]
    groups: list[list[str]]

    @classmethod
    def parse(cls, text: str) -> "Asked":
        typed = " ".join(text[:LONGEST_QUERY].replace("\x00", " ").split())
        every = list(dict.fromkeys(tokens(typed)))
        words = ([word for word in every if word not in _COMMON] or every)[:MOST_WORDS]
        return cls(typed, words, [_group(word) for word in words])

    @property
    def stems(self) -> list[str]:
        return [beginning for group in self.groups for beginning in group]


@dataclass(frozen=True)
class Found:
    """One page, its title and the passage that fits, cut into (text, is it a hit)."""

    page: Publication
    title: Pieces
    passage: Pieces


@dataclass(frozen=True)
class Results:
    """The answer to a search: pages, best first; topics that fit; another spelling, when nothing was found."""

    asked: Asked
    found: list[Found] = field(default_factory=list)
    topics: list[Topic] = field(default_factory=list)
    did_you_mean: str = ""
    is_loose: bool = False  # some pages hold only a part of the words

    @property
    def is_about_safety(self) -> bool:
        near = [*self.topics, *(topic for item in self.found[:3] for topic in item.page.topics.all())]
        return any(topic.is_safety for topic in near)


def search(text: str, reader: Reader) -> Results:
    """Pages this reader may see that fit the words, best first. Never raises, whatever was typed."""
    asked = Asked.parse(text)
    if not asked.groups:
        return Results(asked)
    pages = shown_to(reader)
    best, is_loose = _best(pages, asked)
    order = {pk: place for place, pk in enumerate(best)}
    loaded = sorted(pages.filter(pk__in=best), key=lambda page: order[page.pk])
    topics = [topic for topic in topics_for(reader) if _held(folded(topic.title, topic.summary), asked.groups)]
    return Results(
        asked,
        [Found(page, pieces(page.title, asked.stems), _passage(page, asked.stems)) for page in loaded],
        topics,
        "" if loaded else _other_spelling(pages, asked),
        is_loose,
    )


def pieces(text: str, stems: Iterable[str]) -> Pieces:
    """A text cut into what fits and what does not; a template marks and escapes it."""
    cut: Pieces = []
    for part in re.split(r"([\w'’]+)", text):
        is_hit = any(token.startswith(tuple(stems)) for token in tokens(part))
        if cut and cut[-1][1] == is_hit:
            cut[-1] = (cut[-1][0] + part, is_hit)
        elif part:
            cut.append((part, is_hit))
    return cut


def _group(word: str) -> list[str]:
    same = next((group for group in _SAME if word in group), {word})
    return [stem(word), *sorted({stem(other) for other in same} - {stem(word)})]


def _holds(group: list[str]) -> Q:
    return reduce(or_, [Q(words__contains=f" {beginning}") for beginning in group])


def _best(pages: QuerySet[Publication], asked: Asked) -> tuple[list[int], bool]:
    """The ids of the best pages. Those that hold every word come before those that hold some."""
    each = [_holds(group) for group in asked.groups]
    rows = _candidates(pages.filter(reduce(and_, each)))
    whole = len(rows)
    if whole < ENOUGH and len(each) > 1:
        some = _candidates(pages.filter(reduce(or_, each)).exclude(pk__in=[pk for pk, _, _ in rows]))
        rows += [row for row in some if _held(row[2], asked.groups) * 2 >= len(each)] or ([] if rows else some)
    ranked = sorted(rows, key=lambda row: -_score(row[1], row[2], asked.groups))
    return [pk for pk, _, _ in ranked[:SHOWN]], len(rows) > whole


def _candidates(pages: QuerySet[Publication]) -> list[tuple[int, str, str]]:
    newest = pages.prefetch_related(None).order_by("-published_at", "-id")
    return list(newest.values_list("pk", "title", "words")[:CANDIDATES])


def _score(title: str, words: str, groups: list[list[str]]) -> float:
    """How well a page fits: words it holds, most; in its title, next; how often, a little."""
    head = folded(title)
    score = 0.0
    for group in groups:
        times = sum(words.count(f" {beginning}") for beginning in group)
        in_title = any(f" {beginning}" in head for beginning in group)
        exact = f" {group[0]}" in words
        score += 10 * bool(times) + 6 * in_title + exact + min(times, 8) / 4
    return score


def _held(words: str, groups: list[list[str]]) -> int:
    """How many of the asked words a page holds."""
    return sum(any(f" {beginning}" in words for beginning in group) for group in groups)


def _passage(page: Publication, stems: list[str]) -> Pieces:
    """The passage around the first word that fits, from the intro, the letter or the answer."""
    lines = f"{page.intro}\n{page.question_text}\n{plain_text(page.answer_html)}".splitlines()
    text = " · ".join(" ".join(line.split()) for line in lines if line.strip())
    cut = pieces(text, stems)
    start = len(cut[0][0]) if cut and not cut[0][1] and len(cut) > 1 else 0
    begin = max(0, start - SNIPPET // 3)
    begin = text.find(" ", begin) + 1 if begin else 0
    end = text.rfind(" ", begin, begin + SNIPPET) if len(text) > begin + SNIPPET else len(text)
    passage = ("… " if begin else "") + text[begin:end] + (" …" if end < len(text) else "")
    return pieces(passage, stems)


def _other_spelling(pages: QuerySet[Publication], asked: Asked) -> str:
    """The typed words with the nearest known word in place of each unknown one; empty when nothing is near."""
    titles = pages.prefetch_related(None).values_list("title", "label")[:CANDIDATES]
    known = {word for row in titles for text in row for word in tokens(text)}
    known |= {word for title in Topic.objects.values_list("title", flat=True) for word in tokens(title)}
    known |= {word for group in _SAME for word in group}
    better = [(difflib.get_close_matches(word, sorted(known), 1, 0.75) or [word])[0] for word in asked.words]
    return " ".join(better) if better != asked.words else ""
