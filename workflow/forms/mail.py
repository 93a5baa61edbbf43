"""The mail that goes with a decision: a moderator may add a few lines to it, or hold it back with a reason."""

import re
from typing import Any

from django import forms
from django.http import HttpRequest

from .. import anonymize, discretion
from ..models import AS_IT_IS, Case, Finding, WhyNot, Wish

ADDED_CHARS = 400
LOOK = "look"  # the button that shows the mail with what was typed, and does nothing else
# Mail programs make a link of every word with a dot inside, whatever its ending.
_ADDRESS = re.compile(r"\b[a-z]{3,9}:\S|www\.|@|\w{2}\.[a-z]{2,}|\d[\d\s().-]{5,}\d", re.IGNORECASE)


class MailForm(forms.Form):
    """Beside the form of the decision, in the same HTML form; its fields are named mail-…"""

    prefix = "mail"
    why_not = forms.ChoiceField(
        required=False,
        label="Does this mail go out?",
        choices=[("", "Yes, send it"), *((reason.value, f"No. {reason.label}") for reason in WhyNot)],
        error_messages={"invalid_choice": "Choose one of the reasons."},
    )
    added = forms.CharField(
        required=False,
        max_length=ADDED_CHARS,
        label="Add a line of your own (optional)",
        help_text="It stands in the mail. Somebody else may read over their shoulder: no name, nothing from the letter.",
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": "Keep your lines under %(limit_value)d characters."},
    )

    def __init__(self, request: HttpRequest | None, *, case: Case, auto_id: str = "id_%s") -> None:
        is_typed = request is not None and request.method == "POST" and "mail-why_not" in request.POST
        super().__init__(request.POST if request and is_typed else None, auto_id=auto_id)
        self.case = case
        self.is_looking = request is not None and LOOK in request.POST

    @property
    def may_go_on(self) -> bool:
        """Nothing is wrong with it, and the moderator did not only want to look. Without the fields: as shipped."""
        return not self.is_looking and (not self.is_bound or self.is_valid())

    def wish(self) -> Wish:
        """What they chose; as shipped while something is wrong with it, or they only look."""
        if not self.may_go_on:
            return AS_IT_IS
        words = self.cleaned_data if self.is_bound else {}
        return Wish(added=words.get("added", ""), why_not=words.get("why_not", ""))

    def clean_added(self) -> str:
        text = str(self.cleaned_data["added"]).replace("\r\n", "\n").strip()
        if sentence := text and self._gives_away(text):
            raise forms.ValidationError(sentence)
        return text

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("why_not") and cleaned.get("added"):
            self.add_error("added", "This mail is not sent, so nobody would read these lines. Choose one or the other.")
        return cleaned

    def _gives_away(self, text: str) -> str:
        if telling := discretion.telling(text):
            return f"“{telling[0]}” could tell somebody else what this is about. Say it without that word."
        if _ADDRESS.search(text):
            return "No addresses and no numbers here: whatever they need stands on their page."
        if name := self._named(text):
            return f"“{name}” could tell who they are, or is from the letter. Leave it out."
        return ""

    def _named(self, text: str) -> str:
        """A name or place: one that the letter holds, or one that looks like it."""
        for finding in self.case.findings.exclude(decision="kept"):
            for name in _names(finding):
                if re.search(rf"\b{re.escape(name)}\b", text, re.IGNORECASE):
                    return name
        found = [item for item in anonymize.find(text) if not item.is_hint]
        return text[found[0].start : found[0].end] if found else ""


def _names(finding: Finding) -> list[str]:
    """What a finding gives away: all of it, and of a name each part that is written as one."""
    is_name = finding.kind in {anonymize.Kind.PERSON, anonymize.Kind.PLACE, anonymize.Kind.ORG}
    parts = [word for word in finding.text.split() if word[:1].isupper() and len(word) > 2] if is_name else []
    return [name for name in (finding.text.strip(), *parts) if len(name) > 1]
