"""/styleguide in development: every part of the pages in every state, drawn by the templates that pages use themselves."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from qa.differences import word_changes
from qa.models import HelpLine, Publication, Topic
from workflow.drawing import bars, lines, lying
from workflow.typed import Typed

ANSWER = (
    "<p>You are listening at a door, and that says a great deal.</p><h2>Words you could use tonight</h2>"
    "<blockquote><p>I am glad that you are home. I am making eggs. Come if you like.</p></blockquote>"
    "<h2>What helps</h2><ul><li>A calm hour.</li><li>One sentence, not ten.</li></ul>"
    "<blockquote><p>Sleep is how a body mends.</p></blockquote>"
)
LETTER = (
    "My daughter came home from a program some days ago.\n\nShe sleeps all day, and I do not know whether to wake her."
)


class SampleForm(forms.Form):
    """One field of each kind."""

    title = forms.CharField(help_text="The situation in a few words.", error_messages={"required": "Write a title."})
    text = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), error_messages={"required": "Write a few words."})
    when = forms.ChoiceField(choices=[("now", "Right now"), ("before", "Some time ago")], widget=forms.RadioSelect)
    topic = forms.ChoiceField(choices=[("", "Choose one"), ("a", "Early recovery")])
    sure = forms.BooleanField(label="I read it as the family would")


@dataclass
class Topics:
    """Stands for the topics of a page that is in no database."""

    rows: list[Topic] = field(default_factory=lambda: [Topic(slug="early", title="Early recovery")])

    def all(self) -> list[Topic]:
        return self.rows


@dataclass
class Card:
    """What a card in a list says."""

    title: str = "She sleeps all day since she came home"
    label: str = "A mother"
    question_text: str = LETTER
    audience: str = "members"
    topics: Topics = field(default_factory=Topics)

    def get_absolute_url(self) -> str:
        return "#letter-card"


@login_not_required
@require_safe
def styleguide(request: HttpRequest) -> HttpResponse:
    """Not there anywhere but in development: it is for who builds."""
    if not settings.DEVELOPMENT:
        raise Http404
    starts = [date(2026, 3, 2) + timedelta(weeks=week) for week in range(6)]
    up, down = [3.0, 8.0, 6.0, None, 9.0, 12.0], [1.0, 2.0, 4.0, 4.0, 3.0, 5.0]
    page = Publication(
        title=Card.title, label=Card.label, question_text=LETTER, answer_html=ANSWER, answered_by="Erin, counselor",
        answered_on=date(2026, 3, 2), reviewed_on=date(2026, 3, 3),
    )  # fmt: skip
    context = {
        "form": SampleForm(),
        "wrong": SampleForm({}),
        "tiers": range(4),
        "line": HelpLine(key="sample", name="A line", number="988", country="US"),
        "card": Card(),
        "page": page,
        "changes": word_changes("He came home to us on Friday.", "He came home a few days ago."),
        "typed": [Typed("reason", "What somebody had typed.")],
        "lines": lines("Lines", starts, [("Half", up), ("Most", down)], "{:g}".format, promise=(10, "promised")),
        "bars": bars("Bars", starts, [("Danger", down), ("False alarm", down)], "{:g}".format, "{:g}".format),
        "lying": lying("Waiting", ["Urgent", "None"], [(f"Age {at}", [3, 5]) for at in range(4)], "{:g}".format),
        "columns": ("Week of", "Came in", "Answered"),
        "rows": [["2026-03-02", "8", "5"], ["2026-03-09", "12", "9"]],
    }
    return render(request, "config/styleguide.html", context)
