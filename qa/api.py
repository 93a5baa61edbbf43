"""The read-only API: published, public content as JSON for anybody's site or study. Described in qa/openapi.json."""

import json
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, JsonResponse

from .machines import absolute, as_json, topic_as_json
from .models import Topic
from .public import for_machines
from .querysets import about, find, page_of, shown_to
from .search import search

PAGE = 25
STRANGER = AnonymousUser()


@for_machines
def description(request: HttpRequest) -> HttpResponse:
    """What there is to ask for, in OpenAPI 3.1."""
    return _open({**_described(), "servers": [{"url": settings.PUBLIC_URL}]})


@for_machines
def topics(request: HttpRequest) -> HttpResponse:
    """Every topic with the number of its public letters."""
    return _open({"topics": [topic_as_json(topic) for topic in Topic.objects.all()]})


@for_machines
def publications(request: HttpRequest) -> HttpResponse:
    """Public letters, newest first; `topic` (may be repeated) narrows, `q` searches, `after` goes on."""
    slugs = request.GET.getlist("topic")[:4]
    chosen = list(Topic.objects.filter(slug__in=slugs)) if slugs else []
    if len(chosen) != len(set(slugs)):
        return _refused("No topic has this slug. /api/v1/topics/ lists them.", 400)
    if typed := request.GET.get("q", ""):
        results = search(typed, STRANGER, about=chosen, page=request.GET.get("page", ""))
        found = [as_json(item.page) for item in results.found]
        following = _following(request, slugs, q=results.asked.text, page=results.next_page)
        return _open({"publications": found, "next": following})
    after = request.GET.get("after", "")
    page = (
        about(STRANGER, chosen, after=after, size=PAGE)
        if chosen
        else page_of(shown_to(STRANGER), after=after, size=PAGE)
    )
    found = [as_json(item) for item in page.items]
    return _open({"publications": found, "next": _following(request, slugs, after=page.next)})


@for_machines
def publication(request: HttpRequest, slug: str) -> HttpResponse:
    """One public letter. 410 when it was taken down, 404 for everything else."""
    page = find(slug, STRANGER)
    if page is None:
        return _refused("There is no public letter at this address.", 404)
    if page.withdrawn_at is not None:
        return _refused("This letter was taken down.", 410)
    return _open(as_json(page))


def _following(request: HttpRequest, slugs: list[str], **place: str | int) -> str | None:
    """The address of the next page; none where one of `place` is empty."""
    if not all(place.values()):
        return None
    return absolute(f"{request.path}?{urlencode([*(('topic', slug) for slug in slugs), *place.items()])}")


@cache
def _described() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((Path(__file__).parent / "openapi.json").read_text(encoding="utf-8"))
    return found


def _refused(sentence: str, status: int) -> HttpResponse:
    return _open({"error": sentence}, status)


def _open(data: dict[str, Any], status: int = 200) -> HttpResponse:
    """JSON that any other site may read: it is public anyway."""
    response = JsonResponse(data, status=status, json_dumps_params={"ensure_ascii": False})
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
