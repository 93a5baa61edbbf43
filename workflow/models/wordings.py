"""Words that administrators write in place of the shipped ones, in versions. Nothing is written over."""

from typing import Self

from django.conf import settings
from django.db import models
from django.utils import timezone


class WordsVersion(models.Model):
    """One version of one text in one language. The newest counts.

    Without `words` it stands for the shipped ones: somebody went back to them.
    """

    template = models.CharField(max_length=40)
    language = models.CharField(max_length=8)
    words = models.JSONField(default=dict, blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)

    @classmethod
    def edited(cls) -> dict[tuple[str, str], Self]:
        """The newest version of every text that does not stand as shipped, by text and language."""
        rows = cls._default_manager
        newest = rows.order_by().values("template", "language").annotate(newest=models.Max("pk")).values("newest")
        return {(row.template, row.language): row for row in rows.filter(pk__in=newest) if row.words}

    class Meta:
        abstract = True
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"version {self.pk} of {self.template} ({self.language})"


class PlaybookWords(WordsVersion):
    """A playbook: its steps, and its words for members. `template` is the playbook's key."""

    class Meta(WordsVersion.Meta):
        indexes = [models.Index(fields=["template", "language", "id"], name="playbook_versions")]
