"""How administrators word what we ship: looked at before it is saved, every version kept, the shipped words a button away.

One editor for mails (notifications/editor.py) and playbooks (views/playbooks.py).
"""

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render

from accounts.models import RoleGrant, User
from accounts.numbers import whole_number
from accounts.roles import Role
from qa.differences import Change, has_changes, word_changes

from ..decorators import person
from ..models import WordsVersion

KEPT_SHOWN = 30
Said = dict[str, str]


class WordsEditor(ABC):
    """One text in one language. A form has `words()` and a hidden field `based_on`: the version that was looked at."""

    model: ClassVar[type[WordsVersion]]
    page: ClassVar[str]
    saved: ClassVar[str]

    def __init__(self, request: HttpRequest, template: str, language: str) -> None:
        self.request, self.template, self.language = request, template, language

    @abstractmethod
    def form(self, typed: QueryDict | None) -> Any:
        """The form, filled with the words of now."""

    @abstractmethod
    def now(self) -> Said:
        """The words that are spoken now."""

    @abstractmethod
    def shipped(self) -> Said:
        """The words as this release has them."""

    @abstractmethod
    def words_of(self, version: WordsVersion) -> Said:
        """What a version said, whole."""

    @abstractmethod
    def labels(self) -> dict[str, str]:
        """The fields that are compared, in order, as the form names them."""

    @abstractmethod
    def context(self, said: Said) -> dict[str, Any]:
        """What the page shows beside the form: how these words read."""

    def versions(self) -> Any:
        return self.model._default_manager.filter(template=self.template, language=self.language)

    def newest(self) -> int:
        """The number of the last version, also of one that went back to the shipped words."""
        return self.versions().order_by("-pk").values_list("pk", flat=True).first() or 0

    def respond(self) -> HttpResponse:
        """The page, what it would say, or a new version."""
        typed = self.request.POST if self.request.method == "POST" else None
        if typed is not None and "reset" in typed:
            return self._reset(whole_number(typed.get("based_on", ""), otherwise=-1))
        form = self.form(typed)
        if typed is None or "look" in typed or not form.is_valid():
            return self._page(form)
        return self._save(form)

    def write(self, said: Said, by: User) -> None:
        """Keep a new version; an empty one stands for the shipped words."""
        self.model._default_manager.create(template=self.template, language=self.language, words=said, written_by=by)

    @transaction.atomic
    def _save(self, form: Any) -> HttpResponse:
        """A new version; nothing is written over. Who saves second is shown what the first one wrote."""
        if not self._is_newest(form.cleaned_data["based_on"]):
            form.add_error(None, "Somebody saved another version meanwhile. Yours is still here; look at both below.")
            return self._page(form)
        said = form.words()
        return self._keep({} if said == self.shipped() else said)

    @transaction.atomic
    def _reset(self, based_on: int) -> HttpResponse:
        if not self._is_newest(based_on):
            messages.warning(self.request, "Somebody saved another version meanwhile. Look at it before you go back.")
            return redirect(self.request.path)
        return self._keep({})

    def _is_newest(self, based_on: int) -> bool:
        """Whether nobody saved after what was looked at. Holds off the other administrators until this one is done."""
        administrators = RoleGrant.objects.filter(role=Role.ADMINISTRATOR).order_by("pk")
        list(administrators.select_for_update().values_list("pk", flat=True))
        return based_on == self.newest()

    def _keep(self, said: Said) -> HttpResponse:
        self.write(said, person(self.request))
        messages.success(self.request, self.saved if said else "The shipped words are back.")
        return redirect(self.request.path)

    def _page(self, form: forms.Form) -> HttpResponse:
        now = self.now()
        is_fit = not form.is_bound or form.is_valid()
        context = {
            "form": form,
            "written_in": self.language,  # not "language": base.html calls so what the page itself speaks
            "is_fit": is_fit,
            "versions": self.versions().select_related("written_by")[:KEPT_SHOWN],
            "newest": self.newest(),
            "is_shipped": now == self.shipped(),
            **self.context(form.words() if form.is_bound and is_fit else now),  # type: ignore[attr-defined]
            **self._comparison(now),
        }
        return render(self.request, self.page, context, status=200 if is_fit and not form.errors else 422)

    def _comparison(self, now: Said) -> dict[str, Any]:
        """An older version beside the words of now, field by field; `with=0`: the shipped ones."""
        number = whole_number(self.request.GET.get("with", ""), otherwise=-1)
        if number < 0:
            return {}
        older, row = self.shipped(), None
        if number:
            row = get_object_or_404(self.versions(), pk=number)
            older = self.words_of(row) if row.words else older
        return {"compared": row, "is_comparing": True, "changes": self.changes(older, now)}

    def changes(self, older: Said, newer: Said) -> list[tuple[str, list[Change]]]:
        """What is different between two states of the words, field by field."""
        pairs = [
            (label, word_changes(older.get(name, ""), newer.get(name, ""))) for name, label in self.labels().items()
        ]
        return [(label, all_) for label, all_ in pairs if has_changes(all_)]

    def changed_by(self, version: WordsVersion) -> list[tuple[str, list[Change]]]:
        """What a version changed in the words that stood before it."""
        before = self.versions().filter(pk__lt=version.pk).order_by("-pk").first()
        older, newer = (self.words_of(one) if one and one.words else self.shipped() for one in (before, version))
        return self.changes(older, newer)
