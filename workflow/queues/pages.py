"""Published pages, for moderators: what readers said of them, and what is due to be looked at again."""

from django.db.models import Case as Case_
from django.db.models import QuerySet, When
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from qa.fulltext import index
from qa.models import HelpLine, Publication
from qa.words import tokens

from ..models import Case, Report
from ..models.reports import URGENT
from .moderating import of_moderator
from .order import LIGHT, PAGE


def published_pages(moderator: User) -> QuerySet[Publication]:
    """Every page that readers can see, for moderators."""
    if not moderator.holds(Role.MODERATOR):
        return Publication.objects.none()
    return Publication.objects.filter(withdrawn_at__isnull=True).defer("words")


def open_reports(moderator: User) -> QuerySet[Report]:
    """What readers said is wrong and nobody has closed: what could hurt somebody first, then the oldest."""
    if not moderator.holds(Role.MODERATOR):
        return Report.objects.none()
    can_wait = Case_(When(concern__in=URGENT, then=0), default=1)
    waiting = Report.objects.filter(closed_at__isnull=True).select_related("page").defer("page__words")
    return waiting.order_by(can_wait, "at", "id")[:PAGE]


def pages_to_look_at(moderator: User) -> QuerySet[Publication]:
    """Answers whose day has come, the longest overdue first."""
    due = published_pages(moderator).filter(review_by__lte=timezone.localdate())
    return due.order_by("review_by", "pk")[:PAGE]


def pages_with_old_numbers(moderator: User) -> list[tuple[HelpLine, str, list[Publication]]]:
    """Help lines whose number changed, each with the answers that still name the earlier one."""
    found = []
    for line in HelpLine.objects.exclude(earlier_numbers=""):
        for number in line.earlier_numbers.splitlines():
            pages = [page for page in holding(published_pages(moderator), number) if number in page.answer_html]
            if pages:
                found.append((line, number, pages))
    return found


def holding(pages: QuerySet[Publication], number: str) -> QuerySet[Publication]:
    """Those of the pages in which the words stand, by the index of the search."""
    return pages.filter(place__in=index.newest([[token] for token in tokens(number)], PAGE * 10))


def case_of_page(moderator: User, page: Publication) -> Case | None:
    """The case a page came from; imported pages have none."""
    return of_moderator(moderator).filter(letter__question__publication=page).defer(*LIGHT).first()
