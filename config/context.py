"""What every template may use: the site's name, the strip of help lines, the navigation of the person who looks."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from accounts.models import User
from accounts.roles import Role
from qa.models import HelpLine


@dataclass(frozen=True)
class Door:
    """One entry of the navigation."""

    label: str
    url: str
    current: bool


# label, URL name, who sees it (None: everybody)
DOORS: list[tuple[str, str, Role | None]] = [
    ("Find answers", "qa:topics", None),
    ("Ask a question", "workflow:ask", Role.MEMBER),
    ("My questions", "workflow:my_cases", Role.MEMBER),
    ("Queue", "workflow:queue", Role.MODERATOR),
    ("Pages", "workflow:published", Role.MODERATOR),
    ("Answering", "workflow:answering", Role.EXPERT),
    ("Colleagues", "workflow:colleagues", Role.MODERATOR),
    ("On call", "workflow:roster", Role.MODERATOR),
    ("On call", "workflow:roster", Role.ADMINISTRATOR),
    ("Figures", "workflow:flow", Role.MODERATOR),
    ("Figures", "workflow:flow", Role.ADMINISTRATOR),
    ("Rules", "workflow:rules", Role.ADMINISTRATOR),
    ("Help lines", "workflow:help_lines", Role.ADMINISTRATOR),
    ("Mail", "notifications:delivery", Role.ADMINISTRATOR),
]


def site(request: HttpRequest) -> dict[str, Any]:
    """Names and navigation. Help lines are fetched once, and only by pages that show them."""
    strip = SimpleLazyObject(lambda: list(HelpLine.objects.filter(in_strip=True)))
    return {
        "site_name": settings.SITE_NAME,
        "exit_url": settings.EXIT_URL,
        "crisis_lines": strip,
        "crisis": SimpleLazyObject(lambda: {line.key: line for line in strip}),
        "nav": _doors(request),
        "mailbox_url": reverse("mailbox") if settings.MAILBOX_DIR else "",
    }


def _doors(request: HttpRequest) -> list[Door]:
    user = getattr(request, "user", None)
    roles = user.roles if isinstance(user, User) else frozenset({Role.MEMBER})
    if not isinstance(user, User):
        roles = frozenset({Role.MEMBER})
    shown = list(dict.fromkeys((label, reverse(name)) for label, name, role in DOORS if role is None or role in roles))
    if not isinstance(user, User):
        shown = [(label, url) for label, url in shown if url != reverse("workflow:my_cases")]
    return [Door(label, url, request.path.startswith(url)) for label, url in shown]
