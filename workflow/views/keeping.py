"""“Keep it longer” on a member's page, and the page on which two moderators hold what the clock would erase."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.roles import Role

from ..actions import keeping as actions
from ..decorators import desk, member_page, person
from ..forms.keeping import HoldForm
from ..queues.keeping import end_of, open_hold
from .member import own_case
from .records import case_for

UNREADABLE = 422


@member_page
@require_POST
def keep_longer(request: HttpRequest, public_id: str) -> HttpResponse:
    """One press, and it stays."""
    actions.keep_longer(case_id=own_case(request, public_id).pk, by=person(request))
    messages.success(request, _("We keep it. We ask you again before its time is over."))
    return redirect("workflow:status", public_id)


@desk(Role.MODERATOR)
@require_http_methods(["GET", "HEAD", "POST"])
def hold(request: HttpRequest, public_id: str) -> HttpResponse:
    """What the clock will do with this case, a hold, and a colleague's yes."""
    case, who = case_for(request, public_id), person(request)
    if request.method == "POST" and "agree" in request.POST:
        actions.agree_hold(case_id=case.pk, by=who)
        messages.success(request, "You agreed. Nothing of this case is erased by the clock until that day.")
        return redirect("workflow:hold", public_id)
    if request.method == "POST" and "end" in request.POST:
        actions.end_hold(case_id=case.pk, by=who)
        messages.success(request, "The hold is ended. The member hears before anything is erased.")
        return redirect("workflow:hold", public_id)
    form = HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.ask_hold(case_id=case.pk, by=who, **form.cleaned_data)
        messages.success(request, "Nothing is erased from now on. A colleague has to agree here.")
        return redirect("workflow:hold", public_id)
    standing = open_hold(case)
    context = {
        "case": case,
        "form": form,
        "hold": standing,
        "ends_at": end_of(case),
        "is_mine": standing and standing.asked_by_id == who.pk,
    }
    return render(request, "workflow/keeping/hold.html", context, status=UNREADABLE if form.is_bound else 200)
