"""The way to any case: open, closed or at rest, by its state or by its number."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.roles import Role

from .. import queues
from ..decorators import desk, person
from ..states import State
from .records import rows_of

LONGEST_NUMBER = 9  # digits; more than any installation will count to


@desk(Role.MODERATOR)
@require_safe
def cases(request: HttpRequest) -> HttpResponse:
    """Every case, newest first, or what the address narrows it to; a number leads straight to its case."""
    who, typed = person(request), request.GET.get("number", "").strip()[:40]
    number = _number(typed)
    if number and (found := queues.of_moderator(who).filter(pk=number).only("public_id").first()):
        return redirect(found)
    state = request.GET.get("state", "")
    state = state if state in {*State, queues.RESTING} else ""
    after = _number(request.GET.get("after", ""))
    shown, mark = queues.every_case_page(queues.every_case(who, state=state), after=after)
    here, chosen = reverse("workflow:cases"), {"state": state} if state else {}
    context = {
        "rows": rows_of(shown),
        "states": [*State],
        "resting": queues.RESTING,
        "state": state,
        "number": typed,
        "next_url": f"{here}?{urlencode({**chosen, 'after': mark})}" if mark else "",
        "first_url": f"{here}?{urlencode(chosen)}" if after else "",
    }
    return render(request, "workflow/triage/cases.html", context)


def _number(typed: str) -> int | None:
    """The number in "12", "#12" or "Case 12"; nothing for anything else."""
    digits = typed.lower().removeprefix("case").strip().removeprefix("#").strip()
    is_number = digits.isascii() and digits.isdigit() and len(digits) <= LONGEST_NUMBER
    return int(digits) if is_number else None
