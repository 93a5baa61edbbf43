"""Pages of the second step: to pass it, to set it up, and to look after one's own apps, passkeys and spare codes."""

import json
import logging
from collections.abc import Callable
from functools import wraps
from io import BytesIO
from urllib.parse import quote, urlencode

import qrcode
from allauth.account.adapter import get_adapter
from allauth.account.internal.stagekit import clear_login, get_pending_stage
from allauth.core.internal import ratelimit
from allauth.mfa.models import Authenticator
from allauth.mfa.stages import AuthenticateStage
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from qrcode.image.svg import SvgPathImage

from . import second_step
from .forms import TOO_OFTEN, StepForm
from .models import User
from .numbers import whole_number
from .second_step import before_second_step, colleague
from .views import wanted_page

log = logging.getLogger("allay.sign_in")
WRONG = "This code is not right, or it was used already. Please type the one that the app shows now."
WRONG_PASSKEY = "That did not work. Please try the passkey once more, or type a code."
MOST_DIGITS = 12
View = Callable[..., HttpResponse]


def _fresh(view: View) -> View:
    """Only shortly after the second step was passed; else it is asked for again first."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        person = colleague(request)
        if second_step.has_one(person) and not second_step.is_fresh(request):
            return redirect(f"{reverse('second_step_again')}?{urlencode({'next': reverse('second_step')})}")
        return view(request, *args, **kwargs)

    return guarded


@login_not_required
@before_second_step
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def pass_step(request: HttpRequest) -> HttpResponse:
    """After the password: the second step. Without a password just given there is nothing to do here."""
    stage = get_pending_stage(request)
    if stage is None or stage.key != AuthenticateStage.key:
        return redirect("start" if request.user.is_authenticated else "staff_login")
    if not second_step.still_holds(stage.login.state, stage.login.user):
        clear_login(request)
        messages.warning(request, "Your password was changed meanwhile. Please sign in with the new one.")
        return redirect("staff_login")
    return _ask(request, stage.login.user, lambda: stage.exit())


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def again(request: HttpRequest) -> HttpResponse:
    """Somebody signed in shows once more that it is them, before they change how they sign in."""
    return _ask(request, colleague(request), lambda: redirect(wanted_page(request) or "second_step"))


def _ask(request: HttpRequest, person: User, go_on: Callable[[], HttpResponse]) -> HttpResponse:
    form, status = StepForm(request.POST if request.method == "POST" else None), 200
    if form.is_valid():
        tries = {"action": "login_failed", "key": f"second step {person.pk} {ratelimit.get_ip(request)}"}
        everywhere = {"action": "second_step", "key": str(person.pk)}
        if not all(ratelimit.consume(request, app="allauth.account", **limit) for limit in (tries, everywhere)):
            form.add_error(None, TOO_OFTEN)
            status = 429
        elif step := _passed(person, form):
            for limit in (tries, everywhere):
                ratelimit.clear(request, app="allauth.account", **limit)
            second_step.remember(request, step)
            log.info("second step passed: person %d", person.pk)
            return go_on()
        else:
            log.warning("wrong second step: person %d", person.pk)
            _tell_of_guesses(request, person)
            form.add_error(
                "code" if form.cleaned_data["code"] else None, WRONG if form.cleaned_data["code"] else WRONG_PASSKEY
            )
    kinds = {step.type for step in second_step.steps_of(person)}
    has_passkey = second_step.Kind.WEBAUTHN in kinds
    context = {
        "form": form,
        "next": wanted_page(request),
        "has_app": second_step.Kind.TOTP in kinds,
        "question": json.dumps(second_step.passkey_question(person)) if has_passkey else "",
    }
    return render(request, "account/second_step.html", context, status=status)


def _tell_of_guesses(request: HttpRequest, person: User) -> None:
    """Whoever is here has the password. The fifth wrong step in an hour is told to the owner, once an hour at most."""
    few, told = ({"action": name, "key": str(person.pk)} for name in ("wrong_step", "wrong_step_told"))
    is_many = not ratelimit.consume(request, app="allauth.account", **few)
    if is_many and ratelimit.consume(request, app="allauth.account", **told):
        get_adapter().send_mail("account/email/wrong_steps", person.email, {})


def _passed(person: User, form: StepForm) -> Authenticator | None:
    if code := form.cleaned_data["code"]:
        return second_step.passes(person, code)
    return second_step.passkey_passes(person, form.cleaned_data["credential"])


@before_second_step
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """One's own apps, passkeys and spare codes. Who has none yet is led through setting one up."""
    person = colleague(request)
    steps = second_step.steps_of(person)
    if not steps:
        return redirect("second_step_app")
    context = {
        "steps": steps,
        "has_app": any(step.type == second_step.Kind.TOTP for step in steps),
        "left": second_step.spare_codes_left(person),
    }
    return render(request, "account/second_steps.html", context)


@before_second_step
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@_fresh
def app(request: HttpRequest) -> HttpResponse:
    """Set up an authenticator app: show the secret, and count it only once a code of it was typed."""
    person = colleague(request)
    secret = second_step.secret_on_offer(request)
    form = StepForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        if step := second_step.add_app(person, secret, form.cleaned_data["code"]):
            request.session.pop(second_step.SECRET, None)
            return _added(request, person, step)
        form.add_error("code", WRONG)
    context = {"form": form, "secret": secret, "first": not second_step.has_one(person)}
    return render(request, "account/second_step_app.html", context)


@before_second_step
@never_cache
@require_GET
@_fresh
def picture(request: HttpRequest) -> HttpResponse:
    """The secret as a square that a phone's camera reads. An image of its own: the page's policy allows none inside."""
    label = quote(f"{settings.SITE_NAME}:{colleague(request).email}")
    query = urlencode({"secret": second_step.secret_on_offer(request), "issuer": settings.SITE_NAME}, quote_via=quote)
    drawn = BytesIO()
    qrcode.make(f"otpauth://totp/{label}?{query}", image_factory=SvgPathImage).save(drawn)
    return HttpResponse(drawn.getvalue(), content_type="image/svg+xml")


@before_second_step
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@_fresh
def passkey(request: HttpRequest) -> HttpResponse:
    """Set up a passkey: the phone's or computer's own lock, or a security key."""
    person = colleague(request)
    form = StepForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        name = f"Passkey {second_step.steps_of(person).filter(type=second_step.Kind.WEBAUTHN).count() + 1}"
        if step := second_step.add_passkey(person, form.cleaned_data["credential"], name):
            return _added(request, person, step)
        form.add_error(None, "That did not work. Please try once more, or set up an app instead.")
    context = {
        "form": form,
        "offer": json.dumps(second_step.passkey_offer(person)),
        "first": not second_step.has_one(person),
    }
    return render(request, "account/second_step_passkey.html", context)


def _added(request: HttpRequest, person: User, step: Authenticator) -> HttpResponse:
    """The session goes on under a new number; the first step comes with spare codes; the person hears of it."""
    first = second_step.steps_of(person).count() == 1
    request.session.cycle_key()
    second_step.remember(request, step)
    _tell(person)
    if first:
        return _spare_codes(request, person)
    messages.success(request, "Your new second step is set.")
    return redirect("second_step")


@sensitive_post_parameters()
@require_POST
@_fresh
def new_codes(request: HttpRequest) -> HttpResponse:
    """Ten new spare codes; the older ones are void."""
    person = colleague(request)
    _tell(person)
    return _spare_codes(request, person)


def _spare_codes(request: HttpRequest, person: User) -> HttpResponse:
    """Shown this once, in the answer itself: they are never sent and never shown again."""
    return render(request, "account/spare_codes.html", {"codes": second_step.new_spare_codes(person)})


@require_POST
@_fresh
def remove(request: HttpRequest) -> HttpResponse:
    """One app or passkey less; never the last."""
    person, typed = colleague(request), request.POST.get("step", "")
    step_id = whole_number(typed, digits=MOST_DIGITS)
    if second_step.remove(person, step_id):
        _tell(person)
        messages.success(request, "Removed. It opens nothing any more.")
    else:
        messages.warning(request, "This one stays: everybody who works here needs a second step. Set up another first.")
    return redirect("second_step")


def _tell(person: User) -> None:
    log.info("second steps changed: person %d", person.pk)
    get_adapter().send_mail("account/email/second_step", person.email, {})
