"""The reading room: public, GET only, reads publications and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import http_date
from django.utils.timezone import localdate

from .machines import as_question, link_to
from .models import CallToJoin, HelpLine, Publication, Topic
from .public import FOR_SEARCH_ENGINES, reading_room
from .querysets import about as letters_about
from .querysets import facets, find, page_of, parts_of, related_to, shown_to, teaser, topics_for
from .search import LONGEST_QUERY
from .search import search as search_for
from .tongues import SPANISH, promise, speaking

NEWEST = 4
MOST_FACETS = 4


@reading_room
def home(request: HttpRequest) -> HttpResponse:
    """The front door: what this is, how to find an answer, how to ask."""
    topics = topics_for(request.user, with_letters=True)
    newest = page_of(shown_to(request.user), size=NEWEST).items
    return render(request, "qa/home.html", {"topics": topics, "newest": newest, "promise": promise()})


@reading_room
def topics(request: HttpRequest) -> HttpResponse:
    """Every topic, and the newest letters."""
    language, after = _only(request), request.GET.get("after", "")
    if language:
        page = letters_about(request.user, [], language=language, after=after)
    else:
        page = page_of(shown_to(request.user), after=after)
    context = {"topics": topics_for(request.user), "page": page, "only": language, "all_url": request.path}
    context |= _pager(request, page.next, _query([], language))
    return render(request, "qa/topics.html", context)


@reading_room
def topic(request: HttpRequest, slug: str) -> HttpResponse:
    """The letters about one situation, newest first; `also` narrows it by topics of other kinds."""
    chosen = get_object_or_404(Topic, slug=slug)
    wanted = request.GET.getlist("also")[:MOST_FACETS]
    also = list(Topic.objects.filter(slug__in=wanted).exclude(pk=chosen.pk)) if wanted else []
    language = _only(request)
    page = letters_about(request.user, [chosen, *also], language=language, after=request.GET.get("after", ""))
    is_safety = any(one.is_safety for one in [chosen, *also])
    narrowed = [_without(request, also, one) for one in also]
    context = {"topic": chosen, "is_safety": is_safety, "also": narrowed, "page": page, "only": language}
    context["all_url"] = _narrowed(request, also, language="")
    more = [_with(request, also, one) for one in facets(request.user, [chosen, *also], language=language)]
    return render(
        request, "qa/topic.html", {**context, "more": more, **_pager(request, page.next, _query(also, language))}
    )


@reading_room
def publication(request: HttpRequest, slug: str) -> HttpResponse:
    """One letter and its answer. Taken down: 410. For members only: strangers get the same as for an unknown page."""
    page = find(slug, request.user)
    if page is None:
        return _teaser(request, slug)
    if page.withdrawn_at is not None:
        return render(request, "410.html", status=410)
    topics = list(page.topics.all())
    is_about_safety = any(topic.is_safety for topic in topics)
    corrections = list(page.corrections.all())
    context = {
        "page": page,
        "notes": list(dict.fromkeys(topic.said.content_note for topic in topics if topic.said.content_note)),
        "corrections": corrections,
        "parts": parts_of(page, request.user),
        "related": related_to(page, request.user),
        "is_about_safety": is_about_safety,
        "call_to_join": None if is_about_safety else CallToJoin.on_this_page(),
        "as_question": as_question(page) if page.is_for_search_engines() else None,
        "link": link_to(page),
    }
    response = render(request, "qa/publication.html", context)
    changed = max([page.published_at, *(correction.at for correction in corrections)])
    response.headers["Last-Modified"] = http_date(changed.timestamp())
    is_whole = (
        page.is_for_search_engines() and page.language == speaking()
    )  # a letter is found once, in its own language
    return _for_search_engines(response) if is_whole else response


@reading_room
def short(request: HttpRequest, number: int) -> HttpResponse:
    """A link to share that says nothing of what is behind it."""
    page = Publication.objects.filter(pk=number).only("slug").first() if number < 2**63 else None
    if page is None or (find(page.slug, request.user) is None and teaser(page.slug) is None):
        raise Http404
    return redirect(page)


def _teaser(request: HttpRequest, slug: str) -> HttpResponse:
    page = teaser(slug)
    if page is None:
        raise Http404
    return render(request, "qa/teaser.html", {"page": page})


def _for_search_engines(response: HttpResponse) -> HttpResponse:
    response.headers["X-Robots-Tag"] = FOR_SEARCH_ENGINES
    return response


@reading_room
def search(request: HttpRequest) -> HttpResponse:
    """What fits the words that were typed, or a way on where nothing does."""
    typed = request.GET.get("q", "")
    about = (
        list(Topic.objects.filter(slug__in=wanted)) if (wanted := request.GET.getlist("about")[:MOST_FACETS]) else []
    )
    results = search_for(typed, request.user, about=about, page=request.GET.get("page", ""))
    has_nothing = not results.found or bool(results.did_you_mean)
    this = [("q", results.asked.text), *(("about", topic.slug) for topic in about)]
    context = {
        "results": results,
        "next_url": f"?{urlencode([*this, ('page', results.next_page)])}" if results.next_page else "",
        "first_url": f"?{urlencode(this)}" if results.page > 1 else "",
        "longest": LONGEST_QUERY,
        "about": about,
        "topics": topics_for(request.user) if has_nothing else [],
    }
    return render(request, "qa/search.html", context)


@reading_room
def help_now(request: HttpRequest) -> HttpResponse:
    """Every help line of the registry, and what to do when somebody may be dying."""
    lines, today = [line.spoken() for line in HelpLine.objects.all()], localdate()
    overdue = [line for line in lines if line.is_overdue(today=today)]
    return _for_search_engines(render(request, "qa/help_now.html", {"lines": lines, "overdue": overdue}))


@reading_room
def about(request: HttpRequest) -> HttpResponse:
    """Who reads letters, how an answer comes about, what is promised."""
    return _for_search_engines(render(request, "qa/about.html", {"promise": promise()}))


@reading_room
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept, who sees it, how to take it back."""
    return _for_search_engines(render(request, "qa/privacy.html"))


@dataclass(frozen=True)
class Facet:
    """One way to narrow a list down, or to widen it again."""

    topic: Topic
    url: str


def _with(request: HttpRequest, also: list[Topic], one: Topic) -> Facet:
    return Facet(one, _narrowed(request, [*also, one], _only(request)))


def _without(request: HttpRequest, also: list[Topic], one: Topic) -> Facet:
    return Facet(one, _narrowed(request, [other for other in also if other != one], _only(request)))


def _only(request: HttpRequest) -> str:
    """The language that the list is narrowed to; English has nearly all and is no choice."""
    return SPANISH if request.GET.get("in") == SPANISH else ""


def _query(also: list[Topic], language: str) -> list[tuple[str, str]]:
    """What an address says of how its list is narrowed."""
    return [*(("also", topic.slug) for topic in also), *([("in", language)] if language else [])]


def _narrowed(request: HttpRequest, also: list[Topic], language: str) -> str:
    query = urlencode(_query(also, language))
    return f"{request.path}?{query}" if query else request.path


def _pager(request: HttpRequest, mark: str, here: Sequence[tuple[str, str]] = ()) -> dict[str, str]:
    """Where the next page is, and the way back to the first."""
    first = f"{request.path}?{urlencode(here)}" if here else request.path
    return {
        "next_url": f"{request.path}?{urlencode([*here, ('after', mark)])}" if mark else "",
        "first_url": first if request.GET.get("after") else "",
    }
