"""What readers may read, in which order, page by page. Every list of the reading room comes from here."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, Q, QuerySet

from .models import Audience, Publication, Topic
from .models.publications import erased_slug

PAGE_SIZE = 12
RELATED = 3
Reader = AbstractBaseUser | AnonymousUser


def _open_to(reader: Reader, prefix: str = "") -> Q:
    """Shown pages: not withdrawn, and those for members only to people who are signed in."""
    shown = Q(**{f"{prefix}withdrawn_at__isnull": True})
    return shown if reader.is_authenticated else shown & Q(**{f"{prefix}audience": Audience.PUBLIC})


def shown_to(reader: Reader) -> QuerySet[Publication]:
    """Every page this reader may see, newest first, with its topics."""
    return Publication.objects.filter(_open_to(reader)).defer("words").prefetch_related("topics")


def find(slug: str, reader: Reader) -> Publication | None:
    """One page by its address, also when it was withdrawn. A members' page does not exist for strangers."""
    page = (
        Publication.objects.defer("words").prefetch_related("topics").filter(slug__in=[slug, erased_slug(slug)]).first()
    )
    if page is None or (page.audience == Audience.MEMBERS and not reader.is_authenticated):
        return None
    return page


def topics_for(reader: Reader, *, with_letters: bool = False) -> QuerySet[Topic]:
    """Every topic (or those with a letter) with `shown`: how many of its pages this reader may see."""
    counted = Topic.objects.annotate(shown=Count("publications", filter=_open_to(reader, "publications__")))
    return counted.filter(shown__gt=0) if with_letters else counted


@dataclass(frozen=True)
class Related:
    """A page that may also help, and why it is offered."""

    page: Publication
    reason: str


def related_to(page: Publication, reader: Reader) -> list[Related]:
    """A few pages that share topics with this one: those that share most first, then the newest."""
    ours = {topic.pk: topic.title for topic in page.topics.all()}
    near = (
        shown_to(reader)
        .filter(topics__in=list(ours))
        .exclude(pk=page.pk)
        .annotate(shared=Count("topics"))
        .order_by("-shared", "-published_at", "-id")
    )
    return [
        Related(other, "Also about: " + ", ".join(topic.title for topic in other.topics.all() if topic.pk in ours))
        for other in near[:RELATED]
    ]


@dataclass(frozen=True)
class Page:
    """One page of a list and the mark after which the next one begins (empty on the last)."""

    items: list[Publication]
    next: str


def page_of(pages: QuerySet[Publication], *, after: str = "", size: int = PAGE_SIZE) -> Page:
    """Keyset paging: the page that begins after the mark. An unreadable mark begins at the start."""
    if mark := _read_mark(after):
        at, pk = mark
        pages = pages.filter(Q(published_at__lt=at) | Q(published_at=at, pk__lt=pk))
    items = list(pages.order_by("-published_at", "-id")[: size + 1])
    shown = items[:size]
    return Page(shown, _mark(shown[-1]) if len(items) > size else "")


def _mark(page: Publication) -> str:
    return f"{int(page.published_at.timestamp() * 1_000_000)}-{page.pk}"


def _read_mark(text: str) -> tuple[datetime, int] | None:
    micros, _, pk = text.partition("-")
    if not (micros.isascii() and micros.isdigit() and pk.isascii() and pk.isdigit()) or len(text) > 36:
        return None
    try:
        seconds, rest = divmod(int(micros), 1_000_000)
        return datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest), min(int(pk), 2**63 - 1)
    except (ValueError, OverflowError, OSError):
        return None
