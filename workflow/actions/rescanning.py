"""Letters are read for danger again when the rules have changed: in batches, by the clock, each letter in a transaction.

Which rules a letter was read by is kept beside its case (models/readings.py), so the work goes on where it stopped, may
run twice and at the same time, and a letter that cannot be read is flagged for a person and does not hold up the others.
Read are letters that wait for somebody, however old, and all others of the last ninety days but those taken back; with
each, the member's standing wish for a change. Words a member never sent are theirs and are not read.
"""

import logging
import time
from collections.abc import Iterator
from datetime import timedelta

import sentry_sdk
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.master_keys import CannotDecrypt
from qa.models import Letter
from qa.tongues import written_in

from ..models import Case, Reading
from ..models.consents import Choice
from ..safety import judge
from ..safety.report import Report
from ..states import State
from ..transitions import door
from .scanning import keep_reading, raise_new, read_dangers, read_words, rules_version

log = logging.getLogger("allay.safety")
DAYS = 90
BATCH = 50
SECONDS = 20.0
WISH = "Read in what the member wants changed."


def to_read(version: str) -> QuerySet[Case]:
    """Cases whose letters these rules have not read yet: what waits first, the newest first."""
    recent = Q(submitted_at__gte=timezone.now() - timedelta(days=DAYS))
    cases = Case.objects.filter(Q(is_waiting=1) | recent).exclude(state=State.WITHDRAWN)
    return cases.exclude(reading__rules_version=version).order_by("-is_waiting", "-submitted_at", "-id")


def read_again(seconds: float = SECONDS) -> int:
    """Read what is due for at most so long; how many letters were read. What is left is for the next time."""
    version, until = rules_version(), time.monotonic() + seconds
    read, given_up = 0, set[int]()
    while time.monotonic() < until:
        batch = list(to_read(version).exclude(pk__in=given_up).values_list("pk", flat=True)[:BATCH])
        if not batch:
            break
        for case_id in batch:
            if time.monotonic() >= until:
                break
            if _read_or_report(case_id, version):
                read += 1
            else:
                given_up.add(case_id)
    return read


def count_letters() -> int:
    """How many letters there are to try a rule on."""
    return Case.objects.exclude(state=State.WITHDRAWN).count()


def letters_before(case_id: int, limit: int) -> list[tuple[int, str]]:
    """The next letters to try a rule on, the newest first, below this case (0: from the newest). For counts only."""
    cases = Case.objects.exclude(state=State.WITHDRAWN).order_by("-pk")
    rows = (cases.filter(pk__lt=case_id) if case_id else cases).values_list("pk", "letter_id")[:limit]
    letters = dict(rows)
    texts = dict(Letter.objects.filter(pk__in=letters.values()).values_list("pk", "text"))
    return [(pk, texts.get(letter_id, "")) for pk, letter_id in letters.items()]


def _read_or_report(case_id: int, version: str) -> bool:
    try:
        _read(case_id, version)
    except Exception as fault:
        sentry_sdk.capture_exception(fault)
        log.exception("the second reading of case %s failed; it is tried again", case_id)
        return False
    return True


def _read(case_id: int, version: str) -> None:
    with door(case_id) as case:
        if case.state == State.WITHDRAWN or Reading.objects.filter(case=case, rules_version=version).exists():
            return
        language, report = case.language, _report_of(case)
        if case.language != language:
            case.save()
        raised = raise_new(case, report)
        for text, note in other_words(case):
            raised += read_words(case, text, note, is_again=True)
        keep_reading(case, report, raised=len(raised))


def other_words(case: Case) -> Iterator[tuple[str, str]]:
    """What else the member wrote to us about this letter, and where it stands (the note of their flags)."""
    for consent in case.consents.filter(choice=Choice.CHANGE, void_at__isnull=True):
        yield consent.wish, WISH


def _report_of(case: Case) -> Report:
    """What the scan says; a letter that cannot even be opened is a concern for a person.

    The case learns on the way in which language it is written: letters of earlier releases were all taken for English.
    """
    try:
        text = Letter.objects.values_list("text", flat=True).get(pk=case.letter_id)
    except CannotDecrypt as fault:
        log.error("the letter of case %s cannot be opened (%s)", case.pk, type(fault).__name__)
        return judge.unread("The letter could not be opened to be read again.", "")
    case.language = written_in(text) if text else case.language
    return read_dangers(text)
