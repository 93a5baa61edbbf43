"""Signing in: by emailed code, by password for the team; limits; nothing that tells who has an account."""

import re
from collections import Counter
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from notifications.models import Message
from tests.cast import make_case
from workflow.actions.upkeep import drop_unused_accounts

pytestmark = pytest.mark.once

CODE = "account_confirm_login_code"
PASSWORD = "a lamp in the window"


@pytest.fixture
def client(cast):
    """Counts of earlier tests are gone: limits live in the cache table, which each test rolls back."""
    return Client()


def ask_for_code(client, email, **more):
    return client.post(reverse("account_login"), {"email": email, **more})


def code_of(client):
    return client.session["account_login"]["state"]["stages"]["login_by_code"]["data"].get("code", "")


def scrubbed(response, email=""):
    return re.sub(r'(csrfmiddlewaretoken" value=)"[^"]*"', "", response.content.decode()).replace(email, "")


def signed_in(client):
    return client.session.get("_auth_user_id")


def test_it_lets_a_member_in_by_the_code_and_leads_on(client, cast):
    assert ask_for_code(client, cast.rosa.email).headers["Location"] == reverse(CODE)
    code = code_of(client)
    assert re.fullmatch(r"\d{6}", code)
    response = client.post(reverse(CODE), {"code": f" {code[:3]} {code[3:]} "})
    assert (response.status_code, response.headers["Location"]) == (302, reverse("start"))
    assert signed_in(client) == str(cast.rosa.pk)


def test_it_makes_an_account_quietly_for_a_new_address(client):
    ask_for_code(client, "New.Person@Example.com")
    client.post(reverse(CODE), {"code": code_of(client)})
    person = User.objects.get(email="new.person@example.com")
    assert signed_in(client) == str(person.pk)
    assert person.roles == {Role.MEMBER}
    assert not person.has_usable_password()


def test_it_keeps_one_account_for_one_mailbox(client, cast):
    before = User.objects.count()
    ask_for_code(client, cast.rosa.email.upper())
    assert User.objects.count() == before


@pytest.mark.parametrize("who", ["rosa", "nobody", "erin", "ada", "closed"])
def test_it_tells_nobody_who_has_an_account(client, cast, who):
    """Known, new, staff, closed: the same redirect, the same page, the same words for a wrong code."""
    closed = User.objects.create_user("closed@people.example", is_active=False)
    email = {"nobody": "nobody@people.example", "closed": closed.email}.get(who) or getattr(cast, who).email
    plain = Client()
    ask_for_code(plain, cast.bela.email)
    assert ask_for_code(client, email).headers["Location"] == reverse(CODE)
    assert scrubbed(client.get(reverse(CODE)), email) == scrubbed(plain.get(reverse(CODE)), cast.bela.email)
    wrong, also_wrong = (one.post(reverse(CODE), {"code": "000000"}) for one in (client, plain))
    assert scrubbed(wrong, email) == scrubbed(also_wrong, cast.bela.email)


def work_of(name, email):
    """What the database is asked for this address."""
    with CaptureQueriesContext(connection) as asked:
        Client(REMOTE_ADDR=f"198.51.100.{len(email)}").post(reverse(name), {"email": email, "password": "wrong"})
    return Counter(query["sql"].split()[0] for query in asked if "django_cache" not in query["sql"])


def test_how_long_it_takes_tells_nobody_who_has_an_account_or_works_here(cast):
    """The same writes, and nearly the same reads, for everybody; a mail that nobody gets is taken away at once."""
    User.objects.create_user("closed@people.example", is_active=False)
    for name, known in (("account_login", cast.rosa), ("staff_new_password", cast.erin)):
        usual = work_of(name, known.email)
        for email in (cast.rosa.email, cast.erin.email, "closed@people.example", "nobody@people.example"):
            work = work_of(name, email)
            assert abs(work["INSERT"] - usual["INSERT"]) <= 1, (name, email, work, usual)  # a new person is one more
            assert abs(work["SELECT"] - usual["SELECT"]) <= 2, (name, email, work, usual)
    assert not Message.objects.filter(person=cast.erin, template="sign_in_code").exists()
    assert not Message.objects.filter(person=cast.rosa, template="password_code").exists()
    assert not Message.objects.filter(person=None).exists()


@pytest.mark.parametrize("who", ["erin", "ada"])
def test_it_makes_no_code_for_our_team(client, cast, who):
    ask_for_code(client, getattr(cast, who).email)
    assert code_of(client) == ""
    client.post(reverse(CODE), {"code": ""})
    client.post(reverse(CODE), {"code": "000000"})
    assert signed_in(client) is None


def test_it_forgets_a_code_after_five_wrong_ones(client, cast):
    ask_for_code(client, cast.rosa.email)
    code = code_of(client)
    wrong = "111111" if code != "111111" else "222222"
    for _ in range(4):
        assert "This is not the code" in client.post(reverse(CODE), {"code": wrong}).content.decode()
    assert client.post(reverse(CODE), {"code": wrong}).headers["Location"] == reverse("account_login")
    client.post(reverse(CODE), {"code": code})
    assert signed_in(client) is None


def test_it_forgets_a_code_after_ten_minutes(client, cast):
    now = timezone.now()
    with time_machine.travel(now, tick=False) as clock:
        ask_for_code(client, cast.rosa.email)
        code = code_of(client)
        clock.shift(601)
        response = client.post(reverse(CODE), {"code": code}, follow=True)
    assert signed_in(client) is None
    assert "ten minutes" in response.content.decode()


def test_it_takes_a_code_once(client, cast):
    ask_for_code(client, cast.rosa.email)
    code = code_of(client)
    client.post(reverse(CODE), {"code": code})
    other = Client()
    other.post(reverse(CODE), {"code": code})
    assert signed_in(other) is None


def test_it_does_not_count_a_slip_of_the_finger_as_a_try(client, cast):
    ask_for_code(client, cast.rosa.email)
    for _ in range(8):
        assert "six digits" in client.post(reverse(CODE), {"code": "12"}).content.decode()
    client.post(reverse(CODE), {"code": code_of(client)})
    assert signed_in(client) == str(cast.rosa.pk)


@pytest.mark.parametrize("email", ["rosa@people.example", "nobody@people.example", "mo@people.example"])
def test_it_sends_a_few_codes_a_minute_and_no_more_to_anybody(client, email):
    answers = [ask_for_code(Client(), email) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [302, 302, 302, 429]
    assert f'value="{email}"' in answers[-1].content.decode()
    assert "several codes" in answers[-1].content.decode()


def test_it_sends_a_few_codes_a_minute_for_a_new_password_and_no_more(cast):
    ask = reverse("staff_new_password")
    answers = [Client().post(ask, {"email": cast.mo.email}).status_code for _ in range(4)]
    assert answers == [302, 302, 302, 429]


def test_it_lets_no_machine_ask_for_codes_without_end(client):
    answers = [ask_for_code(Client(), f"x{number}@people.example").status_code for number in range(21)]
    assert answers[-1] == 429
    assert set(answers[:-1]) == {302}


@pytest.mark.parametrize("typed", ["", "rosa", "rosa@", "a@b", f"{'a' * 300}@x.example", "a b@x.example", "a\x00@b.cc"])
def test_it_says_beside_the_field_what_is_wrong_with_an_address(client, typed):
    response = ask_for_code(client, typed)
    assert response.status_code == 200
    assert 'class="errorlist"' in response.content.decode()
    assert "Please" in response.content.decode()


@pytest.mark.parametrize(
    ("target", "leads_to"),
    [
        ("/ask/", "/ask/"),
        ("https://evil.example/", None),
        ("//evil.example", None),
        ("/\\evil.example", None),
        ("javascript:alert(1)", None),
        ("http:///evil.example", None),
        ("a bare word", None),
        ("", None),
    ],
)
def test_it_leads_only_to_pages_of_ours(client, cast, target, leads_to):
    page = client.get(reverse("account_login"), {"next": target}).content.decode()
    assert ('name="next"' in page) == (leads_to is not None)
    ask_for_code(client, cast.rosa.email, next=target)
    response = client.post(f"{reverse(CODE)}?next={target}", {"code": code_of(client), "next": target})
    assert response.headers["Location"] == (leads_to or reverse("start"))


def with_password(person):
    person.set_password(PASSWORD)
    person.save()
    return person


def sign_in_by_password(client, email, password=PASSWORD, **more):
    return client.post(reverse("staff_login"), {"email": email, "password": password, **more})


@pytest.mark.parametrize("who", ["mo", "erin", "ada"])
def test_it_lets_our_team_in_by_password(client, cast, who):
    person = with_password(getattr(cast, who))
    assert sign_in_by_password(client, person.email.upper()).headers["Location"] == reverse("start")
    assert signed_in(client) == str(person.pk)


def test_it_says_the_same_for_every_wrong_pair(client, cast):
    with_password(cast.mo)
    with_password(cast.rosa)  # a member can never come in by this door
    User.objects.create_user("gone@people.example", PASSWORD, roles=(Role.EXPERT,), is_active=False)
    tries = [
        (cast.mo.email, "wrong"),
        ("nobody@people.example", PASSWORD),
        (cast.rosa.email, PASSWORD),
        ("gone@people.example", PASSWORD),
        (cast.erin.email, PASSWORD),
    ]
    pages = [scrubbed(sign_in_by_password(client, email, given), email) for email, given in tries]
    assert len(set(pages)) == 1
    assert "is not right" in pages[0]
    assert signed_in(client) is None


def test_it_stops_guessing_passwords(client, cast):
    person = with_password(cast.mo)
    for _ in range(5):
        sign_in_by_password(Client(), person.email, "wrong")
    refused = sign_in_by_password(client, person.email)
    assert refused.status_code == 429
    assert signed_in(client) is None


def test_it_never_shows_a_password_again(client, cast):
    assert "wrong words" not in sign_in_by_password(client, cast.mo.email, "wrong words").content.decode()


def test_it_signs_out_by_post_and_only_asks_by_get(client, cast):
    client.force_login(cast.rosa)
    assert client.get(reverse("account_logout")).status_code == 200
    assert signed_in(client)
    response = client.post(reverse("account_logout"), follow=True)
    assert signed_in(client) is None
    assert "You are signed out." in response.content.decode()


@pytest.mark.parametrize("name", ["account_login", CODE, "staff_login"])
def test_it_leads_who_is_signed_in_onward(client, cast, name):
    client.force_login(cast.rosa)
    assert client.get(reverse(name), {"next": "/topics/"}).headers["Location"] == "/topics/"


def test_it_lets_nobody_in_whose_account_was_closed_meanwhile(client, cast):
    ask_for_code(client, cast.rosa.email)
    code = code_of(client)
    User.objects.filter(pk=cast.rosa.pk).update(is_active=False)
    assert client.post(reverse(CODE), {"code": code}).status_code == 200
    assert signed_in(client) is None


def test_it_forgets_an_address_that_nobody_ever_signed_in_with_and_nobody_else(client, cast):
    """Anybody can type anybody's address; people with a letter, a role or a visit stay."""
    now = timezone.now()
    case = make_case(cast)
    with time_machine.travel(now, tick=False) as clock:
        ask_for_code(client, "typed@people.example")
        ask_for_code(Client(), cast.bela.email)
        came = Client()
        ask_for_code(came, "came@people.example")
        came.post(reverse(CODE), {"code": code_of(came)})
        assert drop_unused_accounts() == 0
        clock.shift(timedelta(days=2, minutes=1))
        ask_for_code(client, "fresh@people.example")
        assert drop_unused_accounts() == 2
    left = set(User.objects.values_list("email", flat=True))
    assert not {"typed@people.example", cast.bela.email} & left
    assert {cast.rosa.email, cast.mo.email, "came@people.example", "fresh@people.example"} <= left
    assert case.is_written_by(cast.rosa)
