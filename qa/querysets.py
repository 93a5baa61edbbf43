"""What readers may read, in which order, page by page. Every list of the reading room comes from here."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from .fulltext import index
from .models import Audience, Kind, OldAddress, Publication, Topic
from .models.publications import erased_slug

PAGE_SIZE = 12
RELATED = 3
PARTS = 12
LONGEST_PATH = 400
RELATED_FROM = 80  # only so many of the newest are compared
FACETS_FROM = 120
_WEIGHT: dict[Kind, int] = {Kind.RELATIONSHIP: 4, Kind.STAGE: 3, Kind.SUBSTANCE: 2, Kind.NEED: 2}
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


def teaser(slug: str) -> Publication | None:
    """A members' page of which strangers may see the title, because the member agreed to that."""
    return Publication.objects.filter(
        slug=slug, audience=Audience.MEMBERS, has_teaser=True, withdrawn_at__isnull=True
    ).first()


def moved(path: str, reader: Reader) -> str:
    """Where a page of an imported archive is now, for a reader who may know of it; empty when there is none."""
    if "\x00" in path or len(path) > LONGEST_PATH:
        return ""
    known = OldAddress.objects.select_related("page").filter(path__in=[path, f"{path}/"]).first()
    if known is None or (find(known.page.slug, reader) is None and teaser(known.page.slug) is None):
        return ""
    return known.page.get_absolute_url()


def parts_of(page: Publication, reader: Reader) -> list[Publication]:
    """The other parts of the same story that this reader may see, in the order they were sent."""
    if page.story is None:
        return []
    return list(shown_to(reader).filter(story=page.story).exclude(pk=page.pk).order_by("answered_on", "pk")[:PARTS])


def for_search_engines() -> QuerySet[Publication]:
    """Public pages whose members agreed that search engines show them."""
    return Publication.objects.filter(_open_to(AnonymousUser()), may_index=True)


def topics_for(reader: Reader, *, with_letters: bool = False) -> QuerySet[Topic]:
    """Every topic (or those with a letter) with `shown`: how many of its pages this reader may see; nothing is counted."""
    letters = F("public_letters") + F("members_letters") if reader.is_authenticated else F("public_letters")
    counted = Topic.objects.annotate(shown=letters)
    return counted.filter(shown__gt=0) if with_letters else counted


def audience_terms(reader: Reader) -> list[list[str]]:
    """What the index must hold of a page so that this reader may see it."""
    return [["@public", "@members"] if reader.is_authenticated else ["@public"]]


def wanted_terms(reader: Reader, topics: Iterable[Topic], *, language: str = "") -> list[list[str]]:
    """The same of a page that stands under all of these topics. `language`: only in it."""
    spoken = [[f"@{language}"]] if language else []
    return [*audience_terms(reader), *([f"#{topic.pk}"] for topic in topics), *spoken]


def about(
    reader: Reader, topics: Iterable[Topic], *, language: str = "", after: str = "", size: int = PAGE_SIZE
) -> "Page":
    """One page of the letters that stand under all of these topics, newest first, from the index. `language`: only in it."""
    wanted = wanted_terms(reader, topics, language=language)
    digits = after if after.isascii() and after.isdigit() and len(after) < 20 else ""
    places = index.newest(wanted, size + 1, before=int(digits) if digits else index.FIRST)
    items = list(shown_to(reader).filter(place__in=places[:size]).order_by("-place"))
    return Page(items, str(places[size - 1]) if len(places) > size else "")


def facets(reader: Reader, chosen: Sequence[Topic], *, language: str = "") -> list[Topic]:
    """Topics of another kind under which some of the newest chosen letters stand too: what the list can be narrowed to."""
    newest = index.newest(wanted_terms(reader, chosen, language=language), FACETS_FROM)
    kinds = {topic.kind for topic in chosen}
    return list(Topic.objects.filter(publications__place__in=newest).exclude(kind__in=kinds).distinct())


@dataclass(frozen=True)
class Related:
    """A page that may also help, and why it is offered."""

    page: Publication
    reason: str


def related_to(page: Publication, reader: Reader) -> list[Related]:
    """A few pages in a like situation: those that share most topics first, who it is about before what, then the newest."""
    ours = {topic.pk: topic for topic in page.topics.all()}
    if not ours:
        return []
    each = [[f"#{pk}"] for pk in ours]
    places = index.newest([*audience_terms(reader), *each], RELATED_FROM // 2)
    places += index.newest([*audience_terms(reader), [f"#{pk}" for pk in ours]], RELATED_FROM)
    is_fresh = Q(review_by__isnull=True) | Q(review_by__gte=timezone.localdate())
    near = Publication.objects.filter(is_fresh, place__in=places).exclude(pk=page.pk)
    shared: dict[int, set[int]] = defaultdict(set)
    for pk, topic_id in near.filter(topics__in=list(ours)).values_list("pk", "topics"):
        shared[pk].add(topic_id)
    best = sorted(shared, key=lambda pk: (sum(_WEIGHT[Kind(ours[one].kind)] for one in shared[pk]), pk), reverse=True)[
        :RELATED
    ]
    return [
        Related(other, _also_about([topic.said.title for pk, topic in ours.items() if pk in shared[other.pk]]))
        for other in Publication.in_order(shown_to(reader), best)
    ]


@dataclass(frozen=True)
class Page:
    """One page of a list and the mark after which the next one begins (empty on the last)."""

    items: list[Publication]
    next: str


def _also_about(topics: list[str]) -> str:
    return gettext("Also about: {words}").format(words=", ".join(topics))


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
