"""A hold: why, until when, and the reason in a sentence."""

from django import forms

from ..models.keeping import Why
from .reasons import reason_field


class HoldForm(forms.Form):
    """What two moderators have to agree on."""

    why = forms.ChoiceField(
        choices=Why.choices,
        widget=forms.RadioSelect,
        label="Why must it stay?",
        error_messages={"required": "Choose why it must stay."},
    )
    reason = reason_field(
        "The reason, in a sentence",
        help_text="Who asked for it, and where that is written down. No words of the letter.",
        missing="Write why, in a sentence. A colleague reads it before they agree.",
        it="it",
    )
    until = forms.DateField(
        label="Until which day?",
        help_text="At most a year. It ends by itself then; two people can ask for it again.",
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={
            "required": "Choose the day on which it ends.",
            "invalid": "Write the day like 2026-12-24.",
        },
    )
