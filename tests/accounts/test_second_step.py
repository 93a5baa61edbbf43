"""The second step of everybody who works here: nothing without it, a code counts once, and losing it takes two people."""

import re
import time
from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts import new_starts, second_step
from accounts.models import NewStart
from notifications.models import Message

pytestmark = pytest.mark.once

PASSWORD = "a lamp in the window"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def code_at(moment, secret=SECRET):
    return format_hotp_value(hotp_value(secret, int(moment) // 30))


def code_now(secret=SECRET):
    return code_at(time.time(), secret)


def has_an_app(person):
    """Added half a minute ago, at a moment that stands still: the code of now is a later one, however slow all of it is."""
    with time_machine.travel(time.time() - 30, tick=False):
        assert second_step.add_app(person, SECRET, code_now())


@pytest.fixture
def mo(cast):
    """A moderator with a password and an app."""
    cast.mo.set_password(PASSWORD)
    cast.mo.save()
    has_an_app(cast.mo)
    return cast.mo


@pytest.fixture
def client(cast):
    return Client()


def give_password(client, person):
    return client.post(reverse("staff_login"), {"email": person.email, "password": PASSWORD})


def is_in(client):
    return "_auth_user_id" in client.session


def test_it_asks_for_the_code_after_the_password_and_not_before(client, mo):
    assert client.get(reverse("mfa_authenticate")).headers["Location"] == reverse("staff_login")
    assert give_password(client, mo).headers["Location"] == reverse("mfa_authenticate")
    assert not is_in(client)
    assert client.get(reverse("workflow:queue")).status_code == 302
    page = client.get(reverse("mfa_authenticate"))
    assert "six digits" in page.content.decode()
    assert client.post(reverse("mfa_authenticate"), {"code": code_now()}).headers["Location"] == reverse("start")
    assert client.get(reverse("workflow:queue")).status_code == 200


def test_it_leads_on_to_the_page_that_was_asked_for(client, mo):
    wanted = reverse("workflow:habits")
    client.post(reverse("staff_login"), {"email": mo.email, "password": PASSWORD, "next": wanted})
    assert client.post(reverse("mfa_authenticate"), {"code": code_now()}).headers["Location"] == wanted


@pytest.mark.parametrize("typed", ["", "12345", "abcdef", "1234567", "１２３４５６", "000000\x00", "9" * 41])
def test_it_says_what_a_code_looks_like(client, mo, typed):
    give_password(client, mo)
    answer = client.post(reverse("mfa_authenticate"), {"code": typed})
    assert answer.status_code == 200
    assert "field--wrong" in answer.content.decode()
    assert not is_in(client)


def test_it_takes_a_code_once(client, mo):
    code = code_now()
    give_password(client, mo)
    client.post(reverse("mfa_authenticate"), {"code": code})
    other = Client()
    give_password(other, mo)
    answer = other.post(reverse("mfa_authenticate"), {"code": code})
    assert "used already" in answer.content.decode()
    assert not is_in(other)


def test_it_takes_no_older_code_after_a_newer_one(mo):
    now = time.time()
    assert second_step.passes(mo, code_at(now + 30))
    assert second_step.passes(mo, code_at(now)) is None


def test_it_stops_guessing_for_one_machine_and_lets_the_owner_in_from_another(client, mo):
    give_password(client, mo)
    answers = [client.post(reverse("mfa_authenticate"), {"code": "000000"}).status_code for _ in range(7)]
    assert answers[-1] == 429
    elsewhere = Client(REMOTE_ADDR="198.51.100.7")
    give_password(elsewhere, mo)
    elsewhere.post(reverse("mfa_authenticate"), {"code": code_now()})
    assert is_in(elsewhere)


def test_it_shows_no_page_before_a_second_step_is_set_up(client, cast):
    cast.erin.set_password(PASSWORD)
    cast.erin.save()
    give_password(client, cast.erin)
    for name in ("workflow:answering", "qa:home", "qa:topics", "workflow:habits", "start", "admin:index"):
        assert client.get(reverse(name)).headers["Location"] == reverse("second_step"), name
    answer = client.post(reverse("workflow:away"), {"reason": "my own words"})
    assert (answer.status_code, "my own words" in answer.content.decode()) == (403, True)
    assert client.get(reverse("second_step")).headers["Location"] == reverse("second_step_app")


def set_up_app(client):
    page = client.get(reverse("second_step_app")).content.decode()
    secret = re.search(r'class="secret">(\w+)<', page).group(1)
    return secret, client.post(reverse("second_step_app"), {"code": code_now(secret)})


def test_it_is_set_up_with_a_code_and_gives_spare_codes_once(client, cast):
    cast.erin.set_password(PASSWORD)
    cast.erin.save()
    give_password(client, cast.erin)
    before = client.session.session_key
    assert client.get(reverse("second_step_picture")).headers["Content-Type"] == "image/svg+xml"
    wrong = client.post(reverse("second_step_app"), {"code": "000000"})
    assert "not right" in wrong.content.decode()
    secret, page = set_up_app(client)
    codes = re.findall(r"<code>(\d{4}) (\d{4})</code>", page.content.decode())
    assert len(set(codes)) == 10
    assert client.session.session_key != before
    assert client.get(reverse("workflow:answering")).status_code == 200
    kept = " ".join(str(step.data) for step in Authenticator.objects.all())
    assert secret not in kept
    assert "".join(codes[0]) not in kept
    other = Client()
    give_password(other, cast.erin)
    other.post(reverse("mfa_authenticate"), {"code": "".join(codes[0])})
    assert is_in(other)
    again = Client()
    give_password(again, cast.erin)
    again.post(reverse("mfa_authenticate"), {"code": "".join(codes[0])})
    assert not is_in(again)
    assert Message.objects.filter(template="second_step", person=cast.erin).count() == 1


def test_its_secret_lies_sealed_in_the_session_until_it_counts(client, cast):
    client.force_login(cast.erin)
    page = client.get(reverse("second_step_app")).content.decode()
    secret = re.search(r'class="secret">(\w+)<', page).group(1)
    assert secret not in str(dict(client.session))


def test_it_asks_again_before_anything_is_changed(client, mo):
    give_password(client, mo)
    client.post(reverse("mfa_authenticate"), {"code": code_now()})
    with time_machine.travel(time.time() + 20 * 60):
        answer = client.post(reverse("second_step_codes"))
        assert answer.headers["Location"].startswith(reverse("second_step_again"))
        assert client.post(answer.headers["Location"], {"code": code_now()}).status_code == 302
        assert "spare codes" in client.post(reverse("second_step_codes")).content.decode()


def test_it_never_takes_the_last_one_away(client, mo):
    give_password(client, mo)
    client.post(reverse("mfa_authenticate"), {"code": code_now()})
    only = second_step.steps_of(mo).get()
    client.post(reverse("second_step_remove"), {"step": only.pk})
    assert second_step.has_one(mo)


def test_it_removes_no_step_of_somebody_else(mo, cast):
    second_step.add_app(cast.erin, SECRET, code_now())
    theirs = second_step.steps_of(cast.erin).get()
    assert not second_step.remove(mo, theirs.pk)
    assert second_step.has_one(cast.erin)


@pytest.mark.parametrize("name", ["second_step", "second_step_app", "second_step_passkey", "second_step_again"])
def test_its_pages_are_not_there_for_members(client, cast, name):
    client.force_login(cast.rosa)
    assert client.get(reverse(name)).status_code == 404


@pytest.mark.parametrize("credential", ["{", "[]", "null", '{"id": "x"}', '{"response": {}}', "9" * 30_000])
def test_it_refuses_a_passkey_that_is_none(client, mo, credential):
    give_password(client, mo)
    assert client.post(reverse("mfa_authenticate"), {"credential": credential}).status_code == 200
    assert not is_in(client)


@pytest.mark.parametrize("credential", [f'{{"id": "{"9" * second_step.CREDENTIAL_CHARS}"}}', "[1]", "1"])
def test_it_hands_nothing_to_the_library_that_no_browser_sends_as_a_passkey(mo, monkeypatch, credential):
    seen = []
    for name in ("parse_authentication_response", "complete_registration"):
        monkeypatch.setattr(second_step.webauthn, name, seen.append)
    second_step.passkey_passes(mo, credential)
    second_step.add_passkey(mo, credential, "a phone")
    assert seen == []


@pytest.mark.parametrize("fits", [True, False])
def test_it_sets_up_a_passkey_that_fits_and_says_so_when_it_does_not(client, cast, monkeypatch, fits):
    def kept(person, text, name):
        return Authenticator.objects.create(user=person, type=second_step.Kind.WEBAUTHN, data={}) if fits else None

    monkeypatch.setattr(second_step, "add_passkey", kept)
    client.force_login(cast.erin)
    page = client.post(reverse("second_step_passkey"), {"credential": "{}"}).content.decode()
    assert ("spare codes" in page, "That did not work" in page) == (fits, not fits)
    assert second_step.has_one(cast.erin) == fits


def test_it_keeps_no_more_passkeys_than_anybody_carries(mo, monkeypatch):
    monkeypatch.setattr(second_step.webauthn, "complete_registration", lambda credential: None)
    for number in range(second_step.MOST_PASSKEYS):
        Authenticator.objects.create(user=mo, type=second_step.Kind.WEBAUTHN, data={"name": str(number)})
    assert second_step.add_passkey(mo, "{}", "one more") is None
    assert second_step.steps_of(mo).filter(type=second_step.Kind.WEBAUTHN).count() == second_step.MOST_PASSKEYS


# Sessions


def test_it_ends_a_colleagues_session_after_an_idle_hour_and_keeps_what_they_typed(client, mo):
    give_password(client, mo)
    client.post(reverse("mfa_authenticate"), {"code": code_now()})
    client.get(reverse("workflow:queue"))
    now = time.time()
    with time_machine.travel(now + 50 * 60):
        assert client.get(reverse("workflow:queue")).status_code == 200
    with time_machine.travel(now + 105 * 60):
        assert client.get(reverse("workflow:queue")).status_code == 200
    with time_machine.travel(now + 167 * 60):
        answer = client.post(reverse("workflow:away"), {"reason": "my own words"})
        assert (answer.status_code, "my own words" in answer.content.decode()) == (403, True)
        assert not is_in(client)


def test_a_page_that_is_only_open_does_not_keep_the_session(client, mo):
    give_password(client, mo)
    client.post(reverse("mfa_authenticate"), {"code": code_now()})
    client.get(reverse("workflow:queue"))
    now = time.time()
    for minutes in (20, 40, 59):
        with time_machine.travel(now + minutes * 60):
            assert client.get(reverse("workflow:board")).status_code == 200
    with time_machine.travel(now + 62 * 60):
        assert client.get(reverse("workflow:board")).status_code == 302


def test_a_shift_ends_however_busy(client, mo):
    with time_machine.travel(time.time(), tick=False) as clock:  # no second passes by itself: the last one is asked for
        give_password(client, mo)
        client.post(reverse("mfa_authenticate"), {"code": code_now()})
        client.get(reverse("workflow:queue"))
        for half_hour in range(1, 2 * 12 + 1):
            clock.shift(1800)
            assert client.get(reverse("workflow:queue")).status_code == 200, half_hour
        clock.shift(1)
        assert client.get(reverse("workflow:queue")).status_code == 302


def test_a_member_may_be_idle_for_a_day_and_each_visit_begins_it_anew(client, cast):
    client.post(reverse("account_login"), {"email": cast.rosa.email})
    code = client.session["account_login"]["state"]["stages"]["login_by_code"]["data"]["code"]
    client.post(reverse("account_confirm_login_code"), {"code": code})
    now = time.time()
    for day in range(1, 5):
        with time_machine.travel(now + day * 22 * 3600):
            assert client.get(reverse("workflow:my_cases")).status_code == 200
    with time_machine.travel(now + 4 * 22 * 3600 + 25 * 3600):
        assert client.get(reverse("workflow:my_cases")).status_code == 302


# A device that nobody knows


def test_it_tells_the_owner_once_an_hour_of_wrong_codes_and_not_of_a_slip(mo):
    with time_machine.travel(time.time(), tick=False) as clock:
        for tries, told in ((4, 0), (1, 1), (5, 1)):
            for number in range(tries):
                client = Client(REMOTE_ADDR=f"198.51.100.{10 * tries + number}")
                give_password(client, mo)
                client.post(reverse("mfa_authenticate"), {"code": "000000"})
            assert Message.objects.filter(template="wrong_steps", person=mo).count() == told
        clock.shift(3_601)
        for number in range(5):
            client = Client(REMOTE_ADDR=f"198.51.100.{200 + number}")
            give_password(client, mo)
            client.post(reverse("mfa_authenticate"), {"code": "000000"})
    assert Message.objects.filter(template="wrong_steps", person=mo).count() == 2


def test_it_tells_the_owner_of_a_new_device_once(client, mo):
    for _ in range(2):
        give_password(client, mo)
        with time_machine.travel(time.time() + 60 * Message.objects.count()):
            client.post(reverse("mfa_authenticate"), {"code": code_now()})
        client.post(reverse("account_logout"))
    assert Message.objects.filter(template="new_device", person=mo).count() == 1


# A lost phone


def test_a_new_start_takes_two_people(client, mo, cast):
    assert new_starts.ask(user=mo, by=cast.ada)
    assert not new_starts.ask(user=mo, by=cast.ada)
    waiting = NewStart.objects.get()
    assert new_starts.decide(new_start_id=waiting.pk, by=cast.ada, agreed=True) is None
    assert new_starts.decide(new_start_id=waiting.pk, by=mo, agreed=True) is None
    assert new_starts.decide(new_start_id=waiting.pk, by=cast.erin, agreed=True) is None
    assert second_step.has_one(mo)
    client.force_login(cast.dana)
    page = client.get(reverse("workflow:colleagues")).content.decode()
    assert "lost their second step" in page
    client.post(reverse("workflow:colleagues"), {"start": waiting.pk, "decision": "confirm"})
    mo.refresh_from_db()
    assert not second_step.has_one(mo)
    assert not mo.has_usable_password()
    assert Message.objects.filter(template="second_step", person=mo).count() == 1
    assert new_starts.decide(new_start_id=waiting.pk, by=cast.dana, agreed=True) is None


def test_a_new_start_ends_every_session(client, mo, cast):
    give_password(client, mo)
    client.post(reverse("mfa_authenticate"), {"code": code_now()})
    new_starts.take_away(mo)
    assert client.get(reverse("workflow:queue")).status_code == 302


def test_nobody_asks_for_themselves_or_for_a_member(cast):
    assert not new_starts.ask(user=cast.ada, by=cast.ada)
    assert not new_starts.ask(user=cast.rosa, by=cast.ada)
    assert not new_starts.ask(user=cast.erin, by=cast.mo)


@pytest.mark.parametrize("who", ["ada", "mo"])
def test_the_database_keeps_the_two_people_apart(cast, who):
    decider = getattr(cast, who)
    with pytest.raises(IntegrityError), transaction.atomic():
        NewStart.objects.create(user=cast.mo, asked_by=cast.ada, decided_by=decider, agreed=True)


def test_an_administrator_asks_in_the_admin(client, mo, cast):
    client.force_login(cast.ada)
    form = {"action": "ask_for_a_new_start", "_selected_action": [mo.pk, cast.ada.pk]}
    answer = client.post(reverse("admin:accounts_user_changelist"), form, follow=True)
    assert "Not for yourself" in answer.content.decode()
    assert list(NewStart.objects.values_list("user", flat=True)) == [mo.pk]


def test_sessions_end_in_the_order_of_the_settings(settings):
    assert timedelta(minutes=settings.STAFF_IDLE_MINUTES) < timedelta(hours=settings.STAFF_SESSION_HOURS)
    assert settings.SESSION_COOKIE_AGE >= 20 * 3600
