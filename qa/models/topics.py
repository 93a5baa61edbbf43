"""Topics: the situations by which readers find answers, of four kinds."""

from collections.abc import Iterable

from django.db import models
from django.db.models import F
from django.db.models.functions import Greatest


class Kind(models.TextChoices):
    """What a topic says about a situation; readers combine one of each."""

    RELATIONSHIP = "relationship", "Who is it about?"
    SUBSTANCE = "substance", "What are they using?"
    STAGE = "stage", "Where do things stand?"
    NEED = "need", "What do you need?"


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
    public_letters = models.PositiveIntegerField(default=0, editable=False)
    members_letters = models.PositiveIntegerField(default=0, editable=False)

    class Meta:
        ordering = ["order", "title"]

    def __str__(self) -> str:
        return self.title

    @property
    def kind_order(self) -> int:
        return Kind.values.index(self.kind)

    @classmethod
    def count(cls, topic_ids: Iterable[int], audience: str, by: int) -> None:
        """One letter more or fewer for this audience."""
        field = f"{audience}_letters"
        cls.objects.filter(pk__in=list(topic_ids)).update(**{field: Greatest(F(field) + by, 0)})
