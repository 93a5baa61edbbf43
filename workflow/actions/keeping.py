"""Nothing is kept for longer than we said: the member is told a month before, then the words are erased for real.

Each end is an event of the case, by the service and without a word; safe to run twice and at the same time. A hold takes a
reason, a day and two moderators; it stops this clock and nothing else: the member can always take the letter back.
"""

import logging
from datetime import date, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from qa import keyring
from qa.models import Letter

from .. import events
from ..events import Kind
from ..models import Case, Hold, Keeping, MailWish, Remark
from ..queues import keeping
from ..queues.keeping import ORIGINAL, TERMS, Term
from ..queues.members import idle
from ..reasons import LEAST_REASON, REASON_CHARS
from ..states import Act
from ..transitions import Refused, acting, door, end_by_clock
from . import intake, stories
from .leaving import erase_account

log = logging.getLogger("allay.retention")
AT_ONCE = 500
LONGEST_HOLD = 365


def announce_ends() -> int:
    """Tell members whose letters' time is over within a month. Returns how many."""
    return sum(_announce(term, pk) for term in TERMS for pk in list(_ids(keeping.to_announce(term))))


def end_what_is_over() -> int:
    """Erase what was announced and whose day has come. Returns how many."""
    done = 0
    for term in TERMS:
        end = _end_original if term is ORIGINAL else _end_letter
        ended = sum(end(term, pk) for pk in list(_ids(keeping.to_end(term))))
        log.info("retention %s: %s ended", term.name, ended)
        done += ended
    return done


def forget_idle(*, days: int) -> int:
    """Erase accounts without a letter to which nobody came for so long. Returns how many."""
    found = list(idle(before=timezone.now() - timedelta(days=days))[:AT_ONCE])
    for person in found:
        erase_account(by=person)
    log.info("retention idle accounts: %s erased", len(found))
    return len(found)


def keep_longer(*, case_id: int, by: User) -> Case:
    """The member wants it kept: its clock begins anew."""
    with acting(case_id, Act.KEEP_LONGER, by=by) as case:
        Keeping.objects.update_or_create(case=case, defaults={"kept_at": timezone.now()})
        events.record(Kind.LETTER_KEPT, case=case, by=by)
    return case


def ask_hold(*, case_id: int, by: User, why: str, reason: str, until: date) -> Hold:
    """From now on nothing of it is erased by the clock, while a colleague has not said no."""
    if not LEAST_REASON <= len(reason.strip()) <= REASON_CHARS:
        raise Refused(f"Please write why, in a sentence, under {REASON_CHARS:,} characters.")
    today = timezone.localdate()
    if not today < until <= today + timedelta(days=LONGEST_HOLD):
        raise Refused("Choose a day from tomorrow on, within a year. It can be asked for again then.")
    with acting(case_id, Act.HOLD, by=by) as case:
        if case.holds.open().exists():
            raise Refused("There is a hold on this case already.", case=case)
        hold = Hold.objects.create(case=case, why=why, reason=reason.strip(), until=until, asked_by=by)
        events.record(Kind.HOLD_ASKED, case=case, by=by, data={"hold": hold.pk, "why": why})
    return hold


def agree_hold(*, case_id: int, by: User) -> Hold:
    """A second moderator agrees. Never one's own."""
    with acting(case_id, Act.HOLD, by=by) as case:
        hold = _open(case)
        if hold.agreed_at is not None:
            raise Refused("A colleague agreed already.", case=case)
        if hold.asked_by_id == by.pk:
            raise Refused("You asked for it yourself. A colleague has to agree.", case=case)
        hold.agreed_by, hold.agreed_at = by, timezone.now()
        hold.save()
        events.record(Kind.HOLD_AGREED, case=case, by=by, data={"hold": hold.pk})
    return hold


def end_hold(*, case_id: int, by: User) -> Hold:
    """Any moderator: what was asked for is refused, what stands ends. The clock goes on; the member is told before anything goes."""
    with acting(case_id, Act.HOLD, by=by) as case:
        hold = _open(case)
        hold.ended_by, hold.ended_at = by, timezone.now()
        hold.save()
        events.record(Kind.HOLD_ENDED, case=case, by=by, data={"hold": hold.pk})
    return hold


def _open(case: Case) -> Hold:
    hold = keeping.open_hold(case)
    if hold is None:
        raise Refused("There is no hold on this case any more.", case=case)
    return hold


def _ids(cases: QuerySet[Case]) -> list[int]:
    return list(cases.values_list("pk", flat=True)[:AT_ONCE])


def _announce(term: Term, case_id: int) -> bool:
    with door(case_id) as case:
        if not keeping.to_announce(term).filter(pk=case.pk).exists():
            return False
        Keeping.objects.update_or_create(case=case, defaults={"warned_at": timezone.now()})
        events.record(Kind.END_ANNOUNCED, case=case, by=None, data={"term": term.name})
    return True


def _is_over(term: Term, case: Case) -> bool:
    return keeping.to_end(term).filter(pk=case.pk).exists()


def _end_letter(term: Term, case_id: int) -> bool:
    with stories.parting_twins(case_id):
        return end_by_clock(
            case_id,
            Kind.LETTER_ENDED,
            still=lambda case: _is_over(term, case),
            erase=intake.erase_words,
            term=term.name,
        )


@transaction.atomic
def _end_original(term: Term, case_id: int) -> bool:
    """What the page came from: the letter, what was found and asked and noted. The page, its sealed question and answer stay."""
    with door(case_id) as case:
        if not _is_over(term, case):
            return False
        Letter.objects.filter(pk=case.letter_id).update(text="")
        for rows in (case.findings, case.notes, case.comments, case.inquiries):
            rows.all().delete()
        case.flags.update(evidence="", note="", outcome="")
        case.consents.update(wish="")
        Remark.objects.filter(event__case=case).delete()
        MailWish.objects.filter(event__case=case).update(added="")
        keyring.exchange(case)
        events.record(Kind.ORIGINAL_ENDED, case=case, by=None, data={"term": term.name})
    return True
