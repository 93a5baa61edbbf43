"""The playbooks as they are now: in the words of an administrator where somebody wrote some, else as shipped."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import QuerySet
from django.utils import timezone, translation

from accounts.models import User
from accounts.roles import Role
from qa.models import HelpLine

from ..models import PlaybookWords
from ..safety.playbooks import ENGLISH, Playbook, playbook_for

LATELY = timedelta(days=7)


def playbook_now(category: str, language: str = ENGLISH) -> Playbook:
    """The steps of now, with the words for a member who reads this language."""
    book = playbook_for(category, language)
    if language != ENGLISH:  # the desks speak English: the steps are those of the English words
        steps = playbook_now(category)
        book = book.saying({**steps.words(ENGLISH), **book.words(language)})
    return book.saying(newest_words(book.key, language))


def newest_words(key: str, language: str) -> dict[str, object]:
    """What an administrator wrote last; nothing while the shipped words stand."""
    newest = PlaybookWords.objects.filter(template=key, language=language).first()
    return newest.words if newest and isinstance(newest.words, dict) else {}


def worded_lately(moderator: User) -> QuerySet[PlaybookWords]:
    """What others worded anew in the last week: moderators work by it, so each of them is told of every version."""
    if not moderator.holds(Role.MODERATOR):
        return PlaybookWords.objects.none()
    since = timezone.now() - LATELY
    return PlaybookWords.objects.filter(written_at__gte=since).exclude(written_by=moderator).order_by("pk")


def lines_spoken(lines: Iterable[HelpLine], language: str, *, today: date) -> dict[str, str]:
    """What stands for `{line:key}` in words for somebody who reads this language; what may not be offered drops out."""
    with translation.override(language):
        spoken = [line.spoken() for line in lines if line.may_be_offered(today=today)]
    return {line.key: f"{line.name}: {line.number}" for line in spoken}
