"""What experts type: the answer, a reason, a danger they noticed."""

from typing import Any

from django import forms
from django_prose_editor.widgets import ProseEditorWidget

from qa.sanitize import TooMuchMarkup, as_paragraphs, clean_html, plain_text

from ..safety.words import CATEGORY_CHOICES, SEVERITY_CHOICES, TIMING_WORDS, Category, Severity, Subject, Timing

EDITOR = {
    "extensions": {
        "Bold": True,
        "Italic": True,
        "Heading": {"levels": [2, 3]},
        "BulletList": True,
        "OrderedList": True,
        "ListItem": True,
        "Blockquote": True,
        "Link": {"enableTarget": False, "protocols": ["http", "https", "mailto", "tel"]},
        "HardBreak": True,
        "History": True,
        "NoSpellCheck": False,
    }
}
WITHOUT_EDITOR = (
    "Leave an empty line between paragraphs. Headings and lists can be written as markup, such as <h2>…</h2>."
)


class AnswerForm(forms.Form):
    """The answer in the editor, and the number of the version that it was opened with."""

    body = forms.CharField(
        label="Your answer",
        required=False,
        strip=True,
        widget=ProseEditorWidget(config=EDITOR, preset="configurable", attrs={"rows": 18, "spellcheck": "true"}),
    )
    based_on = forms.IntegerField(min_value=0, max_value=10**6, widget=forms.HiddenInput)

    def clean_body(self) -> str:
        """What will be kept. Text without markup becomes paragraphs."""
        typed = self.cleaned_data["body"]
        try:
            clean = clean_html(as_paragraphs(typed))
        except TooMuchMarkup as fault:
            raise forms.ValidationError(
                f"{fault} Yours has {len(typed):,} characters. Please shorten it; if you pasted it, paste it as plain text."
            ) from fault
        return clean if plain_text(clean) else ""


class SubmitForm(AnswerForm):
    """The same, with words in it: an empty answer is not sent for review."""

    def clean_body(self) -> str:
        clean = super().clean_body()
        if not clean:
            raise forms.ValidationError(
                "There is no answer text yet. Write the answer, then send it for review.", code="required"
            )
        return clean


class ReasonForm(forms.Form):
    """A few words that go with a step; they stay inside the house."""

    reason = forms.CharField(
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": "Please say why in a few words. Only colleagues read it.",
            "max_length": "Please keep the reason under 2,000 characters.",
        },
    )

    def __init__(self, *args: Any, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = label


def _choices(words: dict[str, str]) -> list[tuple[str, str]]:
    return [("", "Choose one"), *words.items()]


class DangerForm(forms.Form):
    """A danger that an expert noticed in the question; a moderator is told at once."""

    category = forms.ChoiceField(
        label="What could happen?",
        choices=[("", "Choose one"), *CATEGORY_CHOICES],
        error_messages={"required": "Choose what could happen; the nearest one is good enough."},
    )
    severity = forms.ChoiceField(
        label="How soon must somebody act?",
        choices=SEVERITY_CHOICES,
        widget=forms.RadioSelect,
        error_messages={"required": "Choose how soon. If you are not sure, choose the sooner one."},
    )
    subject = forms.ChoiceField(
        label="Who is in danger?",
        choices=_choices(
            {
                Subject.LOVED_ONE: "The person they wrote about",
                Subject.WRITER: "The person who wrote",
                Subject.CHILD: "A child",
                Subject.OTHER: "Somebody else",
            }
        ),
        error_messages={"required": "Choose who is in danger."},
    )
    timing = forms.ChoiceField(
        label="When?",
        choices=_choices({timing: words.capitalize() for timing, words in TIMING_WORDS.items()}),
        error_messages={"required": "Choose when the danger is or was."},
    )
    note = forms.CharField(
        label="What made you think so?",
        required=False,
        max_length=2_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"max_length": "Please keep the note under 2,000 characters."},
    )

    def flag(self) -> dict[str, Any]:
        """The words of danger, as the action takes them."""
        data = self.cleaned_data
        return {
            "category": Category(data["category"]),
            "severity": Severity(data["severity"]),
            "subject": Subject(data["subject"]),
            "timing": Timing(data["timing"]),
            "note": data["note"],
        }
