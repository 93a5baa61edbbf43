"""Why somebody wants to see how a member can be reached."""

from django import forms

from .reasons import reason_field


class ReasonForm(forms.Form):
    """The reason; it is kept in the history of the case."""

    reason = reason_field(
        "Why do you need it?",
        help_text="Kept in the history of the case. Whoever says yes reads it.",
        missing="Write why, in a sentence. It is kept, and others read it.",
    )
