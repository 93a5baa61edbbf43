"""A second person checks the answer, returns it with a comment or approves it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from accounts.roles import Role
from qa.differences import has_changes, word_changes
from qa.models import Publication
from qa.sanitize import plain_text

from .. import policies, queues
from ..actions import review as actions
from ..actions.publication import page_words
from ..decorators import desk, person
from ..events import Kind
from ..forms.alone import AloneForm
from ..forms.answering import ReasonForm
from ..forms.comments import CommentForm
from ..forms.mail import MailForm
from ..forms.review import ApproveForm, ReturnForm
from ..models import Case
from ..states import Act, State, Step
from ..transitions import Seen
from .commented import commented
from .language_help import help_with

WHY_REOPEN = "Why is the answer reopened?"
WHY_TAKE_OVER = "Why do you take the review over?"


@desk(Role.MODERATOR)
@require_GET
def review(request: HttpRequest, public_id: str) -> HttpResponse:
    """Question and answer as they will be read, what changed since the last round, and the decision."""
    case, me = case_for(request, public_id), person(request)
    if case.reviewer_id == me.pk and policies.may(me, Act.START_REVIEW, case):
        actions.start(case_id=case.pk, by=me)  # looking at it again is activity: the half hour begins anew
    return review_page(request, case_for(request, public_id))


@desk(Role.MODERATOR)
@require_POST
def request_changes(request: HttpRequest, public_id: str) -> HttpResponse:
    """Back to the expert with a comment."""
    case = case_for(request, public_id)
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return review_page(request, case, returning=form)
    comment = form.cleaned_data["comment"]
    actions.request_changes(case_id=case.pk, by=person(request), seen=_seen(request), comment=comment)
    messages.success(request, "Returned. The expert reads your comment on top of the answer.")
    return redirect(case)


@desk(Role.MODERATOR)
@require_POST
def approve(request: HttpRequest, public_id: str) -> HttpResponse:
    """Vouch for the answer; the member has it at once."""
    case = case_for(request, public_id)
    form, mail = ApproveForm(request.POST), MailForm(request, case=case)
    if not (form.is_valid() and mail.may_go_on) and policies.may(person(request), Step.APPROVE, case):
        return review_page(request, case, approving=form, mail_form=mail)
    checked = form.cleaned_data.get("checked", [])
    actions.approve(case_id=case.pk, by=person(request), seen=_seen(request), checked=checked, mail=mail.wish())
    messages.success(request, "Approved. The member has the answer now.")
    return redirect(case)


@desk(Role.MODERATOR)
@require_POST
def reopen(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take an approved answer back into review; approval and consent are void."""
    case = case_for(request, public_id)
    form = ReasonForm(request.POST, label=WHY_REOPEN)
    if not form.is_valid():
        return review_page(request, case, again=form)
    actions.reopen(case_id=case.pk, by=person(request), seen=_seen(request), reason=form.cleaned_data["reason"])
    messages.success(request, "Reopened. The answer needs a new approval.")
    return redirect("workflow:review", public_id)


def case_for(request: HttpRequest, public_id: str) -> Case:
    beside = ("draft", "drafted_by", "expert", "approved_by", "reviewer")
    return get_object_or_404(
        queues.of_moderator(person(request)).select_related(*beside).defer("member_message"), public_id=public_id
    )


def _seen(request: HttpRequest) -> Seen:
    return Seen.parse(request.POST.get("seen", ""))


def review_page(request: HttpRequest, case: Case, **forms: Any) -> HttpResponse:
    me = person(request)
    before = queues.previous_round(case)
    body = case.draft.body if case.draft else ""
    changes = word_changes(plain_text(before.body), plain_text(body)) if before else []
    context = {
        "approving": ApproveForm(),
        "alone": AloneForm(auto_id="alone_%s"),
        "mail_form": MailForm(None, case=case),
        "returning": ReturnForm(),
        "commenting": CommentForm(case=case),
        "again": ReasonForm(label=WHY_REOPEN, auto_id="again_%s"),
        "taking": ReasonForm(label=WHY_TAKE_OVER, auto_id="take_%s"),
        **forms,
        **commented(me, case),
        "marks_shown": True,
        "case": case,
        "may_start": policies.may(me, Act.START_REVIEW, case),
        "may_take_over": policies.may(me, Act.TAKE_OVER_REVIEW, case),
        "is_at_it": case.reviewer_id == me.pk,
        "seen": Seen.of(case),
        "page": Publication(**page_words(case)),
        "before": before,
        "changes": changes,
        "words_changed": has_changes(changes),
        "returned": queues.last_remark(case, Kind.CHANGES_REQUESTED),
        "reopened": queues.last_remark(case, Kind.CASE_REOPENED, Kind.DRAFT_SUBMITTED),
        "help": help_with(case, body) if case.state == State.DRAFTED else None,
        "may_keep": policies.may(me, Act.KEEP_WORDS, case),
        "dangers": list(case.flags_here().open()),
        "in_review": case.state == State.DRAFTED,
        "is_anothers": case.is_reviewed_by_another(me),
        "may_return": policies.may(me, Step.REQUEST_CHANGES, case),
        "may_approve": policies.may(me, Step.APPROVE, case),
        "wrote_it": case.drafted_by_id == me.pk or case.has_answer_by(me),
        "needs": policies.unmet_needs(Step.APPROVE, case),
        "may_alone": policies.may(me, Step.APPROVE_ALONE, case),
        "alone_needs": policies.unmet_needs(Step.APPROVE_ALONE, case),
        "may_confirm": case.approved_alone and policies.may(me, Act.CONFIRM_ANSWER, case),
        "confirm_needs": policies.unmet_needs(Act.CONFIRM_ANSWER, case) if case.approved_alone else [],
        "approved_alone": queues.last_remark(case, Kind.ANSWER_APPROVED_ALONE) if case.approved_alone else None,
        "may_reopen": policies.may(me, Step.REOPEN, case),
        "wants_publication": case.allows_publication(),
    }
    return render(request, "workflow/review/review.html", context, status=422 if forms else 200)
