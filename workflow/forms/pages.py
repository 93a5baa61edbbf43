"""What readers tell us about a page, and what moderators do about it."""

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from qa.forms import tidy

from ..models.reports import Concern

MOST = 4_000


class ReportForm(forms.Form):
    """What is wrong with a page. No account, no name."""

    concern = forms.ChoiceField(
        label=_("What is wrong?"),
        choices=Concern.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is wrong with the page.")},
    )
    words = forms.CharField(
        label=_("What should we know?"),
        help_text=_("Only our moderators read it."),
        required=False,
        max_length=MOST,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off"}),
        error_messages={
            "max_length": format_lazy(
                _("Please use at most {most} characters. Nothing is lost: shorten it here."), most=f"{MOST:,}"
            )
        },
    )
    reply_to = forms.EmailField(
        label=_("Your email address, if you want to hear what we did"),
        help_text=_("You can leave it empty."),
        required=False,
        error_messages={"invalid": _("This is not an email address. Mend it, or leave it empty.")},
    )

    def clean_words(self) -> str:
        return tidy(self.cleaned_data["words"]).strip()


class CorrectionForm(forms.Form):
    """What was wrong and what is right, as readers will see it."""

    text = forms.CharField(
        label="What was wrong, and what is right",
        help_text="Readers see it above the answer, with today’s date.",
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": "Write what was wrong and what is right.",
            "max_length": "Please keep the correction under 600 characters.",
        },
    )
    is_important = forms.BooleanField(
        label="It matters for safety: tell the member who received the answer", required=False
    )


class OutcomeForm(forms.Form):
    """What was done about a report."""

    outcome = forms.CharField(
        label="What was done",
        max_length=MOST,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": "Write what was done.",
            "max_length": f"Please keep this under {MOST:,} characters.",
        },
    )
