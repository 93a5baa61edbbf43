"""What an administrator types to add a local rule: everything that is wrong with it is said beside its field, before any count."""

import re
from typing import Any, cast

from django import forms

from ..actions.rulebook import lines, row_of
from ..models import RuleTrial
from ..models.rules import WORDS
from ..safety.local import is_too_slow, misread, read_rule
from ..safety.rules_file import Rule, standard_book
from ..safety.ways import WrongWay
from .widgets import Sentence

FEWEST_EXAMPLES = 2
LINE_CHARS = 300
AREA_CHARS = 8_000
_NAMED = re.compile(r"^Rule [\w.]+: ")


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "spellcheck": "false"})


class RuleForm(forms.ModelForm):  # type: ignore[type-arg]
    """The words of a rule and examples that must and must not be found."""

    rule: Rule | None = None

    class Meta:
        model = RuleTrial
        fields = WORDS
        labels = {
            "name": "What does it notice?",
            "category": "What kind of danger is it?",
            "severity": "How soon must somebody act?",
            "ways": "Ways of saying it, one a line",
            "unless": "Not when these words stand around it, one a line (not required)",
            "examples": "Sentences that it must find, one a line",
            "not_examples": "Sentences that it must leave alone, one a line",
            "source": "How do we know?",
        }
        help_texts = {
            "name": "Moderators read this beside the letter. Begin with “Says that …”.",
            "ways": "Small letters, no apostrophes. What the signs mean stands below.",
            "examples": "Write your own, never words of a letter. At least two.",
            "not_examples": "Sentences that sound alike and mean no danger. At least two.",
            "source": "A guideline, a near miss, or who asked for it.",
        }
        widgets = {
            "name": Sentence(),
            "source": Sentence(),
            "ways": _area(5),
            "unless": _area(2),
            "examples": _area(4),
            "not_examples": _area(4),
        }
        error_messages = {
            "name": {"required": "Say what it notices. Moderators read it beside the letter."},
            "category": {"required": "Choose the kind of danger."},
            "severity": {"required": "Choose how soon somebody must act."},
            "ways": {"required": "Write at least one way of saying it."},
            "examples": {"required": "Write at least two sentences that it must find."},
            "not_examples": {"required": "Write at least two sentences that it must leave alone."},
            "source": {"required": "Say how we know: a guideline, a near miss, or who asked for it."},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, words in {"category": "Choose a danger", "severity": "Choose how soon"}.items():
            field = cast(forms.ChoiceField, self.fields[name])
            field.choices = [("", words), *(choice for choice in cast("list[Any]", field.choices) if choice[0])]

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"]).strip()
        return name if name.endswith((".", "!", "?")) else f"{name}."

    def clean_ways(self) -> str:
        return _plain(_short(self.cleaned_data["ways"]))

    def clean_unless(self) -> str:
        return _plain(_short(self.cleaned_data["unless"]))

    def clean_examples(self) -> str:
        return _enough(_short(self.cleaned_data["examples"]))

    def clean_not_examples(self) -> str:
        return _enough(_short(self.cleaned_data["not_examples"]))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        book = standard_book()
        try:
            rule = read_rule(row_of(RuleTrial(**cleaned), "local.new"), book)
        except WrongWay as wrong:
            self.add_error("ways", _NAMED.sub("", str(wrong)))
            return cleaned
        if is_too_slow(rule, book):
            self.add_error("ways", "This takes too long to look for in a long letter. Use fewer ~ and fewer choices.")
            return cleaned
        missed, caught = misread(rule, book)
        for text in missed:
            self.add_error("examples", f"The rule does not find: “{text}”")
        for text in caught:
            self.add_error("not_examples", f"The rule should leave this alone and finds it: “{text}”")
        self.rule = rule
        return cleaned


class SwitchForm(forms.Form):
    """Why a rule is turned off, or on again."""

    why = forms.CharField(
        label="Why?",
        max_length=200,
        widget=Sentence,
        error_messages={"required": "Write why, in a few words. It stands in the list of versions."},
    )


class RefusalForm(forms.Form):
    """Why a proposed rule is not wanted."""

    why = forms.CharField(
        label="Why not?",
        max_length=200,
        widget=Sentence,
        error_messages={"required": "Write why not, in a few words: whoever proposed it will read it."},
    )


def _short(text: str) -> str:
    if len(text) > AREA_CHARS:
        raise forms.ValidationError(f"Please keep this under {AREA_CHARS:,} characters.")
    for line in lines(text):
        if len(line) > LINE_CHARS:
            raise forms.ValidationError(f"This line is too long; {LINE_CHARS} characters are the most: “{line[:40]}…”")
    return "\n".join(lines(text))


def _plain(text: str) -> str:
    """As the scan sees words: small letters, no apostrophes."""
    return re.sub(r"['’‘ʼ`´]", "", text.lower())


def _enough(text: str) -> str:
    if len(lines(text)) < FEWEST_EXAMPLES:
        raise forms.ValidationError(f"Write at least {FEWEST_EXAMPLES} sentences, each on a line of its own.")
    return text
