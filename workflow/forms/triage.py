"""What moderators type at the triage desk. Every refusal says beside the field what is wrong and how to mend it."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import QuerySet

from accounts.models import User
from qa.models import HelpLine, Publication, Topic

from ..models import Case
from ..models.flags import Verdict
from .widgets import Sentence

TITLE_CHARS = Publication._meta.get_field("title").max_length
LABEL_CHARS = Publication._meta.get_field("label").max_length
INTRO_CHARS = 2_000
NOTE_CHARS = 4_000
FEWEST_WORDS = 3  # of what was done about a danger


def _area(rows: int, **attributes: object) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, **attributes})


def plain(text: str) -> str:
    """Line ends as the letter has them; browsers send their own."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


class QuestionForm(forms.Form):
    """The de-identified words: what experts see, and what may one day be published."""

    title = forms.CharField(
        required=False,
        max_length=TITLE_CHARS,
        label="Title",
        widget=Sentence(**{"data-goes": "title"}),
        help_text="The situation in a few words. No name, no place.",
        error_messages={"max_length": "The title is too long. Keep it under %(limit_value)d characters."},
    )
    label = forms.CharField(
        required=False,
        max_length=LABEL_CHARS,
        label="Who asks",
        help_text="For example: A mother in her 60s.",
        error_messages={"max_length": "Keep “who asks” under %(limit_value)d characters."},
    )
    intro = forms.CharField(
        required=False,
        max_length=INTRO_CHARS,
        label="Introduction, if it needs one",
        help_text="A sentence or two from us before the question.",
        widget=_area(2),
        error_messages={"max_length": "Keep the introduction under %(limit_value)d characters."},
    )
    text = forms.CharField(
        required=False,
        max_length=settings.LETTER_MAX_CHARS,
        label="The question",
        help_text="Replace what could tell who they are. Keep their voice.",
        widget=_area(14),
        error_messages={"max_length": "The question is too long. Keep it under %(limit_value)d characters."},
    )
    topics = forms.ModelMultipleChoiceField(
        queryset=Topic.objects.all(),
        required=False,
        label="Topics",
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "One of the topics does not exist any more. Choose again."},
    )

    nobody_knows_them = forms.BooleanField(
        required=False,
        label="Could the son, a sibling or a neighbor recognize this? I read it as they would: no.",
    )

    def __init__(self, *args: Any, is_confirming: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_confirming = is_confirming

    @classmethod
    def of(cls, case: Case) -> "QuestionForm":
        """Filled with what is saved."""
        question = case.question
        words = {name: getattr(question, name) for name in ("title", "label", "intro", "text")}
        return cls(initial={**words, "topics": question.topics.all()})

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name in ("intro", "text"):
            cleaned[name] = plain(cleaned.get(name, ""))
        if self.is_confirming and "title" not in self.errors and not cleaned.get("title"):
            self.add_error("title", "Give the question a title before you confirm it.")
        if self.is_confirming and "text" not in self.errors and not cleaned["text"]:
            self.add_error("text", "The question is empty. Write it before you confirm it.")
        if self.is_confirming and not cleaned.get("nobody_knows_them"):
            self.add_error("nobody_knows_them", "Read it once as somebody who knows them, then tick this box.")
        return cleaned

    def words(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("title", "label", "intro", "text")}


class CloseForm(forms.Form):
    """What was done about a danger. `untouched`: the steps of a pressing one of which none is ticked, nothing being written."""

    outcome = forms.CharField(
        max_length=NOTE_CHARS,
        label="What was done",
        help_text="Kept with the flag. For example: wrote to them with the steps for the night.",
        widget=_area(3),
        error_messages={
            "required": "Write what was done before you close the flag.",
            "max_length": "Keep this under %(limit_value)d characters.",
        },
    )
    verdict = forms.ChoiceField(
        label="Was there danger?",
        help_text="The figures go by it. It teaches the rules where they are wrong.",
        choices=Verdict.choices,
        required=False,
        initial=Verdict.UNKNOWN,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choose one of the three."},
    )

    def __init__(self, *args: Any, untouched: int = 0, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if untouched:
            none = f"None of the {untouched} steps is ticked." if untouched > 1 else "Its one step is not ticked."
            self.fields["all_the_same"] = forms.BooleanField(required=False, label=f"{none} Close all the same?")

    def clean_outcome(self) -> str:
        outcome = str(self.cleaned_data["outcome"])
        if len(outcome.split()) < FEWEST_WORDS:
            raise forms.ValidationError(
                "Write what was done in a few words more: colleagues go by it, and so do we later."
            )
        return outcome

    def clean(self) -> dict[str, Any]:
        """A false alarm needs no steps; anything else asks once, and a tick is enough."""
        cleaned = super().clean() or {}
        is_asked = "all_the_same" in self.fields and cleaned.get("verdict") != Verdict.FALSE_ALARM
        if is_asked and not cleaned.get("all_the_same"):
            self.add_error("all_the_same", "Tick this box to close it all the same, or tick first what was done.")
        return cleaned

    def words(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in ("outcome", "verdict")}


class ExpertChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # not subscriptable at run time
    """Experts by the name colleagues see; nobody chosen means whoever takes it."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.staff_name} (away until {obj.away_until:%B %-d})" if obj.is_away() else str(obj.staff_name)


class ExpertForm(forms.Form):
    """Who answers."""

    expert = ExpertChoice(
        widget=forms.Select(attrs={"data-goes": "assign"}),
        queryset=User.objects.none(),
        required=False,
        empty_label="Whoever takes it",
        label="Who answers",
        error_messages={"invalid_choice": "That person is not an expert any more. Choose somebody else."},
    )

    def __init__(self, *args: Any, experts: QuerySet[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["expert"]
        if isinstance(field, ExpertChoice):
            field.queryset = experts


class DeclineForm(forms.Form):
    """Why no answer comes from here (for us), and what the member reads (for them)."""

    message = forms.CharField(
        max_length=NOTE_CHARS,
        label="What they will read",
        help_text="They see this on the page of their question. Make it yours: change every word that does not fit.",
        widget=_area(12),
        error_messages={
            "required": "Write a kind message before you decline. They will read it.",
            "max_length": "The message is too long. Keep it under %(limit_value)d characters.",
        },
    )
    reason = forms.CharField(
        max_length=NOTE_CHARS,
        label="Why, for us only",
        help_text="Kept in the history of the case. They never see it.",
        widget=_area(3),
        error_messages={
            "required": "Say why, in a few words. Only moderators read it.",
            "max_length": "Keep the reason under %(limit_value)d characters.",
        },
    )


def kind_message(lines: Iterable[HelpLine]) -> str:
    """A suggestion for the message of a declined letter, with people who can help from the registry."""
    helpers = "\n".join(f"• {line.name}: {line.number}" for line in lines)
    return (
        "Thank you for writing to us. It takes courage to put this into words.\n\n"
        "We have read your letter with care. We cannot give you a good answer to it here. "
        "That is about what we can do, and not about you or your question.\n\n"
        f"These people can help, and they talk with families too:\n{helpers}\n\n"
        "You are welcome to write to us again."
    )
