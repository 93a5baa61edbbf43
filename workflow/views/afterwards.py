"""An expert sees what became of their answer: what a review changed, whether others read it, whether it helped."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from accounts.roles import Role
from qa.differences import has_changes, word_changes
from qa.models import Publication
from qa.sanitize import plain_text

from .. import queues
from ..decorators import desk, person
from ..states import State

FEW = 5


@desk(Role.EXPERT)
@require_safe
def afterwards(request: HttpRequest, public_id: str) -> HttpResponse:
    """Only for who wrote the answer, once the member has it."""
    me = person(request)
    case = get_object_or_404(queues.finished_by(me), public_id=public_id)
    first, page = queues.first_sent_by(me, case), queues.written_page(me, case)
    changes = word_changes(plain_text(first.body), plain_text(case.draft.body)) if first and case.draft else []
    context = {
        "case": case,
        "asked": queues.asked_of_author(me, case),
        "first": first,
        "changes": changes,
        "words_changed": has_changes(changes),
        "only_form": bool(first and case.draft and first.body != case.draft.body),
        "question_changed": queues.changed_question_since(case),
        "page": page if case.state == State.PUBLISHED else None,
        "was_taken_down": page is not None and case.state != State.PUBLISHED,
        "helped": told_kindly(page) if page else "",
    }
    return render(request, "workflow/answering/afterwards.html", context)


def told_kindly(page: Publication) -> str:
    """What readers said, without making a mark of a handful."""
    told = page.helped + page.did_not_help
    if not told:
        return "Nobody has said yet. Most readers never do, and that is no verdict."
    if told < FEW:
        few = "So few say little about an answer."
        if not page.helped:
            return f"The first who told us had hoped for something else. {few}"
        return f"{'One reader' if page.helped == 1 else f'{page.helped} readers'} told us that it helped. {few}"
    return f"It helped {page.helped} of {told} readers who told us."
