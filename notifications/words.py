"""Which words a mail speaks now: the newest version that an administrator wrote, or the shipped ones.

A version that is not fit to be sent can stop no mail: the shipped words go out, and it is reported.
"""

import logging
from typing import NamedTuple

from workflow.models import WordsVersion

from .models import Wording
from .wordings import FIELDS, SHIPPED, Words, faults, languages, shipped

log = logging.getLogger("allay.mail")
Edited = dict[tuple[str, str], Wording]


class Spoken(NamedTuple):
    """The words, their language, and the version they are of; 0: as shipped."""

    words: Words
    language: str
    version: int


def edited() -> Edited:
    """The newest version of every mail that somebody edited, by mail and language."""
    return Wording.edited()


def spoken(template: str, stream: str, language: str, versions: Edited) -> Spoken:
    """The words of one mail for somebody who speaks this language."""
    language = language if language in languages() else SHIPPED
    version = versions.get((template, language))
    if version is None:
        return Spoken(shipped(template, stream, language), language, 0)
    if not is_fit(version):
        log.error("version %s of the mail %s is not fit to be sent; the shipped words go out", version.pk, template)
        return Spoken(shipped(template, stream, language), language, 0)
    return Spoken(words_of(version), language, version.pk)


def is_fit(version: Wording) -> bool:
    """Also when the row was written past the form."""
    try:
        return not faults(version.template, version.words)
    except (TypeError, AttributeError):
        return False


def words_of(version: WordsVersion) -> Words:
    return Words(**{name: str(version.words.get(name, "")) for name in FIELDS})
