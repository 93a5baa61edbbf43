"""How a person wants to hear: one choice for each thing that concerns them, quiet hours, and how much a mail may say."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.roles import Role
from workflow.discretion import telling
from workflow.forms.widgets import Sentence

from .models import About, Choice, Habits
from .rules import CONCERNS
from .wordings import FIELDS, Words, faults, variables

ZONES = [
    ("America/New_York", _("Eastern time")),
    ("America/Chicago", _("Central time")),
    ("America/Denver", _("Mountain time")),
    ("America/Phoenix", _("Arizona")),
    ("America/Los_Angeles", _("Pacific time")),
    ("America/Anchorage", _("Alaska")),
    ("Pacific/Honolulu", _("Hawaii")),
    ("America/Puerto_Rico", _("Puerto Rico")),
    ("Europe/London", _("United Kingdom, Ireland")),
    ("Europe/Berlin", _("Central Europe")),
    ("Asia/Kolkata", _("India")),
    ("Australia/Sydney", _("Sydney")),
]
HOURS = [
    ("", _("No quiet hours")),
    *((str(hour), f"{hour % 12 or 12} {'AM' if hour < 12 else 'PM'}") for hour in range(24)),
]


def concerns_of(person: User) -> list[About]:
    """What this person can rule, in the order of the page."""
    return list(dict.fromkeys(about for role in Role if role in person.roles for about in CONCERNS[role]))


class HabitsForm(forms.Form):
    """Fields are made for the person: members see other things than staff."""

    quiet_from = forms.TypedChoiceField(label=_("From"), choices=HOURS, coerce=int, empty_value=None, required=False)
    quiet_until = forms.TypedChoiceField(label=_("Until"), choices=HOURS, coerce=int, empty_value=None, required=False)
    time_zone = forms.ChoiceField(label=_("Where you are"), choices=ZONES)
    language = forms.ChoiceField(
        label=_("In which language we write to you"), choices=settings.LANGUAGES, required=False
    )

    def __init__(self, data: QueryDict | None, *, person: User, habits: Habits) -> None:
        self.person, self.habits = person, habits
        self.concerns = concerns_of(person)
        self.is_called = person.holds(Role.MODERATOR) or person.holds(Role.ADMINISTRATOR)
        initial = {about.value: habits.choice(about) for about in self.concerns}
        quiet = {name: getattr(habits, name) for name in ("quiet_from", "quiet_until", "is_fuller")}
        super().__init__(data, initial={**initial, **quiet, "time_zone": person.time_zone, "language": person.language})
        for about in self.concerns:
            choices = [choice for choice in Choice.choices if about != About.MORNING or choice[0] != Choice.DAILY]
            if about == About.MORNING:
                choices[0] = (Choice.AT_ONCE.value, _("Each morning"))
            self.fields[about.value] = forms.ChoiceField(label=about.label, choices=choices, widget=forms.RadioSelect)
        if person.holds(Role.MEMBER):
            self.fields["is_fuller"] = forms.BooleanField(
                label=_("Only I read my mail: you may say a little more"),
                help_text=_(
                    "If you tick this, a mail can say “Your answer is ready”. It still never says what it is about."
                ),
                required=False,
            )
        if person.time_zone not in dict(ZONES):
            zone = forms.ChoiceField(label=_("Where you are"), choices=[*ZONES, (person.time_zone, person.time_zone)])
            self.fields["time_zone"] = zone

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        hours = [cleaned.get("quiet_from"), cleaned.get("quiet_until")]
        if hours.count(None) == 1:
            missing = "quiet_from" if hours[0] is None else "quiet_until"
            self.add_error(missing, _("Choose both hours, or neither."))
        chosen = {cleaned.get(about.value) for about in self.concerns}
        if cleaned.get(About.MORNING.value) == Choice.NONE and Choice.DAILY in chosen:
            self.add_error(
                About.MORNING.value,
                _("What comes together comes with this mail. Choose it too, or another way for the rest."),
            )
        return cleaned

    def about_fields(self) -> list[forms.BoundField]:
        return [self[about.value] for about in self.concerns]

    def save(self) -> None:
        """The whole page at once. Whoever chooses how to hear wants to hear: mail that had stopped begins again."""
        words = self.cleaned_data
        self.habits.choices = {**self.habits.choices, **{about.value: words[about.value] for about in self.concerns}}
        self.habits.quiet_from, self.habits.quiet_until = words["quiet_from"], words["quiet_until"]
        self.habits.is_fuller = words.get("is_fuller", False)
        self.habits.begin_again()
        self.habits.save()
        self.person.speak(words["language"])
        if words["time_zone"] != self.person.time_zone:
            self.person.time_zone = words["time_zone"]
            self.person.save(update_fields=["time_zone"])


class WordingForm(forms.Form):
    """The words of one mail in one language, as wordings/ has them. What would stop a mail, or tell on one, is refused."""

    subject = forms.CharField(label="Subject", required=False, widget=Sentence, help_text="It shows on a locked phone.")
    first = forms.CharField(label="First sentence", required=False, widget=Sentence)
    rest = forms.CharField(
        label="What follows",
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text="An empty line begins a paragraph.",
    )
    button = forms.CharField(label="Words of the button", required=False)
    foot = forms.CharField(label="Below the line", required=False, widget=Sentence)
    fuller_subject = forms.CharField(
        label="Subject, for members who allow a little more", required=False, widget=Sentence
    )
    fuller_first = forms.CharField(
        label="First sentence, for members who allow a little more", required=False, widget=Sentence
    )
    based_on = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None, *, template: str, words: Words, newest: int) -> None:
        super().__init__(data, initial={**words.as_fields(), "based_on": newest})
        self.template = template
        self.may_fill = [f"{{{name}}}" for name in sorted(variables(template))]
        if not words.fuller_first:
            del self.fields["fuller_subject"], self.fields["fuller_first"]
        if not words.button:
            del self.fields["button"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for name, sentence in faults(self.template, self.words()).items():
            self.add_error(name if name in self.fields else None, sentence)
        for name, text in self.words().items():
            if name not in self.errors and (found := telling(text, is_fuller=name.startswith("fuller"))):
                self.add_error(
                    name, f"“{found[0]}” could tell somebody else what this is about. Say it without that word."
                )
        return cleaned

    def words(self) -> dict[str, str]:
        return {name: str(self.cleaned_data.get(name, "")).replace("\r\n", "\n").strip() for name in FIELDS}
