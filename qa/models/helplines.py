"""The registry of help lines: the one place where the numbers on every page come from."""

from collections.abc import Iterable
from copy import copy
from datetime import date
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.timezone import localdate

from ..dialing import is_target, link, numbers_named, reaches
from ..tongues import ENGLISH, SPANISH, speaking

SAID = ("name", "short_name", "number", "when", "details", "also", "hours", "languages", "is_not")
IN_SPANISH = tuple(f"{name}_es" for name in SAID)
# What leads somewhere when it is dialled: the shown numbers, the target of a tap, the key to press.
NUMBERS = ("number", "tel", "number_es", "press_es")
FIXED = ("911", "988")  # templates, cards and playbooks count on them; always shown, never changed in the browser
TO_CHECK = "C"


class HelpLineQuerySet(models.QuerySet["HelpLine"]):
    def overdue(self, today: date) -> "HelpLineQuerySet":
        """Past their day, or not checked since their number was changed."""
        return self.filter(models.Q(verified_on__isnull=True) | models.Q(review_by__lt=today))


class WithNumber(models.Manager["HelpLine"]):
    """The lines that have a number; a new one gets it with the yes of a second person (docs/adr/0019)."""

    def get_queryset(self) -> HelpLineQuerySet:
        return HelpLineQuerySet(self.model, using=self._db).exclude(number="")

    def overdue(self, today: date) -> HelpLineQuerySet:
        return self.get_queryset().overdue(today)


class HelpLine(models.Model):
    """One line a person can call or write to, with its sources and the day they were last checked.

    `certainty`: A an official page was seen, B several consistent pages, C must still be checked live (FIELD.md).
    `verified_on`: empty while nobody has checked it since a number in it was changed.
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
    certainty = models.CharField(
        max_length=1,
        default=TO_CHECK,
        choices=[
            ("A", "Sure: its own page was read, or it was called"),
            ("B", "Fairly sure: several pages agree"),
            (TO_CHECK, "Not sure: it must still be checked"),
        ],
    )
    verified_on = models.DateField(null=True, blank=True)
    review_by = models.DateField(default=localdate)
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
    press_es = models.CharField(max_length=40, blank=True)
    spoken_in = ENGLISH
    press = ""  # said after the number, to those who are told the line in Spanish

    everything: ClassVar[models.Manager["HelpLine"]] = models.Manager()
    objects: ClassVar[WithNumber] = WithNumber()

    class Meta:
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.name

    @property
    def link(self) -> str:
        """Where a tap on the number leads."""
        return link(self.tel, self.number)

    @property
    def is_fixed(self) -> bool:
        return self.key in FIXED

    def clean(self) -> None:
        """What is shown is what is dialled, in both languages: somebody in danger may do either."""
        if not self.tel or not self.number:
            return
        if not is_target(self.tel):
            raise ValidationError({"tel": "Write tel: and the number for a call, or sms: and the number for a text."})
        for name in ("number", "number_es"):
            if (shown := getattr(self, name)) and not reaches(self.tel, shown):
                said = (
                    f"A tap dials {self.tel.partition(':')[2]}, but “{shown}” is shown. Both must be the same number."
                )
                raise ValidationError({"tel": said})

    def save(self, *args: Any, **kwargs: Any) -> None:
        """A number that changes is remembered, so that every answer that names it can be found; its check is gone with it."""
        if self.spoken_in != ENGLISH:
            raise ValueError("This is a line as it is read, not the row of the registry.")
        before = type(self).everything.filter(pk=self.pk).first()
        if before and before.number not in {"", self.number}:
            earlier = [line for line in self.earlier_numbers.splitlines() if line != self.number]
            self.earlier_numbers = "\n".join(dict.fromkeys([*earlier, before.number]))
        if before and numbers_changed(before, self):
            self.verified_on, self.certainty = None, TO_CHECK
        super().save(*args, **kwargs)

    def spoken(self) -> "HelpLine":
        """The line as this page's readers are told it; in English while nobody has translated it. Never saved."""
        if speaking() != SPANISH or not self.when_es:
            return self
        said = copy(self)
        for field in SAID:
            own = getattr(self, f"{field}_es")
            setattr(said, field, own or (getattr(self, field) if field in {"name", "short_name", "number"} else ""))
        said.spoken_in, said.press = SPANISH, self.press_es
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
        """Checked, and not overdue; the emergency numbers always, for an answer may have to name them."""
        return self.is_fixed or not self.is_overdue(today=today)

    def is_overdue(self, *, today: date) -> bool:
        return self.verified_on is None or self.review_by < today


def numbers_changed(before: HelpLine, after: HelpLine) -> dict[str, str]:
    """The fields of an entry that would lead somebody elsewhere than before, with what they say now."""
    changed = {name: getattr(after, name) for name in NUMBERS if getattr(after, name) != getattr(before, name)}
    for name in (*SAID, *IN_SPANISH):
        if numbers_named(getattr(before, name)) != numbers_named(getattr(after, name)):
            changed[name] = getattr(after, name)
    return changed


def trusted(lines: Iterable[HelpLine], *, today: date) -> list[HelpLine]:
    """The lines to offer: what is overdue drops out, but never the emergency numbers, and never the last line there is."""
    known = list(lines)
    return [line for line in known if line.may_be_offered(today=today)] or known
