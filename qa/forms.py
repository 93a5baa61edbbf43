"""What a well-formed letter is. Only what nobody can see or type is taken out of it; everything else stays as sent."""

import re
import unicodedata
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from .models import Audience, Danger

# Control characters but tab and newline, bidirectional overrides and isolates (they can show another text than is
# there), half surrogates and non-characters. Joiners stay: emoji and many scripts need them.
_NEVER_TYPED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)


def tidy(text: str) -> str:
    """The text with plain line ends and without what was never typed; used for letters and their drafts alike."""
    return _NEVER_TYPED.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def visible_length(text: str) -> int:
    """How many characters a reader would see: runs of white space count once, invisible ones not at all."""
    seen = "".join(char for char in text if unicodedata.category(char) != "Cf")
    return len(" ".join(seen.split()))


class LetterField(forms.CharField):
    """A large field of plain text that says in words what is too short or too long, and never cuts anything off."""

    def to_python(self, value: Any) -> str:
        return tidy(super().to_python(value) or "").strip()

    def validate(self, value: str) -> None:
        seen, least, most = visible_length(value), settings.LETTER_MIN_CHARS, settings.LETTER_MAX_CHARS
        if not seen:
            raise forms.ValidationError(
                gettext("Write your letter first. A few sentences are enough."), code="required"
            )
        if seen < least:
            raise forms.ValidationError(
                gettext(
                    "Please write a little more: at least {least} characters, so that we understand what is happening."
                ).format(least=least),
                code="min_length",
            )
        if len(value) > most:
            raise forms.ValidationError(
                gettext(
                    "Your letter is {over} characters too long; there is room for {most}. "
                    "Nothing is lost: please shorten it here, or keep a part for a second letter."
                ).format(over=f"{len(value) - most:,}", most=f"{most:,}"),
                code="max_length",
            )


class LetterForm(forms.Form):
    """The three things a letter consists of: is anybody in danger, the words, and who may read them one day."""

    danger = forms.ChoiceField(
        label=_("Is anyone in danger right now?"),
        help_text=_("Somebody may die, be badly hurt, or hurt themselves."),
        choices=Danger.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one: is anyone in danger right now?")},
    )
    text = LetterField(
        label=_("Your letter"),
        help_text=_(
            "Say what is happening and what you would most like to know. Write as it comes; it need not be tidy. "
            "We take out names and places before an expert reads it."
        ),
        widget=forms.Textarea(attrs={"rows": 14, "autocomplete": "off", "autocapitalize": "sentences"}),
    )
    audience = forms.ChoiceField(
        label=_("Who may read your question and our answer one day?"),
        help_text=_(
            "You always get the answer yourself. Nothing is shown to anyone else before you have read the exact "
            "words, without names, and said yes. You can change your mind."
        ),
        choices=Audience.choices,
        initial=Audience.PRIVATE,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose who may read it one day. “Only me” is fine.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].widget.attrs["data-limit"] = settings.LETTER_MAX_CHARS


def known_choices(danger: str, audience: str) -> tuple[str, str]:
    """Unfinished choices of a draft: what is not one of ours counts as not chosen yet."""
    return (danger if danger in Danger else "", audience if audience in Audience else "")
