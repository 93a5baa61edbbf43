"""What experts insert into an answer: an outline, words to use, help lines, snippets; and versions compared with each other."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.numbers import whole_number
from accounts.roles import Role
from qa import blocks
from qa.differences import has_changes, word_changes
from qa.sanitize import plain_text

from .. import queues
from ..actions import answering as actions
from ..actions.answering import Overtaken
from ..decorators import desk, person
from ..forms.answering import AnswerForm
from ..models import Case
from . import answering
from .language_help import line_of
from .parts import inserts, lines_to_offer


@desk(Role.EXPERT)
@require_POST
def insert(request: HttpRequest, public_id: str) -> HttpResponse:
    """Save what is in the editor with the chosen part at its end (with JavaScript it goes in where one writes)."""
    case = answering.case_for(request, public_id)
    form = AnswerForm(request.POST)
    if not form.is_valid() or (made := _with_part(request, case, form.cleaned_data["body"])) is None:
        return answering.write_page(request, case, answer=form)
    body, said = made
    based_on = form.cleaned_data["based_on"]
    actions.hold_again(case_id=case.pk, by=person(request))
    try:
        actions.save_answer(case_id=case.pk, by=person(request), body=body, based_on=based_on)
    except Overtaken as refusal:
        return answering.conflict_page(request, case, refusal)
    messages.success(request, said)
    return redirect("workflow:write", public_id)


def _with_part(request: HttpRequest, case: Case, body: str) -> tuple[str, str] | None:
    """The answer with what was chosen, and what to say: a part at its end, or a block in the place of a typed number."""
    posted = request.POST
    number = posted.get("number", "")
    if number and (line := line_of(number, lines_to_offer(case.language))):
        changed = blocks.put_in_place(body, number, line)
        return (
            changed,
            f"The block of {line.name} stands there now." if changed != body else "That number is not there any more.",
        )
    chosen = next(
        (i for kind in inserts(person(request), case).values() for i in kind if i.key == posted.get("insert")), None
    )
    return (body + chosen.html, f"Inserted at the end: {chosen.label}.") if chosen else None


@desk(Role.EXPERT)
@require_GET
def compare(request: HttpRequest, public_id: str) -> HttpResponse:
    """Any two versions, word by word; without a choice the last two."""
    case = answering.case_for(request, public_id)
    known = list(queues.revisions_of(case))
    if not known:
        raise Http404
    newest = known[0].number
    after = get_object_or_404(case.question.revisions, number=_number(request, "to", newest))
    before = get_object_or_404(case.question.revisions, number=_number(request, "from", max(1, after.number - 1)))
    changes = word_changes(plain_text(before.body), plain_text(after.body))
    context = {
        "case": case,
        "before": before,
        "after": after,
        "revisions": known,
        "changes": changes,
        "words_changed": has_changes(changes),
    }
    return render(request, "workflow/answering/compare.html", context)


def _number(request: HttpRequest, name: str, otherwise: int) -> int:
    typed = request.GET.get(name, "")
    return whole_number(typed, digits=7, otherwise=otherwise)
