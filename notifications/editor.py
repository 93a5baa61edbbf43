"""Administrators edit what our mails say: looked at before it is saved, every version kept, the shipped words a button away."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.roles import Role
from workflow.decorators import desk
from workflow.models import WordsVersion
from workflow.views.words_editor import WordsEditor

from . import words
from .emails import link_to
from .forms import WordingForm
from .lines import named
from .models import Category, Wording
from .moulds import Said, cast
from .rules import may_be_stopped, templates
from .wordings import FIELDS, Words, languages, shipped

_SOMETIMES = {"fuller": "To members who allowed a little more", "several": "When several things wait"}


@desk(Role.ADMINISTRATOR)
@require_safe
def wordings(request: HttpRequest) -> HttpResponse:
    """Every mail in every language, and which of them somebody edited."""
    versions = words.edited()
    rows = [
        (
            stream.label,
            [(name, named(name), _states(name, versions)) for name, its in templates().items() if its == stream],
        )
        for stream in Category
    ]
    return render(request, "notifications/wordings.html", {"streams": rows})


def _states(template: str, versions: words.Edited) -> list[tuple[str, str, Wording | None]]:
    return [(language, name, versions.get((template, language))) for language, name in languages().items()]


@desk(Role.ADMINISTRATOR)
def wording(request: HttpRequest, mail: str, language: str) -> HttpResponse:
    """One mail: its words, how it looks with them, and what they were before."""
    if mail not in templates() or language not in languages():
        raise Http404
    return MailEditor(request, mail, language).respond()


class MailEditor(WordsEditor):
    """A mail in one language."""

    model = Wording
    page = "notifications/wording.html"
    saved = "Saved. The next mail says it."

    def form(self, typed: QueryDict | None) -> WordingForm:
        return WordingForm(typed, template=self.template, words=Words(**self.now()), newest=self.newest())

    def now(self) -> dict[str, str]:
        spoken = words.spoken(self.template, templates()[self.template], self.language, words.edited())
        return spoken.words.as_fields()

    def shipped(self) -> dict[str, str]:
        return shipped(self.template, templates()[self.template], self.language).as_fields()

    def words_of(self, version: WordsVersion) -> dict[str, str]:
        return words.words_of(version).as_fields()

    def labels(self) -> dict[str, str]:
        return {name: str(WordingForm.base_fields[name].label) for name in FIELDS}

    def context(self, said: dict[str, str]) -> dict[str, Any]:
        return {
            "name": named(self.template),
            "language_name": languages()[self.language],
            "looks": _looks(self.template, self.language, said),
        }


def _looks(mail: str, language: str, said: dict[str, str]) -> list[tuple[str, Said]]:
    """The mail on sample data, once for each way it can be spoken."""
    sample = {
        "link": link_to(None),
        "code": "123456" if mail in {"sign_in_code", "password_code"} else "",
        "stop": f"{settings.PUBLIC_URL}/…" if may_be_stopped(mail) else "",
        "waiting": 3,
    }
    ways: list[tuple[str, dict[str, int]]] = [("", {})]
    if said["fuller_first"] or said["fuller_subject"]:
        ways.append((_SOMETIMES["fuller"], {"fuller": True}))
    if templates()[mail] == Category.WORK:
        ways.append((_SOMETIMES["several"], {"several": 3}))
    spoken = Words(**said)
    return [(when, cast(spoken, language, {**sample, **more}, to="", headers={}).words()) for when, more in ways]
