"""The field for a reason that others read."""

from django import forms

from ..reasons import LEAST_REASON, REASON_CHARS


def reason_field(label: str, *, help_text: str, missing: str, it: str = "the reason") -> forms.CharField:
    """`missing` is what somebody reads who wrote nothing, or hardly anything."""
    return forms.CharField(
        min_length=LEAST_REASON,
        max_length=REASON_CHARS,
        label=label,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": missing,
            "min_length": missing,
            "max_length": f"Please keep {it} under %(limit_value)d characters.",
        },
    )
