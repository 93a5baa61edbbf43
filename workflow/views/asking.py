"""Asking the member: an expert or a moderator asks, the member replies on their page, a moderator passes the reply on."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.numbers import whole_number
from accounts.roles import Role
from qa.models import HelpLine

from .. import clocks, policies, queues, worklist
from ..actions import asking as actions
from ..actions.asking import KeptElsewhere
from ..decorators import desk, member_page, person
from ..forms.asking import AskForm, PassOnForm, ReplyForm
from ..forms.mail import MailForm
from ..models import Case, Inquiry
from ..states import Act
from ..transitions import Refused, Seen
from .member import own_case, status_page
from .records import case_for
from .workbench import groups_of, pieces_of

ASKED = "Asked. They get a mail without a word of it, and find your question on their page. The answer's clock stands still."
REPLIED = _("Thank you. A moderator reads it first. Then the expert goes on with your answer.")
CALL_FIRST = _(
    "If somebody is in danger now, call {number}. Please do not wait for us. A moderator reads your reply first."
)


@desk(Role.MODERATOR, Role.EXPERT)
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, public_id: str) -> HttpResponse:
    """Ask the member something, with what is known about reaching them."""
    case, me = _at_a_desk(request, public_id), person(request)
    form = AskForm(request.POST if request.method == "POST" else None, case=case)
    mail = MailForm(request if me.holds(Role.MODERATOR) else None, case=case)  # experts rule no mail to a member
    if request.method == "POST" and not policies.may(me, Act.ASK_MEMBER, case):
        raise Refused(policies.why_not(me, Act.ASK_MEMBER, case), case=case)
    if form.is_valid() and mail.may_go_on:
        seen = Seen.parse(request.POST.get("seen", ""))
        actions.ask(case_id=case.pk, by=me, text=form.cleaned_data["text"], seen=seen, mail=mail.wish())
        messages.success(request, ASKED)
        return redirect(_desk_of(request), public_id)
    context = {
        "case": case,
        "form": form,
        "mail_form": mail,
        "is_moderating": me.holds(Role.MODERATOR),
        "seen": Seen.of(case),
        "back": _desk_of(request),
        "refusal": policies.why_not(me, Act.ASK_MEMBER, case),
    }
    return render(request, "workflow/asking/ask.html", context, status=422 if form.is_bound else 200)


@desk(Role.MODERATOR, Role.EXPERT)
@require_POST
def take_back(request: HttpRequest, public_id: str, number: int) -> HttpResponse:
    """The question is not needed any more."""
    case = _at_a_desk(request, public_id)
    actions.take_back(case_id=case.pk, by=person(request), inquiry_id=number)
    messages.success(request, "Taken back. The member does not see it any more, and the clock runs again.")
    return redirect(_desk_of(request), public_id)


@member_page
@require_http_methods(["GET", "POST"])
def reply(request: HttpRequest, public_id: str, number: int) -> HttpResponse:
    """Send the reply, or keep it for later; nothing typed is lost."""
    case, inquiry = own_case(request, public_id), _asked(request, public_id, number)
    if request.method == "GET":
        return redirect("workflow:status", public_id)
    if "keep" in request.POST:
        return _keep(request, case, inquiry)
    form = ReplyForm(request.POST)
    if not form.is_valid():
        return status_page(request, case, reply_form=form, reply_to=inquiry.pk)
    sent = actions.reply(case_id=case.pk, by=person(request), inquiry_id=inquiry.pk, text=form.cleaned_data["text"])
    if sent.case.is_pressing:
        emergency = HelpLine.objects.filter(key="911").values_list("number", flat=True).first()
        messages.warning(request, str(CALL_FIRST).format(number=emergency or gettext("your emergency number")))
    else:
        messages.success(request, REPLIED)
    return redirect("workflow:status", public_id)


@member_page
@require_POST
def keep_reply(request: HttpRequest, public_id: str, number: int) -> HttpResponse:
    """Keep what is typed, by itself (JSON)."""
    case, inquiry = own_case(request, public_id), _asked(request, public_id, number)
    try:
        version = _kept(request, case, inquiry)
    except Refused as refusal:
        return JsonResponse({"sentence": refusal.sentence}, status=409)
    return JsonResponse({"knows": version, "at": clocks.time_of_day()})


@desk(Role.MODERATOR)
@require_http_methods(["GET", "POST"])
def pass_on(request: HttpRequest, public_id: str, number: int) -> HttpResponse:
    """The reply as sent, what could identify in it, and the words that the expert may read."""
    case, me = case_for(request, public_id), person(request)
    get_object_or_404(queues.replies_of(me, case), pk=number)
    form = PassOnForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.settle(case_id=case.pk, by=me, inquiry_id=number, words=form.cleaned_data["words"], ticked_by=me)
        except Refused as refusal:
            form.add_error("words", refusal.sentence)
        else:
            messages.success(request, "Passed on. The expert can read it now.")
            return redirect(case)
    return _reply_page(request, case, number, form)


def _reply_page(request: HttpRequest, case: Case, number: int, form: PassOnForm) -> HttpResponse:
    me = person(request)
    inquiry = actions.open_reply(case_id=case.pk, by=me, inquiry_id=number)
    rows = list(inquiry.findings.select_related("decided_by"))
    groups = groups_of(rows)
    context: dict[str, Any] = {
        "case": case,
        "inquiry": inquiry,
        "form": form if form.is_bound else PassOnForm(initial={"words": inquiry.readable}),
        "seen": Seen.of(case),
        "pieces": pieces_of(inquiry.reply, groups),
        "groups": groups,
        "waiting": [group for group in groups if group.is_open],
        "left_sure": sum(row.is_open and not row.is_hint for row in rows),
        "left_hints": sum(row.is_open and row.is_hint for row in rows),
        "may_edit": policies.may(me, Act.SETTLE_REPLY, case),
    }
    return render(request, "workflow/asking/reply.html", context, status=422 if form.is_bound else 200)


def _keep(request: HttpRequest, case: Case, inquiry: Inquiry) -> HttpResponse:
    try:
        _kept(request, case, inquiry)
    except KeptElsewhere as other:
        form = ReplyForm({**request.POST.dict(), "knows": other.inquiry.unsent_version})
        return status_page(request, case, reply_form=form, reply_to=inquiry.pk, kept_elsewhere=other.inquiry.unsent)
    messages.success(request, gettext("Saved. You can go on writing any time; nothing is sent yet."))
    return redirect("workflow:status", case.public_id)


def _kept(request: HttpRequest, case: Case, inquiry: Inquiry) -> int:
    typed = request.POST.get("knows", "")
    knows = whole_number(typed, otherwise=-1)
    text = request.POST.get("text", "")
    return actions.keep_unsent(case_id=case.pk, by=person(request), inquiry_id=inquiry.pk, text=text, knows=knows)


def _asked(request: HttpRequest, public_id: str, number: int) -> Inquiry:
    """A question to this very member; also one that was taken back while they typed, so that they are told."""
    case = own_case(request, public_id)
    return get_object_or_404(case.inquiries.all(), pk=number)


def _at_a_desk(request: HttpRequest, public_id: str) -> Case:
    found = worklist.on_desk_of(person(request)).filter(public_id=public_id).first()
    if found is None:
        raise Http404
    return found


def _desk_of(request: HttpRequest) -> str:
    return "workflow:case" if person(request).holds(Role.MODERATOR) else "workflow:write"
