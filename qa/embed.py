"""A card of one public letter for the organisation's own site: in a frame, only where EMBED_HOSTS allows it; oEmbed."""

from urllib.parse import urlsplit

from csp.decorators import csp_replace
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils.html import format_html
from django.views.decorators.clickjacking import xframe_options_exempt

from .machines import absolute
from .models import Publication
from .public import for_machines
from .querysets import find

WIDTH, HEIGHT = 480, 320


@xframe_options_exempt
@csp_replace({"frame-ancestors": settings.EMBED_HOSTS or ["'none'"]})  # type: ignore[untyped-decorator]
@for_machines
def card(request: HttpRequest, slug: str) -> HttpResponse:
    """A title, who asks, the first words, and a link."""
    response = render(request, "qa/embed.html", {"page": _public(slug), "link": absolute(_address(slug))})
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@for_machines
def oembed(request: HttpRequest) -> HttpResponse:
    """oEmbed 1.0 for the address of a public letter."""
    if request.GET.get("format", "json") != "json":
        return JsonResponse({"error": "Only JSON is offered."}, status=501)
    page = _public(_slug_of(request.GET.get("url", "")))
    frame = format_html(
        '<iframe src="{}" width="{}" height="{}" title="{}" loading="lazy"></iframe>',
        absolute(reverse("qa:embed", args=[page.slug])),
        WIDTH,
        HEIGHT,
        page.title,
    )
    return JsonResponse(
        {
            "version": "1.0",
            "type": "rich",
            "provider_name": settings.SITE_NAME,
            "provider_url": settings.PUBLIC_URL,
            "title": page.title,
            "html": str(frame),
            "width": WIDTH,
            "height": HEIGHT,
        }
    )


def _public(slug: str) -> Publication:
    page = find(slug, AnonymousUser()) if slug else None
    if page is None or page.withdrawn_at is not None:
        raise Http404
    return page


def _address(slug: str) -> str:
    return reverse("qa:publication", args=[slug])


def _slug_of(url: str) -> str:
    """The slug in an address of ours; empty for any other."""
    if not url.startswith(f"{settings.PUBLIC_URL}/"):
        return ""
    try:
        match = resolve(urlsplit(url).path)
    except (Resolver404, ValueError):
        return ""
    return str(match.kwargs["slug"]) if match.view_name == "qa:publication" else ""
