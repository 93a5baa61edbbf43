"""Search over what is published: one face, the same on SQLite and PostgreSQL, forgiving of whatever is typed.

The index (qa/fulltext.py) names a capped set of candidates, pages with the words in their title first; only these are
ranked, so the time stays bounded however much is published.
"""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.core.paginator import Paginator
from django.utils.translation import gettext

from .asked import LONGEST_QUERY, Asked, Group, Hits, Pieces, passage, pieces
from .everyday import COMMON, SAME
from .fulltext import index
from .models import Publication, Topic
from .querysets import Reader, audience_terms, shown_to, topics_for, wanted_terms
from .sanitize import plain_text
from .words import folded, tokens

__all__ = ["LONGEST_QUERY", "Results", "pieces", "search", "similar"]

TITLE_CANDIDATES = 60
CANDIDATES = 200  # newest first; only these are ranked
SHOWN = 10  # on one page
ENOUGH = 5  # with fewer pages that hold every word, pages that hold some are offered too
ASK_AFTER = 200  # characters of a letter before similar answers are offered
MOST_SIMILAR = 3
_TELLING = 12


@dataclass(frozen=True)
class Found:
    """One page, its title and the passage that fits, cut into (text, is it a hit)."""

    page: Publication
    title: Pieces
    passage: Pieces


@dataclass(frozen=True)
class Results:
    """The answer to a search: a page of letters, best first; topics that fit; the spelling that was looked for instead."""

    asked: Asked
    found: list[Found] = field(default_factory=list)
    number: int = 0  # letters on all pages
    has_more: bool = False  # more letters hold the words than are ranked
    page: int = 1
    next_page: int = 0  # none on the last one
    topics: list[Topic] = field(default_factory=list)
    did_you_mean: str = ""
    is_loose: bool = False  # some pages hold only a part of the words

    @property
    def is_about_safety(self) -> bool:
        near = [*self.topics, *(topic for item in self.found[:3] for topic in item.page.topics.all())]
        return any(topic.is_safety for topic in near)


@dataclass(frozen=True)
class Similar:
    """A published answer that may help before a letter is sent, and why."""

    page: Publication
    reason: str


def search(text: str, reader: Reader, *, about: Sequence[Topic] = (), page: str = "1") -> Results:
    """Letters this reader may see that fit the words, best first. Never raises, whatever was typed.

    Unreadable pages are the first one, those behind the last one are the last.
    """
    asked = Asked.parse(text)
    if not asked.groups:
        return Results(asked)
    within = wanted_terms(reader, about)
    topics = list(topics_for(reader))
    best, is_loose = _best(within, asked.groups)
    mended = asked
    if not best and (spelling := _other_spelling(asked, topics, within)):
        mended = Asked.parse(spelling)
        best, is_loose = _best(within, mended.groups)
    shown = Paginator(best, SHOWN).get_page(page)
    hits = Hits(mended.groups)
    loaded = Publication.in_order(shown_to(reader), list(shown))
    return Results(
        asked,
        [Found(letter, pieces(letter.title, hits), _passage(letter, hits)) for letter in loaded],
        len(best),
        len(best) >= CANDIDATES,
        shown.number,
        shown.next_page_number() if shown.has_next() else 0,
        [topic for topic in topics if _held(folded(topic.title, topic.summary), mended.groups)],
        "" if mended is asked else mended.text,
        is_loose,
    )


def similar(text: str, reader: Reader) -> list[Similar]:
    """At most three answers to letters like this one. Nothing of the text is kept or logged."""
    if len(text.strip()) < ASK_AFTER:
        return []
    weights = _telling(text)
    groups = {word: Group.of(word) for word in weights}
    terms = [term for group in groups.values() for term in group.terms]
    rows = _rows(index.newest([*audience_terms(reader), terms], CANDIDATES))
    fits = [(_weigh(words, groups, weights), pk) for pk, _, words in rows]
    best = [pk for score, pk in sorted(fits, key=lambda fit: (-fit[0], -fit[1])) if score >= 2][:MOST_SIMILAR]
    return [Similar(page, _why(page, groups)) for page in Publication.in_order(shown_to(reader), best)]


def _telling(text: str) -> dict[str, float]:
    """The words of a letter that say most about it: known to our pages, and on few of them."""
    words = [word for word in dict.fromkeys(tokens(text[:4_000])) if word not in COMMON and len(word) > 2]
    pages = index.pages_with(words)
    named = frozenset().union(*SAME)
    known = {word: pages.get(word, 0) for word in words if word in pages or word in named}
    rarest = sorted(known, key=lambda word: (word not in named, known[word]))[:_TELLING]
    return {word: 2.0 if word in named else 1.0 / (1 + known[word] / 50) for word in rarest}


def _weigh(words: str, groups: dict[str, Group], weights: dict[str, float]) -> float:
    return sum(weights[word] for word, group in groups.items() if group.times(words))


def _why(page: Publication, groups: dict[str, Group]) -> str:
    """In a few words what the page shares with the letter."""
    said = set(tokens(f"{page.title} {page.label} {page.question_text}"))
    shared = [word for word, group in groups.items() if any(group.fits(token) for token in said)]
    topics = ", ".join(topic.said.title for topic in page.topics.all()[:2])
    if shared:
        return gettext("Also about: {words}").format(words=", ".join(shared[:3]))
    return gettext("About: {topics}").format(topics=topics) if topics else gettext("About the same words")


def _best(within: list[list[str]], groups: list[Group]) -> tuple[list[int], bool]:
    """The numbers of the best pages. Those that hold every word come before those that hold some."""
    each = index.written_out([group.terms for group in groups])
    titles = [f"={term}" for terms in each for term in terms]
    every = index.newest([*within, *each, titles], TITLE_CANDIDATES)
    every += index.newest([*within, *each], CANDIDATES)
    rows = _rows(dict.fromkeys(every))
    whole = len(rows)
    if whole < ENOUGH and len(each) > 1:
        known = {pk for pk, _, _ in rows}
        any_of = [term for terms in each for term in terms]
        some = [row for row in _rows(index.newest([*within, any_of], CANDIDATES)) if row[0] not in known]
        rows += [row for row in some if _held(row[2], groups) * 2 >= len(each)] or ([] if rows else some)
    ranked = sorted(rows, key=lambda row: -_score(row[1], row[2], groups))
    return [pk for pk, _, _ in ranked], len(rows) > whole


def _rows(places: Iterable[int]) -> list[tuple[int, str, str]]:
    """Number, title and words of the pages at these places, newest first."""
    pages = Publication.objects.filter(place__in=list(places), withdrawn_at__isnull=True).order_by("-place")
    return list(pages.values_list("pk", "title", "words"))


def _score(title: str, words: str, groups: list[Group]) -> float:
    """How well a page fits: words it holds, most; in its title, next; how often, a little; the typed word itself."""
    head = folded(title)
    score = 0.0
    for group in groups:
        times = group.times(words)
        exact = any(f" {name}" in words for name in (group.beginnings or group.whole)[:1])
        score += 10 * bool(times) + 6 * bool(group.times(head)) + exact + min(times, 8) / 4
    return score


def _held(words: str, groups: list[Group]) -> int:
    """How many of the asked words a page holds."""
    return sum(bool(group.times(words)) for group in groups)


def _passage(page: Publication, hits: Hits) -> Pieces:
    """From the letter; from the answer where only that holds a word."""
    asked = passage(f"{page.intro}\n{page.question_text}", hits)
    if any(is_hit for _, is_hit in asked):
        return asked
    answered = passage(plain_text(page.answer_html), hits)
    return answered if any(is_hit for _, is_hit in answered) else asked


def _other_spelling(asked: Asked, topics: list[Topic], within: list[list[str]]) -> str:
    """The typed words with the nearest known one for each unknown; empty when that leads to no page of this reader."""
    ours = {word for topic in topics for word in tokens(topic.title)} | {word for group in SAME for word in group}
    better = [_nearest(word, ours) for word in asked.words]
    if better == asked.words:
        return ""
    leads_on = index.newest([*within, [term for word in better for term in Group.of(word).terms]], 1)
    return " ".join(better) if leads_on else ""


def _nearest(word: str, ours: set[str]) -> str:
    near = {*index.near(word), *ours}
    return word if word in near else (difflib.get_close_matches(word, sorted(near), 1, 0.75) or [word])[0]
