"""Moderators look after danger, de-identify, assign, pass on and decline."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.roles import Role
from qa.differences import has_changes, word_changes
from qa.models import HelpLine
from qa.models.helplines import trusted

from .. import clocks, policies, queues, worklist
from ..actions import triage as actions
from ..actions.findings import letter_of
from ..decorators import desk, person
from ..forms.answering import DangerForm
from ..forms.mail import MailForm
from ..forms.triage import CloseForm, DeclineForm, ExpertForm, QuestionForm, kind_message, plain
from ..models import Case
from ..queues.playbooks import untouched
from ..states import Act, State, Step
from ..transitions import Refused, Seen, Stale, happened_since
from .records import case_for, case_page
from .undo import expert_before, offer
from .workbench import work_of

UNREADABLE = 422  # what was typed cannot be taken as it is
SUGGESTED_LINES = ["samhsa", "988"]


@desk(Role.MODERATOR)
@require_safe
def letter(request: HttpRequest, public_id: str) -> HttpResponse:
    """The letter beside the question. Every opening is recorded."""
    case = case_for(request, public_id)
    enough = worklist.is_enough_before(person(request), case)
    if enough and "anyway" not in request.GET:
        return render(request, "workflow/triage/enough.html", {"enough": enough, "back": case.get_absolute_url()})
    return _workbench(request, case, QuestionForm.of(case))


@desk(Role.MODERATOR)
@require_POST
def question(request: HttpRequest, public_id: str) -> HttpResponse:
    """Save the de-identified words, or save and confirm them. A refusal gives back everything that was typed."""
    case = case_for(request, public_id)
    is_confirming = "confirm" in request.POST
    form, mail = QuestionForm(request.POST, is_confirming=is_confirming), MailForm(request, case=case)
    if not (form.is_valid() and mail.may_go_on):
        return _workbench(request, case, form, status=UNREADABLE, seen=request.POST.get("seen", ""), mail_form=mail)
    seen = Seen.parse(request.POST.get("seen", ""))
    try:
        saved = actions.save_question(
            case_id=case.pk,
            by=person(request),
            seen=seen,
            words=form.words(),
            topics=form.cleaned_data["topics"],
            confirm=is_confirming,
            ticked_by=person(request) if form.cleaned_data["nobody_knows_them"] else None,
            mail=mail.wish(),
        )
    except Stale:
        if request.headers.get("X-Autosave"):
            return JsonResponse(
                {"sentence": "Somebody changed this case meanwhile. Press Save to see both."}, status=409
            )
        return _overtaken(request, case_for(request, public_id), form, seen, mail_form=mail)
    if request.headers.get("X-Autosave"):
        return JsonResponse({"seen": str(Seen.of(saved)), "at": clocks.time_of_day()})
    if is_confirming and saved.has_open_findings():
        messages.error(request, "Saved, but not confirmed: the words name somebody. Decide about them first.")
        return redirect(f"{reverse('workflow:letter', args=[case.public_id])}#findings")
    if is_confirming:
        messages.success(request, "Saved and confirmed.")
        return redirect("workflow:case", case.public_id)
    messages.success(request, "Saved. Confirm it when nothing in it tells who they are.")
    return redirect("workflow:letter", case.public_id)


def _overtaken(
    request: HttpRequest, case: Case, form: QuestionForm, seen: Seen, *, mail_form: MailForm
) -> HttpResponse:
    """Somebody saved meanwhile: both texts on one page, and the next save counts from the newer one."""
    words = form.words()
    newer = [
        (name, word_changes(words[name], getattr(case.question, name)))
        for name in words
        if words[name] != getattr(case.question, name)
    ]
    shown: dict[str, Any] = {"meanwhile": happened_since(case, seen), "newer": newer, "mail_form": mail_form}
    return _workbench(request, case, form, status=409, **shown)


def work_part(request: HttpRequest, case: Case) -> HttpResponse:
    """The working part again, after a decision: the letter is open already, so this is no new opening."""
    who = person(request)
    text = letter_of(case)
    context = {
        "case": case,
        "letter": text,
        "seen": Seen.of(case),
        "question": case.question,
        "changes": word_changes(text, plain(case.question.text)),
        "may_edit": policies.may(who, Act.EDIT_QUESTION, case),
        "needs": policies.unmet_needs(Act.CONFIRM_QUESTION, case),
        **work_of(case, who, text),
    }
    return render(request, "workflow/triage/_work.html", context)


def _workbench(
    request: HttpRequest, case: Case, form: QuestionForm, *, status: int = 200, seen: str = "", **extra: Any
) -> HttpResponse:
    who = person(request)
    text = actions.open_letter(case_id=case.pk, by=who)
    changes = word_changes(plain(text), plain(form.data.get("text", "") if form.is_bound else case.question.text))
    context = {
        "case": case,
        "letter": text,
        "form": form,
        "seen": seen or Seen.of(case),
        "question": case.question,
        "changes": changes,
        "is_unchanged": not has_changes(changes),
        "may_edit": policies.may(who, Act.EDIT_QUESTION, case),
        "is_new": case.state == State.SUBMITTED,
        "needs": policies.unmet_needs(Act.CONFIRM_QUESTION, case),
        "asks_again": policies.is_asked_again(case),
        "mail_form": MailForm(None, case=case),
        **work_of(case, who, text),
        **extra,
    }
    return render(request, "workflow/triage/letter.html", context, status=status)


@desk(Role.MODERATOR)
@require_POST
def raise_flag(request: HttpRequest, public_id: str) -> HttpResponse:
    """A moderator saw a danger."""
    case = case_for(request, public_id)
    form = DangerForm(request.POST, auto_id="raise-%s")
    if not form.is_valid():
        return case_page(request, public_id, status=UNREADABLE, flag_form=form)
    flag = actions.raise_flag(case_id=case.pk, by=person(request), **form.flag())
    messages.success(request, "The flag is raised. It stays in sight until somebody takes it on.")
    return _to_flag(case, flag.pk)


@desk(Role.MODERATOR)
@require_POST
def acknowledge(request: HttpRequest, public_id: str, flag_id: int) -> HttpResponse:
    """A moderator takes a danger on; twice changes nothing."""
    case = case_for(request, public_id)
    flag = actions.acknowledge_flag(case_id=case.pk, flag_id=flag_id, by=person(request))
    if flag.acknowledged_by == person(request):
        messages.success(request, "You have taken this flag on. Write what was done when you close it.")
    else:
        messages.success(request, "Somebody had taken this flag on already. See below who.")
    return _to_flag(case, flag.pk)


@desk(Role.MODERATOR)
@require_POST
def close(request: HttpRequest, public_id: str, flag_id: int) -> HttpResponse:
    """A danger is dealt with."""
    case = case_for(request, public_id)
    idle = untouched(queues.flags_of(person(request), case))
    form = CloseForm(request.POST, auto_id=f"flag-{flag_id}-%s", untouched=idle.get(flag_id, 0))
    if not form.is_valid():
        return case_page(request, public_id, status=UNREADABLE, close_form=form, close_flag=flag_id)
    actions.close_flag(case_id=case.pk, flag_id=flag_id, by=person(request), **form.words())
    messages.success(request, "The flag is closed. What was done is kept with it.")
    return redirect("workflow:case", case.public_id)


@desk(Role.MODERATOR)
@require_POST
def assign(request: HttpRequest, public_id: str) -> HttpResponse:
    """Name who answers, or leave it to whoever takes it; can be undone."""
    case = case_for(request, public_id)
    form = _chosen_expert(request)
    expert = form.cleaned_data["expert"]
    seen = Seen.parse(request.POST.get("seen", ""))
    after = actions.assign(case_id=case.pk, by=person(request), expert=expert, seen=seen)
    said = f"{expert.staff_name} answers this case now." if expert else "Any expert can take this case now."
    offer(request, said, [expert_before(case, after)])
    return redirect("workflow:case", case.public_id)


@desk(Role.MODERATOR)
@require_POST
def triage(request: HttpRequest, public_id: str) -> HttpResponse:
    """Pass the confirmed question to the experts."""
    case = case_for(request, public_id)
    form, mail = _chosen_expert(request), MailForm(request, case=case)
    if not mail.may_go_on:
        return case_page(request, public_id, status=UNREADABLE, expert_form=form, mail_form=mail)
    seen, expert = Seen.parse(request.POST.get("seen", "")), form.cleaned_data["expert"]
    actions.triage(case_id=case.pk, by=person(request), seen=seen, expert=expert, mail=mail.wish())
    messages.success(request, "Passed to the experts.")
    return redirect("workflow:case", case.public_id)


@desk(Role.MODERATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def decline(request: HttpRequest, public_id: str) -> HttpResponse:
    """No answer from here: a reason for us, and a kind message for them."""
    case = case_for(request, public_id)
    who = person(request)
    if not policies.may(who, Step.DECLINE, case):
        raise Refused(policies.why_not(who, Step.DECLINE, case), case=case)
    lines = trusted(HelpLine.objects.all(), today=timezone.localdate())
    suggested = [line for line in lines if line.key in SUGGESTED_LINES]
    form = DeclineForm(request.POST or None, initial={"message": kind_message(suggested)})
    mail, needs = MailForm(request, case=case), policies.unmet_needs(Step.DECLINE, case)
    if request.method == "POST" and mail.may_go_on and form.is_valid() and not needs:
        seen = Seen.parse(request.POST.get("seen", ""))
        actions.decline(case_id=case.pk, by=who, seen=seen, mail=mail.wish(), **form.cleaned_data)
        messages.success(request, "Declined. Your message is on their page.")
        return redirect("workflow:case", case.public_id)
    context = {
        "case": case,
        "form": form,
        "mail_form": mail,
        "needs": needs,
        "lines": lines,
        "seen": request.POST.get("seen") or Seen.of(case),
    }
    return render(request, "workflow/triage/decline.html", context, status=UNREADABLE if form.is_bound else 200)


def _chosen_expert(request: HttpRequest) -> ExpertForm:
    form = ExpertForm(request.POST, experts=queues.experts(person(request)))
    if not form.is_valid():
        raise Refused("That person is not an expert any more. Choose somebody else.")
    return form


def _to_flag(case: Case, flag_id: int) -> HttpResponse:
    return redirect(f"{case.get_absolute_url()}#flag-{flag_id}")
