"""To one's desk, away at once, health, and the pages that say what is wrong."""

from unittest.mock import patch

import pytest
from django.conf import settings
from django.db import DatabaseError, connection
from django.test import Client, RequestFactory
from django.urls import reverse

from config import views
from tests.cast import MARKER

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    ("who", "desk"),
    [
        ("rosa", "workflow:my_cases"),
        ("erin", "workflow:answering"),
        ("mo", "workflow:queue"),
        ("mora", "workflow:queue"),
        ("ada", "admin:index"),
    ],
)
def test_it_sends_each_to_their_own_desk(cast, client, who, desk):
    client.force_login(getattr(cast, who))
    assert client.get(reverse("start")).headers["Location"] == reverse(desk)


def test_it_takes_a_person_away_at_once_and_signs_them_out(cast, client):
    client.force_login(cast.rosa)
    response = client.get(reverse("leave"))
    assert (response.status_code, response.headers["Location"]) == (302, settings.EXIT_URL)
    assert '"cookies"' in response.headers["Clear-Site-Data"]
    assert "no-store" in response.headers["Cache-Control"]
    assert client.get(reverse("account_logout")).status_code == 302, "still signed in"
    assert all(not cookie.value for cookie in response.cookies.values())


def test_it_takes_a_stranger_away_too(client, db):
    assert client.get(reverse("leave")).headers["Location"] == settings.EXIT_URL


def test_it_says_that_it_is_well_and_that_it_is_not(client, db):
    assert client.get(reverse("healthz")).content == b"ok\n"

    with patch.object(connection, "cursor", side_effect=DatabaseError):
        response = views.healthz(RequestFactory().get("/healthz"))
    assert (response.status_code, response.content) == (503, b"no database\n")


WORDS = {"text": f"{MARKER} he came home", "password": "secret", "code": "123456", "csrfmiddlewaretoken": "t"}


def shows_words(response):
    text = response.content.decode()
    assert f"{MARKER} he came home" in text
    assert "secret" not in text
    assert "123456" not in text


def test_it_keeps_what_was_typed_when_a_form_is_too_old(cast):
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.rosa)
    response = client.post(reverse("workflow:save_draft"), WORDS)
    assert response.status_code == 403
    shows_words(response)


def test_it_keeps_what_was_typed_when_the_session_is_over(cast, client):
    response = client.post(reverse("workflow:consent", args=["A" * 12]), WORDS)
    assert response.status_code == 403
    assert reverse("account_login") in response.content.decode()
    shows_words(response)


def test_it_sends_a_stranger_without_words_to_sign_in(cast, client):
    assert (
        client.post(reverse("workflow:consent", args=["A" * 12]))
        .headers["Location"]
        .startswith(reverse("account_login"))
    )


@pytest.mark.parametrize("view", [views.bad_request, views.forbidden, views.not_found])
def test_it_keeps_what_was_typed_on_every_page_that_refuses(cast, view):
    request = RequestFactory().post("/x/", WORDS)
    shows_words(view(request, Exception(f"inner {MARKER}-detail")))
    assert "detail" not in view(request, Exception("inner detail")).content.decode()


def test_it_keeps_what_was_typed_when_the_product_fails_without_asking_the_database(django_db_blocker):
    request = RequestFactory().post("/x/", WORDS)
    with django_db_blocker.block():
        shows_words(views.fault(request))


@pytest.mark.parametrize("path", ["/nothing/", "/read/nothing/", "/topics/nothing/", "/admin/nothing/", "/%00/"])
def test_it_says_nothing_but_that_there_is_nothing(cast, client, path):
    response = client.get(path, follow=True)
    assert response.status_code in {200, 404}
    if response.status_code == 404:
        assert "We cannot find that page" in response.content.decode()


def test_it_says_so_when_a_form_is_larger_than_any_letter(cast, client):
    response = client.post(reverse("account_login"), {"email": "x" * 1_200_000})
    assert response.status_code == 400
    assert "did not make sense" in response.content.decode()


def test_it_shows_no_fault_of_ours(cast, client, monkeypatch):
    client.raise_request_exception = False

    def broken(*args, **kwargs):
        raise RuntimeError(f"{MARKER} in /srv/secret")

    monkeypatch.setattr("qa.views.page_of", broken)
    response = client.get(reverse("qa:home"))
    assert response.status_code == 500
    text = response.content.decode()
    assert "not your fault" in text
    assert "No es culpa suya" in text
    assert MARKER not in text
    assert "RuntimeError" not in text


def test_it_has_one_door_for_administrators(cast, client):
    first = client.get("/admin/login/?next=/admin/")
    assert first.headers["Location"] == f"{reverse('staff_login')}?next=%2Fadmin%2F"
    for who in (cast.rosa, cast.mo, cast.erin):
        client.force_login(who)
        assert client.get("/admin/", follow=True).status_code == 404
    client.force_login(cast.ada)
    response = client.get("/admin/")
    assert response.status_code == 200
    for desk in ("workflow:rules", "workflow:help_lines", "workflow:roster", "notifications:delivery"):
        assert f'href="{reverse(desk)}"' in response.content.decode(), "an administrator starts here"
