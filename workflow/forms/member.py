"""What members decide about an answer of theirs."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from qa.forms import tidy
from qa.models import Audience

CHANGE = "change"
MOST = 5_000


class ConsentForm(forms.Form):
    """May others read it? Yes (whom), not like this, or no."""

    choice = forms.ChoiceField(
        label=_("May others read this page?"),
        choices=[
            (Audience.PUBLIC, _("Yes, anyone may read it")),
            (Audience.MEMBERS, _("Yes, but only people who have signed in here")),
            (CHANGE, _("Not like this: please change something first")),
            (Audience.PRIVATE, _("No, keep it for me alone")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one. “No, keep it for me alone” is fine.")},
    )
    may_index = forms.BooleanField(
        label=_("Search engines may show it too"),
        help_text=_("If you leave this empty, the page is open to anyone, but we ask search engines to leave it out."),
        required=False,
    )
    has_teaser = forms.BooleanField(
        label=_("People who have not signed in may see its title"),
        help_text=_("Only the title and “who asks”. Without this, the page does not exist for them."),
        required=False,
    )
    wish = forms.CharField(
        label=_("What should be changed?"),
        help_text=_("For example a place, an age or a detail by which somebody could know you."),
        required=False,
        max_length=MOST,
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages={
            "max_length": format_lazy(
                _("Please use at most {most} characters. Nothing is lost: shorten it here."), most=f"{MOST:,}"
            )
        },
    )

    def clean(self) -> dict[str, Any]:
        """A wish is needed exactly when something should be changed."""
        answers = super().clean() or {}
        if answers.get("choice") == CHANGE and not answers.get("wish") and "wish" not in self.errors:
            self.add_error("wish", _("Please write what you would like changed."))
        answers["may_index"] = bool(answers.get("may_index")) and answers.get("choice") == Audience.PUBLIC
        answers["has_teaser"] = bool(answers.get("has_teaser")) and answers.get("choice") == Audience.MEMBERS
        return answers

    def clean_wish(self) -> str:
        return tidy(self.cleaned_data["wish"]).strip()
