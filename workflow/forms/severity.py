"""What a moderator types to say that a danger is graver or milder than the flag says."""

from typing import Any

from django import forms

from ..models import SafetyFlag
from ..safety.words import SEVERITY_CHOICES, Severity

REASON_CHARS = 2_000


class SeverityForm(forms.Form):
    """How soon, and why."""

    severity = forms.ChoiceField(
        label="How soon must somebody act?",
        help_text="Milder means that it can wait; the answer still needs the advice for this danger. Was there no danger? "
        "Close the flag and say so.",
        choices=SEVERITY_CHOICES,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how soon.", "invalid_choice": "Choose one of the three."},
    )
    reason = forms.CharField(
        label="Why?",
        max_length=REASON_CHARS,
        help_text="Kept in the history of the case. Only moderators read it.",
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": "Write why, in a few words. Colleagues go by it.",
            "max_length": "Please keep the reason under %(limit_value)d characters.",
        },
    )

    @classmethod
    def of(cls, flag: SafetyFlag, data: Any = None) -> "SeverityForm":
        """The form of one flag, as it is now."""
        return cls(data, initial={"severity": flag.severity}, auto_id=f"flag-{flag.pk}-soon-%s")

    def clean_severity(self) -> Severity:
        chosen = Severity(self.cleaned_data["severity"])
        if chosen == self.initial.get("severity"):
            raise forms.ValidationError("The flag says that already. Choose another, or leave it as it is.")
        return chosen
