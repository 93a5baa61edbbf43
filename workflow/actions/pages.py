"""After publication: what readers tell us of a page, and what moderators do to keep it true."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from accounts.models import User
from qa.models import Correction, Publication

from .. import events
from ..events import Kind
from ..models import AS_IT_IS, Case, Report, Wish
from ..models.reports import Concern
from ..transitions import Refused
from . import findings

MOST_OPEN = 50  # of one page; more say nothing new


def count_reply(*, page: Publication, helped: bool) -> None:
    """One more reader says whether it helped; who it was is not kept."""
    field = "helped" if helped else "did_not_help"
    Publication.objects.filter(pk=page.pk).update(**{field: F(field) + 1})


@transaction.atomic
def report(*, page: Publication, concern: Concern, words: str = "", reply_to: str = "") -> None:
    """Keep what a reader says is wrong. The first of its kind is news to the moderators."""
    waiting = Report.objects.filter(page=page, closed_at__isnull=True)
    if waiting.count() >= MOST_OPEN:
        return
    is_news = not waiting.filter(concern=concern).exists()
    made = Report.objects.create(page=page, concern=concern, words=words.strip(), reply_to=reply_to.strip())
    case = _case_of(page)
    if case is not None and is_news:
        if concern == Concern.RECOGNISED:
            findings.remember_report(case, words)
        events.record(Kind.PAGE_REPORTED, case=case, by=None, data={"report": made.pk, "concern": concern})


@transaction.atomic
def close_report(*, report_id: int, by: User, outcome: str) -> Report:
    """Say what was done. Closing twice changes nothing."""
    found = Report.objects.select_for_update().select_related("page").get(pk=report_id)
    if not outcome.strip():
        raise Refused("Please write what was done.")
    if found.closed_at is None:
        found.outcome, found.closed_at, found.closed_by = outcome.strip(), timezone.now(), by
        found.save()
    return found


@transaction.atomic
def look_again(*, page: Publication, by: User) -> None:
    """A person read the answer again and it is still true: it stands for another year."""
    today = timezone.localdate()
    page.reviewed_on = today
    page.review_by = today + timedelta(days=round(settings.PAGE_REVIEW_MONTHS * 365 / 12))
    page.save()
    if case := _case_of(page):
        events.record(Kind.PAGE_CHECKED, case=case, by=by)


@transaction.atomic
def correct(*, page: Publication, by: User, text: str, is_important: bool, mail: Wish = AS_IT_IS) -> Correction:
    """Put a dated correction above the answer. An important one is told to the member who received the answer."""
    made = Correction.objects.create(page=page, text=text.strip(), is_important=is_important, made_by=by)
    if case := _case_of(page):
        events.record(
            Kind.PAGE_CORRECTED,
            case=case,
            by=by,
            data={"important": is_important},
            mail=mail if is_important else AS_IT_IS,
        )
    return made


def take_down_imported(*, page: Publication, by: User) -> None:
    """A page without a letter of ours. Pages of members are taken down through their case."""
    if _case_of(page) is not None:
        raise Refused("This page has a letter here. Take it down on its own page.")
    page.withdraw()


def _case_of(page: Publication) -> Case | None:
    """The case that a page came from; imported pages have none."""
    if page.question_id is None:
        return None
    return Case.objects.filter(letter__question=page.question_id).first()
