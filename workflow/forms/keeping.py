"""A hold: why, until when, and the reason in a sentence."""

from django import forms

from ..actions.keeping import LEAST_REASON, REASON_CHARS
from ..models.keeping import Why

SENTENCE = "Write why, in a sentence. A colleague reads it before they agree."


class HoldForm(forms.Form):
    """What two moderators have to agree on."""

    why = forms.ChoiceField(
        choices=Why.choices,
        widget=forms.RadioSelect,
        label="Why must it stay?",
        error_messages={"required": "Choose why it must stay."},
    )
    reason = forms.CharField(
        min_length=LEAST_REASON,
        max_length=REASON_CHARS,
        label="The reason, in a sentence",
        help_text="Who asked for it, and where that is written down. No words of the letter.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": SENTENCE,
            "min_length": SENTENCE,
            "max_length": "Please keep it under %(limit_value)d characters.",
        },
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
