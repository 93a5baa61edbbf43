"""Why somebody wants to see how a member can be reached."""

from django import forms

from ..actions.contact import LEAST_REASON, REASON_CHARS


class ReasonForm(forms.Form):
    """The reason; it is kept in the history of the case."""

    reason = forms.CharField(
        min_length=LEAST_REASON,
        max_length=REASON_CHARS,
        label="Why do you need it?",
        help_text="Kept in the history of the case. Whoever says yes reads it.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": "Write why, in a sentence. It is kept, and others read it.",
            "min_length": "Write why, in a sentence. It is kept, and others read it.",
            "max_length": "Please keep the reason under %(limit_value)d characters.",
        },
    )
