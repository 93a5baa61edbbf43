"""Which language a page speaks, what we say in it, and in which language somebody wrote."""

from django.conf import settings
from django.utils.translation import get_language, ngettext

from .words import tokens

ENGLISH, SPANISH = "en", "es"
# Words that one of the two languages cannot do without and the other does not have.
_TELLING = {
    ENGLISH: "the and you your they he she his her him we our my is was are were with for that this have what when not do",
    SPANISH: "el la los las un una y que de en mi su sus se por para con es esta estoy como pero cuando nos lo le del al yo",
}
_COMMON = {language: frozenset(words.split()) for language, words in _TELLING.items()}
_ENOUGH = 4_000  # characters: a language shows in its first lines


def speaking() -> str:
    """The language of the page that is being made."""
    return (get_language() or ENGLISH).split("-")[0]


def in_language(path: str, code: str) -> str:
    """The address of a page in a language, from its address in English (docs/adr/0017)."""
    return path if code == ENGLISH else f"/{code}{path}"


def in_each_language(path: str) -> dict[str, str]:
    """The same for every language that we speak, and for whoever reads none of them (x-default)."""
    return {**{code: in_language(path, code) for code, _name in settings.LANGUAGES}, "x-default": path}


def written_in(text: str) -> str:
    """English or Spanish, by the small words of a text; a text without any counts as English."""
    words = tokens(text[:_ENOUGH])
    found = {language: sum(word in common for word in words) for language, common in _COMMON.items()}
    return SPANISH if found[SPANISH] > found[ENGLISH] else ENGLISH


def promise() -> dict[str, str]:
    """What we promise about when, each as the end of a sentence, from the days that the desks count by.

    Where danger was seen the calendar and the roster say it (workflow/queues/roster.py: read_by).
    """
    return {
        "read": _in_working_days(settings.PROMISE_READ_DAYS),
        "answer": _in_working_days(settings.PROMISE_ANSWER_DAYS),
    }


def _in_working_days(days: int) -> str:
    return ngettext("within one working day", "within {days} working days", days).format(days=days)
