"""Sign-ins as rows that know whose they are, so that everybody sees their own and can end them (OWASP ASVS 5.0, 7.5.2).

Django's own table of sessions does not say whose they are. What is kept of the machine is one word.
"""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as Store
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from .master_keys import CannotDecrypt, decrypt, encrypt, is_sealed
from .models import Session, User

SEEN, BEGAN, MACHINE = "seen", "began", "machine"  # what config/sessions.py notes of a sign-in
PHONE, COMPUTER = "phone", "computer"
PLACE = "accounts.Session.session_data"


class SessionStore(Store):
    """Django's store in the database, with the person beside it, and sealed: until a code is typed it holds the code and to
    whom it went. (The name is part of how sessions are signed.)
    """

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def encode(self, session_dict: dict[str, Any]) -> str:
        signed = super().encode(session_dict)
        return encrypt(signed, bound_to=PLACE) if settings.LETTER_KEYS else signed

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """Without its key a sign-in is over, as it is for Django when its signature does not hold."""
        stored = str(session_data)
        try:
            signed = decrypt(stored, bound_to=PLACE) if is_sealed(stored) else stored
        except CannotDecrypt:
            return {}
        return super().decode(signed)

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        row: Session = super().create_model_instance(data)  # type: ignore[assignment]
        row.person_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        return row


def machine_of(request: HttpRequest) -> str:
    """A phone (or tablet), or a computer: enough to know one's own again, and all that is kept."""
    agent = request.headers.get("User-Agent", "")
    return PHONE if "Mobi" in agent or "Android" in agent or "iPad" in agent else COMPUTER


def _mark(row: Session) -> str:
    """Names a sign-in in a form; opens nothing."""
    return salted_hmac("accounts.sessions", row.session_key).hexdigest()


class Place:
    """One sign-in, as its person sees it."""

    def __init__(self, row: Session, data: dict[str, Any], *, here: str | None) -> None:
        self.mark = _mark(row)
        self.is_here = row.session_key == here
        self.is_phone = data.get(MACHINE) == PHONE
        now = timezone.now()
        self.began_at, self.seen_at = (
            datetime.fromtimestamp(min(data.get(name, 0), now.timestamp()), UTC) for name in (BEGAN, SEEN)
        )


def places_of(request: HttpRequest) -> list[Place]:
    """Where the person is signed in now, the last used first; what a new password has ended is left out."""
    person = request.user
    if not isinstance(person, User):
        return []
    rows = Session.objects.filter(person=person, expire_date__gt=timezone.now()).order_by("-expire_date")
    valid = [person.get_session_auth_hash(), *person.get_session_auth_fallback_hash()]  # what Django lets in
    here = request.session.session_key
    opened = [(row, row.get_decoded()) for row in rows]
    return [
        Place(row, data, here=here)
        for row, data in opened
        if any(constant_time_compare(data.get(HASH_SESSION_KEY, ""), one) for one in valid)
    ]


def end(request: HttpRequest, mark: str) -> int:
    """End the sign-in with this mark, or with an empty one all but this, also what no list shows. Returns how many."""
    person = request.user
    if not isinstance(person, User):
        return 0
    others = Session.objects.filter(person=person).exclude(session_key=request.session.session_key)
    if mark:
        others = others.filter(pk__in=[row.pk for row in others if _mark(row) == mark])
    return others.delete()[0]
