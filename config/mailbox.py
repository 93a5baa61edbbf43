"""The demo's mailbox in the browser: reads the folder of the mail catcher. Without MAILBOX_DIR (production) it is not there."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from csp.constants import NONE, SELF, UNSAFE_INLINE
from csp.decorators import csp_replace, csp_update
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from accounts.models import User
from accounts.second_step import before_second_step, current_code

SHOWN = 200
SANDBOX = "allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
View = Callable[..., HttpResponse]
# A mail styles itself inline. It may not run anything, load anything from elsewhere or send a form.
as_mail: Callable[[View], View] = csp_replace(
    {"default-src": [NONE], "style-src": [UNSAFE_INLINE], "frame-ancestors": [SELF], "sandbox": [SANDBOX]}
)
with_frame: Callable[[View], View] = csp_update({"frame-src": [SELF]})


@dataclass(frozen=True)
class Letterbox:
    """One caught message, parsed."""

    key: str
    at: datetime
    message: EmailMessage

    @property
    def to(self) -> str:
        return str(self.message["To"] or "")

    @property
    def subject(self) -> str:
        return str(self.message["Subject"] or "")

    @property
    def sender(self) -> str:
        return str(self.message["From"] or "")

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(name, str(value)) for name, value in self.message.items()]

    def body(self, kind: str) -> str:
        part = self.message.get_body(preferencelist=(kind,))
        return str(part.get_content()) if part else ""


def _folder() -> Path:
    if not settings.MAILBOX_DIR:
        raise Http404
    return Path(settings.MAILBOX_DIR)


def _read(path: Path) -> Letterbox:
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    return Letterbox(path.stem, datetime.fromtimestamp(int(path.stem) / 1e9, UTC), message)


def _one(key: str) -> Letterbox:
    path = _folder() / f"{key}.eml"
    if not key.isdigit() or not path.exists():
        raise Http404
    return _read(path)


@login_not_required
@before_second_step
@require_GET
def mailbox(request: HttpRequest) -> HttpResponse:
    """Everything caught, newest first; `?to=` narrows to one person."""
    wanted = request.GET.get("to", "").strip().lower()
    newest = [_read(path) for path in sorted(_folder().glob("*.eml"), reverse=True)[:SHOWN]]
    people = sorted({mail.to.lower() for mail in newest})
    shown = [mail for mail in newest if wanted in mail.to.lower()]
    team = User.objects.filter(authenticator__type="totp").distinct().order_by("called")
    context = {"caught": shown, "wanted": wanted, "people": people}
    context["codes"] = [(colleague.email, current_code(colleague)) for colleague in team]
    return render(request, "config/mailbox.html", context)


@login_not_required
@before_second_step
@require_GET
@with_frame
def mailbox_message(request: HttpRequest, key: str) -> HttpResponse:
    """One message: its headers and its text."""
    caught = _one(key)
    parts = {"text": caught.body("plain"), "has_html": bool(caught.body("html"))}
    return render(request, "config/mailbox_message.html", {"caught": caught, "sandbox": SANDBOX, **parts})


@login_not_required
@before_second_step
@require_GET
@as_mail
@xframe_options_sameorigin
def mailbox_html(request: HttpRequest, key: str) -> HttpResponse:
    """The HTML part as a mail program shows it: inline styles, nothing that runs, links lead out of the frame."""
    return HttpResponse(_one(key).body("html").replace("<head>", '<head><base target="_top">', 1))
