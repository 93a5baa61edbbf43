"""The second step of signing in, for everybody who works here: a code of an authenticator app, or a passkey.

The sign-in library keeps the keys (sealed, see config/second_step.py) and speaks WebAuthn; the rules are ours: a code
of an app counts once (RFC 6238, 5.2), and nothing is changed without a step done in the last minutes.
"""

import json
import secrets
import time
from collections.abc import Callable, Iterable
from hmac import compare_digest
from typing import Any, TypeVar

import argon2.low_level
from allauth.account.internal.flows.login import get_authentication_records, record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from allauth.mfa.utils import decrypt, encrypt
from allauth.mfa.webauthn.internal import auth as webauthn
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest
from django.utils.crypto import constant_time_compare

from .models import User

Kind = Authenticator.Type
STEPS = (Kind.TOTP, Kind.WEBAUTHN)
FRESH = 15 * 60  # seconds in which a step also allows to change the steps themselves
MOST_PASSKEYS = 5
GIVEN = "password"  # in the state of a sign-in
SPARE_CODES, SPARE_DIGITS, SEED = 10, 8, "seed"
CREDENTIAL_CHARS = 20_000  # a passkey's answer is about 2,000 characters


View = TypeVar("View", bound=Callable[..., Any])


def before_second_step(view: View) -> View:
    """A page that colleagues may see before they have passed the second step."""
    view.before_second_step = True  # type: ignore[attr-defined]
    return view


def colleague(request: HttpRequest) -> User:
    """Members sign in by a code from their mailbox and have no second step: such pages are not there for them."""
    if not isinstance(request.user, User) or not request.user.is_on_staff:
        raise Http404
    return request.user


def given_now(person: User | None) -> dict[str, str]:
    """What a sign-in keeps of the password it began with, while it waits for the second step."""
    return {GIVEN: person.get_session_auth_hash()} if person else {}


def still_holds(state: dict[str, Any], person: User) -> bool:
    """Whether the password that was given is still the one of now: a new one ends also what only waits."""
    return constant_time_compare(str(state.get(GIVEN, "")), person.get_session_auth_hash())


def _done_at(request: HttpRequest) -> float:
    user = request.user if isinstance(request.user, User) else None
    times = [record["at"] for record in get_authentication_records(request, user) if record.get("method") == "mfa"]
    return max(times, default=0.0)


def is_done(request: HttpRequest) -> bool:
    """This session has passed the second step. Asks the session only."""
    return _done_at(request) > 0


def is_fresh(request: HttpRequest) -> bool:
    """Passed within the last minutes: good enough to change the steps themselves."""
    return time.time() - _done_at(request) < FRESH


def steps_of(user: User) -> QuerySet[Authenticator]:
    """Apps and passkeys, oldest first; spare codes are no step of their own."""
    steps: QuerySet[Authenticator] = Authenticator.objects.filter(user=user, type__in=STEPS).order_by("pk")
    return steps


def has_one(user: User) -> bool:
    return bool(steps_of(user).exists())


def remember(request: HttpRequest, step: Authenticator) -> None:
    """This session has passed the step."""
    step.record_usage()
    record_authentication(request, step.user, "mfa", id=step.pk, type=step.type)


# An app

SECRET = "second_step_secret"  # noqa: S105 (the name under which a session keeps it, sealed, until its first code came)


def secret_on_offer(request: HttpRequest) -> str:
    """The secret that this session is setting up; the same until it is used."""
    if SECRET not in request.session:
        request.session[SECRET] = encrypt(generate_totp_secret())
    return str(decrypt(request.session[SECRET]))


def counter_of(secret: str, code: str, *, after: int = -1) -> int | None:
    """Which half minute the code belongs to, if it is right and later than `after`."""
    for counter in yield_hotp_counters_from_time():
        if counter > after and compare_digest(format_hotp_value(hotp_value(secret, counter)).encode(), code.encode()):
            return int(counter)
    return None


def current_code(user: User) -> str:
    """What the person's app shows now. For the demo, which has no phone (config/mailbox.py)."""
    step = steps_of(user).filter(type=Kind.TOTP).first()
    counter = int(time.time()) // 30
    return format_hotp_value(hotp_value(decrypt(step.data["secret"]), counter)) if step else ""


@transaction.atomic
def add_app(user: User, secret: str, code: str) -> Authenticator | None:
    """The app whose code this is, from now on. None when the code is wrong or there is an app already."""
    User.objects.select_for_update().get(pk=user.pk)
    counter = counter_of(secret, code)
    if counter is None or steps_of(user).filter(type=Kind.TOTP).exists():
        return None
    step = TOTP.activate(user, secret).instance
    step.data["used"] = counter
    step.save(update_fields=["data"])
    return step


@transaction.atomic
def passes(user: User, code: str) -> Authenticator | None:
    """The app or the spare code that this code is right for; it is used up by it."""
    codes = Authenticator.objects.select_for_update().filter(user=user).exclude(type=Kind.WEBAUTHN)
    for step in codes.order_by("-type"):
        if SEED in step.data:
            _hash_older(step)
        if step.type == Kind.RECOVERY_CODES:
            if _uses_up(step, code):
                return step
        elif (counter := counter_of(decrypt(step.data["secret"]), code, after=step.data.get("used", -1))) is not None:
            step.data["used"] = counter
            step.save(update_fields=["data"])
            return step
    return None


# Spare codes


def hashed(codes: Iterable[str]) -> dict[str, Any]:
    """How spare codes are kept: by a slow hash, so that a copy of the table opens nothing (OWASP ASVS 5.0, 6.5.2).

    One salt for the ten, so that one hash says whether a typed code is among them.
    """
    salt = secrets.token_hex(16)
    return {"salt": salt, "hashes": [_hash(code, salt) for code in codes]}


def _hash(code: str, salt: str) -> str:
    """Argon2id with the least that OWASP's cheat sheet on storing passwords allows (19 MiB, 2 rounds): there are ten."""
    kind = argon2.low_level.Type.ID
    return argon2.low_level.hash_secret(code.encode(), bytes.fromhex(salt), 2, 19 * 1024, 1, 32, kind).decode()


@transaction.atomic
def new_spare_codes(user: User) -> list[str]:
    """Ten codes, each good once; older ones are void."""
    Authenticator.objects.filter(user=user, type=Kind.RECOVERY_CODES).delete()
    codes = [f"{secrets.randbelow(10**SPARE_DIGITS):0{SPARE_DIGITS}d}" for _ in range(SPARE_CODES)]
    Authenticator.objects.create(user=user, type=Kind.RECOVERY_CODES, data=hashed(codes))
    return codes


@transaction.atomic
def spare_codes_left(user: User) -> int:
    """Under a lock, as in `passes`: a code that is used at this moment must not come back."""
    found = Authenticator.objects.select_for_update().filter(user=user, type=Kind.RECOVERY_CODES).first()
    if found is not None and SEED in found.data:
        _hash_older(found)
    return len(found.data["hashes"]) if found else 0


def _hash_older(codes: Authenticator) -> None:
    """Codes of the first releases, which the library makes anew from a sealed seed. No migration: beside this release
    the one before may still run, and reads the seed."""
    codes.data = hashed(codes.wrap().get_unused_codes())
    codes.save(update_fields=["data"])


def _uses_up(codes: Authenticator, typed: str) -> bool:
    """The typed code is one of them; it is none from now on."""
    if len(typed) != SPARE_DIGITS or (given := _hash(typed, codes.data["salt"])) not in codes.data["hashes"]:
        return False
    codes.data["hashes"].remove(given)
    codes.save(update_fields=["data"])
    return True


# A passkey


def passkey_offer(user: User) -> dict[str, Any]:
    """What the browser needs to make a passkey; the answer belongs to this session."""
    return dict(webauthn.begin_registration(user, passwordless=False))


def passkey_question(user: User) -> dict[str, Any]:
    """What the browser needs to use one."""
    return dict(webauthn.begin_authentication(user))


def _answer(text: str) -> dict[str, Any]:
    if len(text) > CREDENTIAL_CHARS:
        raise ValueError("too long for a passkey's answer")
    answer = json.loads(text)
    if not isinstance(answer, dict):
        raise ValueError("a passkey's answer is an object")
    return answer


def add_passkey(user: User, text: str, name: str) -> Authenticator | None:
    """The passkey that answered our offer. None when it does not fit."""
    try:
        credential = _answer(text)
        webauthn.complete_registration(credential)
    except (ValueError, KeyError, TypeError, AttributeError, ValidationError):
        return None
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if steps_of(user).filter(type=Kind.WEBAUTHN).count() >= MOST_PASSKEYS:
            return None
        return webauthn.WebAuthn.add(user, name, credential).instance


def passkey_passes(user: User, text: str) -> Authenticator | None:
    """The passkey that answered our question. None when it does not fit."""
    try:
        answer = _answer(text)
        webauthn.parse_authentication_response(answer)
        return webauthn.complete_authentication(user, answer)
    except (ValueError, KeyError, TypeError, AttributeError, ValidationError):
        return None


@transaction.atomic
def remove(user: User, step_id: int) -> bool:
    """One step less. Never the last one: whoever works here has a second step."""
    User.objects.select_for_update().get(pk=user.pk)
    mine = steps_of(user)
    if mine.count() < 2:
        return False
    return bool(mine.filter(pk=step_id).delete()[0])
