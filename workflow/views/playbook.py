"""A moderator works through the playbook of a danger: ticks what was done, writes to the member."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from accounts.roles import Role

from .. import policies, queues
from ..actions.playbook import tell_member, tick_step
from ..decorators import desk, person
from ..forms.mail import MailForm
from ..forms.playbook import TellForm
from ..models import Case, Wish
from ..states import Act
from ..transitions import Refused
from .records import case_for, case_page

UNREADABLE = 422


@desk(Role.MODERATOR)
@require_POST
def tick(request: HttpRequest, public_id: str, flag_id: int) -> HttpResponse:
    """A step is done, or not done after all."""
    case = case_for(request, public_id)
    step, is_done = request.POST.get("step", ""), request.POST.get("is", "done") == "done"
    tick_step(case_id=case.pk, flag_id=flag_id, by=person(request), step=step, is_done=is_done)
    return _to_steps(case, flag_id)


@desk(Role.MODERATOR)
@require_POST
def tell(request: HttpRequest, public_id: str, flag_id: int) -> HttpResponse:
    """Write to the member. A refusal gives back every word."""
    case, who = case_for(request, public_id), person(request)
    get_object_or_404(queues.flags_of(who, case), pk=flag_id)
    template = request.POST.get("template", "")
    ids = f"tell-{flag_id}-{template}-%s"
    # Asked before the form is read: where nobody may write, the page has no form that could give the words back.
    if reason := policies.why_not(who, Act.TELL_MEMBER, case):
        raise Refused(reason, case=case)
    form, mail = TellForm(request.POST, auto_id=ids), MailForm(request, case=case, auto_id=ids)
    if not form.is_valid() or not mail.may_go_on:
        typed = {"tell_form": form, "tell_mail": mail, "tell_flag": flag_id, "tell_template": template}
        return case_page(request, public_id, status=UNREADABLE, **typed)
    tell_member(case_id=case.pk, flag_id=flag_id, by=who, text=form.cleaned_data["text"], mail=mail.wish())
    messages.success(request, _said(case, mail.wish()))
    return _to_steps(case, flag_id)


def _said(case: Case, mail: Wish) -> str:
    if not case.may_mail:
        return "Your message is on their page. They asked us not to write to their email, so no mail is sent."
    if mail.why_not:
        return "Your message is on their page. No mail is sent, as you wished."
    return "Your message is on their page, and a mail says that something is there."


def _to_steps(case: Case, flag_id: int) -> HttpResponse:
    return redirect(f"{case.get_absolute_url()}#steps-{flag_id}")
