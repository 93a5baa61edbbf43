"""Published pages: readers say whether one helped or what is wrong; moderators keep them true."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from accounts.numbers import whole_number
from accounts.roles import Role
from qa.models import Publication
from qa.querysets import find

from .. import queues
from ..actions import pages as actions
from ..decorators import desk, person
from ..forms.mail import MailForm
from ..forms.pages import CorrectionForm, OutcomeForm, ReportForm
from ..models import AS_IT_IS
from ..models.reports import Concern

HELPED = {"yes": True, "no": False}


@login_not_required
def tell(request: HttpRequest, slug: str) -> HttpResponse:
    """Did it help, or is something wrong? No account, no tracking."""
    page = find(slug, request.user)
    if page is None:
        raise Http404
    if page.withdrawn_at is not None:
        return render(request, "410.html", status=410)
    helped = HELPED.get(request.POST.get("helped", ""))
    if helped is not None:
        actions.count_reply(page=page, helped=helped)
        return render(request, "workflow/pages/thanks.html", {"page": page, "helped": helped})
    form = ReportForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = 422 if form.is_bound else 200
        return render(request, "workflow/pages/tell.html", {"page": page, "form": form}, status=status)
    data = form.cleaned_data
    concern = Concern(data["concern"])
    actions.report(page=page, concern=concern, words=data["words"], reply_to=data["reply_to"])
    return render(request, "workflow/pages/thanks.html", {"page": page, "concern": concern})


@desk(Role.MODERATOR)
@require_GET
def published(request: HttpRequest) -> HttpResponse:
    """What waits: reports of readers, answers to look at again, answers with a number that changed."""
    who = person(request)
    context = {
        "reports": queues.open_reports(who),
        "due": queues.pages_to_look_at(who),
        "stale": queues.pages_with_old_numbers(who),
    }
    return render(request, "workflow/pages/published.html", context)


@desk(Role.MODERATOR)
def page(request: HttpRequest, number: int) -> HttpResponse:
    """One published page with what readers said of it, and what can be done."""
    found = get_object_or_404(queues.published_pages(person(request)), pk=number)
    if request.method != "POST":
        return _page(request, found)
    match request.POST.get("do"):
        case "look_again":
            actions.look_again(page=found, by=person(request))
            messages.success(request, "Thank you. The page says that it was looked at today.")
        case "correct":
            form, mail = CorrectionForm(request.POST), _mail_form(request, found)
            if not form.is_valid() or (mail and not mail.may_go_on):
                return _page(request, found, correction=form, mail_form=mail)
            wish = mail.wish() if mail else AS_IT_IS
            actions.correct(page=found, by=person(request), mail=wish, **form.cleaned_data)
            messages.success(request, "Readers see the correction above the answer now.")
        case "close":
            return _close(request, found)
        case "take_down":
            actions.take_down_imported(page=found, by=person(request))
            messages.success(request, "Taken down.")
            return redirect("workflow:published")
    return redirect("workflow:page", number)


def _close(request: HttpRequest, found: Publication) -> HttpResponse:
    form = OutcomeForm(request.POST)
    number = request.POST.get("report", "")
    report = get_object_or_404(found.reports, pk=whole_number(number))
    if not form.is_valid():
        return _page(request, found, closing=report.pk, outcome=form)
    actions.close_report(report_id=report.pk, by=person(request), outcome=form.cleaned_data["outcome"])
    messages.success(request, "The report is closed.")
    return redirect("workflow:page", found.pk)


def _mail_form(request: HttpRequest, found: Publication) -> MailForm | None:
    """The mail to the member about an important correction; an imported page has no member."""
    case = queues.case_of_page(person(request), found)
    return MailForm(request, case=case) if case else None


def _page(request: HttpRequest, found: Publication, **forms: Any) -> HttpResponse:
    context = {
        "page": found,
        "case": queues.case_of_page(person(request), found),
        "reports": found.reports.filter(closed_at__isnull=True),
        "corrections": found.corrections.all(),
        "correction": CorrectionForm(),
        "mail_form": _mail_form(request, found),
        "outcome": OutcomeForm(),
        **forms,
    }
    return render(request, "workflow/pages/page.html", context, status=422 if forms else 200)
