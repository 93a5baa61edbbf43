"""Whom to ask for a comment, and what about."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from accounts.models import User

from ..actions.asked import WORDS_CHARS
from .triage import ExpertChoice


class AskColleagueForm(forms.Form):
    """One colleague at a time."""

    colleague = ExpertChoice(
        queryset=User.objects.none(),
        label="Whom would you like to ask?",
        empty_label="Choose a colleague",
        error_messages={
            "required": "Choose a colleague.",
            "invalid_choice": "That colleague cannot be asked just now. Choose somebody else.",
        },
    )
    words = forms.CharField(
        label="What would you like to know? (not required)",
        help_text="They read it beside the answer. The mail to them holds no word of it.",
        required=False,
        max_length=WORDS_CHARS,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": f"Please keep it under {WORDS_CHARS:,} characters."},
    )

    def __init__(self, data: Any = None, *, colleagues: QuerySet[User]) -> None:
        super().__init__(data)
        field = self.fields["colleague"]
        if isinstance(field, ExpertChoice):
            field.queryset = colleagues
