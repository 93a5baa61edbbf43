"""Atom, JSON Feed, sitemap and robots.txt: what a stranger may read, the same bytes for everybody."""

from typing import Any
from xml.sax.saxutils import XMLGenerator

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Max
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed

from .machines import absolute
from .models import Publication, Topic
from .public import for_machines
from .querysets import about, for_search_engines, page_of, shown_to
from .sanitize import clean_html

NEWEST = 20
IN_ONE_SITEMAP = 10_000  # numbers of pages, so that a part never changes its place
STRANGER = AnonymousUser()


@for_machines
def atom(request: HttpRequest, slug: str = "") -> HttpResponse:
    """The newest public letters, of one topic or all."""
    topic = _topic(slug)
    home = reverse("qa:topic", args=[slug]) if topic else reverse("qa:topics")
    feed = Atom1Feed(
        title=_title(topic),
        link=absolute(home),
        description="",
        feed_url=absolute(request.path),
        language=settings.LANGUAGE_CODE,
    )
    for page in _newest(topic):
        address = absolute(page.get_absolute_url())
        feed.add_item(
            title=page.title,
            link=address,
            description=page.question_text,
            unique_id=address,
            pubdate=page.published_at,
            updateddate=page.published_at,
            categories=[one.title for one in page.topics.all()],
        )
    return HttpResponse(feed.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8")


@for_machines
def json_feed(request: HttpRequest, slug: str = "") -> HttpResponse:
    """The same in JSON Feed 1.1, with the whole answer."""
    topic = _topic(slug)
    home = reverse("qa:topic", args=[slug]) if topic else reverse("qa:topics")
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _title(topic),
        "home_page_url": absolute(home),
        "feed_url": absolute(request.path),
        "language": settings.LANGUAGE_CODE,
        "items": [_item(page) for page in _newest(topic)],
    }
    return JsonResponse(feed, content_type="application/feed+json")


@for_machines
def robots(request: HttpRequest) -> HttpResponse:
    """Every page says by itself whether it may be indexed; here is only where the list of those is."""
    return HttpResponse(
        f"User-agent: *\nDisallow:\nSitemap: {absolute(reverse('qa:sitemap'))}\n",
        content_type="text/plain; charset=utf-8",
    )


@for_machines
def sitemap_index(request: HttpRequest) -> HttpResponse:
    """The parts of the sitemap."""
    last = Publication.objects.aggregate(last=Max("pk"))["last"] or 0
    parts = range(last // IN_ONE_SITEMAP + 1)
    return _xml("sitemapindex", "sitemap", [(reverse("qa:sitemap_part", args=[part]), "") for part in parts])


@for_machines
def sitemap(request: HttpRequest, part: int) -> HttpResponse:
    """Pages that search engines may show; the first part also has the pages about this service."""
    if part > 1_000_000:
        raise Http404
    first = part * IN_ONE_SITEMAP
    pages = for_search_engines().filter(pk__gte=first, pk__lt=first + IN_ONE_SITEMAP).order_by("pk")
    ours = [(reverse(f"qa:{name}"), "") for name in ("help_now", "about", "privacy")] if part == 0 else []
    rows = pages.values_list("slug", "published_at")
    found = [(reverse("qa:publication", args=[slug]), at.date().isoformat()) for slug, at in rows]
    return _xml("urlset", "url", [*ours, *found])


def _topic(slug: str) -> Topic | None:
    return get_object_or_404(Topic, slug=slug) if slug else None


def _newest(topic: Topic | None) -> list[Publication]:
    page = about(STRANGER, [topic], size=NEWEST) if topic else page_of(shown_to(STRANGER), size=NEWEST)
    return page.items


def _title(topic: Topic | None) -> str:
    return f"{settings.SITE_NAME}: {topic.title}" if topic else f"{settings.SITE_NAME}: letters and answers"


def _item(page: Publication) -> dict[str, Any]:
    address = absolute(page.get_absolute_url())
    return {
        "id": address,
        "url": address,
        "title": page.title,
        "summary": page.question_text,
        "content_html": clean_html(page.answer_html),
        "date_published": page.published_at.isoformat(),
        "tags": [topic.title for topic in page.topics.all()],
        "authors": [{"name": page.answered_by}] if page.answered_by else [],
    }


def _xml(root: str, row: str, items: list[tuple[str, str]]) -> HttpResponse:
    """Addresses and days in the form of sitemaps.org."""
    response = HttpResponse(content_type="application/xml; charset=utf-8")
    xml = XMLGenerator(response, "utf-8")
    xml.startDocument()
    xml.startElement(root, {"xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9"})  # type: ignore[arg-type]
    for path, day in items:
        xml.startElement(row, {})  # type: ignore[arg-type]
        for name, text in (("loc", absolute(path)), ("lastmod", day)):
            if text:
                xml.startElement(name, {})  # type: ignore[arg-type]
                xml.characters(text)
                xml.endElement(name)
        xml.endElement(row)
    xml.endElement(root)
    return response
