"""What the figures are asked for. It stands in the address; whatever is not one of the choices counts as not chosen."""

from collections.abc import Mapping
from typing import cast

from django import forms

from qa.models import Topic

from ..models.cases import NO_DANGER, TIERS
from ..models.flags import NEVER_FLAGGED
from ..queues.figures import PERIODS
from ..safety.words import SEVERITY_WORDS

TIER_NAMES = {**{tier: SEVERITY_WORDS[name] for name, tier in TIERS.items()}, NO_DANGER: NEVER_FLAGGED}
USUAL = {"weeks": str(PERIODS[1]), "tier": "", "topic": ""}


class WantedForm(forms.Form):
    """Period, danger and topic."""

    weeks = forms.ChoiceField(label="Period", choices=[(str(number), f"{number} weeks") for number in PERIODS])
    tier = forms.ChoiceField(
        label="Gravest danger seen",
        required=False,
        choices=[("", "Any or none"), *((str(tier), name) for tier, name in TIER_NAMES.items())],
    )
    topic = forms.ChoiceField(label="Topic", required=False)

    def __init__(self, asked: Mapping[str, str] | None, topics: list[tuple[str, str]], **chosen: str) -> None:
        super().__init__(asked, initial=chosen)
        cast(forms.ChoiceField, self.fields["topic"]).choices = [("", "Every topic"), *topics]


def wanted(asked: Mapping[str, str]) -> tuple[WantedForm, dict[str, str]]:
    """The form as it is shown, and what was chosen."""
    topics = list(Topic.objects.values_list("slug", "title"))
    typed = WantedForm(asked, topics)
    typed.full_clean()
    chosen = {**USUAL, **{name: value for name, value in typed.cleaned_data.items() if value}}
    return WantedForm(None, topics, **chosen), chosen
