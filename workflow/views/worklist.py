"""The queue: everything that waits, narrowed by the address, kept current, and one button to the next thing."""

from dataclasses import asdict

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.roles import Role
from qa.models import Topic

from .. import queues, worklist
from ..decorators import desk, person
from ..queues.helplines import changes_to_decide
from ..queues.rules import rules_to_decide
from ..worklist import Filters
from .records import rows_of

LAST_LIST = "queue"  # in the session: the choice of the list that was looked at last


@desk(Role.MODERATOR)
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Everything that waits, danger first, then the oldest; or what the address narrows it to."""
    who, filters = person(request), Filters.parse(request.GET)
    after = request.GET.get("after", "")
    found = worklist.narrowed(who, filters)
    shown, mark = queues.page_of(found, after=after)
    counts = queues.open_counts(who)
    here = reverse("workflow:queue")
    query = filters.query()
    views = worklist.habits_of(who).views
    if request.session.get(LAST_LIST, "") != query:
        request.session[LAST_LIST] = query
    context = {
        "rows": rows_of(shown),
        "beside": rows_of(queues.beside_the_queue(who)),
        "filters": filters,
        "state": filters.state,
        "states": [(state, number, filters.query(state=state)) for state, number in counts.items()],
        "everywhere": filters.query(state=""),
        "query": query,
        "found": found.order_by().count() if filters.is_narrow() else None,
        "chosen": {name: value for name, value in asdict(filters).items() if value},
        "views": views,
        "kept_as": next((name for name, kept in views if kept == query), ""),
        "experts": queues.experts(who),
        "topics": Topic.objects.all(),
        "counts": counts,
        "total": sum(counts.values()),
        "now": timezone.now(),
        "rules_waiting": rules_to_decide(who).count(),
        "lines_waiting": changes_to_decide(who).count(),
        "enough": worklist.enough_for(who),
        "next_url": f"{here}{query}{'&' if query else '?'}after={mark}" if mark else "",
        "first_url": f"{here}{query}" if after else "",
    }
    return render(request, "workflow/triage/queue.html", context)


@desk(Role.MODERATOR)
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """The inside of the urgent board, for polling."""
    return render(request, "workflow/triage/board.html")


@desk(Role.MODERATOR)
@require_safe
def news(request: HttpRequest) -> HttpResponse:
    """How many came in since the list was opened, for polling; nothing when none did."""
    filters, since = Filters.parse(request.GET), worklist.moment(request.GET.get("since", ""))
    number = worklist.came_since(person(request), filters, since) if since else 0
    context = {"number": number, "query": filters.query()}
    return render(request, "workflow/triage/_news.html", context)


@desk(Role.MODERATOR)
@require_safe
def following(request: HttpRequest) -> HttpResponse:
    """Open the next thing to do on the list that was looked at last; the list itself when nothing is left for now."""
    query = request.session.get(LAST_LIST, "")
    filters = Filters.parse(QueryDict(query[1:]))
    case = worklist.next_for(person(request), filters, current=request.GET.get("from", ""))
    if case is None and (why := worklist.enough_for(person(request))):
        messages.success(request, f"{why} Nothing urgent waits. What is open stays with your colleagues: rest well.")
        return redirect(f"{reverse('workflow:queue')}{query}")
    if case is None:
        messages.success(request, "Nothing else on this list waits for you now.")
        return redirect(f"{reverse('workflow:queue')}{query}")
    return redirect(case)
