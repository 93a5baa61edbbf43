"""Administrators edit what our mails say: looked at before it is saved, every version kept, the shipped words a button away."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from accounts.roles import Role
from qa.differences import has_changes, word_changes
from workflow.decorators import desk, person

from . import words
from .emails import link_to
from .forms import WordingForm
from .lines import MAILS
from .models import Category, Wording
from .moulds import Said, cast
from .rules import may_be_stopped, templates
from .wordings import FIELDS, Words, languages, shipped

KEPT_SHOWN = 30
NAMES = {
    **MAILS,
    "received": "what was sent has arrived",
    "under_way": "somebody works on it",
    "word": "a message from us, because of a danger",
    "reply": "a message from us, without an answer",
    "news_digest": "news since yesterday, once a day",
    "upkeep_digest": "what is past its day, for administrators",
    "self_test": "the hourly mail to ourselves",
    "sign_in_code": "the code for signing in",
    "sign_in_unknown": "there is no account with this address",
    "password_code": "the code for a new password",
    "second_step": "the second step of signing in was changed",
    "new_device": "somebody signed in from a new device",
    "wrong_steps": "the second step of signing in was wrong several times",
    "work_taken_down": "it was taken down, to its expert",
    "work_withdrawn_expert": "it was taken back, to its expert",
    "role_waits": "a role waits for a second person",
}
_SOMETIMES = {"fuller": "To members who allowed a little more", "several": "When several things wait"}


@desk(Role.ADMINISTRATOR)
@require_safe
def wordings(request: HttpRequest) -> HttpResponse:
    """Every mail in every language, and which of them somebody edited."""
    versions = words.edited()
    rows = [
        (
            stream.label,
            [(name, _named(name), _states(name, versions)) for name, its in templates().items() if its == stream],
        )
        for stream in Category
    ]
    return render(request, "notifications/wordings.html", {"streams": rows})


def _named(template: str) -> str:
    """What the mail is about, for colleagues."""
    return NAMES.get(template, template.replace("_", " "))


def _states(template: str, versions: words.Edited) -> list[tuple[str, str, Wording | None]]:
    return [(language, name, versions.get((template, language))) for language, name in languages().items()]


@desk(Role.ADMINISTRATOR)
def wording(request: HttpRequest, mail: str, language: str) -> HttpResponse:
    """One mail: its words, how it looks with them, and what they were before."""
    if mail not in templates() or language not in languages():
        raise Http404
    typed = request.POST if request.method == "POST" else None
    form = WordingForm(typed, template=mail, words=_now(mail, language).words, newest=_newest(mail, language))
    if typed is not None and "reset" in typed:
        return _keep(request, mail, language, {})
    if typed is None or "look" in typed or not form.is_valid():
        return _page(request, mail, language, form)
    return _save(request, mail, language, form)


@transaction.atomic
def _save(request: HttpRequest, mail: str, language: str, form: WordingForm) -> HttpResponse:
    """A new version; nothing is written over. Who saves second is shown what the first one wrote."""
    if form.cleaned_data["based_on"] != _newest(mail, language):
        form.add_error(None, "Somebody saved another version meanwhile. Yours is still here; look at both below.")
        return _page(request, mail, language, form)
    said = form.words()
    return _keep(
        request, mail, language, {} if said == shipped(mail, templates()[mail], language).as_fields() else said
    )


def _keep(request: HttpRequest, mail: str, language: str, said: dict[str, str]) -> HttpResponse:
    Wording.objects.create(template=mail, language=language, words=said, written_by=person(request))
    messages.success(request, "Saved. The next mail says it." if said else "The shipped words are back.")
    return redirect("notifications:wording", mail, language)


def _page(request: HttpRequest, mail: str, language: str, form: WordingForm) -> HttpResponse:
    now = _now(mail, language)
    versions = Wording.objects.filter(template=mail, language=language).select_related("written_by")
    is_fit = not form.is_bound or form.is_valid()
    context = {
        "form": form,
        "name": _named(mail),
        "language": language,
        "language_name": languages()[language],
        "mail": mail,
        "looks": _looks(mail, language, form.words() if form.is_bound and is_fit else now.words.as_fields()),
        "is_fit": is_fit,
        "versions": versions[:KEPT_SHOWN],
        "is_shipped": now.version == 0,
        **_comparison(request, mail, language, now.words),
    }
    status = 200 if is_fit and not form.errors else 422
    return render(request, "notifications/wording.html", context, status=status)


def _comparison(request: HttpRequest, mail: str, language: str, now: Words) -> dict[str, Any]:
    """An older version beside the words of now, field by field; `with=0`: the shipped ones."""
    number = request.GET.get("with", "")
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        return {}
    older, row = shipped(mail, templates()[mail], language), None
    if int(number):
        row = get_object_or_404(Wording, pk=int(number), template=mail, language=language)
        older = words.words_of(row) if row.words else older
    pairs = [
        (WordingForm.base_fields[name].label, word_changes(getattr(older, name), getattr(now, name))) for name in FIELDS
    ]
    return {
        "compared": row,
        "is_comparing": True,
        "changes": [(label, all_) for label, all_ in pairs if has_changes(all_)],
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


def _now(mail: str, language: str) -> words.Spoken:
    return words.spoken(mail, templates()[mail], language, words.edited())


def _newest(mail: str, language: str) -> int:
    """The number of the last version, also of one that went back to the shipped words."""
    return (
        Wording.objects.filter(template=mail, language=language).order_by("-pk").values_list("pk", flat=True).first()
        or 0
    )
