"""Snippets: passages that experts insert by their key. Each has an owner and a day by which it is looked at again."""

from datetime import date

from django.conf import settings
from django.db import models

from ..sanitize import as_paragraphs, clean_html


class Snippet(models.Model):
    """A passage for answers, kept clean like an answer itself. `version` grows with every change of its words."""

    key = models.SlugField(unique=True, help_text="What experts choose it by, e.g. naloxone-at-home")
    title = models.CharField(max_length=120)
    body = models.TextField(help_text="Plain text (an empty line parts paragraphs), or the markup an answer may have")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    review_by = models.DateField(help_text="By this day somebody looks whether it is still right")
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["key"]

    def __str__(self) -> str:
        return self.key

    def keep(self) -> None:
        """Clean the words, and count a version when they changed."""
        self.body = clean_html(as_paragraphs(self.body))
        before = Snippet.objects.filter(pk=self.pk).values_list("body", flat=True).first() if self.pk else None
        if before is not None and before != self.body:
            self.version += 1
        self.save()

    def is_overdue(self, *, today: date) -> bool:
        return self.review_by < today
