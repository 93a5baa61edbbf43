"""Colleagues set their password themselves, by a code sent to their address: nobody else ever knows it."""

import logging
from hmac import compare_digest

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.password_reset_by_code import PasswordResetVerificationProcess
from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from . import sessions
from .forms import TOO_OFTEN as FORM_TOO_OFTEN
from .forms import AddressForm, ChangePasswordForm, NewPasswordForm
from .models import Session, User
from .second_step import colleague
from .views import NOBODY, TOO_OFTEN, here

log = logging.getLogger("allay.sign_in")


@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Where shall the code go? The same answer for colleagues and for everybody else."""
    form = AddressForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_valid():
        email = form.cleaned_data["email"]
        if ratelimit.consume(request, app="allauth.account", action="request_login_code", key=here(request, email)):
            person = User.objects.on_team_at(email)
            PasswordResetVerificationProcess.initiate(request=request, user=person, email=email)
            if person is None:
                get_adapter().send_mail(NOBODY, email, {})
            return redirect("staff_new_password_code")
        form.add_error("email", TOO_OFTEN)
        status = 429
    return render(request, "account/new_password.html", {"form": form}, status=status)


@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def set_new(request: HttpRequest) -> HttpResponse:
    """The code and the new password. Five tries, ten minutes; every other sign-in of theirs ends."""
    process = PasswordResetVerificationProcess.resume(request)
    if process is None:
        messages.warning(request, "A code is good for ten minutes. Please ask for a new one.")
        return redirect("staff_new_password")
    email = process.state.get("email", "")
    form = NewPasswordForm(request.POST if request.method == "POST" else None, email=email)
    if form.is_valid():
        if _is_right(process, form.cleaned_data["code"]):
            return _finish(request, process, form.cleaned_data["password"])
        log.warning("wrong code for a new password")
        if not process.record_invalid_attempt():
            messages.warning(request, "The code was wrong too often. Please ask for a new one.")
            return redirect("staff_new_password")
        form.add_error("code", "This is not the code of the newest mail. Please look at it again.")
    return render(request, "account/new_password_code.html", {"form": form, "email": email})


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest) -> HttpResponse:
    """Somebody at work changes their password by the old one. Every other sign-in of theirs ends; they are told by mail."""
    person = colleague(request)
    form = ChangePasswordForm(request.POST if request.method == "POST" else None, person=person)
    status = 200
    if form.is_valid():
        if not ratelimit.consume(request, app="allauth.account", action="login_failed", key=f"change {person.pk}"):
            form.add_error(None, FORM_TOO_OFTEN)
            status = 429
        elif form.is_right():
            return _changed(request, person, form.cleaned_data["new"])
        else:
            log.warning("wrong old password: person %d", person.pk)
            form.add_error("old", "This is not the password that you have now. Please look at it again.")
    return render(request, "account/change_password.html", {"form": form}, status=status)


def _changed(request: HttpRequest, person: User, password: str) -> HttpResponse:
    sessions.end(request, "")
    person.set_password(password)
    person.save(update_fields=["password"])
    update_session_auth_hash(request, person)
    log.info("new password: person %d", person.pk)
    get_adapter().send_mail("account/email/second_step", person.email, {})
    messages.success(request, "Your new password is set. Wherever else you were signed in, you are signed out.")
    return redirect("second_step")


def _is_right(process: PasswordResetVerificationProcess, typed: str) -> bool:
    return bool(process.user and process.user.is_active and process.code and compare_digest(typed, process.code))


def _finish(request: HttpRequest, process: PasswordResetVerificationProcess, password: str) -> HttpResponse:
    process.abort()
    if isinstance(process.user, User):
        Session.objects.filter(person=process.user).delete()
        process.user.set_password(password)
        process.user.save(update_fields=["password"])
        log.info("new password: person %d", process.user.pk)
    messages.success(request, "Your new password is set. Please sign in with it.")
    return redirect("staff_login")
