"""Publications: the only table the reading room reads, so that an unpublished letter cannot leak by a missing filter."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.text import slugify

from ..fulltext import LONGEST_TERM, Terms, index
from ..sanitize import plain_text
from ..tongues import ENGLISH, written_in
from ..words import folded, tokens
from .letters import Audience
from .questions import Question
from .topics import Topic

LONGEST_SLUG = 70  # leaves room for a number behind it
_ERASED = re.compile(r"gone_[0-9a-f]{40}")


def cut_at_a_word(slug: str) -> str:
    """As many whole words as an address holds; a single endless word is cut where it must be."""
    if len(slug) <= LONGEST_SLUG:
        return slug
    words, _, _ = slug[: LONGEST_SLUG + 1].rpartition("-")
    return words or slug[:LONGEST_SLUG]


def erased_slug(slug: str) -> str:
    """What is kept in place of an erased page's address: enough to say 410 to who asks for it, and nothing to read."""
    return "gone_" + salted_hmac("address of an erased page", slug, algorithm="sha256").hexdigest()[:40]


class Publication(models.Model):
    """The public snapshot of one question and its approved answer. Withdrawn ones keep their address and say 410."""

    slug = models.SlugField(max_length=80, unique=True)
    question = models.OneToOneField(
        Question, on_delete=models.SET_NULL, null=True, blank=True, related_name="publication"
    )
    title = models.CharField(max_length=160)
    label = models.CharField(max_length=80, blank=True)
    intro = models.TextField(blank=True)
    question_text = models.TextField()
    answer_html = models.TextField()
    answered_by = models.CharField(max_length=160, blank=True)
    language = models.CharField(max_length=8, default=ENGLISH, editable=False)  # it is written in; set by save()
    words = models.TextField(blank=True, editable=False, help_text="What search looks through; written by save()")
    place = models.BigIntegerField(null=True, blank=True, unique=True, editable=False)  # in the index; none: not in it
    topics = models.ManyToManyField(Topic, blank=True, related_name="publications")
    audience = models.CharField(max_length=7, choices=[(Audience.MEMBERS, "Members"), (Audience.PUBLIC, "Public")])
    answered_on = models.DateField()
    reviewed_on = models.DateField()
    review_by = models.DateField(null=True, blank=True)  # a person looks at it again by then
    may_index = models.BooleanField(default=False)  # the member agreed that search engines show it
    has_teaser = models.BooleanField(default=False)  # of a members' page: strangers may see title and label
    story = models.UUIDField(null=True, blank=True, db_index=True)  # the same for every part of one family's story
    helped = models.PositiveIntegerField(default=0)
    did_not_help = models.PositiveIntegerField(default=0)
    published_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-published_at", "-id"]
        indexes = [
            models.Index(
                fields=["-published_at", "-id"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="publication_shown",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(audience__in=[Audience.MEMBERS, Audience.PUBLIC]), name="publication_audience"
            )
        ]

    def __str__(self) -> str:
        return self.title

    @transaction.atomic
    def save(self, *args: Any, topics: Iterable[Topic] | None = None, **kwargs: Any) -> None:
        """Keeps the index in step with what the page says, in the same transaction. Withdrawn: out of it at once.

        `topics`: what it is filed under from now on.
        """
        is_new = self._state.adding
        said = "" if self.withdrawn_at else self.said()
        self.words = folded(said)
        if said:
            self.language = written_in(said)
        super().save(*args, **kwargs)
        if topics is not None:
            self.topics.set(topics)
        stored = type(self).objects.filter(pk=self.pk)
        old = None if is_new else stored.values_list("place", flat=True).get()
        self.place = None if self.withdrawn_at else place_of(self)
        if self.place != old:
            stored.update(place=self.place)
        terms = self.terms()
        _count(index.replace(old, self.place, terms), terms if self.place else frozenset())

    @classmethod
    def in_order(cls, pages: "models.QuerySet[Publication]", ids: Sequence[int]) -> "list[Publication]":
        """These pages, as far as they are among `pages`, in the order of their numbers given."""
        order = {pk: at for at, pk in enumerate(ids)}
        return sorted(pages.filter(pk__in=ids), key=lambda page: order[page.pk])

    @classmethod
    def free_slug(cls, title: str) -> str:
        """An address that no page has, made of the title; a few looks, however many pages have the same title."""
        base = cut_at_a_word(slugify(title)) or "letter"

        def named(number: int) -> str:
            return base if number == 1 else f"{base}-{number}"

        taken, free = 0, 1
        while cls.objects.filter(slug=named(free)).exists():
            taken, free = free, free * 2
        while free - taken > 1:
            middle = (taken + free) // 2
            if cls.objects.filter(slug=named(middle)).exists():
                taken = middle
            else:
                free = middle
        return named(free)

    def said(self) -> str:
        """Every word a reader sees, without markup."""
        return "\n".join([self.title, self.label, self.intro, self.question_text, plain_text(self.answer_html)])

    def terms(self) -> Terms:
        """What the index knows of the page."""
        words = {word[:LONGEST_TERM] for word in self.words.split()}
        title = {f"={word[:LONGEST_TERM]}" for word in tokens(self.title)}
        topics = {f"#{topic.pk}" for topic in self.topics.all()}
        language = {f"@{self.language}"} - {f"@{ENGLISH}"}  # few are not in English: only these are told apart
        return frozenset(words | title | topics | language | {f"@{self.audience}"})

    def get_absolute_url(self) -> str:
        return reverse("qa:publication", args=[self.slug])

    def is_overdue(self) -> bool:
        """Its answer should have been looked at again."""
        return self.review_by is not None and self.review_by < timezone.localdate()

    def is_for_search_engines(self) -> bool:
        return self.may_index and self.audience == Audience.PUBLIC and self.withdrawn_at is None

    @transaction.atomic
    def withdraw(self, *, erase: bool = False) -> None:
        """Take the page down: its address says 410 from now on, and its words are here no more; the sealed question
        and answer keep them for the member. With `erase` the address goes too, which is made of the title's words.
        """
        self.withdrawn_at = self.withdrawn_at or timezone.now()
        self.title = self.label = self.intro = self.question_text = self.answer_html = ""
        if erase and not _ERASED.fullmatch(self.slug):
            self.slug = erased_slug(self.slug)
            self.story = None
            self.topics.clear()
        self.save()
        index.forget()


class Correction(models.Model):
    """What was wrong on a page and since when it is right; readers see it with its day."""

    page = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="corrections")
    text = models.CharField(max_length=600)
    is_important = models.BooleanField(default=False)  # somebody could have been hurt by it: the member is told
    at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return f"correction of page {self.page_id}"


class OldAddress(models.Model):
    """Where an imported page was found before it came here: who asks there is sent on."""

    path = models.CharField(max_length=400, unique=True)
    page = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="old_addresses")

    def __str__(self) -> str:
        return self.path


def place_of(page: Publication) -> int:
    """Where a page stands among all: by the second it was published, then by its number."""
    return (int(page.published_at.timestamp()) << 32) | page.pk


def _count(before: Terms, after: Terms) -> None:
    """Topics know how many letters they have: move what changed from one count to the other."""
    for audience in (Audience.MEMBERS, Audience.PUBLIC):
        had = _topics(before) if f"@{audience}" in before else set()
        has = _topics(after) if f"@{audience}" in after else set()
        if gone := had - has:
            Topic.count(gone, audience, -1)
        if new := has - had:
            Topic.count(new, audience, 1)


def _topics(terms: Terms) -> set[int]:
    return {int(term[1:]) for term in terms if term.startswith("#")}
