"""What is kept, how long, who hears before, and what becomes of it: the one table that pages, PRIVACY.md and the clock follow.

The clock's own work on letters is workflow/actions/keeping.py; here is the table, the rest of the nightly work, and the page.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe
from django_q.models import Task

from accounts.roles import Role
from notifications.models import Message
from notifications.models import Report as MailReport
from workflow.actions.keeping import announce_ends, end_what_is_over, forget_idle
from workflow.actions.upkeep import DRAFT_DAYS, PARKED_HOURS, UNUSED_DAYS
from workflow.decorators import desk, person
from workflow.models import ContactWish, Report
from workflow.queues.keeping import TERMS, announced, open_holds

log = logging.getLogger("allay.retention")
TASK_DAYS, LOG_DAYS, BACKUP_DAYS, SOON_DAYS = 7, 30, 35, 30


@dataclass(frozen=True)
class Kept:
    """One class of data."""

    what: str
    how_long: str
    why: str
    warning: str = ""


def words(days: int) -> str:
    """730 → 2 years; 180 → 6 months; 90 → 90 days."""
    if days % 365 == 0:
        return ngettext("%(number)s year", "%(number)s years", days // 365) % {"number": days // 365}
    if days % 30 == 0 and days > 90:
        return _("%(number)s months") % {"number": days // 30}
    return ngettext("%(number)s day", "%(number)s days", days) % {"number": days}


def table() -> list[Kept]:
    """In the order in which a member meets it. How long: with the settings of this installation."""
    return [*_letters(), *_people(), *_machines()]


def _letters() -> list[Kept]:
    told = _("%(days)s before; one press keeps it") % {"days": words(settings.KEEP_WARN_DAYS)}
    return [
        Kept(
            _("A letter you began and did not send"),
            _("%(days)s after you last changed it") % {"days": words(DRAFT_DAYS)},
            _("It is yours alone. No mail, because you have not told us yet whether mail is safe."),
        ),
        Kept(
            _("A letter you sent after your sign-in ran out"),
            _("%(number)s hours") % {"number": PARKED_HOURS},
            _("So that it is not lost."),
        ),
        Kept(_("A letter that waits for an answer"), _("Until it is answered"), _("People are working on it.")),
        Kept(_("A letter you took back"), _("Erased at once"), _("It is yours.")),
        Kept(
            _("A letter we could not answer"),
            words(settings.KEEP_DECLINED_DAYS),
            _("So that you can read what we wrote to you."),
            told,
        ),
        Kept(
            _("A letter with a private answer"),
            words(settings.KEEP_ANSWERED_DAYS),
            _("People read an answer again, a year later too."),
            told,
        ),
        Kept(
            _("Your own words behind a page that others can read"),
            words(settings.KEEP_ORIGINAL_DAYS),
            _("Only the page is needed then; it has no names in it."),
            told,
        ),
        Kept(
            _("A page that others can read"),
            _("Until you take it down"),
            _("You agreed to it, and it helps other families."),
        ),
        Kept(
            _("What our team noted, found and asked about a letter"),
            _("As long as the letter"),
            _("It is about you, so it goes with it."),
        ),
    ]


def _people() -> list[Kept]:
    return [
        Kept(
            _("That you wrote a letter"),
            _("As long as your account"),
            _("So that only you see it, and can take it back."),
        ),
        Kept(
            _("An address that asked for a code, and nobody came"),
            words(UNUSED_DAYS),
            _("Anybody can type any address."),
        ),
        Kept(
            _("Your account, when no letter of yours is left"),
            _("%(days)s after you last signed in") % {"days": words(settings.KEEP_IDLE_ACCOUNT_DAYS)},
            _("There is nothing in it; you can begin a new one at any time."),
        ),
        Kept(
            _("That a mail went to you"),
            words(settings.KEEP_MAIL_DAYS),
            _("To see that mail arrives. The words of a mail are never kept."),
        ),
        Kept(
            _("That somebody of our team asked to see your address"),
            words(settings.KEEP_CONTACT_DAYS),
            _("So that it can be looked into."),
        ),
        Kept(
            _("What readers told us about a page"),
            _("%(days)s after it was looked at") % {"days": words(settings.KEEP_REPORT_DAYS)},
            _("It may name somebody."),
        ),
        Kept(
            _("Your sign-in on a phone or computer"),
            _("A day after you were last here"),
            _("So that you can write slowly."),
        ),
    ]


def _machines() -> list[Kept]:
    return [
        Kept(
            _("Who did what, and when, without any words"),
            _("As long as the service runs"),
            _("Nobody may change it; it holds no name of a member and no word of a letter."),
        ),
        Kept(_("The log of our machines, without names and words"), words(LOG_DAYS), _("To find faults.")),
        Kept(
            _("Sealed copies of all of this, in case a machine breaks"),
            words(BACKUP_DAYS),
            _("If a copy is ever used, what you erased is erased again."),
        ),
    ]


def nightly() -> int:
    """What the schedule calls. First who hears, then what goes. Safe to run twice and at the same time."""
    done = announce_ends() + end_what_is_over() + forget_idle(days=settings.KEEP_IDLE_ACCOUNT_DAYS)
    return done + sum(_drop(name, rows()) for name, rows in ROWS.items())


def _ago(days: int) -> datetime:
    return timezone.now() - timedelta(days=days)


ROWS: dict[str, Callable[[], QuerySet]] = {  # type: ignore[type-arg]
    "mails": lambda: Message.objects.filter(done_at__lt=_ago(settings.KEEP_MAIL_DAYS)),
    "reports of mail": lambda: MailReport.objects.filter(at__lt=_ago(settings.KEEP_MAIL_DAYS)),
    "wishes to see a contact": lambda: ContactWish.objects.filter(
        Q(open_until=None) | Q(open_until__lt=timezone.now()), asked_at__lt=_ago(settings.KEEP_CONTACT_DAYS)
    ),
    "reports of readers": lambda: Report.objects.filter(closed_at__lt=_ago(settings.KEEP_REPORT_DAYS)),
    "tasks": lambda: Task.objects.filter(stopped__lt=_ago(TASK_DAYS)),
}


def _drop(name: str, rows: QuerySet) -> int:  # type: ignore[type-arg]
    deleted = int(rows.delete()[0])
    log.info("retention %s: %s deleted", name, deleted)
    return deleted


@desk(Role.MODERATOR, Role.ADMINISTRATOR)
@require_safe
def retention(request: HttpRequest) -> HttpResponse:
    """The table, what falls due, and the holds. Administrators see counts; which case it is, is the moderators' to know."""
    holds = list(open_holds())
    soon = timezone.localdate() + timedelta(days=SOON_DAYS)
    context = {
        "table": table(),
        "due": [(term, announced(term).count()) for term in TERMS],
        "holds": holds if person(request).holds(Role.MODERATOR) else [],
        "standing": sum(bool(hold.agreed_at) for hold in holds),
        "waiting": sum(not hold.agreed_at for hold in holds),
        "ending": sum(hold.until <= soon for hold in holds),
        "warn_days": settings.KEEP_WARN_DAYS,
    }
    return render(request, "config/retention.html", context)
