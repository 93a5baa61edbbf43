"""A moderator says that a danger is graver or milder than its flag says."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from accounts.roles import Role

from .. import queues
from ..actions.severity import change_severity
from ..decorators import desk, person
from ..forms.severity import SeverityForm
from .records import case_for, case_page

UNREADABLE = 422


@desk(Role.MODERATOR)
@require_POST
def change(request: HttpRequest, public_id: str, flag_id: int) -> HttpResponse:
    """Change how soon somebody must act, with a reason."""
    case, who = case_for(request, public_id), person(request)
    flag = get_object_or_404(queues.flags_of(who, case), pk=flag_id)
    form = SeverityForm.of(flag, request.POST)
    if not form.is_valid():
        return case_page(request, public_id, status=UNREADABLE, severity_form=form, severity_flag=flag_id)
    change_severity(case_id=case.pk, flag_id=flag_id, by=who, **form.cleaned_data)
    messages.success(request, "The flag is changed. Colleagues see it, and why.")
    return redirect(f"{case.get_absolute_url()}#flag-{flag_id}")
