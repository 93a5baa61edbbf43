"""How sign-in codes reach a mailbox: as messages of the outbox, like all mail, but first in line.

The code lies encrypted in the message until it is sent, skipped or given up, and nowhere else here.
"""

import json
import logging
import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import get_language

from accounts import devices
from accounts.forms import CODE_DIGITS as DIGITS
from accounts.forms import PASSWORD_CODE_DIGITS
from accounts.models import User
from accounts.views import NOBODY, here

from .doorbell import ring
from .models import RANK, Category, Message, Progress
from .wordings import SHIPPED

log = logging.getLogger("allay.sign_in")
TEMPLATES = {
    "account/email/login_code": "sign_in_code",
    "account/email/unknown_account": "sign_in_unknown",
    "account/email/password_reset_code": "password_code",
    "account/email/second_step": "second_step",
    "account/email/wrong_steps": "wrong_steps",
}
ADDRESSES = {"email", "username", "phone"}


class AccountAdapter(DefaultAccountAdapter):
    """Adapter of the sign-in library."""

    def is_safe_url(self, url: str | None) -> bool:
        """Only a path of ours: a bare word would lead somewhere beside the page one is at."""
        return bool(url and url.startswith("/") and super().is_safe_url(url))

    def generate_login_code(self) -> str:
        """Six digits: easy to read out and to type on any phone. Five tries and ten minutes make them enough."""
        return _digits(DIGITS)

    def generate_password_reset_code(self) -> str:
        """Ten, because it opens a desk: no number of tries that the limits allow comes near it."""
        return _digits(PASSWORD_CODE_DIGITS)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Wrong passwords lock an address for the machine they come from, not for the colleague they are aimed at."""
        return here(request, credentials["email"])

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Queue the mail in the caller's transaction and ring for it."""
        if template_prefix == NOBODY:
            _as_if_sent(email)
            return
        queue_security_mail(
            TEMPLATES[template_prefix], email=email, code=str(context.get("code", "")), language=_language(self.request)
        )

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Colleagues hear of a sign-in on a device that has not been theirs; members just read a code from their mailbox."""
        response: HttpResponse = super().post_login(request, user, **kwargs)
        log.info("signed in: person %d", user.pk)
        _forget_address(request)
        if user.is_on_staff and not devices.is_known(request, user):
            queue_security_mail("new_device", email=user.email)
            devices.remember(request, response, user)
        return response


def _forget_address(request: HttpRequest) -> None:
    """The library notes the address with each step; a table of sessions lies in backups and outlives an erased account."""
    records = request.session.get(AUTHENTICATION_METHODS_SESSION_KEY, [])
    kept = [{name: value for name, value in record.items() if name not in ADDRESSES} for record in records]
    request.session[AUTHENTICATION_METHODS_SESSION_KEY] = kept


def _digits(number: int) -> str:
    return f"{secrets.randbelow(10**number):0{number}d}"


def _language(request: HttpRequest | None) -> str:
    """For somebody without an account: what the page spoke."""
    return (get_language() or SHIPPED) if request else SHIPPED


def _as_if_sent(email: str) -> None:
    """The work of a mail without the mail: how long an answer takes shall not tell who works here or has no account.

    The row is done with before anybody could send it, and gone at once; nothing of the address is in it.
    """
    User.objects.filter(email=email.lower()).first()
    with transaction.atomic():
        row = Message.objects.create(
            template="sign_in_code",
            category=Category.SECURITY,
            rank=RANK[Category.SECURITY],
            state=Progress.SKIPPED,
            done_at=timezone.now(),
            key=secrets.token_hex(32),
        )
        Message.objects.filter(pk=row.pk)._raw_delete(row._state.db)  # nothing hangs on it: no look at what might
    transaction.on_commit(ring, robust=True)


def queue_security_mail(template: str, *, email: str, code: str = "", language: str = SHIPPED) -> Message:
    """A mail about signing in. The address is kept only where no account stands for it, and then sealed."""
    person = User.objects.filter(email=email.lower()).first()
    sealed = {"code": code} if person else {"code": code, "address": email, "language": language}
    message: Message = Message.objects.create(
        template=template,
        category=Category.SECURITY,
        rank=RANK[Category.SECURITY],
        person=person,
        sealed=json.dumps(sealed),
        key=secrets.token_hex(32),
    )
    transaction.on_commit(ring, robust=True)
    return message
