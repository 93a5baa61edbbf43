"""A moderator approves their own answer, in an emergency; a second one reads it too."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from accounts.roles import Role

from .. import policies
from ..actions import alone as actions
from ..decorators import desk, person
from ..forms.alone import AloneForm
from ..forms.mail import MailForm
from ..states import Act, Step
from ..transitions import Seen
from .review import case_for, review_page


@desk(Role.MODERATOR)
@require_POST
def approve_alone(request: HttpRequest, public_id: str) -> HttpResponse:
    """The member has it at once; every lead is written to."""
    case, who = case_for(request, public_id), person(request)
    form, mail = AloneForm(request.POST, auto_id="alone_%s"), MailForm(request, case=case)
    if not (form.is_valid() and mail.may_go_on) and policies.may(who, Step.APPROVE_ALONE, case):
        return review_page(request, case, alone=form, mail_form=mail)
    seen = Seen.parse(request.POST.get("seen", ""))
    reason, checked = form.cleaned_data.get("reason", ""), form.cleaned_data.get("checked", [])
    actions.approve_alone(case_id=case.pk, by=who, seen=seen, reason=reason, checked=checked, mail=mail.wish())
    messages.success(request, "Approved on your word alone. The member has the answer now, and all leads are told.")
    return redirect(case)


@desk(Role.MODERATOR)
@require_POST
def confirm_answer(request: HttpRequest, public_id: str) -> HttpResponse:
    """It stands: the member can be asked about publishing now."""
    case, who = case_for(request, public_id), person(request)
    mail = MailForm(request, case=case)
    if not mail.may_go_on and policies.may(who, Act.CONFIRM_ANSWER, case):
        return review_page(request, case, mail_form=mail)
    actions.confirm(case_id=case.pk, by=who, seen=Seen.parse(request.POST.get("seen", "")), mail=mail.wish())
    messages.success(request, "Thank you. It counts now like every answer that two people have read.")
    return redirect(case)
