"""The registry of help lines: the one place where the numbers on every page come from."""

from collections.abc import Iterable
from copy import copy
from datetime import date
from typing import Any

from django.db import models

from ..tongues import ENGLISH, SPANISH, speaking

SAID = ("name", "short_name", "number", "when", "details", "also", "hours", "languages", "is_not")


class HelpLine(models.Model):
    """One line a person can call or write to, with its sources and the day they were last checked.

    `certainty`: A an official page was seen, B several consistent pages, C must still be checked live (FIELD.md).
    """

    key = models.SlugField(unique=True)
    name = models.CharField(max_length=80)
    short_name = models.CharField(max_length=40)
    number = models.CharField(max_length=40, help_text="As shown, e.g. 1-800-662-4357")
    tel = models.CharField(max_length=40, help_text="Link target, e.g. tel:+18006624357")
    when = models.CharField(max_length=120, help_text="One short phrase: when to use it")
    details = models.TextField(blank=True)
    also = models.CharField(max_length=200, blank=True, help_text="Other ways: text, chat, languages")
    hours = models.CharField(max_length=80, blank=True)
    languages = models.CharField(max_length=80, default="English")
    audience = models.CharField(max_length=120, blank=True)
    is_not = models.CharField(max_length=200, blank=True, help_text="What it is not")
    country = models.CharField(max_length=2, default="US")
    sources = models.TextField(help_text="One address or title a line")
    certainty = models.CharField(max_length=1, choices=[("A", "A"), ("B", "B"), ("C", "C")])
    verified_on = models.DateField()
    review_by = models.DateField()
    order = models.PositiveSmallIntegerField(default=100)
    earlier_numbers = models.TextField(blank=True, editable=False)  # one a line; answers may still name them
    in_strip = models.BooleanField(default=False, help_text="Shown at the top of every page")
    # The same in Spanish. Without `when_es` the line is shown in English; a name or number left empty stays the English one.
    name_es = models.CharField(max_length=80, blank=True)
    short_name_es = models.CharField(max_length=40, blank=True)
    number_es = models.CharField(
        max_length=40, blank=True, help_text="Only where it differs, e.g. another word to send"
    )
    when_es = models.CharField(max_length=120, blank=True)
    details_es = models.TextField(blank=True)
    also_es = models.CharField(max_length=200, blank=True)
    hours_es = models.CharField(max_length=80, blank=True)
    languages_es = models.CharField(max_length=80, blank=True)
    is_not_es = models.CharField(max_length=200, blank=True)
    spoken_in = ENGLISH

    class Meta:
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A number that changes is remembered, so that every answer that names it can be found."""
        if self.spoken_in != ENGLISH:
            raise ValueError("This is a line as it is read, not the row of the registry.")
        before = type(self).objects.filter(pk=self.pk).values_list("number", flat=True).first()
        if before and before != self.number:
            earlier = [line for line in self.earlier_numbers.splitlines() if line != self.number]
            self.earlier_numbers = "\n".join(dict.fromkeys([*earlier, before]))
        super().save(*args, **kwargs)

    def spoken(self) -> "HelpLine":
        """The line as this page's readers are told it; in English while nobody has translated it. Never saved."""
        if speaking() != SPANISH or not self.when_es:
            return self
        said = copy(self)
        for field in SAID:
            own = getattr(self, f"{field}_es")
            setattr(said, field, own or (getattr(self, field) if field in {"name", "short_name", "number"} else ""))
        said.spoken_in = SPANISH
        return said

    def in_print(self) -> list[str]:
        """All that an answer may take over from the registry, in both languages: it tells nobody apart."""
        fields = (
            f"{field}{language}"
            for field in ("name", "short_name", "when", "hours", "is_not")
            for language in ("", "_es")
        )
        return [said for field in fields if (said := getattr(self, field))]

    def may_be_offered(self, *, today: date) -> bool:
        """Not overdue; the emergency numbers always, for an answer may have to name them."""
        return self.in_strip or not self.is_overdue(today=today)

    def is_overdue(self, *, today: date) -> bool:
        return self.review_by < today


def trusted(lines: Iterable[HelpLine], *, today: date) -> list[HelpLine]:
    """The lines to offer: what is overdue drops out, but never the emergency numbers, and never the last line there is."""
    known = list(lines)
    return [line for line in known if line.may_be_offered(today=today)] or known
