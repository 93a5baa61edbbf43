"""The demo's people. Members sign in by emailed code (read it in the mailbox); staff by password and a code (the mailbox shows it)."""

from dataclasses import dataclass
from datetime import timedelta

from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role

DOMAIN = "allay.example"
PASSWORD = "a lamp in the window"  # noqa: S105 (the demo's only; the demo command refuses to run in production)


@dataclass(frozen=True)
class Staff:
    """One colleague of the demo."""

    name: str
    roles: tuple[Role, ...]
    public_line: str = ""

    @property
    def email(self) -> str:
        return f"{self.name.lower()}@{DOMAIN}"


STAFF = [
    Staff("Laurie", (Role.EXPERT,), "Laurie, family counselor"),
    Staff("Dominique", (Role.EXPERT,), "Dominique, family recovery coach"),
    Staff("Isabel", (Role.EXPERT, Role.MODERATOR), "Isabel, family therapist"),
    Staff("Mo", (Role.MODERATOR,)),
    Staff("Dana", (Role.MODERATOR,)),
    Staff("Ada", (Role.ADMINISTRATOR,)),
]
MEMBERS = ["rosa", "walter", "linh", "denise", "ama", "tomasz", "ruth", "kiran", "joana", "earl", "sam", "mai"]

SPANISH = {"joana"}  # written to in Spanish
JOINED = timedelta(days=300)  # ago: before the oldest letter


def member_address(key: str) -> str:
    """`member1` … `member12` of the letters' files."""
    return f"{MEMBERS[int(key.removeprefix('member')) - 1]}@{DOMAIN}"


def make_people() -> dict[str, User]:
    """Everybody, by first name in lower case."""
    staff = {
        colleague.name.lower(): User.objects.create_user(
            colleague.email, PASSWORD, roles=colleague.roles, called=colleague.name, public_line=colleague.public_line
        )
        for colleague in STAFF
    }
    for person in staff.values():
        TOTP.activate(person, generate_totp_secret())
    members = {
        name: User.objects.create_user(
            f"{name}@{DOMAIN}", language="es" if name in SPANISH else "en", joined_at=timezone.now() - JOINED
        )
        for name in MEMBERS
    }
    return {**staff, **members}
