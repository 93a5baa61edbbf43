"""Colleagues set their password themselves, by a code sent to their address: nobody else ever knows it."""

from hmac import compare_digest

from allauth.account.internal.flows.password_reset_by_code import PasswordResetVerificationProcess
from allauth.core.internal import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from .forms import AddressForm, NewPasswordForm
from .models import User
from .views import TOO_OFTEN, here


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
        if not process.record_invalid_attempt():
            messages.warning(request, "The code was wrong too often. Please ask for a new one.")
            return redirect("staff_new_password")
        form.add_error("code", "This is not the code of the newest mail. Please look at it again.")
    return render(request, "account/new_password_code.html", {"form": form, "email": email})


def _is_right(process: PasswordResetVerificationProcess, typed: str) -> bool:
    return bool(process.user and process.user.is_active and process.code and compare_digest(typed, process.code))


def _finish(request: HttpRequest, process: PasswordResetVerificationProcess, password: str) -> HttpResponse:
    process.abort()
    if isinstance(process.user, User):
        process.user.set_password(password)
        process.user.save(update_fields=["password"])
    messages.success(request, "Your new password is set. Please sign in with it.")
    return redirect("staff_login")
