"""What a person had typed when a page could not take it: shown back to them, so that nothing is lost."""

from django.core.exceptions import BadRequest, SuspiciousOperation
from django.http import HttpRequest, RawPostDataException, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

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


def typed_words(request: HttpRequest) -> list[tuple[str, str]]:
    """Name and text of every filled field of the form; empty where the form itself cannot be read."""
    try:
        fields = list(request.POST.lists())
    except _UNREADABLE:
        return []
    return [
        (gettext(name.replace("_", " ")), value)
        for name, values in fields
        if name not in _NOT_SHOWN and "password" not in name
        for value in map(str, values)
        if value.strip()
    ]
