"""What is typed on the roster page."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User

from ..actions.roster import MOST_WEEKS

_HOURS = [(hour, f"{hour % 12 or 12} {'AM' if hour % 24 < 12 else 'PM'}") for hour in range(24)]
_ENDS = [*_HOURS[1:], (24, "midnight"), *((hour + 24, f"{words}, next day") for hour, words in _HOURS[1:13])]


class _Colleague(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable at run time
    def label_from_instance(self, obj: Any) -> str:
        return str(obj.staff_name)


class TurnForm(forms.Form):
    """Who is on call, when, for how many weeks."""

    person = _Colleague(
        queryset=User.objects.none(),
        label="Who",
        empty_label="Choose a moderator",
        error_messages={
            "required": "Choose who is on call.",
            "invalid_choice": "That person is not a moderator any more. Choose somebody else.",
        },
    )
    day = forms.DateField(
        label="Day",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": "Choose a day.", "invalid": "Write the day as 2026-12-24."},
    )
    from_hour = forms.TypedChoiceField(label="From", choices=_HOURS, coerce=int, initial=8)
    until_hour = forms.TypedChoiceField(label="Until", choices=_ENDS, coerce=int, initial=22)
    weeks = forms.IntegerField(
        label="For how many weeks",
        min_value=1,
        max_value=MOST_WEEKS,
        initial=1,
        help_text="The same day and hours each week.",
        error_messages={
            "required": "Write 1 for this day only.",
            "min_value": "Write 1 for this day only.",
            "max_value": "At most %(limit_value)d weeks at once.",
            "invalid": "Write a number, such as 4.",
        },
    )

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["person"]
        if isinstance(field, _Colleague):
            field.queryset = people

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("until_hour", 99) <= cleaned.get("from_hour", -1):
            self.add_error("until_hour", "The turn ends before it begins. For a night choose a time of the next day.")
        if (day := cleaned.get("day")) and day < timezone.localdate():
            self.add_error("day", "That day is over. Choose a day from today on.")
        if cleaned.get("until_hour", 0) > cleaned.get("from_hour", 0) + 24:
            self.add_error("until_hour", "A turn is at most 24 hours long.")
        return cleaned


class SwapForm(forms.Form):
    """Who takes a turn instead."""

    person = _Colleague(queryset=User.objects.none())

    def __init__(self, *args: Any, people: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["person"]
        if isinstance(field, _Colleague):
            field.queryset = people
