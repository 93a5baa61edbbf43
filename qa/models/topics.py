"""Topics: the situations by which readers find answers, of four kinds."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import models
from django.db.models import F
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from ..tongues import SPANISH, speaking


class Kind(models.TextChoices):
    """What a topic says about a situation; readers combine one of each."""

    RELATIONSHIP = "relationship", _("Who is it about?")
    SUBSTANCE = "substance", _("What are they using?")
    STAGE = "stage", _("Where do things stand?")
    NEED = "need", _("What do you need?")


@dataclass(frozen=True)
class Said:
    """What readers read of a topic."""

    title: str
    summary: str
    content_note: str


class Topic(models.Model):
    """A situation, in readers' words. Pages of a safety topic always carry crisis help.

    How many letters it has is counted when one is published or withdrawn, never when a page is read.
    """

    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=80)
    summary = models.CharField(max_length=240, blank=True)
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.NEED)
    order = models.PositiveSmallIntegerField(default=100)
    is_safety = models.BooleanField(default=False)
    content_note = models.CharField(
        max_length=200,
        blank=True,
        help_text="Shown before a letter, for example: This letter speaks about an overdose.",
    )
    title_es = models.CharField(max_length=80, blank=True, help_text="In Spanish; empty: readers see the English title")
    summary_es = models.CharField(max_length=240, blank=True)
    content_note_es = models.CharField(max_length=200, blank=True)
    public_letters = models.PositiveIntegerField(default=0, editable=False)
    members_letters = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["order", "title"]

    def __str__(self) -> str:
        return self.title

    @property
    def said(self) -> "Said":
        """Its words in the language of the page; all in English while the title has no translation."""
        if speaking() == SPANISH and self.title_es:
            return Said(self.title_es, self.summary_es, self.content_note_es)
        return Said(self.title, self.summary, self.content_note)

    @property
    def kind_order(self) -> int:
        return Kind.values.index(self.kind)

    @classmethod
    def count(cls, topic_ids: Iterable[int], audience: str, by: int) -> None:
        """One letter more or fewer for this audience."""
        field = f"{audience}_letters"
        cls.objects.filter(pk__in=list(topic_ids)).update(**{field: Greatest(F(field) + by, 0)})
