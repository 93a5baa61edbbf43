"""What every template may use: the site's name, the strip of help lines, the navigation of the person who looks."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from accounts.models import User
from accounts.roles import Role
from qa.machines import absolute
from qa.models import HelpLine
from qa.tongues import ENGLISH, in_each_language, speaking

from .browser_words import browser_words
from .languages import has_other_languages


@dataclass(frozen=True)
class Door:
    """One entry of the navigation."""

    label: str
    url: str
    current: bool
    language: str


TRANSLATED = {"qa:home", "qa:topics", "qa:topic", "qa:help_now", "qa:about", "qa:privacy"}
# label, URL name, who sees it (None: everybody)
DOORS: list[tuple[str, str, Role | None]] = [
    (_("Find answers"), "qa:topics", None),
    (_("Ask a question"), "workflow:ask", Role.MEMBER),
    (_("My questions"), "workflow:my_cases", Role.MEMBER),
    ("Queue", "workflow:queue", Role.MODERATOR),
    ("Pages", "workflow:published", Role.MODERATOR),
    ("Answering", "workflow:answering", Role.EXPERT),
    ("Colleagues", "workflow:colleagues", Role.MODERATOR),
    ("On call", "workflow:roster", Role.MODERATOR),
    ("On call", "workflow:roster", Role.ADMINISTRATOR),
    ("Figures", "workflow:flow", Role.MODERATOR),
    ("Figures", "workflow:flow", Role.ADMINISTRATOR),
    ("Keeping", "retention", Role.MODERATOR),
    ("Keeping", "retention", Role.ADMINISTRATOR),
    ("People", "admin:accounts_user_changelist", Role.ADMINISTRATOR),
    ("Rules", "workflow:rules", Role.ADMINISTRATOR),
    ("Help lines", "workflow:help_lines", Role.ADMINISTRATOR),
    ("Mail", "notifications:delivery", Role.ADMINISTRATOR),
]

MINE = "My questions"
SPOKEN = {label for label, _name, role in DOORS if role in {None, Role.MEMBER}}


def site(request: HttpRequest) -> dict[str, Any]:
    """Names and navigation. Help lines are fetched once, and only by pages that show them."""
    strip = SimpleLazyObject(lambda: [line.spoken() for line in HelpLine.objects.filter(in_strip=True)])
    return {
        "site_name": settings.SITE_NAME,
        "exit_url": settings.EXIT_URL,
        "crisis_lines": strip,
        "crisis": SimpleLazyObject(lambda: {line.key: line for line in strip}),
        "nav": _doors(request),
        **_languages(request),
        "mailbox_url": reverse("mailbox") if settings.MAILBOX_DIR else "",
    }


def _doors(request: HttpRequest) -> list[Door]:
    user = getattr(request, "user", None)
    roles = user.roles if isinstance(user, User) else frozenset({Role.MEMBER})
    doors = dict.fromkeys((label, name) for label, name, role in DOORS if role is None or role in roles)
    if not isinstance(user, User):
        doors.pop((MINE, "workflow:my_cases"))
    return [_door(request, label, reverse(name)) for label, name in doors]


def _door(request: HttpRequest, label: str, url: str) -> Door:
    is_ours = label in SPOKEN  # the desks have English names in every language
    language = speaking() if is_ours else ENGLISH
    return Door(gettext(label) if is_ours else label, url, request.path.startswith(url), language)


def _languages(request: HttpRequest) -> dict[str, Any]:
    """The switch, on pages that came by a link: what somebody typed into a form shall not be lost by it."""
    others = [(code, name) for code, name in settings.LANGUAGES if code != speaking()]
    may_switch = request.method in {"GET", "HEAD"} and has_other_languages(request)
    return {
        "may_switch": may_switch,
        "here": _here(request),
        "other_languages": others,
        "alternates": _alternates(request),
        "browser_words": browser_words,  # called only by pages that somebody types into
    }


def _here(request: HttpRequest) -> str:
    """This page, to come back to; a `next` that leads away from us is dropped."""
    is_ours = url_has_allowed_host_and_scheme(request.GET.get("next", "/"), allowed_hosts=None)
    return request.get_full_path() if is_ours else request.path


def _alternates(request: HttpRequest) -> list[dict[str, str]]:
    """Where search engines find a page of the reading room in the other language; letters have one language only."""
    match = request.resolver_match
    if match is None or match.view_name not in TRANSLATED:
        return []
    return [{"code": code, "url": absolute(path)} for code, path in in_each_language(request.path).items()]
