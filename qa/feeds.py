"""Atom, JSON Feed, sitemap and robots.txt: what a stranger may read, the same bytes for everybody."""

from collections.abc import Mapping
from dataclasses import dataclass, field
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
from .tongues import in_each_language, in_language

NEWEST = 20
IN_ONE_SITEMAP = 10_000  # numbers of pages, so that a part never changes its place
STRANGER = AnonymousUser()
_SITEMAPS, _XHTML = "http://www.sitemaps.org/schemas/sitemap/0.9", "http://www.w3.org/1999/xhtml"


@dataclass(frozen=True)
class Entry:
    """One address of the sitemap: the day it was published, and where it is in other languages."""

    path: str
    day: str = ""
    others: Mapping[str, str] = field(default_factory=dict)


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
    return _xml("sitemapindex", "sitemap", [Entry(reverse("qa:sitemap_part", args=[part])) for part in parts])


@for_machines
def sitemap(request: HttpRequest, part: int) -> HttpResponse:
    """Pages that search engines may show, a letter in its own language; the first part has the pages about this service."""
    if part > 1_000_000:
        raise Http404
    first = part * IN_ONE_SITEMAP
    pages = for_search_engines().filter(pk__gte=first, pk__lt=first + IN_ONE_SITEMAP).order_by("pk")
    rows = pages.values_list("slug", "language", "published_at")
    found = [
        Entry(in_language(reverse("qa:publication", args=[slug]), language), at.date().isoformat())
        for slug, language, at in rows
    ]
    return _xml("urlset", "url", [*(_ours() if part == 0 else []), *found])


def _ours() -> list[Entry]:
    """The pages about this service, once in each language; each entry names all of them, itself too."""
    entries = []
    for name in ("help_now", "about", "privacy"):
        others = in_each_language(reverse(f"qa:{name}"))
        entries += [Entry(others[code], others=others) for code, _name in settings.LANGUAGES]
    return entries


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


def _xml(root: str, row: str, entries: list[Entry]) -> HttpResponse:
    """Addresses and days in the form of sitemaps.org, other languages as search engines ask for them (hreflang)."""
    response = HttpResponse(content_type="application/xml; charset=utf-8")
    xml = XMLGenerator(response, "utf-8", short_empty_elements=True)
    xml.startDocument()
    xml.startElement(root, {"xmlns": _SITEMAPS, "xmlns:xhtml": _XHTML})  # type: ignore[arg-type]
    for entry in entries:
        xml.startElement(row, {})  # type: ignore[arg-type]
        for name, text in (("loc", absolute(entry.path)), ("lastmod", entry.day)):
            if text:
                xml.startElement(name, {})  # type: ignore[arg-type]
                xml.characters(text)
                xml.endElement(name)
        for code, path in entry.others.items():
            link = {"rel": "alternate", "hreflang": code, "href": absolute(path)}
            xml.startElement("xhtml:link", link)  # type: ignore[arg-type]
            xml.endElement("xhtml:link")
        xml.endElement(row)
    xml.endElement(root)
    return response
