"""Topics: the situations by which readers find answers."""

from django.db import models


class Topic(models.Model):
    """A situation, in readers' words. Pages of a safety topic always carry crisis help."""

    slug = models.SlugField(unique=True)
    title = models.CharField(max_length=80)
    summary = models.CharField(max_length=240, blank=True)
    order = models.PositiveSmallIntegerField(default=100)
    is_safety = models.BooleanField(default=False)

    class Meta:
        ordering = ["order", "title"]

    def __str__(self) -> str:
        return self.title
