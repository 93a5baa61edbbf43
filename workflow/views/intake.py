"""Members write and send. Nothing typed is lost: not by a mistake, a second window or a sign-in that ran out."""

import uuid
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from qa.forms import LetterForm, known_choices, tidy
from qa.models import Danger, LetterDraft, Pause
from qa.tongues import promise

from .. import clocks, queues
from ..actions import intake
from ..actions.intake import SavedElsewhere
from ..actions.scanning import pressing_in
from ..decorators import leads_colleagues, member_page, person
from ..forms.intake import Checked, Sheet
from ..states import State
from ..transitions import Refused
from ..typed import Typed
from .before_asking import similar_answers

MOST_KEPT = 100_000  # a letter far too long is kept all the same while it is being shortened
_UNFINISHED = "unfinished"  # in the address: say what is missing
MOST_EARLIER = 20
_SECRET = "parked"  # noqa: S105 (a name in the session)
ELSEWHERE = _(
    "This letter was changed, sent or deleted in another window. What you typed here is still here: "
    "press “Check your letter” to see both."
)

TOO_LONG = _("This is too long to be kept. Please shorten it; what you typed is still here.")


@login_not_required
@leads_colleagues(
    "start", saying="Letters are written by members. You are signed in as a colleague: this is your desk."
)
def ask(request: HttpRequest) -> HttpResponse:
    """The writing page. Somebody whose sign-in ran out while writing is brought back to every word."""
    return _ask(request) if request.user.is_authenticated else _hand_over(request)


@member_page
def _ask(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _first_look(request)
    form = LetterForm(request.POST)
    try:
        is_kept = _keep(request, page=uuid.uuid4())
    except SavedElsewhere as other:
        return _writing(request, form, other=other.draft, is_elsewhere=True)
    if form.is_valid():
        return redirect("workflow:ask_check")
    # A page that can be reloaded and come back to: as the answer to a POST, both would show the old words.
    return _back_to_what_is_missing() if is_kept else _writing(request, form)


@login_not_required
def save_draft(request: HttpRequest) -> HttpResponse:
    """Keep what is typed: by itself (JSON), or by the button "Save for later"."""
    return _save(request) if request.user.is_authenticated else _hand_over(request)


@member_page
@require_POST
def _save(request: HttpRequest) -> HttpResponse:
    by_itself = "X-Autosave" in request.headers
    try:
        is_kept = _keep(request, page=None if by_itself else uuid.uuid4())
    except Refused as refusal:
        if not by_itself:
            raise
        return JsonResponse({"sentence": refusal.sentence}, status=409)
    except SavedElsewhere as other:
        if by_itself:
            return JsonResponse({"sentence": ELSEWHERE}, status=409)
        return _writing(request, LetterForm(request.POST), other=other.draft, is_elsewhere=True)
    if by_itself:
        return JsonResponse(
            {"at": clocks.time_of_day()} if is_kept else {"sentence": TOO_LONG}, status=200 if is_kept else 422
        )
    if not is_kept:
        return _writing(request, LetterForm(request.POST))
    messages.success(request, gettext("Saved. You can go on writing any time in the next 14 days."))
    return redirect("workflow:ask")


@member_page
@require_POST
def delete_draft(request: HttpRequest) -> HttpResponse:
    """Wipe everything unsent, with one tap."""
    intake.wipe_draft(member=person(request))
    request.session.pop(_SECRET, None)
    messages.success(request, gettext("What you had written is deleted."))
    return redirect("workflow:ask")


@member_page
def check(request: HttpRequest) -> HttpResponse:
    """Everything once more before it is sent, each part with a way to change it."""
    who = person(request)
    draft = queues.draft_of(who)
    if request.method == "POST":
        return _send(request, draft)
    if draft is None or not draft.text.strip():
        return redirect("workflow:my_cases" if queues.of_member(who).exists() else "workflow:ask")
    if not _is_whole(draft):
        return _back_to_what_is_missing()
    found = pressing_in(draft.text)  # kept nowhere
    context = {
        "draft": draft,
        "found": found,
        "pause": Pause.standing(),
        "checked": Checked.of(draft),
        "may_mail": request.GET.get("mail") != "no",
        "languages": settings.LANGUAGES,
        "mail_language": who.language,  # not "language": base.html calls so what the page itself speaks
        "similar": similar_answers(who, draft.text, draft.danger),
        "earlier": queues.to_continue(who)[:MOST_EARLIER],
    }
    return render(
        request,
        "workflow/intake/check.html",
        {**context, **_promises(draft.danger, has_danger=bool(found))},
    )


def _send(request: HttpRequest, draft: LetterDraft | None) -> HttpResponse:
    checked = Checked.read(request.POST.get("checked", ""))
    is_current = draft is not None and checked == Checked.of(draft)
    may_mail = request.POST.get("mail") != "no"
    once_more = redirect(reverse("workflow:ask_check") + ("" if may_mail else "?mail=no"))
    if checked is None or (is_current and draft is not None and not _is_whole(draft)):
        return once_more
    earlier = queues.to_continue(person(request)).filter(public_id=request.POST.get("continues", "")).first()
    case = intake.send_draft(
        by=person(request),
        page=checked.page,
        fingerprint=checked.fingerprint,
        may_mail=may_mail,
        continues=earlier.letter_id if earlier else None,
    )
    person(request).speak(request.POST.get("language", ""))
    if case is None:
        messages.warning(
            request, gettext("Your letter was changed in another window. Nothing was sent; please check it again.")
        )
        return once_more
    return redirect("workflow:ask_sent", case.public_id)


@member_page
@require_safe
def sent(request: HttpRequest, public_id: str) -> HttpResponse:
    """The honest confirmation; it can be opened again until the letter has moved on, or what it promises is over."""
    who = person(request)
    case = get_object_or_404(queues.of_member(who), public_id=public_id)
    if case.state != State.SUBMITTED:
        return redirect("workflow:status", public_id)
    promised = _promises(queues.own_letter(who, case).danger, has_danger=case.is_pressing)
    if queues.is_reading_late(case, is_urgent=promised["is_urgent"]):
        return redirect("workflow:status", public_id)
    return render(request, "workflow/intake/sent.html", {"case": case, **promised})


def _hand_over(request: HttpRequest) -> HttpResponse:
    """Not signed in: what was typed waits for the member who typed it, in this browser, and they sign in."""
    sheet, words = Sheet.read(request.POST.get("sheet", "")), _words(request)
    member = User.objects.filter(pk=sheet.member_id, is_active=True).first() if sheet else None
    if not words["text"].strip():
        return redirect_to_login(reverse("workflow:ask"))
    if member is None:  # nobody it could wait for: shown back on the page, kept nowhere
        typed = [Typed(gettext("your letter"), words["text"])]
        context = {"typed": typed, "back": reverse("workflow:ask"), "sign_in": settings.LOGIN_URL}
        return render(request, "signed_out.html", context, status=403)
    request.session[_SECRET] = intake.park_letter(member=member, **words)
    if "X-Autosave" not in request.headers:  # the open page says it by itself, and tries again: a notice for each try
        messages.info(
            request, gettext("You had been signed out. What you wrote is kept: sign in again and it is back.")
        )
    return redirect_to_login(reverse("workflow:ask"))


def _keep(request: HttpRequest, *, page: uuid.UUID | None) -> bool:
    """Save what is in the form for the person who opened it; `page` names the save, by default after the open page.

    False when it is too long even to keep.
    """
    who, words = person(request), _words(request)
    sheet = Sheet.read(request.POST.get("sheet", "")) or Sheet(who.pk, uuid.uuid4(), uuid.uuid4())
    if sheet.member_id != who.pk:
        raise Refused(
            gettext("Somebody else is signed in here now, so this was not saved. Sign in again as yourself first.")
        )
    if len(words["text"]) > MOST_KEPT:
        return False
    intake.save_draft(member=who, page=page or sheet.page, knows=sheet.knows, **words)
    if secret := request.session.pop(_SECRET, ""):
        intake.forget_parked(member=who, secret=secret)
    return True


def _words(request: HttpRequest) -> dict[str, str]:
    danger, audience = known_choices(request.POST.get("danger", ""), request.POST.get("audience", ""))
    return {"text": tidy(request.POST.get("text", "")), "danger": danger, "audience": audience}


def _first_look(request: HttpRequest) -> HttpResponse:
    who = person(request)
    draft = queues.draft_of(who)
    parked = intake.parked_letter(member=who, secret=request.session.get(_SECRET, ""))
    shown = parked or draft
    if draft and not parked and _UNFINISHED in request.GET:
        return _writing(request, _form_of(draft))
    initial = {name: getattr(shown, name) for name in ("text", "danger", "audience") if shown and getattr(shown, name)}
    is_other = parked is not None and draft is not None and draft.text.strip() not in parked.text
    context = {"resumed": draft if not parked else None, "is_parked": parked is not None}
    return _writing(request, LetterForm(initial=initial), other=draft if is_other else None, **context)


def _writing(request: HttpRequest, form: LetterForm, *, other: LetterDraft | None = None, **more: Any) -> HttpResponse:
    who = person(request)
    sheet = Sheet.opened(who, queues.draft_of(who))
    context = {
        "form": form,
        "sheet": sheet,
        "other": other,
        "pause": Pause.standing(),
        "limit": f"{settings.LETTER_MAX_CHARS:,}",
        **more,
    }
    return render(request, "workflow/intake/ask.html", context)


def _back_to_what_is_missing() -> HttpResponse:
    return redirect(f"{reverse('workflow:ask')}?{_UNFINISHED}")


def _is_whole(draft: LetterDraft) -> bool:
    return _form_of(draft).is_valid()


def _form_of(draft: LetterDraft) -> LetterForm:
    """What is kept, held against what a letter needs."""
    return LetterForm({"text": draft.text, "danger": draft.danger, "audience": draft.audience})


def _promises(danger: str, *, has_danger: bool) -> dict[str, Any]:
    """What we say about when: by the member's own word, or by the danger that the scan saw and the page shows a card for."""
    is_danger = danger in {Danger.YES, Danger.UNSURE}
    is_urgent = is_danger or has_danger
    return {
        "is_danger": is_danger,
        "is_urgent": is_urgent,
        "danger": danger,
        "read": queues.read_by() if is_urgent else promise()["read"],
        "answer": promise()["answer"],
    }
