"""Snippets: passages that experts insert by their key. Each has an owner and a day by which it is looked at again."""

import re
from collections.abc import Mapping
from datetime import date
from html import escape

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from ..sanitize import as_paragraphs, clean_html

# What may stand in double brackets, and what it becomes when the passage is inserted.
VARIABLES = {
    "expert": "the name of who writes the answer",
    "topic": "the first topic of the question",
    "today": "the day",
    "site": "the name of this service",
}
VARIABLE = re.compile(r"\[\[\s*([^\[\]]*?)\s*\]\]")


class Snippet(models.Model):
    """A passage for answers, kept clean like an answer itself. `version` grows with every change of its words.

    [[expert]] and its like are filled in when it is inserted; anything else in double brackets is refused.
    """

    key = models.SlugField(unique=True, help_text="What experts choose it by, e.g. naloxone-at-home")
    title = models.CharField(max_length=120)
    body = models.TextField(help_text="Plain text (an empty line parts paragraphs), or the markup an answer may have")
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    review_by = models.DateField(help_text="By this day somebody looks whether it is still right")
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        ordering = ["key"]
        verbose_name = "passage to insert"
        verbose_name_plural = "passages to insert"

    def __str__(self) -> str:
        return self.key

    def clean(self) -> None:
        unknown = [name for name in dict.fromkeys(VARIABLE.findall(self.body)) if name not in VARIABLES]
        if unknown:
            named = ", ".join(f"[[{name}]]" for name in unknown)
            known = ", ".join(f"[[{name}]] ({what})" for name, what in VARIABLES.items())
            raise ValidationError({"body": f"Not known: {named}. You can use {known}."})

    def filled(self, words: Mapping[str, str]) -> str:
        """The passage with every variable in its place."""
        return VARIABLE.sub(lambda found: escape(words[found[1]]), self.body)

    def keep(self) -> None:
        """Clean the words, and count a version when they changed. Unknown variables are refused."""
        self.clean()
        self.body = clean_html(as_paragraphs(self.body))
        before = Snippet.objects.filter(pk=self.pk).values_list("body", flat=True).first() if self.pk else None
        if before is not None and before != self.body:
            self.version += 1
        self.save()

    def is_overdue(self, *, today: date) -> bool:
        return self.review_by < today
