"""What a person chooses for their own work at the desks."""

from typing import Any

from django import forms

from ..keys import PLACE_WORDS, Place, keys_for, keys_of
from ..models import DeskHabits

HOURS = [
    ("", "No limit"),
    *((str(hour), f"{hour % 12 or 12} {'AM' if hour < 12 else 'PM'}") for hour in range(24)),
]
NAME_CHARS = 40


class HabitsForm(forms.Form):
    """Keys, a number of letters that is enough for a day, and hours."""

    uses_keys = forms.BooleanField(label="Use keys at the desks", required=False)
    letters_a_day = forms.IntegerField(
        required=False,
        min_value=1,
        max_value=99,
        label="Letters a day that are enough for you",
        help_text="Letters you open or questions you take. After that only urgent ones are offered, and you are asked "
        "before you open another. Leave it empty for no limit.",
        error_messages={
            "min_value": "Write a number from 1 to 99, or nothing.",
            "invalid": "Write a number, or nothing.",
        },
    )
    works_from = forms.TypedChoiceField(
        label="You look after letters from", choices=HOURS, coerce=int, empty_value=None, required=False
    )
    works_until = forms.TypedChoiceField(label="until", choices=HOURS, coerce=int, empty_value=None, required=False)

    def __init__(self, data: Any = None, *, habits: DeskHabits) -> None:
        plain = {name: getattr(habits, name) for name in ("uses_keys", "letters_a_day", "works_from", "works_until")}
        letters = {f"key_{does}": letter for does, letter in keys_of(habits.keys).items()}
        super().__init__(data, initial={**plain, **letters})
        self.keys = keys_for(habits.person.roles)
        for does, key in self.keys.items():
            self.fields[f"key_{does}"] = forms.CharField(
                label=key.words,
                max_length=1,
                error_messages={"required": "Choose a key for this.", "max_length": "One key only."},
            )

    def key_fields(self) -> list[tuple[str, list[forms.BoundField]]]:
        """By place: the keys that this person has use for."""
        found = [
            (words, [self[f"key_{does}"] for does, key in self.keys.items() if key.place == place])
            for place, words in PLACE_WORDS.items()
        ]
        return [(words, fields) for words, fields in found if fields]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        taken: dict[tuple[Place, str], str] = {}
        for does, key in self.keys.items():
            letter = cleaned.get(f"key_{does}", "")
            at = key.place, letter
            if letter and at in taken:
                self.add_error(f"key_{does}", f"“{letter}” is the key for “{taken[at]}” already. Choose another.")
            taken[at] = key.words
        if (cleaned.get("works_from") is None) != (cleaned.get("works_until") is None):
            self.add_error("works_until", "Choose both hours, or neither.")
        return cleaned

    def habits(self) -> dict[str, Any]:
        """What to keep, for actions.habits.set_habits."""
        kept = {name: self.cleaned_data[name] for name in ("uses_keys", "letters_a_day", "works_from", "works_until")}
        return {**kept, "keys": {does: self.cleaned_data[f"key_{does}"] for does in self.keys}}


class ViewForm(forms.Form):
    """A name for a list that is wanted again."""

    name = forms.CharField(
        max_length=NAME_CHARS,
        label="Name of this list",
        error_messages={
            "required": "Give the list a name.",
            "max_length": "Keep the name under %(limit_value)d characters.",
        },
    )
