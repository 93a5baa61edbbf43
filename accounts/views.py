"""Signing in and out: members by an emailed code, our team by password. The sign-in library keeps codes and limits."""

import logging
from hmac import compare_digest
from urllib.parse import urlencode

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_password_login
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.models import Login
from allauth.account.stages import LoginByCodeStage, LoginStageController
from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import NON_FIELD_ERRORS
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from . import sessions
from .addresses import index_of
from .forms import AddressForm, CodeForm, PasswordForm
from .models import User
from .second_step import before_second_step, given_now

NOBODY = "account/email/nobody"  # no mail, but the work of one (notifications/sign_in.py)
log = logging.getLogger("allay.sign_in")
TOO_OFTEN = _("We have sent several codes to this address. Please use the last one, or wait a while and try again.")


def wanted_page(request: HttpRequest) -> str:
    """Where the person was going (`next`), only if it is a page of ours; else empty."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    ours = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if ours and target.startswith("/") else ""  # a bare word would be taken for the name of a page


def here(request: HttpRequest, email: str) -> str:
    """This address asked for from this machine: a stranger who asks for codes locks out themselves, not the member."""
    return f"{index_of(email)} {ratelimit.get_ip(request)}"


def _on_the_way(name: str, target: str) -> str:
    return reverse(name) + (f"?{urlencode({'next': target})}" if target else "")


@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """One question: where shall the code go? Known and unknown addresses see the same."""
    target = wanted_page(request)
    if request.user.is_authenticated:
        return redirect(target or "start")
    form = AddressForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_valid():
        email = form.cleaned_data["email"]
        if ratelimit.consume(request, app="allauth.account", action="request_login_code", key=here(request, email)):
            member = User.objects.member_at(email, language=get_language() or "en")
            LoginCodeVerificationProcess.initiate(request=request, user=member, email=email)
            if member is None:
                get_adapter().send_mail(NOBODY, email, {})
            return redirect(_on_the_way("account_confirm_login_code", target))
        form.add_error("email", TOO_OFTEN)
        status = 429
    context = {"form": form, "next": target, "password_url": _on_the_way("staff_login", target)}
    return render(request, "account/sign_in.html", context, status=status)


@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def enter_code(request: HttpRequest) -> HttpResponse:
    """The six digits. Five tries, ten minutes; then a new code is needed."""
    target = wanted_page(request)
    if request.user.is_authenticated:
        return redirect(target or "start")
    stage = LoginStageController.enter(request, LoginByCodeStage.key)
    process = LoginCodeVerificationProcess.resume(stage) if stage else None
    if process is None:
        messages.warning(request, gettext("A code is good for ten minutes. Please ask for a new one."))
        return redirect(_on_the_way("account_login", target))
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        member = process.user
        if member and member.is_active and compare_digest(form.cleaned_data["code"], process.code):
            response: HttpResponse = process.finish(target or None)
            return response
        log.warning("wrong code from a mailbox")
        if not process.record_invalid_attempt():
            messages.warning(request, gettext("The code was wrong too often. Please ask for a new one."))
            return redirect(_on_the_way("account_login", target))
        form.add_error("code", gettext("This is not the code of the newest mail. Please look at it again."))
    context = {
        "form": form,
        "next": target,
        "email": process.state.get("email", ""),
        "password_url": _on_the_way("staff_login", target),
    }
    return render(request, "account/code.html", context)


@login_not_required
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Our team's door."""
    target = wanted_page(request)
    if request.user.is_authenticated:
        return redirect(target or "start")
    form = PasswordForm(request.POST if request.method == "POST" else None, request=request)
    if form.is_valid():
        email = form.cleaned_data["email"]
        login = Login(user=form.person, email=email, redirect_url=target or None, state=given_now(form.person))
        response: HttpResponse = perform_password_login(request, {"email": email}, login)
        return response
    if form.non_field_errors():
        log.warning("wrong password, or too many of them")
    context = {"form": form, "next": target, "code_url": _on_the_way("account_login", target)}
    status = 429 if form.has_error(NON_FIELD_ERRORS, "too_often") else 200
    return render(request, "account/password.html", context, status=status)


@login_not_required
@before_second_step
@require_http_methods(["GET", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """POST signs out; GET shows the button, so that no link can sign anybody out."""
    if not request.user.is_authenticated:
        return redirect("qa:home")
    if request.method == "GET":
        return render(request, "account/sign_out.html")
    log.info("signed out: person %d", request.user.pk)
    logout(request)
    messages.success(request, gettext("You are signed out."))
    return redirect("qa:home")


@require_http_methods(["GET", "HEAD", "POST"])
def own_sign_ins(request: HttpRequest) -> HttpResponse:
    """Where somebody is signed in: each phone and computer, to end one or all others."""
    if request.method == "POST":
        number = sessions.end(request, request.POST.get("sign_in", ""))
        log.info("ended %d other sign-ins: person %d", number, request.user.pk)
        messages.success(request, gettext("It is signed out there."))
        return redirect("own_sign_ins")
    return render(request, "account/own_sign_ins.html", {"places": sessions.places_of(request)})
