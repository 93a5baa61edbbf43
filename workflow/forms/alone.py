"""What is typed and ticked by somebody who approves their own answer, in an emergency."""

from django import forms

from ..actions.alone import LEAST_REASON, REASON_CHARS
from .review import ApproveForm

_WHY = "Write why nobody else can read it first, in a sentence. It is kept, and all leads are told."


class AloneForm(ApproveForm):
    """The same four lines as for every approval, and the reason."""

    field_order = ["reason", "checked"]
    reason = forms.CharField(
        min_length=LEAST_REASON,
        max_length=REASON_CHARS,
        label="Why can nobody else read it first?",
        help_text="Kept in the history of the case. Colleagues read it.",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": _WHY,
            "min_length": _WHY,
            "max_length": "Please keep the reason under %(limit_value)d characters.",
        },
    )
