"""Which browsers a colleague has signed in with: a sealed cookie in the browser itself, so that no table of devices exists."""

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from .models import User

NAME = "__Host-d" if settings.HTTPS else "d"
SALT = "accounts.devices"
AGE = 365 * 24 * 3600
MOST = 20  # people who share one browser; more would outgrow a cookie


def _known(request: HttpRequest) -> list[int]:
    try:
        return list(signing.loads(request.COOKIES.get(NAME, ""), salt=SALT, max_age=AGE))
    except (signing.BadSignature, TypeError):
        return []


def is_known(request: HttpRequest, user: User) -> bool:
    """This person has signed in with this browser within a year."""
    return user.pk in _known(request)


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """From now on this browser is known for this person."""
    value = signing.dumps([*_known(request), user.pk][-MOST:], salt=SALT)
    response.set_cookie(NAME, value, max_age=AGE, httponly=True, secure=settings.HTTPS, samesite="Lax")
