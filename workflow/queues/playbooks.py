"""The playbooks as they are now: in the words of an administrator where somebody wrote some, else as shipped."""

from collections import defaultdict
from collections.abc import Container, Iterable
from datetime import date, timedelta

from django.db.models import QuerySet
from django.utils import timezone, translation

from accounts.models import User
from accounts.roles import Role
from qa.models import HelpLine

from ..events import Kind
from ..models import Case, Event, PlaybookWords, SafetyFlag
from ..models.cases import TIERS
from ..safety.playbooks import ENGLISH, Playbook, playbook_for
from ..safety.words import Severity
from ..waiting import Steps
from .dangers import TICKS, standing
from .order import open_flags

LATELY = timedelta(days=7)
PRESSING = TIERS[Severity.URGENT]  # tiers up to this one


def playbook_now(category: str, language: str = ENGLISH) -> Playbook:
    """The steps of now, with the words for a member who reads this language."""
    book = playbook_for(category, language)
    if language != ENGLISH:  # the desks speak English: the steps are those of the English words
        steps = playbook_now(category)
        book = book.saying({**steps.words(ENGLISH), **book.words(language)})
    return book.saying(newest_words(book.key, language))


def newest_words(key: str, language: str) -> dict[str, object]:
    """What an administrator wrote last; nothing while the shipped words stand."""
    return _words_in(PlaybookWords.objects.filter(template=key, language=language).first())


def _words_in(version: PlaybookWords | None) -> dict[str, object]:
    return version.words if version and isinstance(version.words, dict) else {}


def steps_left(cases: Iterable[Case], *, of: User | None = None) -> dict[int, Steps]:
    """By case, the gravest pressing danger that somebody took on (`of`: this person) and whose playbook is not through.

    For cases that were read `with_facts`: two reads for all of them, none where no such danger is.
    """
    at_work = {case.pk: _at_work(open_flags(case), of) for case in cases}
    flags = [flag for found in at_work.values() for flag in found]
    if not flags:
        return {}
    edited = PlaybookWords.edited()
    ticks = Event.objects.filter(case__in={flag.case_id for flag in flags}, kind__in=TICKS)
    done = standing(ticks.only("kind", "data").order_by("id"))
    found = {}
    for case, some in at_work.items():
        steps = [_steps_of(flag, edited, done) for flag in some]
        if left := next((one for one in steps if one.done < one.total), None):
            found[case] = left
    return found


def untouched(flags: Iterable[SafetyFlag]) -> dict[int, int]:
    """How many steps there are for each open, pressing danger that somebody took on and about which nothing is ticked or
    written to the member yet. `flags`: all of the case. Two reads, none where no such danger is.
    """
    known = list(flags)
    pressing = [one for one in known if one.acknowledged_at and not one.closed_at and _tier(one) <= PRESSING]
    if not pressing:
        return {}
    events = Event.objects.filter(case__in={flag.case_id for flag in pressing}, kind__in=[*TICKS, Kind.MEMBER_TOLD])
    happened = list(events.only("kind", "data", "case").order_by("id"))
    told = {event.case_id for event in happened if event.kind == Kind.MEMBER_TOLD}
    ticked = {flag for flag, _ in standing(event for event in happened if event.kind != Kind.MEMBER_TOLD)}
    begun = {(flag.case_id, flag.category) for flag in known if flag.pk in ticked}  # one kind has its steps once
    idle = [one for one in pressing if one.case_id not in told and (one.case_id, one.category) not in begun]
    edited = PlaybookWords.edited() if idle else {}
    return {flag.pk: len(_book_of(flag, edited).steps) for flag in idle}


def _at_work(flags: Iterable[SafetyFlag], of: User | None) -> list[SafetyFlag]:
    """Pressing dangers that were taken on, gravest first; of one kind only the flag that shows the steps (see `flags_of`)."""
    kinds: dict[tuple[int, str], list[SafetyFlag]] = defaultdict(list)
    for flag in flags:
        if flag.acknowledged_at:
            kinds[flag.case_id, flag.category].append(flag)
    worst = {_first_shown(some): min(map(_tier, some)) for some in kinds.values() if of is None or _is_of(some, of)}
    return sorted((flag for flag, tier in worst.items() if tier <= PRESSING), key=lambda flag: (worst[flag], flag.pk))


def _is_of(flags: Iterable[SafetyFlag], person: User) -> bool:
    return any(flag.acknowledged_by_id == person.pk for flag in flags)


def _first_shown(flags: Iterable[SafetyFlag]) -> SafetyFlag:
    return min(flags, key=lambda flag: (flag.acknowledged_at, _tier(flag), flag.raised_at, flag.pk))


def _tier(flag: SafetyFlag) -> int:
    return TIERS[Severity(flag.severity)]


def _book_of(flag: SafetyFlag, edited: dict[tuple[str, str], PlaybookWords]) -> Playbook:
    book = playbook_for(flag.category)
    return book.saying(_words_in(edited.get((book.key, ENGLISH))))


def _steps_of(
    flag: SafetyFlag, edited: dict[tuple[str, str], PlaybookWords], done: Container[tuple[int, str]]
) -> Steps:
    book = _book_of(flag, edited)
    return Steps(flag.pk, sum((flag.pk, step.key) in done for step in book.steps), len(book.steps))


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
    return {line.key: f"{line.name}: {line.number}{f' ({line.press})' if line.press else ''}" for line in spoken}
