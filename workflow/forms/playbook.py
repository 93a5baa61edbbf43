"""What a moderator writes to a member because of a danger, and how an administrator words the playbooks."""

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict

from qa.blocks import names_number
from qa.models import HelpLine

from ..actions.playbook import MESSAGE_CHARS
from ..language.check import digits
from ..safety.playbooks import LINE, Playbook
from .widgets import Sentence

FIRST_CHARS = 200
STEP_CHARS = 300
MOST_STEPS = 15
TEMPLATE_CHARS = MESSAGE_CHARS - 800  # help lines are longer than their keys
# Five digits on a line, with any signs between them: one to call or to write to, never an amount or a time.
_NUMBER = re.compile(r"\d(?:(?:[^\w\n]|_){0,3}\d){4,}")
_TIME = r"(?:[01]?\d|2[0-3]):[0-5]\d"
_AMOUNT = re.compile(rf"{_TIME}(?:\W{{1,3}}{_TIME})?|\d{{1,3}},\d00|24/7\W{{1,3}}365")


class TellForm(forms.Form):
    """The words that the member reads on their page."""

    text = forms.CharField(
        max_length=MESSAGE_CHARS,
        label="What they will read",
        help_text="Change every word that does not fit. It stands on their page only; the mail just says that there is a message.",
        widget=forms.Textarea(attrs={"rows": 12}),
        error_messages={
            "required": "Write the message before you send it.",
            "max_length": "The message is too long. Keep it under %(limit_value)d characters.",
        },
    )


class PlaybookForm(forms.Form):
    """The words of one playbook: with the English ones its steps; in each language what it says to members."""

    based_on = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, data: QueryDict | None, *, book: Playbook, words: Mapping[str, str], lines: list[HelpLine], newest: int
    ) -> None:
        super().__init__(data, initial={**words, "based_on": newest})
        self.book, self.lines = book, lines
        if "steps" in words:
            self.fields["first"] = forms.CharField(
                label="What to know first",
                max_length=FIRST_CHARS,
                widget=Sentence,
                error_messages={"required": "Write the one thing that whoever takes it on must know first."},
            )
            self.fields["steps"] = forms.CharField(
                label="Steps, one a line",
                help_text="What was ticked stays with a step that you reword or move.",
                widget=forms.Textarea(attrs={"rows": 12}),
                error_messages={"required": "Write at least one step."},
            )
        for message in book.messages:
            self.fields[message.field] = forms.CharField(
                label=f"To the member: {message.title}",
                max_length=TEMPLATE_CHARS,
                widget=forms.Textarea(attrs={"rows": 14}),
                error_messages={
                    "required": "Members need these words. Write them, or go back to the shipped ones.",
                    "max_length": "This is too long. Keep it under %(limit_value)d characters.",
                },
            )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name, text in list(cleaned.items()):
            if isinstance(text, str) and (sentence := self._fault(name, text)):
                self.add_error(name, sentence)
        return cleaned

    def words(self) -> dict[str, str]:
        """As a version keeps them, with the keys of the steps."""
        said = {name: _tidy(str(text)) for name, text in self.cleaned_data.items() if name != "based_on"}
        if "steps" in said:
            lines = _rows(said["steps"])
            said |= {"steps": "\n".join(lines), "keys": " ".join(self.book.keys_for(lines))}
        return said

    def _fault(self, name: str, text: str) -> str:
        is_message = name.startswith("message_")
        known = {line.key for line in self.lines} if is_message else set()
        bare = LINE.sub(lambda found: "" if found[1] in known else found[0], text)
        if set(bare) & {"{", "}"}:
            where = "a line of the list below, such as {line:988}" if is_message else "plain words"
            return f"Nothing can be filled in for “{bare[bare.find('{') :][:30] or '}'}” here. Write {where}."
        return self._number_in(bare, is_message=is_message) or (_fault_of_steps(text) if name == "steps" else "")

    def _number_in(self, text: str, *, is_message: bool) -> str:
        """Numbers come from the registry alone: one that changes there must change here too. Desks may say “911”."""
        for line in self.lines if is_message else []:
            if names_number(text, line.number):
                return f"Write {{line:{line.key}}} instead of “{line.number}”: numbers come from the registry of help lines."
        found = next((one for one in _NUMBER.finditer(text) if not _AMOUNT.fullmatch(one[0])), None)
        if found is None:
            return ""
        line_of = next((line for line in self.lines if digits(line.number) == digits(found[0])), None)
        write = f"Write {{line:{line_of.key}}} instead" if line_of and is_message else "Name the help line instead"
        return f"“{found[0]}” stands here as a number. {write}: numbers come from the registry of help lines."


def _tidy(text: str) -> str:
    return text.replace("\r\n", "\n").strip()


def _rows(text: str) -> list[str]:
    return list(dict.fromkeys(row.strip() for row in text.splitlines() if row.strip()))


def _fault_of_steps(text: str) -> str:
    rows = _rows(text)
    if len(rows) > MOST_STEPS:
        return f"That is more than anybody works through in an emergency. Keep it to {MOST_STEPS} steps."
    long = next((row for row in rows if len(row) > STEP_CHARS), "")
    return f"This step is too long; {STEP_CHARS} characters are the most: “{long[:40]}…”" if long else ""
