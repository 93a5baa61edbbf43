"""What an administrator types after checking a help line."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from qa.models import HelpLine

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
