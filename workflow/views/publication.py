"""Publish, schedule, take down: the page as readers will see it, what the member agreed to, and what is missing."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.views.decorators.http import require_GET, require_POST

from accounts.roles import Role
from qa.models import Publication

from .. import policies, queues
from ..actions import publication as actions
from ..decorators import desk, person
from ..events import Kind
from ..forms.mail import MailForm
from ..forms.publication import LATER, PublishForm, TakeDownForm
from ..models import Case, Consent
from ..states import Act, Step
from ..transitions import Seen


@desk(Role.MODERATOR)
@require_GET
def preview(request: HttpRequest, public_id: str) -> HttpResponse:
    """The page as it will appear, the consent in words, and the decision."""
    return _page(request, _case(request, public_id))


@desk(Role.MODERATOR)
@require_POST
def publish(request: HttpRequest, public_id: str) -> HttpResponse:
    """Now, or at a time to come."""
    case = _case(request, public_id)
    form, mail = PublishForm(request.POST), MailForm(request, case=case)
    if not (form.is_valid() and mail.may_go_on):
        return _page(request, case, publishing=form, mail_form=mail)
    if form.cleaned_data["when"] == LATER:
        at = form.cleaned_data["at"]
        actions.schedule(case_id=case.pk, by=person(request), seen=_seen(request), at=at, mail=mail.wish())
        day = date_format(timezone.localtime(at), "l, F j, Y, g:i A")
        messages.success(request, f"Scheduled for {day}. Everything is checked once more then.")
    else:
        actions.publish(case_id=case.pk, by=person(request), seen=_seen(request), mail=mail.wish())
        messages.success(request, "Published. Readers can find it now.")
    return redirect("workflow:preview", public_id)


@desk(Role.MODERATOR)
@require_POST
def unschedule(request: HttpRequest, public_id: str) -> HttpResponse:
    """Cancel the scheduled publication."""
    case = _case(request, public_id)
    actions.unschedule(case_id=case.pk, by=person(request), seen=_seen(request))
    messages.success(request, "The schedule is cancelled. Nothing will be published by itself.")
    return redirect("workflow:preview", public_id)


@desk(Role.MODERATOR)
@require_POST
def unpublish(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take the page down at once, with a reason."""
    case = _case(request, public_id)
    form = TakeDownForm(request.POST)
    if not form.is_valid():
        return _page(request, case, taking_down=form)
    reason = form.cleaned_data["reason"]
    actions.unpublish(case_id=case.pk, by=person(request), seen=_seen(request), reason=reason)
    messages.success(request, "Taken down. The page's address now says that it is gone. The member keeps the answer.")
    return redirect("workflow:preview", public_id)


def _case(request: HttpRequest, public_id: str) -> Case:
    beside = ("draft", "drafted_by", "publish_by")
    return get_object_or_404(
        queues.of_moderator(person(request)).select_related(*beside).defer("member_message"), public_id=public_id
    )


def _seen(request: HttpRequest) -> Seen:
    return Seen.parse(request.POST.get("seen", ""))


def _page(request: HttpRequest, case: Case, **forms: Any) -> HttpResponse:
    me = person(request)
    context = {
        "publishing": _publish_form(case),
        "taking_down": TakeDownForm(),
        "mail_form": MailForm(None, case=case),
        **forms,
        "case": case,
        "seen": Seen.of(case),
        "page": Publication(**actions.page_words(case)),
        "topics": case.question.topics.all(),
        "live": Publication.objects.filter(question=case.question, withdrawn_at__isnull=True).first(),
        "reply": _standing_reply(case),
        "agreed": case.has_standing_consent(),
        "stopped": queues.last_remark(case, Kind.PUBLICATION_STOPPED, Kind.PUBLICATION_SCHEDULED, Kind.CASE_PUBLISHED),
        "needs": policies.unmet_needs(Step.PUBLISH, case),
        "may_publish": policies.may(me, Step.PUBLISH, case),
        "may_unschedule": case.is_scheduled() and policies.may(me, Act.UNSCHEDULE, case),
        "may_unpublish": policies.may(me, Step.UNPUBLISH, case),
    }
    return render(request, "workflow/publication/preview.html", context, status=422 if forms else 200)


def _publish_form(case: Case) -> PublishForm:
    """What is scheduled stands in the form, so that pressing the button by mistake changes nothing."""
    if case.publish_at is None:
        return PublishForm()
    return PublishForm(initial={"when": LATER, "at": case.publish_at})


def _standing_reply(case: Case) -> Consent | None:
    return case.consents.filter(void_at__isnull=True).first()
