"""What holds of every answer and every password, asked everywhere at once: headers, TRACE, reading changes nothing."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth.password_validation import validate_password
from django.core import signing
from django.core.exceptions import ValidationError
from django.template import engines
from django.test import Client
from django.urls import reverse

from accounts.forms import NewPasswordForm
from notifications import unsubscribe
from notifications.models import About
from scripts.check import PRODUCTION
from tests.cast import make_case, topic
from tests.house.test_access_grid import GRID, address
from workflow.models.cases import new_public_id
from workflow.states import State
from workflow.transitions import Seen

pytestmark = pytest.mark.once
ROOT = Path(__file__).resolve().parents[2]
LEADS_AWAY = {"account_logout", "leave"}
WRITES_BY_READING = {"Session"}
OPENS = {"workflow:letter", "workflow:presence", "workflow:next", "workflow:pass_on_reply"}


def counts():
    return {model.__name__: model._base_manager.count() for model in apps.get_models() if model._meta.managed}


def what_is_wrong(response):
    kind = response.headers.get("Content-Type", "")
    if response.content and not kind:
        yield "it does not say what it is"
    if kind.startswith("text/") and "charset" not in kind:
        yield f"{kind} without its letters"
    if response.headers.get("Access-Control-Allow-Origin", "*") != "*":
        yield "another site may read it"
    if response.headers.get("Access-Control-Allow-Credentials"):
        yield "another site may read it as this person"


def offers_the_way_out(page):
    return f'action="{reverse("account_logout")}"' in page


@pytest.mark.parametrize("who", ["stranger", "rosa", "mo"])
def test_it_says_what_it_sends_lets_nobody_else_read_it_and_changes_nothing_by_reading(cast, who):
    case = make_case(cast, state=State.SUBMITTED)
    topic()
    client, before = Client(), counts()
    if who != "stranger":
        client.force_login(getattr(cast, who))
        before = counts()
    faults: list[str] = []
    for name, (state, _) in GRID.items():
        if name in LEADS_AWAY or name in OPENS or state not in {None, State.SUBMITTED}:
            continue
        path = address(name, case)
        response = client.get(path, headers={"Origin": "https://evil.example"})
        faults += [f"{name}: {fault}" for fault in what_is_wrong(response)]
        page = response.content.decode(errors="replace")
        if who != "stranger" and response.status_code == 200 and 'class="exit' in page and not offers_the_way_out(page):
            faults.append(f"{name}: no way to sign out")
    assert faults == []
    after = counts()
    assert {key for key in after if after[key] != before[key]} <= WRITES_BY_READING
    assert client.trace(reverse("qa:home")).status_code == 405


@pytest.mark.parametrize(
    "path", ["/es//evil.example/x.txt", "/es///evil.example/x.csv", "/es/%5Cevil.example/x.txt", "//evil.example/"]
)
def test_it_leads_to_no_other_site(db, path):
    response = Client().get(path)
    assert not re.match(r"(?:[a-z]+:|/[/\\\\])", response.headers.get("Location", ""))


def test_it_keeps_a_password_as_it_was_typed_and_by_argon2(cast, settings):
    typed = "  Zwölf Lampen im Fenster  "
    cast.mo.set_password(typed)
    assert cast.mo.password.startswith("argon2$argon2id$")
    assert settings.PASSWORD_HASHERS == ["django.contrib.auth.hashers.Argon2PasswordHasher"]  # at Django's own cost
    assert cast.mo.check_password(typed)
    for other in (typed.strip(), typed.lower(), typed + "x", typed.replace("ö", "o\u0308")):
        assert not cast.mo.check_password(other)


@pytest.mark.parametrize("fine", ["justtwentysmallletter", "🌧️🌧️🌧️🌧️ four clouds 🌧️", "x1" * 60])
def test_it_asks_for_length_and_not_for_kinds_of_signs(fine):
    validate_password(fine)


@pytest.mark.parametrize(
    "bad",
    [
        "short",
        "password1234",
        "1234567890123",
        "Allay-Allay-2026",
        "moderator recovery",
        "allay.example!",
        "Sunshine2026",
    ],
)
def test_it_refuses_a_password_that_is_guessed_first(bad):
    with pytest.raises(ValidationError):
        validate_password(bad)


@pytest.mark.parametrize("fine", ["hope is a thing with feathers", "the answer on page nine"])
def test_a_word_of_the_house_among_others_is_no_harm(fine):
    validate_password(fine)


def test_a_long_password_is_taken_and_one_without_end_is_refused_before_it_is_hashed(cast, monkeypatch):
    long = "seven lanterns over the harbour " * 8  # 256 characters
    form = NewPasswordForm({"code": "1234567890", "password": long}, email=cast.mo.email)
    assert form.is_valid()
    assert form.cleaned_data["password"] == long
    monkeypatch.setattr("django.contrib.auth.hashers.Argon2PasswordHasher.encode", None)  # hashing would raise
    monkeypatch.setattr("django.contrib.auth.hashers.Argon2PasswordHasher.verify", None)
    for name, form in (("staff_login", {"password": "x" * 1_001}), ("staff_login", {"password": "x" * 500_000})):
        assert "at most 1000" in Client().post(reverse(name), {"email": cast.mo.email, **form}).content.decode()


def test_it_takes_no_token_in_the_place_of_another_and_none_that_was_changed(cast):
    token = unsubscribe.address(cast.rosa, About.PROGRESS).split("/")[-2]
    assert unsubscribe.read(token)
    for salt in ("", "other", "mail.reports"):
        assert unsubscribe.read(signing.Signer(salt=salt or None).sign_object([cast.rosa.pk, About.PROGRESS])) is None
    given = [cast.rosa.pk, About.PROGRESS]
    assert unsubscribe._SIGNER.algorithm == signing.Signer().algorithm == "sha256"
    assert unsubscribe.read(signing.Signer(salt="mail.stop").sign_object(given)) is not None
    for other in ({"key": "the key of another site"}, {"algorithm": "sha1"}, {"algorithm": "sha512"}):
        assert unsubscribe.read(signing.Signer(salt="mail.stop", **other).sign_object(given)) is None, other
    for at in range(len(token)):
        other = "A" if token[at] != "A" else "B"
        changed = unsubscribe.read(token[:at] + other + token[at + 1 :])
        assert changed is None, f"changed at {at}"


GUARDS = [
    "config.middleware.Csrf.process_view",
    "config.middleware.SignInFirst.process_view",
    "config.sessions.IdleEnds.process_view",
    "config.sessions.SecondStepFirst.process_view",
    "accounts.models.User.holds",
    "workflow.queues.of_moderator",
    "workflow.policies.may",
    "workflow.policies.why_not",
    "workflow.policies.unmet_needs",
    "django.forms.BaseForm.full_clean",
    "workflow.forms.mail.MailForm.may_go_on",
]


def breaks(*args, **kwargs):
    raise RuntimeError("a guard of ours is broken")


def test_a_guard_that_breaks_lets_nobody_through(cast):
    """What decides fails closed (OWASP ASVS 5.0, 16.5.3); each step's own conditions: tests/workflow/test_machine_grid.py."""
    case = make_case(cast)
    form = {"seen": str(Seen.of(case)), "reason": "Not for us.", "message": "We are sorry."}
    for guard in [*GUARDS, ""]:
        with pytest.MonkeyPatch.context() as broken:
            client = Client(raise_request_exception=False)
            client.force_login(cast.mo)
            before = counts()
            if guard:
                broken.setattr(guard, property(breaks) if guard.endswith("may_go_on") else breaks)
            answer = client.post(reverse("workflow:decline", args=[case.public_id]), form)
        assert answer.status_code == (500 if guard else 302), guard
        assert (counts() == before) == bool(guard), guard


def test_it_gives_addresses_that_nobody_guesses():
    made = {new_public_id() for _ in range(1_000)}
    assert len(made) == 1_000
    assert all(len(one) == 24 for one in made)  # 24 signs of 6 bits each: 144 bits


def test_it_fills_in_nothing_that_a_text_of_a_person_says():
    template = engines["django"].from_string("<p>{{ text }}</p>")
    for text in ("{{ 7|add:7 }}", "{% debug %}", "%s %n", "{0.__class__}", "${7*7}"):
        assert text.split()[0] in template.render({"text": text})


def test_its_cookies_are_its_own_in_production():
    said = """import json, config.settings as s
print(json.dumps([s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE,
    s.SESSION_COOKIE_HTTPONLY, s.CSRF_COOKIE_HTTPONLY, s.SESSION_COOKIE_SAMESITE, s.CSRF_COOKIE_SAMESITE]))"""
    env = {key: value for key, value in os.environ.items() if key in {"PATH", "HOME"}} | PRODUCTION
    done = subprocess.run([sys.executable, "-c", said], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == ["__Host-s", "__Host-c", True, True, True, True, "Lax", "Lax"]


def test_its_scripts_run_no_text():
    for path in sorted((ROOT / "static" / "js").glob("*.js")):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\beval\(|new Function\(|setTimeout\([\"'`]", text), path.name
        sinks = ("innerHTML =", "outerHTML =", "insertAdjacentHTML")
        for line in (line for line in text.splitlines() if any(sink in line for sink in sinks)):
            # only a page of ours, as the server rendered it, is put in whole
            assert line.rstrip().endswith(("= html;", "= await response.text();")), f"{path.name}: {line[:120]}"
