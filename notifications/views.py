"""Where the links of mails lead, how a person wants to hear, and how to end a stream of mail without signing in."""

import csv

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from accounts.models import User
from accounts.roles import Role
from workflow import queues
from workflow.decorators import desk, person
from workflow.forms.figures import wanted
from workflow.states import State

from . import brake, health, unsubscribe, weekly
from .doorbell import ring
from .emails import NAMED
from .forms import HabitsForm
from .models import WHY_NOT, Brake, Category, Message, Pulse
from .rules import FOR_LEADS, PLAYBOOK_WORDED, TO_MODERATORS
from .timing import habits_of


@require_GET
def go(request: HttpRequest, public_id: str) -> HttpResponse:
    """One address for every mail about a case, so that the link tells nothing; it leads each person to their own page."""
    who = person(request)
    if queues.of_member(who).filter(public_id=public_id).exists():
        return redirect("workflow:status", public_id)
    if case := queues.of_moderator(who).filter(public_id=public_id).only("state", "public_id").first():
        return redirect("workflow:review" if case.state == State.DRAFTED else "workflow:case", public_id)
    if queues.of_expert(who).filter(public_id=public_id).exists():
        return redirect("workflow:write", public_id)
    if queues.asked_to_comment(who).filter(public_id=public_id).exists():
        return redirect("workflow:asked", public_id)
    if template := _told_to_moderator(who, public_id):
        return redirect("workflow:playbook_changes" if template == PLAYBOOK_WORDED else "workflow:colleagues")
    told = Message.objects.filter(person=who, event__case__public_id=public_id).select_related("event__actor")
    if who.holds(Role.ADMINISTRATOR) and (mail := told.filter(template__in=FOR_LEADS).order_by("id").last()):
        messages.info(request, _told_to_lead(mail))
        return redirect("workflow:roster")
    if told.exists():
        messages.info(request, "What the mail was about is not with you any more. Nothing is left to do there.")
        return redirect("start")
    raise Http404


def _told_to_moderator(who: User, name: str) -> str:
    """Which mail about no case this link is from; nothing for somebody else's, or once they moderate no more."""
    if not who.holds(Role.MODERATOR) or len(name) != NAMED:
        return ""
    mails = Message.objects.filter(person=who, template__in=TO_MODERATORS, key__startswith=name)
    return mails.values_list("template", flat=True).first() or ""


def _told_to_lead(mail: Message) -> str:
    """What the mail could not say: which case, and who decided. The letter itself is for moderators alone."""
    event = mail.event
    who = event.actor.staff_name if event and event.actor else "Somebody"
    what = {
        "work_alone": f"{who} approved an answer alone",
        "work_at_once": f"{who} opened a contact at once",
        "work_unopened_lead": "When we wrote to you, somebody had taken it on, and nobody had opened the letter",
    }
    said = what.get(mail.template, "When we wrote to you, nobody had taken it on")
    return f"Case {event.case_id if event else ''}: {said}. You cannot read letters; ask a moderator. Here is who is on call."


def preferences(request: HttpRequest) -> HttpResponse:
    """What reaches this person by email, when, and how much it says."""
    who = person(request)
    with translation.override(who.language):
        form = HabitsForm(request.POST if request.method == "POST" else None, person=who, habits=habits_of(who))
        if not form.is_valid():
            return render(request, "notifications/preferences.html", {"form": form})
    form.save()
    with translation.override(who.language):
        messages.success(request, gettext("Saved. This is how we write to you from now on."))
    return redirect("notifications:preferences")


@csrf_exempt  # RFC 8058: a mail program posts here by itself; the signed address is what allows it
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Scanners open every link of a mail, so opening changes nothing; only the button, or one-click, does."""
    named = unsubscribe.read(token)
    if named is None:
        raise Http404
    kinds = unsubscribe.kinds(*named)
    if request.method == "POST":
        unsubscribe.stop(*named)
    # The language the mail was written in. Of somebody who left: what their browser asks for.
    with translation.override(unsubscribe.language_of(named[0]) or translation.get_language()):
        return render(request, "notifications/stop.html", {"is_stopped": request.method == "POST", "kinds": kinds})


@desk(Role.ADMINISTRATOR)
def delivery(request: HttpRequest) -> HttpResponse:
    """Whether mail goes out: for administrators, without addresses and without a word of a mail."""
    context = {
        "troubles": health.troubles(),
        "streams": health.streams(),
        "given_up": health.given_up(),
        "reported": health.reported(),
        "silenced": health.silenced(),
        "pulses": Pulse.objects.order_by("-at")[:10],
        "is_braked": Brake.objects.filter(released_at__isnull=True).exists(),
    }
    return render(request, "notifications/delivery.html", context)


@desk(Role.MODERATOR, Role.ADMINISTRATOR)
@require_safe
def by_week_csv(request: HttpRequest) -> HttpResponse:
    """What went out, week by week, as a file."""
    chosen = wanted(request.GET.dict())[1]["weeks"]
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="mail-{chosen}-weeks.csv"'
    writer = csv.writer(response)
    writer.writerow(weekly.COLUMNS)
    writer.writerows(week.row for week in weekly.weeks(int(chosen)))
    return response


@desk(Role.ADMINISTRATOR)
@require_POST
def retry(request: HttpRequest, message_id: int) -> HttpResponse:
    """Send a mail that was given up once more."""
    if health.try_again(message_id):
        ring()
        messages.success(request, "It is tried again now.")
    else:
        messages.warning(request, "This mail cannot be tried again.")
    return redirect("notifications:delivery")


@desk(Role.ADMINISTRATOR)
@require_POST
def pull_brake(request: HttpRequest) -> HttpResponse:
    """Stop all mail but codes and calls about danger, or let it go on."""
    if request.POST.get("do") == "release":
        brake.release()
        ring()
    else:
        brake.pull("an administrator stopped the mail")
    return redirect("notifications:delivery")


@desk(Role.MODERATOR)
@require_POST
def skip(request: HttpRequest, message_id: int) -> HttpResponse:
    """Hold back a mail to a member that has not gone out yet. The reason is one of a few: no words are kept here."""
    why = request.POST.get("why", "")
    mail = Message.objects.select_related("event__case").filter(pk=message_id, category=Category.LETTER).first()
    if mail is None or mail.event is None or mail.event.case is None or why not in WHY_NOT:
        raise Http404
    is_held = mail.hold_back(f"a moderator: {why.lower()}")
    messages.info(request, "It is not sent." if is_held else "It had gone out already.")
    return redirect("workflow:case", mail.event.case.public_id)
