"""What a person had typed when a page could not take it: shown back to them, so that nothing is lost."""

from collections.abc import Collection
from typing import NamedTuple

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, RawPostDataException, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from qa.sanitize import TooMuchMarkup, as_paragraphs, clean_html

_NOT_SHOWN = {"csrfmiddlewaretoken", "seen", "sheet", "checked", "page_hash", "based_on", "next", "code", "credential"}
# The fields of members' and readers' forms, as the page names them.
_NAMES = (
    _("text"),
    _("danger"),
    _("audience"),
    _("wish"),
    _("words"),
    _("reply to"),
    _("email"),
    _("mail"),
    _("choice"),
)
_UNREADABLE = (SuspiciousOperation, BadRequest, UnreadablePostError, RawPostDataException, MultiPartParserError)
_ANSWER = "body"  # the one field that holds markup: what an expert writes in the editor


class Typed(NamedTuple):
    """One filled field: what the page calls it, and its words. `is_answer`: sanitized HTML, to be shown as people see it."""

    name: str
    words: str
    is_answer: bool = False


def typed_words(request: HttpRequest, *, besides: Collection[str] = ()) -> list[Typed]:
    """Every filled field of the form, `besides` some; empty where the form itself cannot be read."""
    try:
        fields = list(request.POST.lists())
    except _UNREADABLE:
        return []
    return [
        _typed(name, value)
        for name, values in fields
        if name not in {*_NOT_SHOWN, *besides} and "password" not in name
        for value in map(str, values)
        if value.strip()
    ]


def _typed(name: str, value: str) -> Typed:
    if name == _ANSWER and (answer := _as_read(value)):
        return Typed("Your answer", answer, is_answer=True)
    return Typed(gettext(name.replace("_", " ")), value)


def _as_read(typed: str) -> str:
    """The answer as the page will show it; nothing when it is too much to be cleaned, or nothing of it is left."""
    try:
        return clean_html(clean_html(as_paragraphs(typed)))  # twice: the page cleans once more what it is given
    except TooMuchMarkup:
        return ""
