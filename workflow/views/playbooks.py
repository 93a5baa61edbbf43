"""Administrators word the playbooks: the steps at the desks, and what is written to members, in each of their languages."""

from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.roles import Role
from qa.models import HelpLine

from ..actions.playbook import word_playbook
from ..decorators import desk
from ..forms.playbook import PlaybookForm
from ..models import PlaybookWords, WordsVersion
from ..queues.playbooks import lines_spoken, newest_words
from ..safety.playbooks import Playbook, all_playbooks
from ..safety.words import CATEGORY_WORDS, Category
from .words_editor import Said, WordsEditor

LANGUAGES = dict(settings.LANGUAGES)
CHANGES_SHOWN = 20


@desk(Role.ADMINISTRATOR)
@require_safe
def playbooks(request: HttpRequest) -> HttpResponse:
    """Every playbook in every language, and which of them somebody edited."""
    edited = PlaybookWords.edited()
    rows = [
        (book.key, _named(book), [(key, name, edited.get((book.key, key))) for key, name in LANGUAGES.items()])
        for book in all_playbooks()
    ]
    return render(request, "workflow/playbooks/playbooks.html", {"books": rows})


@desk(Role.ADMINISTRATOR)
def playbook(request: HttpRequest, book: str, language: str) -> HttpResponse:
    """One playbook: its words, how they read with the numbers of the registry, and what they were before."""
    if (found := _book(book, language)) is None:
        raise Http404
    return PlaybookEditor(request, found, language).respond()


@desk(Role.MODERATOR, Role.ADMINISTRATOR)
@require_safe
def playbook_changes(request: HttpRequest) -> HttpResponse:
    """What administrators changed lately in the playbooks, for those who work by them: each version beside the one before."""
    versions = PlaybookWords.objects.select_related("written_by")[:CHANGES_SHOWN]
    rows = []
    for version in versions:
        book = _book(version.template, version.language)
        if book is not None:
            changes = PlaybookEditor(request, book, version.language).changed_by(version)
            rows.append((version, _named(book), LANGUAGES[version.language], changes))
    return render(request, "workflow/playbooks/changes.html", {"rows": rows})


def _book(key: str, language: str) -> Playbook | None:
    """As shipped; nothing for what this release does not have. Kept for good, so never asked for a language typed by somebody."""
    books = all_playbooks(language) if language in LANGUAGES else ()
    return next((book for book in books if book.key == key), None)


class PlaybookEditor(WordsEditor):
    """A playbook, with its words for members in one language."""

    model = PlaybookWords
    page = "workflow/playbooks/playbook.html"
    saved = "Saved. Whoever takes on a danger from now on sees it."

    def __init__(self, request: HttpRequest, book: Playbook, language: str) -> None:
        super().__init__(request, book.key, language)
        self.book = book

    @cached_property
    def lines(self) -> list[HelpLine]:
        return list(HelpLine.objects.all())

    def form(self, typed: QueryDict | None) -> PlaybookForm:
        now = self.now()
        return PlaybookForm(typed, book=self.book.saying(now), words=now, lines=self.lines, newest=self.newest())

    def now(self) -> Said:
        return self.book.saying(newest_words(self.template, self.language)).words(self.language)

    def shipped(self) -> Said:
        return self.book.words(self.language)

    def write(self, said: Said, by: User) -> None:
        word_playbook(key=self.template, language=self.language, words=said, by=by)

    def words_of(self, version: WordsVersion) -> Said:
        return self.book.saying(version.words).words(self.language)

    def labels(self) -> dict[str, str]:
        steps = {"first": "What to know first", "steps": "Steps"} if "steps" in self.shipped() else {}
        return {**steps, **{message.field: message.title for message in self.book.messages}}

    def context(self, said: Said) -> dict[str, Any]:
        book = self.book.saying(said)
        numbers = lines_spoken(self.lines, self.language, today=timezone.localdate())
        return {
            "name": _named(book),
            "language_name": LANGUAGES[self.language],
            "book": book,
            "has_steps": "steps" in said,
            "looks": [(message.title, message.filled(numbers)) for message in book.messages],
            "lines": self.lines,
        }


def _named(book: Playbook) -> str:
    return ", ".join(CATEGORY_WORDS[Category(category)] for category in book.categories).capitalize()
