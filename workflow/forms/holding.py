"""What experts and reviewers type when a case changes hands."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User

from .triage import ExpertChoice


class HandOverForm(forms.Form):
    """To whom, and why if one likes."""

    to = ExpertChoice(
        queryset=User.objects.none(),
        label="To whom?",
        empty_label="Choose a colleague",
        error_messages={
            "required": "Choose a colleague.",
            "invalid_choice": "That colleague is away or does not answer questions any more. Choose somebody else.",
        },
    )
    reason = forms.CharField(
        label="Anything they should know? (not required)",
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": "Please keep it under 2,000 characters."},
    )

    def __init__(self, *args: Any, colleagues: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["to"]
        if isinstance(field, ExpertChoice):
            field.queryset = colleagues


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={"invalid": "Write the day like 2026-03-31."},
    )


class AwayForm(forms.Form):
    """The first and the last day away; both empty says that one is here."""

    first = _day("First day away")
    last = _day("Last day away")

    @classmethod
    def of(cls, person: User) -> "AwayForm":
        """The days that are written down, unless they are over."""
        is_to_come = person.away_until is not None and person.away_until >= timezone.localdate()
        return cls(initial={"first": person.away_from, "last": person.away_until} if is_to_come else {})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if self.errors or (first is None and last is None):
            return cleaned
        if first is None or last is None:
            self.add_error("first" if first is None else "last", "Choose this day too, or leave both empty.")
        elif last < first:
            self.add_error("last", "The last day is before the first one. Choose a later day.")
        elif last < timezone.localdate():
            self.add_error("last", "That day is over. Choose a later one, or leave both empty.")
        return cleaned
