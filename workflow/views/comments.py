"""Comments on an answer at work: written beside the review, resolved by the expert or the reviewer."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.roles import Role

from .. import policies, queues
from ..actions import comments as actions
from ..decorators import desk, person
from ..forms.comments import CommentForm
from ..states import Act
from .review import case_for, review_page


@desk(Role.MODERATOR)
@require_POST
def comment(request: HttpRequest, public_id: str) -> HttpResponse:
    """Comment on the answer or on a passage of it; back beside the review."""
    case, me = case_for(request, public_id), person(request)
    form = CommentForm(request.POST, case=case)
    if not form.is_valid() and policies.may(me, Act.COMMENT, case):
        return review_page(request, case, commenting=form)
    words = form.data if not form.is_valid() else form.cleaned_data
    about = form.about if form.is_valid() else None
    actions.comment(case_id=case.pk, by=me, text=str(words.get("text", "")), about=about)
    messages.success(request, "Commented. The expert sees it beside the answer and resolves it before the next review.")
    return redirect(f"{reverse('workflow:review', args=[public_id])}#comments-title")


@desk(Role.MODERATOR, Role.EXPERT)
@require_POST
def resolve(request: HttpRequest, public_id: str, number: int) -> HttpResponse:
    """Done, or replied to; back to where it was read."""
    me = person(request)
    case = queues.with_notes_for(me).filter(public_id=public_id).first()
    if case is None:
        raise Http404
    actions.resolve(case_id=case.pk, by=me, comment_id=number, reply=request.POST.get("reply", ""))
    is_writing = policies.may(me, Act.WRITE_ANSWER, case)
    page = "workflow:write" if is_writing else "workflow:review"
    return redirect(f"{reverse(page, args=[public_id])}#comments-title")
