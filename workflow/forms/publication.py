"""What moderators type to publish now, later, or no more."""

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

NOW, LATER = "now", "later"


class PublishForm(forms.Form):
    """Now, or at a time that is still to come (in the service's time zone)."""

    when = forms.ChoiceField(
        label="When?",
        choices=[(NOW, "Now"), (LATER, "At a time I choose")],
        initial=NOW,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose whether to publish now or later."},
    )
    at = forms.DateTimeField(
        label="Day and time",
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        error_messages={"invalid": "This is not a day and time. Write it like 2026-12-24T09:30."},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["at"].help_text = f"In the time of {timezone.get_current_timezone_name().replace('_', ' ')}."

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("when") == LATER and "at" not in self.errors:
            self._check_time(data.get("at"))
        return data

    def _check_time(self, at: datetime | None) -> None:
        if at is None:
            self.add_error("at", "Choose the day and time, or choose “Now” above.")
        elif at <= timezone.now():
            self.add_error("at", "This time is already over. Choose one that is still to come.")


class TakeDownForm(forms.Form):
    """Why a page is taken down; colleagues read it, the member and readers do not."""

    reason = forms.CharField(
        label="Why is it taken down?",
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": "Please say why in a few words. Only colleagues read it.",
            "max_length": "Please keep the reason under 2,000 characters.",
        },
    )
