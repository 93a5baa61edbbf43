"""Experts claim, write and send answers. They see the question, never the letter nor who wrote it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from js_asset import Media

from accounts.numbers import whole_number
from accounts.roles import Role
from qa.differences import word_changes
from qa.models import AnswerRevision, Publication
from qa.sanitize import plain_text

from .. import clocks, policies, queues, worklist
from ..actions import answering, review, triage
from ..actions.answering import Overtaken
from ..actions.publication import page_words
from ..decorators import desk, person
from ..forms.answering import WITHOUT_EDITOR, AnswerForm, DangerForm, ReasonForm, SubmitForm
from ..forms.holding import AwayForm, HandOverForm
from ..models import Case
from ..states import Act, State, Step
from ..transitions import Refused, Seen, Stale
from .commented import commented
from .language_help import help_with
from .parts import inserts

WHY_BACK = "Why do you give it back?"
WHY_REOPEN = "What do you want to change?"


@desk(Role.EXPERT)
@require_GET
def my_desk(request: HttpRequest) -> HttpResponse:
    """What waits for me first, then what is free, then what has left my desk."""
    return desk_page(request)


def desk_page(request: HttpRequest, *, away: AwayForm | None = None) -> HttpResponse:
    """The desk; `away` brings back that form with its errors."""
    me = person(request)
    here, after = reverse("workflow:answering"), request.GET.get("after", "")
    waiting, free_to_take = list(queues.held_by(me)), queues.free_for(me)
    free, mark = queues.page_of(free_to_take, after=after)
    done = list(queues.answered_by(me))
    queues.with_questions([*waiting, *free, *done])
    context: dict[str, Any] = {
        "waiting": waiting,
        "asked": queues.waits_for_my_comment(me),
        "free": free,
        "free_number": free_to_take.order_by().count() if mark or after else len(free),
        "next_url": f"{here}?after={mark}#free" if mark else "",
        "first_url": f"{here}#free" if after else "",
        "done": done,
        "returned": queues.returned_among(waiting),
        "finished": {case.pk for case in done if queues.is_finished(me, case)},
    }
    context["away"] = away or AwayForm.of(me)
    context["enough"] = worklist.enough_for(me)
    return render(request, "workflow/answering/desk.html", context, status=422 if away else 200)


@desk(Role.EXPERT)
@require_GET
def write(request: HttpRequest, public_id: str) -> HttpResponse:
    """The question beside the editor; or what became of the answer."""
    return write_page(request, case_for(request, public_id))


@desk(Role.EXPERT)
@require_POST
def save(request: HttpRequest, public_id: str) -> HttpResponse:
    """Keep the words as a revision: in the background (JSON) or by the button (back to the page, or on to the preview)."""
    case = case_for(request, public_id)
    form = AnswerForm(request.POST)
    quietly = "X-Autosave" in request.headers
    if not form.is_valid():
        sentence = str(form.errors.get("body", ["Please load the page again."])[0])
        return JsonResponse({"sentence": sentence}, status=422) if quietly else write_page(request, case, answer=form)
    try:
        number = _kept(request, case, form)
    except Refused as refusal:
        if quietly:
            return JsonResponse({"sentence": refusal.sentence}, status=409)
        if isinstance(refusal, Overtaken):
            return conflict_page(request, case, refusal)
        raise
    if quietly:
        return JsonResponse({"based_on": number, "at": clocks.time_of_day()})
    if request.POST.get("then") == "preview" and number:
        return redirect("workflow:revision", public_id, number)
    messages.success(request, "Saved.")
    return redirect("workflow:write", public_id)


@desk(Role.EXPERT)
@require_POST
def submit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Save and send for review in one go. Words that lack something stay in the editor, with the sentence beside them."""
    case = case_for(request, public_id)
    form = SubmitForm(request.POST)
    if not form.is_valid():
        return write_page(request, case, answer=form)
    seen = Seen.parse(request.POST.get("seen", ""))
    if answering.hold_again(case_id=case.pk, by=person(request)):
        seen = Seen.of(case_for(request, public_id))
    try:
        answering.submit_draft(case_id=case.pk, by=person(request), seen=seen, **form.cleaned_data)
    except Overtaken as refusal:
        return conflict_page(request, case, refusal)
    except Refused as refusal:
        case = case_for(request, public_id)
        if isinstance(refusal, Stale) or not policies.may(person(request), Step.SUBMIT_DRAFT, case):
            raise
        return write_page(request, case, answer=_saved_with_fault(case, refusal))
    messages.success(request, "Sent for review. A colleague reads it now; you will hear from us. Thank you.")
    return redirect("workflow:answering")


@desk(Role.EXPERT)
@require_POST
def reopen(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take the own reviewed answer back into review, with a reason."""
    case = case_for(request, public_id)
    form = ReasonForm(request.POST, label=WHY_REOPEN)
    if not form.is_valid():
        return write_page(request, case, again=form)
    seen = Seen.parse(request.POST.get("seen", ""))
    review.reopen(case_id=case.pk, by=person(request), seen=seen, reason=form.cleaned_data["reason"])
    messages.success(request, "Reopened. A moderator looks at it and can return it to you for the change.")
    return redirect("workflow:write", public_id)


@desk(Role.EXPERT)
@require_POST
def raise_flag(request: HttpRequest, public_id: str) -> HttpResponse:
    """Tell the moderators of a danger. Never refused because somebody else changed the case meanwhile."""
    case = case_for(request, public_id)
    form = DangerForm(request.POST)
    if not form.is_valid():
        return write_page(request, case, danger=form)
    triage.raise_flag(case_id=case.pk, by=person(request), **form.flag())
    messages.success(request, "Thank you. The moderators see this on top of every page until one of them takes it on.")
    return redirect("workflow:write", public_id)


@desk(Role.EXPERT)
@require_http_methods(["GET", "POST"])
def revision(request: HttpRequest, public_id: str, number: int) -> HttpResponse:
    """One saved version as the member would read it, with what differs from the answer now; POST makes it the answer."""
    case = case_for(request, public_id)
    shown = get_object_or_404(case.question.revisions.select_related("written_by"), number=number)
    if request.method == "POST":
        return _restore(request, case, shown)
    standing = case.draft
    is_standing = standing is not None and standing.pk == shown.pk
    changes = [] if is_standing or standing is None else _changes(shown.body, standing.body)
    context = {
        "case": case,
        "shown": shown,
        "page": Publication(**{**page_words(case), "answer_html": shown.body}),
        "is_standing": is_standing,
        "changes": changes,
        "standing": standing,
        "may_write": policies.may(person(request), Act.WRITE_ANSWER, case),
    }
    return render(request, "workflow/answering/revision.html", context)


def _restore(request: HttpRequest, case: Case, shown: AnswerRevision) -> HttpResponse:
    typed = request.POST.get("based_on", "")
    based_on = whole_number(typed, digits=7, otherwise=-1)
    answering.hold_again(case_id=case.pk, by=person(request))
    try:
        answering.restore(case_id=case.pk, by=person(request), number=shown.number, based_on=based_on)
    except Overtaken as refusal:
        return conflict_page(request, case, refusal)
    messages.success(request, f"Version {shown.number} is the answer again. The later versions are still in the list.")
    return redirect("workflow:write", case.public_id)


def case_for(request: HttpRequest, public_id: str) -> Case:
    cases = queues.of_expert(person(request)).select_related("draft", "expert", "drafted_by")
    return get_object_or_404(cases.defer("member_message"), public_id=public_id)


def _kept(request: HttpRequest, case: Case, form: AnswerForm) -> int:
    """The number of the revision that now holds these words; 0 when there was nothing and nothing was typed."""
    me = person(request)
    if case.draft_id is None and not form.cleaned_data["body"]:
        return 0
    answering.hold_again(case_id=case.pk, by=me)
    return answering.save_answer(case_id=case.pk, by=me, **form.cleaned_data).number


def _changes(before: str, after: str) -> list[tuple[str, str, str]]:
    return word_changes(plain_text(before), plain_text(after))


def _saved_with_fault(case: Case, refusal: Refused) -> AnswerForm:
    """The editor with the words as they were saved a moment ago, and why they do not go on yet."""
    form = AnswerForm({"body": case.draft.body, "based_on": case.draft.number} if case.draft else {})
    form.add_error("body", refusal.sentence)
    return form


def write_page(request: HttpRequest, case: Case, **forms: Any) -> HttpResponse:
    """The page of one case; forms given are shown with their errors, status 422."""
    me = person(request)
    standing, may_write = case.draft, policies.may(me, Act.WRITE_ANSWER, case)
    initial: dict[str, Any] = {
        "body": standing.body if standing else "",
        "based_on": standing.number if standing else 0,
    }
    shown = {
        "answer": AnswerForm(initial=initial),
        "back": ReasonForm(label=WHY_BACK, auto_id="back_%s"),
        "hand": HandOverForm(colleagues=queues.colleagues(me), auto_id="hand_%s"),
        "again": ReasonForm(label=WHY_REOPEN, auto_id="again_%s"),
        "danger": DangerForm(auto_id="danger_%s"),
    }
    context = {
        **shown,
        **forms,
        **commented(me, case),
        "case": case,
        "seen": Seen.of(case),
        "media": Media.from_media(shown["answer"].media, nonce=request.csp_nonce),  # type: ignore[attr-defined]
        "returned": queues.standing_return(case),
        "dangers": list(queues.dangers_of(case)),
        "earlier": queues.earlier_parts(case),
        "revisions": list(queues.revisions_of(case)),
        "without_editor": WITHOUT_EDITOR,
        "help": help_with(case, initial["body"]) if may_write else None,
        "needs": policies.unmet_needs(Step.SUBMIT_DRAFT, case) if standing else [],
        "inserts": inserts(me, case) if may_write else {},
        "may_write": may_write,
        "is_finished": queues.is_finished(me, case),
        "may_claim": policies.may(me, Act.CLAIM, case),
        "may_flag": policies.may(me, Act.RAISE_FLAG, case),
        "may_reopen": case.state == State.REVIEWED and policies.may(me, Step.REOPEN, case),
    }
    return render(request, "workflow/answering/write.html", context, status=422 if forms else 200)


def conflict_page(request: HttpRequest, case: Case, refusal: Overtaken) -> HttpResponse:
    """Both texts side by side, and the typed one in the editor to join them; nothing is lost."""
    typed, newer = refusal.typed, refusal.newer
    form = AnswerForm(initial={"body": typed, "based_on": newer.number})
    context = {
        "case": case,
        "newer": newer,
        "typed": typed,
        "changes": _changes(newer.body, typed),
        "answer": form,
        "seen": Seen.of(case),
        "media": Media.from_media(form.media, nonce=request.csp_nonce),  # type: ignore[attr-defined]
        "without_editor": WITHOUT_EDITOR,
    }
    return render(request, "workflow/answering/conflict.html", context, status=409)
