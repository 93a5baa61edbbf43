"""Leaving at once, signing out, and what Back shows: in the whole browser, as people have it, with its cache of whole pages."""

import re

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import Session
from tests.browser.test_writing import ASK, AT_ONCE, LINE, fill
from tests.cast import MARKER, make_case
from workflow.models import Case

pytestmark = pytest.mark.browser


@pytest.fixture
def browser(whole_browser):
    return whole_browser


@pytest.fixture
def writing(page, live_server, cast, sign_in):
    sign_in(page, cast.rosa)
    page.goto(live_server.url + ASK)
    return page


def private_pages(case):
    """Pages of a member's own, as addresses take them; the last one shows the letter."""
    return [("own_account", []), ("workflow:my_cases", []), ("workflow:status", [case.public_id])]


STORES = """async () => ({ local: localStorage.length, session: sessionStorage.length,
    databases: (await indexedDB.databases()).length, caches: window.caches ? (await caches.keys()).length : 0 })"""


def exits(page, how, live_server):
    if how == "leave":
        page.get_by_role("link", name="Leave").click()
        page.wait_for_url(settings.EXIT_URL)
    elif how == "sign out":
        page.get_by_role("banner").get_by_role("button", name="Sign out").click()
        page.wait_for_url(f"{live_server.url}/")
    else:
        Session.objects.all().delete()
        page.goto(live_server.url + reverse("qa:about"))


@pytest.mark.parametrize(
    ("how", "javascript"),
    [("leave", True), ("leave", False), ("sign out", True), ("sign out", False), ("expiry", True)],
)
def test_it_leaves_at_once_and_signs_out(cast, open_page, live_server, sign_in, how, javascript):
    """Back shows nothing private afterwards, with the cache of whole pages on as people have it, and nothing is stored."""
    case = make_case(cast)
    page = open_page(javascript=javascript, guarded=False)
    page.route(settings.EXIT_URL, lambda route: route.fulfill(body="", content_type="text/html"))
    sign_in(page, cast.rosa)
    private = [live_server.url + reverse(name, args=args) for name, args in private_pages(case)]
    for address in private:
        page.goto(address)
    assert MARKER in page.content()
    if javascript:
        assert set(page.evaluate(STORES).values()) == {0}
    exits(page, how, live_server)
    page.wait_for_timeout(300)
    assert not Session.objects.filter(person=cast.rosa).exists()
    for _ in private:
        page.go_back(wait_until="commit")
        page.wait_for_timeout(300)
        text = page.locator("body").inner_text()
        assert MARKER not in text, page.url
        assert "Your account" not in text, page.url
    if javascript and page.url.startswith(live_server.url):
        assert set(page.evaluate(STORES).values()) == {0}


def test_this_browser_keeps_whole_pages(open_page, live_server, db):
    page = open_page(guarded=False)
    page.goto(live_server.url + reverse("qa:about"))
    page.evaluate("window.kept = 1")
    page.goto(live_server.url + reverse("qa:topics"))
    page.go_back(wait_until="commit")
    assert page.evaluate("window.kept") == 1


def test_it_comes_back_to_the_kept_words_after_a_mistake(writing, live_server):
    writing.get_by_role("button", name="Check your letter").click()
    expect(writing.get_by_text("Something is missing or needs a change")).to_be_visible()
    writing.get_by_label("Your letter").fill(LINE)
    expect(writing.locator("p.saved")).to_have_text(re.compile(r"Saved at"), timeout=AT_ONCE)
    writing.reload()
    assert writing.get_by_label("Your letter").input_value() == LINE
    writing.goto(live_server.url + reverse("qa:home"))
    writing.go_back()
    assert writing.get_by_label("Your letter").input_value() == LINE


def test_it_makes_one_letter_of_an_impatient_double_press(writing):
    fill(writing, LINE)
    writing.get_by_role("button", name="Check your letter").click()
    writing.get_by_role("button", name="Send", exact=True).dblclick()
    expect(writing.get_by_role("heading", name="We have your letter")).to_be_visible()
    writing.go_back()
    writing.reload()
    assert Case.objects.count() == 1
