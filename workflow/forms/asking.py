"""What is asked of a member, what they reply, and what the expert may read of it."""

from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from qa.forms import tidy

from ..actions import asking
from ..models import Case


class AskForm(forms.Form):
    """A question to the member; it passes the checks of an answer."""

    text = forms.CharField(
        label="What would you like to know?",
        help_text="One thing at a time, in a few short sentences. Say why you ask, and that they need not reply.",
        max_length=asking.ASK_CHARS,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={
            "required": "Write what you would like to know first.",
            "max_length": f"Please keep it under {asking.ASK_CHARS:,} characters.",
        },
    )

    def __init__(self, *args: Any, case: Case, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._case = case

    def clean_text(self) -> str:
        text = tidy(self.cleaned_data["text"]).strip()
        if found := asking.doubts(self._case, text):
            raise forms.ValidationError(found)
        return text


class ReplyForm(forms.Form):
    """The member's reply; `knows` is the version of their unsent words that the page began with."""

    text = forms.CharField(
        label=_("Your reply"),
        help_text=_("A few words are enough. Names are fine here: we take them out before the expert reads it."),
        max_length=asking.REPLY_CHARS,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={
            "required": _("Write your reply first. A few words are enough."),
            "max_length": format_lazy(
                _("Please use at most {most} characters. Nothing is lost: shorten it here."),
                most=f"{asking.REPLY_CHARS:,}",
            ),
        },
    )
    knows = forms.IntegerField(required=False, min_value=0, max_value=10**9, widget=forms.HiddenInput)

    def clean_text(self) -> str:
        return tidy(self.cleaned_data["text"]).strip()


class PassOnForm(forms.Form):
    """The reply in the words that the expert may read."""

    words = forms.CharField(
        label="What the expert will read",
        help_text="Change whatever could still tell who they are.",
        max_length=asking.REPLY_CHARS,
        widget=forms.Textarea(attrs={"rows": 10}),
        error_messages={"required": "Write what the expert may read."},
    )
    nobody_knows_them = forms.BooleanField(
        label="I read it as somebody who knows them would. Nobody could be recognized.",
        error_messages={"required": "Read it once as somebody who knows them, then tick this."},
    )
