"""What an administrator types about a help line: the entry itself, and how it was checked."""

from collections.abc import Mapping
from copy import copy
from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from qa.models import HelpLine
from qa.models.helplines import numbers_changed

from ..models.checks import LABELS

DAYS = 90  # how long a check is good for
LONGEST = timedelta(days=370)


def _day(label: str, help_text: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        help_text=help_text,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"required": "Write the day.", "invalid": "Write the day like 2026-03-31."},
    )


class CheckForm(forms.Form):
    """How, when, and by when again."""

    source = forms.CharField(
        label="How did you check it?",
        max_length=200,
        help_text="The address of its own page, or “called, somebody answered”.",
        error_messages={"required": "Say how you checked it: its own page, or a call."},
    )
    checked_on = _day("On which day?", "")
    review_by = _day("Look at it again by", "Ninety days are a good time.")

    @classmethod
    def of(cls, line: HelpLine, data: Any = None) -> "CheckForm":
        today = timezone.localdate()
        initial = {"checked_on": today, "review_by": today + timedelta(days=DAYS)}
        return cls(data, initial=initial, auto_id=f"line-{line.pk}-%s")

    def clean_checked_on(self) -> date:
        day: date = self.cleaned_data["checked_on"]
        if day > timezone.localdate():
            raise forms.ValidationError("That day is still to come. Write the day on which you checked it.")
        return day

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        day, until = cleaned.get("checked_on"), cleaned.get("review_by")
        if day and until and not timezone.localdate() < until <= day + LONGEST:
            self.add_error("review_by", "Choose a day after today, and within a year of the check.")
        return cleaned


class LineForm(forms.ModelForm):  # type: ignore[type-arg]
    """An entry of the registry, in the words of the people who look after it."""

    class Meta:
        model = HelpLine
        fields = tuple(LABELS)
        labels = LABELS
        help_texts = {
            "key": "Small letters and dashes. It stays for good.",
            "number": "As people read it, e.g. 1-800-662-4357. Letters as on a keypad may stand in it.",
            "tel": "Must be the number above. For a call: tel:+18006624357. For a text: sms:741741.",
            "when": "One short phrase, e.g. If you are worried about a child.",
            "also": "Text, chat, other languages.",
            "is_not": "One sentence, e.g. Not for emergencies.",
            "sources": "One address or title a line.",
            "order": "Small numbers come first.",
            "name_es": "Left empty, the English name is shown.",
            "number_es": "Only where other words are shown, e.g. Mande AYUDA al 741741. The number must be the same.",
            "in_strip": "",
            "press_es": "Shown beside the number on Spanish pages, e.g. oprima 2.",
            "when_es": "Left empty, the whole entry is shown in English.",
        }

    def clean(self) -> dict[str, Any]:
        """While a change of its numbers waits there is nothing to change about them: the second person decides first."""
        cleaned = super().clean() or {}
        line = self.instance
        if line.pk and line.changes.waiting().exists():
            before = HelpLine.everything.get(pk=line.pk)
            for name in numbers_changed(before, copied(before, cleaned)):
                self.add_error(
                    name, "A change of this entry's numbers waits for a moderator. This can be changed after it."
                )
        return cleaned


def copied(line: HelpLine, said: Mapping[str, Any]) -> HelpLine:
    """The entry as it would be with these words."""
    made = copy(line)
    for name, value in said.items():
        setattr(made, name, value)
    return made
