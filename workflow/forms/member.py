"""What members decide about an answer of theirs."""

from typing import Any

from django import forms

from qa.forms import tidy
from qa.models import Audience

CHANGE = "change"
MOST = 5_000


class ConsentForm(forms.Form):
    """May others read it? Yes (whom), not like this, or no."""

    choice = forms.ChoiceField(
        label="May others read this page?",
        choices=[
            (Audience.PUBLIC, "Yes, anyone may read it"),
            (Audience.MEMBERS, "Yes, but only people who have signed in here"),
            (CHANGE, "Not like this: please change something first"),
            (Audience.PRIVATE, "No, keep it for me alone"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Choose one. “No, keep it for me alone” is fine."},
    )
    may_index = forms.BooleanField(
        label="Search engines may show it too",
        help_text="If you leave this empty, the page is open to anyone, but we ask search engines to leave it out.",
        required=False,
    )
    has_teaser = forms.BooleanField(
        label="People who have not signed in may see its title",
        help_text="Only the title and “who asks”. Without this, the page does not exist for them.",
        required=False,
    )
    wish = forms.CharField(
        label="What should be changed?",
        help_text="For example a place, an age or a detail by which somebody could know you.",
        required=False,
        max_length=MOST,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={"max_length": f"Please use at most {MOST:,} characters. Nothing is lost: shorten it here."},
    )

    def clean(self) -> dict[str, Any]:
        """A wish is needed exactly when something should be changed."""
        answers = super().clean() or {}
        if answers.get("choice") == CHANGE and not answers.get("wish") and "wish" not in self.errors:
            self.add_error("wish", "Please write what you would like changed.")
        answers["may_index"] = bool(answers.get("may_index")) and answers.get("choice") == Audience.PUBLIC
        answers["has_teaser"] = bool(answers.get("has_teaser")) and answers.get("choice") == Audience.MEMBERS
        return answers

    def clean_wish(self) -> str:
        return tidy(self.cleaned_data["wish"]).strip()
