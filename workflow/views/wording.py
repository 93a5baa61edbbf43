"""Language help while writing and at review: looked through without being stored, and words kept with a reason."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from accounts.roles import Role
from qa.sanitize import TooMuchMarkup, clean_html

from .. import policies
from ..actions import answering as actions
from ..actions.answering import Overtaken
from ..decorators import desk, person
from ..forms.answering import AnswerForm
from ..models import Case
from ..states import Act
from . import answering, review
from .language_help import help_with


@desk(Role.EXPERT)
@require_POST
def language(request: HttpRequest, public_id: str) -> HttpResponse:
    """The list for what is being typed; nothing is kept."""
    case = answering.case_for(request, public_id)
    try:
        body = clean_html(request.POST.get("body", ""))
    except TooMuchMarkup:
        body = case.draft.body if case.draft else ""
    context = {"help": help_with(case, body), "case": case, "may_keep": _may(request, case), "is_writing": True}
    return render(request, "workflow/answering/_language.html", context)


@desk(Role.EXPERT)
@require_POST
def keep(request: HttpRequest, public_id: str) -> HttpResponse:
    """Save what is in the editor, then let the words stay with a reason."""
    case, me = answering.case_for(request, public_id), person(request)
    form = AnswerForm(request.POST)
    mark = request.POST.get("keep", "")
    reason = request.POST.get(f"reason-{mark}", "")
    if not form.is_valid() or not reason.strip():
        messages.warning(request, "Please say in a few words why this can stay.")
        return answering.write_page(request, case, answer=form)
    actions.hold_again(case_id=case.pk, by=me)
    try:
        actions.save_answer(case_id=case.pk, by=me, **form.cleaned_data)
    except Overtaken as refusal:
        return answering.conflict_page(request, case, refusal)
    actions.keep_words(case_id=case.pk, by=me, mark=mark, reason=reason)
    messages.success(request, "Saved, and kept with your reason. The reviewer sees it.")
    return redirect("workflow:write", public_id)


@desk(Role.MODERATOR)
@require_POST
def keep_at_review(request: HttpRequest, public_id: str) -> HttpResponse:
    """The reviewer lets words stay, with a reason."""
    case = review.case_for(request, public_id)
    mark = request.POST.get("keep", "")
    actions.keep_words(case_id=case.pk, by=person(request), mark=mark, reason=request.POST.get(f"reason-{mark}", ""))
    messages.success(request, "Kept with your reason.")
    return redirect("workflow:review", public_id)


def _may(request: HttpRequest, case: Case) -> bool:
    return policies.may(person(request), Act.KEEP_WORDS, case)
