"""Bringing an archive in: looked at first without writing, mapped to topics, the same result however often it is done."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify

from ..models import OldAddress, Publication, Topic
from .entries import Entry, Unusable

TITLE, LABEL, BY = 160, 80, 160  # as long as the columns of Publication; a test compares
LONGEST_PATH = 400
_SAME = ("title", "label", "intro", "question_text", "answer_html", "answered_by", "audience", "answered_on")


class Held(Unusable):
    """Somebody must look at this entry before it is published here."""


@dataclass
class Report:
    """What was done, or would be: how many of each, what was skipped or held and why, topics that nobody mapped."""

    counts: Counter[str] = field(default_factory=Counter)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    held: list[tuple[str, str]] = field(default_factory=list)
    unknown_topics: Counter[str] = field(default_factory=Counter)

    def __str__(self) -> str:
        return ", ".join(f"{self.counts[word]} {word}" for word in ("new", "changed", "unchanged", "skipped", "held"))


class Importer:
    """Takes entries one by one, each in its own transaction; with `dry` it writes nothing.

    `look` says why a new or changed entry must wait for a person's eyes, or "". It is handed in: looking for names is workflow's.
    """

    def __init__(
        self,
        *,
        topics: Mapping[str, str] | None = None,
        dry: bool = False,
        look: Callable[[str, Entry], str] = lambda name, entry: "",
    ) -> None:
        ours = {topic.slug: topic for topic in Topic.objects.all()}
        by_title = {slugify(topic.title): topic for topic in ours.values()}
        mapped = {theirs: ours[slug] for theirs, slug in (topics or {}).items() if slug in ours}
        self.topics = {**by_title, **ours, **mapped}
        self.dry = dry
        self.look = look
        self.report = Report()
        self.seen: set[str] = set()

    def take(self, rows: Iterable[tuple[str, Entry | Unusable]]) -> Iterator[str]:
        """Work through the rows; yields what became of each, for the progress bar."""
        for name, entry in rows:
            try:
                if isinstance(entry, Unusable):
                    raise entry
                outcome = self._one(name, entry)
            except Held as reason:
                outcome = "held"
                self.report.held.append((name, str(reason)))
            except Unusable as reason:
                outcome = "skipped"
                self.report.skipped.append((name, str(reason)))
            self.report.counts[outcome] += 1
            yield outcome

    def _one(self, name: str, entry: Entry) -> str:
        self._check(entry)
        known = OldAddress.objects.select_related("page").filter(path=entry.path).first()
        words = _words(entry)
        topics = self._topics(entry)
        if known is None:
            self._hold(name, entry)
            if not self.dry:
                _make(entry, words, topics)
            return "new"
        page = known.page
        if page.withdrawn_at is not None:
            raise Unusable("It was taken down here. It stays down.")
        had = {topic.pk for topic in page.topics.all()}
        if all(getattr(page, column) == words[column] for column in _SAME) and had == {topic.pk for topic in topics}:
            return "unchanged"
        self._hold(name, entry)
        if not self.dry:
            _change(page, words, topics)
        return "changed"

    def _hold(self, name: str, entry: Entry) -> None:
        if reason := self.look(name, entry):
            raise Held(reason)

    def _check(self, entry: Entry) -> None:
        if not entry.title:
            raise Unusable("It has no title.")
        for what, text, most in (
            ("title", entry.title, TITLE),
            ("“who asks”", entry.label, LABEL),
            ("name of who answered", entry.answered_by, BY),
            ("address", entry.path, LONGEST_PATH),
        ):
            if len(text) > most:
                raise Unusable(f"The {what} is longer than {most} characters.")
        if len(entry.question) > settings.LETTER_MAX_CHARS:
            raise Unusable(f"The letter is longer than {settings.LETTER_MAX_CHARS:,} characters.")
        if entry.path in self.seen:
            raise Unusable("Another entry of this file has the same address.")
        self.seen.add(entry.path)

    def _topics(self, entry: Entry) -> list[Topic]:
        found = {}
        for name in entry.topics:
            if topic := self.topics.get(name) or self.topics.get(slugify(name)):
                found[topic.pk] = topic
            else:
                self.report.unknown_topics[name] += 1
        return list(found.values())


def _words(entry: Entry) -> dict[str, object]:
    return {
        "title": entry.title,
        "label": entry.label,
        "intro": entry.intro,
        "question_text": entry.question,
        "answer_html": entry.answer_html,
        "answered_by": entry.answered_by,
        "audience": entry.audience,
        "answered_on": entry.answered_on,
    }


@transaction.atomic
def _make(entry: Entry, words: dict[str, object], topics: list[Topic]) -> None:
    """Old answers are due for a person's eyes when their year is over; readers are told so on the page."""
    page = Publication(
        slug=Publication.free_slug(entry.title),
        reviewed_on=entry.answered_on,
        review_by=entry.answered_on + timedelta(days=round(settings.PAGE_REVIEW_MONTHS * 365 / 12)),
        published_at=datetime.combine(entry.answered_on, time(12), tzinfo=UTC),
        **words,
    )
    page.save(topics=topics)
    OldAddress.objects.create(path=entry.path, page=page)


@transaction.atomic
def _change(page: Publication, words: dict[str, object], topics: list[Topic]) -> None:
    for name, value in words.items():
        setattr(page, name, value)
    page.save(topics=topics)
