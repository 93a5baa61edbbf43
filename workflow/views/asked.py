"""Asking a colleague for a comment, and the page on which they read question and draft and comment."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from accounts.models import User
from accounts.roles import Role
from qa.models import Publication

from .. import policies, queues
from ..actions import asked as actions
from ..actions import comments
from ..actions.publication import page_words
from ..decorators import desk, person
from ..forms.asked import AskColleagueForm
from ..forms.comments import CommentForm
from ..models import Case
from ..models.comments import CommentKind
from ..states import Act, State
from ..transitions import Refused
from .commented import said_of


@desk(Role.MODERATOR, Role.EXPERT)
@require_http_methods(["GET", "POST"])
def ask_colleague(request: HttpRequest, public_id: str) -> HttpResponse:
    """Choose a colleague; they get a mail without a word of it."""
    me = person(request)
    case = queues.with_notes_for(me).select_related("draft").filter(public_id=public_id).first()
    if case is None:
        raise Http404
    form = AskColleagueForm(request.POST if request.method == "POST" else None, colleagues=queues.to_be_asked(me, case))
    refusal = policies.why_not(me, Act.ASK_COLLEAGUE, case)
    if request.method == "POST" and refusal:
        raise Refused(refusal, case=case)
    back = "workflow:write" if policies.may(me, Act.WRITE_ANSWER, case) else _desk_of(me, case)
    if form.is_valid():
        actions.ask_colleague(case_id=case.pk, by=me, **form.cleaned_data)
        messages.success(request, f"Asked. {form.cleaned_data['colleague'].staff_name} hears of it by mail.")
        return redirect(back, public_id)
    context = {"case": case, "form": form, "back": back, "refusal": refusal}
    return render(request, "workflow/comments/ask.html", context, status=422 if form.is_bound else 200)


def _desk_of(me: User, case: Case) -> str:
    """Where somebody who does not write the answer reads it."""
    if not me.holds(Role.MODERATOR):
        return "workflow:write"
    return "workflow:review" if case.state == State.DRAFTED else "workflow:case"


@desk(Role.MODERATOR, Role.EXPERT)
@require_http_methods(["GET", "POST"])
def asked(request: HttpRequest, public_id: str) -> HttpResponse:
    """Question and draft, to read and to comment on; never the letter."""
    me = person(request)
    case = get_object_or_404(queues.asked_to_comment(me).select_related("draft"), public_id=public_id)
    form = CommentForm(request.POST if request.method == "POST" else None, case=case)
    if form.is_valid():
        text, kind = form.cleaned_data["text"], CommentKind.COLLEAGUE
        comments.comment(case_id=case.pk, by=me, text=text, about=form.about, kind=kind)
        messages.success(request, "Thank you. Whoever asked you sees your comment beside the answer.")
        return redirect(f"{reverse('workflow:asked', args=[public_id])}#comments-title")
    context: dict[str, Any] = {
        **said_of(case, queues.own_comments(me, case)),
        "may_comment": policies.may(me, Act.COMMENT_AS_ASKED, case),
        "may_resolve": False,
        "marks_shown": True,
        "commenting": form,
        "comment_to": reverse("workflow:asked", args=[public_id]),
        "case": case,
        "page": Publication(**page_words(case)),
        "asked": queues.asked_with(me, case),
    }
    return render(request, "workflow/comments/asked.html", context, status=422 if form.is_bound else 200)
