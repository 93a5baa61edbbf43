"""Getting in where one should not, and keeping others out."""

from datetime import timedelta
from time import perf_counter

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Session, User
from accounts.sessions import SessionStore
from qa.sanitize import clean_html, plain_text
from tests.cast import make_case
from tests.config.test_guards_of_pages import settings_in
from workflow.actions import publication
from workflow.actions.upkeep import drop_old_sessions
from workflow.models import Case
from workflow.policies import unmet_needs
from workflow.states import State, Step

pytestmark = pytest.mark.once

PASSWORD = "a lamp in the window"
ELSEWHERE = {"REMOTE_ADDR": "203.0.113.7"}


@pytest.mark.parametrize("slip", ["prod", "Production", "staging", "PRODUCTION ", "live"])
def test_it_does_not_open_all_doors_by_a_slip_in_the_name_of_the_environment(slip):
    started = settings_in(ALLAY_ENV=slip)
    assert started.returncode != 0
    assert "ALLAY_ENV" in started.stderr


def test_it_lets_no_stranger_lock_a_colleague_out(cast):
    cast.mo.set_password(PASSWORD)
    cast.mo.save()
    form = {"email": cast.mo.email, "password": "a guess"}
    answers = [Client(**ELSEWHERE).post(reverse("staff_login"), form).status_code for _ in range(7)]
    assert answers[-1] == 429
    mine = Client()
    mine.post(reverse("staff_login"), {**form, "password": PASSWORD})
    assert mine.session.get("_auth_user_id") == str(cast.mo.pk)


def test_it_lets_no_stranger_use_up_the_codes_of_a_member(cast):
    form = {"email": cast.rosa.email}
    assert Client(**ELSEWHERE).post(reverse("account_login"), form).status_code == 302
    answers = [Client(**ELSEWHERE).post(reverse("account_login"), form).status_code for _ in range(4)]
    assert answers[-1] == 429
    assert Client().post(reverse("account_login"), form).status_code == 302


def test_it_gives_a_new_session_to_who_signs_in(cast):
    """Fixation: the cookie that somebody planted before is worth nothing afterwards."""
    client = Client()
    client.post(reverse("account_login"), {"email": cast.rosa.email})
    planted = client.cookies["sessionid"].value
    code = client.session["account_login"]["state"]["stages"]["login_by_code"]["data"]["code"]
    client.post(reverse("account_confirm_login_code"), {"code": code})
    assert client.session["_auth_user_id"] == str(cast.rosa.pk)
    other = Client()
    other.cookies["sessionid"] = planted
    assert other.get(reverse("workflow:my_cases")).status_code == 302
    assert not Session.objects.filter(pk=planted).exists()


def test_it_forgets_sessions_that_ended(cast):
    for age in (-1, 1):
        session = SessionStore()
        session["account_login"] = {"email": cast.rosa.email}
        session.set_expiry(timezone.now() + timedelta(hours=age))
        session.save()
    assert drop_old_sessions() == 1
    assert Session.objects.count() == 1


@pytest.fixture
def ada(cast):
    client = Client()
    client.force_login(cast.ada)
    return client


@pytest.mark.parametrize("asked", ["", " ", "%20", "rosa", "people.example", "@", "r"])
@pytest.mark.parametrize("more", [{}, {"email__startswith": "rosa"}, {"is_active__exact": "1"}])
def test_it_lets_no_administrator_leaf_through_members(ada, cast, asked, more):
    page = ada.get("/admin/accounts/user/", {"q": asked, **more}).content.decode()
    assert cast.rosa.email not in page
    assert f"/admin/accounts/user/{cast.rosa.pk}/" not in page


def test_it_counts_no_members_for_an_administrator(ada, cast):
    User.objects.bulk_create([User(email=f"m{number}@people.example") for number in range(1300)])
    assert str(User.objects.count()) not in ada.get("/admin/accounts/user/", {"q": "erin"}).content.decode()


def test_it_tells_no_administrator_who_sent_which_letter(ada, cast):
    make_case(cast, state=State.PUBLISHED)
    page = ada.get("/admin/workflow/event/").content.decode()
    assert f'field-actor_number">{cast.mo.pk}<' in page
    assert f'field-actor_number">{cast.rosa.pk}<' not in page


def test_it_echoes_no_password_on_a_page_of_a_refusal(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.mo)
    typed = dict.fromkeys(("password", "new_password", "password1", "old_password"), "hush, hush")
    refused = client.post(reverse("workflow:queue"), {**typed, "words": "kept"}).content.decode()
    assert "hush" not in refused
    assert "kept" in refused


@pytest.mark.pure
def test_it_reads_the_words_of_a_hostile_answer_in_bounded_time():
    began = perf_counter()
    text = plain_text(clean_html(f"<p>a{' ' * 58_000}b</p><p>  c  </p>"))
    assert perf_counter() - began < 2
    assert text.split() == ["a", "b", "c"]
    assert text.endswith("b\nc")


def test_it_publishes_to_nobody_but_those_the_member_agreed_to(cast):
    case = make_case(cast, state=State.REVIEWED)
    publication.consent(case_id=case.pk, by=cast.rosa, page_hash=case.page_hash(), audience="members")
    assert not unmet_needs(Step.PUBLISH, Case.objects.get(pk=case.pk))
    Case.objects.filter(pk=case.pk).update(audience="public")
    assert "has not agreed" in unmet_needs(Step.PUBLISH, Case.objects.get(pk=case.pk))[0]


FORGED = {"X-Real-IP": "192.0.2.9", "Forwarded": "for=192.0.2.9", "Remote-User": "mo@people.example", "X-User": "1"}


@pytest.mark.parametrize("proxies", [0, 1])
def test_it_believes_no_header_that_somebody_forged(cast, settings, proxies):
    """The limit counts the machine that spoke to us, or to our one proxy, whatever chain it was sent."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies
    statuses = []
    for number in range(4):
        chain = f"198.51.100.{number}, 127.0.0.1" + (", 203.0.113.7" if proxies else "")
        headers = {**FORGED, "X-Forwarded-For": chain, "X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https"}
        client = Client(headers=headers)
        statuses.append(client.post(reverse("account_login"), {"email": cast.rosa.email}).status_code)
        page = client.get(reverse("qa:home"))
        assert "evil.example" not in page.content.decode() + str(page.headers)
        assert not page.wsgi_request.is_secure()
        assert client.get(reverse("workflow:queue")).status_code == 302, "nobody is signed in by a header"
    assert statuses == [302, 302, 302, 429]
