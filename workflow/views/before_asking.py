"""Before a letter is sent: published answers to letters like it. The text is read and forgotten: not stored, not logged."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from accounts.models import User
from qa.models import Danger
from qa.search import Similar
from qa.search import similar as answers_like

from ..actions.scanning import read_dangers
from ..decorators import member_page, person
from ..safety.report import RANK
from ..safety.words import Severity


@member_page
@require_POST
def similar(request: HttpRequest) -> HttpResponse:
    """A piece of the writing page, asked for while somebody types; empty when nothing fits or help comes first."""
    text, danger = request.POST.get("text", ""), request.POST.get("danger", "")
    found = similar_answers(person(request), text, danger)
    return render(request, "workflow/intake/_similar.html", {"similar": found})


def similar_answers(reader: User, text: str, danger: str) -> list[Similar]:
    """At most three; none while a crisis card is open, so that nothing comes before it."""
    if danger in {Danger.YES, Danger.UNSURE}:
        return []
    dangers = [flag for flag in read_dangers(text).flags if RANK[flag.severity] >= RANK[Severity.URGENT]]
    return [] if dangers else answers_like(text, reader)
