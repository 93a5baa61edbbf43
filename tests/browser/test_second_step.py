"""The second step in Chromium: a passkey made and used, an app set up on a phone, and pages that read well."""

import re
import time

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts import second_step
from tests.accounts.test_second_step import PASSWORD, code_at, has_an_app
from tests.browsing import barriers

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def erin(cast):
    cast.erin.set_password(PASSWORD)
    cast.erin.save()
    return cast.erin


@pytest.fixture
def at(live_server):
    """Passkeys belong to a name, never to a number: the same server under its name."""
    return lambda name: live_server.url.replace("127.0.0.1", "localhost") + reverse(name)


def give_password(page, person, at):
    page.goto(at("staff_login"))
    page.get_by_label("Your email address").fill(person.email)
    page.get_by_label("Your password").fill(PASSWORD)
    press(page, "Sign in")


def paste_password(page, person, at):
    """From the clipboard, as a password manager without a plug-in does; looked at once, and hidden again."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(at("staff_login"))
    page.get_by_label("Your email address").fill(person.email)
    field = page.get_by_label("Your password")
    page.evaluate("text => navigator.clipboard.writeText(text)", PASSWORD)
    field.focus()
    page.keyboard.press("Control+v")
    expect(field).to_have_attribute("type", "password")
    page.get_by_role("button", name="Show the password").click()
    expect(field).to_have_attribute("type", "text")
    expect(field).to_have_value(PASSWORD)
    page.get_by_role("button", name="Hide the password").click()
    expect(field).to_have_attribute("type", "password")
    assert (field.get_attribute("autocomplete"), field.get_attribute("onpaste")) == ("current-password", None)
    page.get_by_role("main").get_by_role("button", name="Sign in").click()


def test_it_makes_a_passkey_and_signs_in_with_it(page, erin, at):
    keys = page.context.new_cdp_session(page)
    keys.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasUserVerification": True, "isUserVerified": True}
    keys.send("WebAuthn.addVirtualAuthenticator", {"options": {**options, "automaticPresenceSimulation": True}})
    give_password(page, erin, at)
    expect(page.get_by_role("heading", name="One more lock on your desk")).to_be_visible()
    page.get_by_role("link", name="a passkey").click()
    page.get_by_role("button", name="Make a passkey").click()
    expect(page.get_by_role("heading", name="Your spare codes")).to_be_visible()
    page.get_by_role("link", name="I have them").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    paste_password(page, erin, at)
    page.get_by_role("button", name="Use my passkey").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    step = second_step.steps_of(erin).get()
    assert step.type == "webauthn"
    assert step.last_used_at


def test_it_sets_up_an_app_on_a_phone_without_javascript(plain_page, erin, at):
    give_password(plain_page, erin, at)
    plain_page.get_by_text("You cannot scan it?").click()
    secret = re.search(r"[A-Z2-7]{32}", plain_page.locator(".secret").inner_text()).group()
    plain_page.get_by_label("The code").fill(code_at(time.time(), secret))
    plain_page.get_by_role("button", name="Set it").click()
    expect(plain_page.get_by_role("heading", name="Your spare codes")).to_be_visible()
    assert second_step.has_one(erin)


@pytest.mark.parametrize(("width", "dark"), [(320, False), (1280, True)])
def test_its_pages_are_open_to_everybody(open_page, erin, at, width, dark):
    page = open_page(width=width, dark=dark)
    give_password(page, erin, at)
    for name in ("second_step_app", "second_step_passkey"):
        page.goto(at(name))
        assert_fine(page)
    has_an_app(erin)
    press(page, "Sign out")
    give_password(page, erin, at)
    assert_fine(page)
    page.get_by_label("The code").fill("123")
    press(page, "Go on")
    assert_fine(page)
    page.get_by_label("The code").fill(code_at(time.time()))
    press(page, "Go on")
    for name in ("own_sign_ins", "staff_change_password", "second_step"):
        page.goto(at(name))
        assert_fine(page)
    press(page, "Make new spare codes")
    expect(page.get_by_role("heading", name="Your spare codes")).to_be_visible()
    assert_fine(page)


def press(page, name):
    """Press a button and wait for the whole next page, with its styles: a bare press does not."""
    with page.expect_navigation():
        page.get_by_role("main").or_(page.get_by_role("banner")).get_by_role("button", name=name).click()


def assert_fine(page):
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]
