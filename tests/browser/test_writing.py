"""Writing a letter in Chromium: with and without JavaScript, offline, signed out. Not one character is lost."""

import json
import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import Session
from notifications.models import Message
from qa.models import Letter, LetterDraft
from workflow.models import Case

pytestmark = pytest.mark.browser
ASK = reverse("workflow:ask")
LINE = "She came home at four and I sat on the stairs and counted. I do not know what to say to her.\n"
LONG = (LINE * 300)[:20_000].strip()
AT_ONCE = 15_000


@pytest.fixture
def write(live_server, cast, sign_in):
    """Rosa opens the writing page in this browser."""

    def opened(page):
        sign_in(page, cast.rosa)
        page.goto(live_server.url + ASK)
        return page

    return opened


def fill(page, text, danger="No"):
    page.get_by_label(danger, exact=True).check()
    page.get_by_label("Your letter").fill(text)


def send(page):
    page.get_by_role("button", name="Check your letter").click()
    expect(page.get_by_role("heading", name="Is this what you want to send?")).to_be_visible()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", name="We have your letter")).to_be_visible()


def sign_in_by_code(page, address):
    """The real sign-in, code and all, in the page where it is asked for."""
    page.get_by_label(re.compile("email", re.IGNORECASE)).fill(address)
    page.locator("main form button").first.click()
    page.wait_for_url("**/code/**")
    code = json.loads(Message.objects.latest("pk").sealed)["code"]
    page.locator("main input[name=code]").fill(code)
    page.locator("main form button").first.click()


@pytest.mark.parametrize("javascript", [True, False])
def test_it_takes_a_letter_on_a_phone(open_page, write, javascript):
    page = write(open_page(javascript=javascript, width=320, height=640))
    card = page.locator("#care-now")
    expect(card).to_be_hidden()
    fill(page, LINE, danger="Yes")
    expect(card).to_be_visible()
    page.get_by_label("Anyone, so that other families can find it").check()
    send(page)
    assert Letter.objects.get().text == LINE.strip()
    assert Case.objects.get().tier == 0
    page.get_by_role("link", name="See where your letter is").click()
    expect(page.get_by_text("A person reads your letter")).to_be_visible()


@pytest.mark.parametrize("javascript", [True, False])
def test_it_keeps_everything_when_something_is_missing(open_page, write, javascript):
    page = write(open_page(javascript=javascript))
    page.get_by_label("Your letter").fill(LONG)
    page.get_by_role("button", name="Check your letter").click()
    expect(page.get_by_text("Something is missing or needs a change")).to_be_visible()
    assert page.get_by_label("Your letter").input_value() == LONG
    if javascript:
        expect(page.locator("[data-focus]")).to_be_focused()


def test_it_cuts_off_nothing_that_is_pasted(page, write):
    write(page)
    fill(page, "x" * 30_000)
    assert len(page.get_by_label("Your letter").input_value()) == 30_000
    expect(page.locator("#id_text-counter")).to_have_text("30,000 of 25,000 characters: 5,000 too many")


def test_it_says_saved_only_after_it_is_and_goes_on_after_a_lost_connection(page, write):
    write(page)
    saved = page.locator("p.saved")
    fill(page, LINE)
    expect(saved).to_have_text(re.compile(r"Saved at"), timeout=AT_ONCE)
    assert LetterDraft.objects.get().text == LINE
    page.context.set_offline(True)
    page.get_by_label("Your letter").press_sequentially("And more.")
    expect(saved).to_have_text(re.compile("Not saved since .* We keep trying"), timeout=AT_ONCE)
    assert LetterDraft.objects.get().text == LINE
    page.context.set_offline(False)
    expect(saved).to_have_text(re.compile(r"Saved at"), timeout=AT_ONCE)
    assert "And more." in LetterDraft.objects.get().text


def test_it_keeps_the_last_words_of_somebody_who_goes_to_another_page_at_once(page, write, live_server):
    write(page)
    fill(page, LINE)
    page.goto(live_server.url + reverse("qa:home"))
    letter = page.get_by_label("Your letter")
    for _ in range(40):  # the save goes on when its page is gone, beside the next ones
        page.goto(live_server.url + ASK)
        if letter.input_value():
            break
        page.wait_for_timeout(250)
    assert letter.input_value() == LINE


def test_it_opens_again_with_what_was_saved_and_wipes_it_with_one_tap(page, second_page, write):
    write(page)
    fill(page, LINE, danger="I am not sure")
    expect(page.locator("p.saved")).to_have_text(re.compile(r"Saved at"), timeout=AT_ONCE)
    write(second_page)
    assert second_page.get_by_label("Your letter").input_value() == LINE
    expect(second_page.get_by_label("I am not sure")).to_be_checked()
    second_page.get_by_role("button", name="Delete what I wrote").click()
    expect(second_page.get_by_text("What you had written is deleted.")).to_be_visible()
    assert second_page.get_by_label("Your letter").input_value() == ""
    assert LetterDraft.objects.get().text == ""


def test_it_tells_two_windows_of_each_other(page, second_page, write):
    write(page)
    write(second_page)
    fill(page, LINE)
    expect(page.locator("p.saved")).to_have_text(re.compile(r"Saved at"), timeout=AT_ONCE)
    fill(second_page, "Other words.")
    expect(second_page.locator("p.saved")).to_have_text(re.compile("another window"), timeout=AT_ONCE)
    assert LetterDraft.objects.get().text == LINE
    assert second_page.get_by_label("Your letter").input_value() == "Other words."


def test_it_loses_nothing_when_the_session_ends_while_writing(page, write, cast, sign_in):
    """As after signing in again in another window: a new session, and a new token for every form."""
    write(page)
    fill(page, LONG[:-1])
    expect(page.locator("p.saved")).to_have_text(re.compile(r"Saved at"), timeout=AT_ONCE)
    Session.objects.all().delete()
    page.get_by_label("Your letter").press_sequentially(LONG[-1])
    expect(page.locator("p.saved")).to_have_text(re.compile("You are signed out"), timeout=AT_ONCE)
    expect(page.get_by_role("link", name="Sign in again in a new window")).to_be_visible()
    assert page.get_by_label("Your letter").input_value() == LONG
    page.context.clear_cookies(name="csrftoken")
    sign_in(page, cast.rosa)
    expect(page.locator("p.saved")).to_have_text(re.compile(r"Saved at"), timeout=2 * AT_ONCE)
    assert LetterDraft.objects.get().text == LONG
    send(page)
    assert Letter.objects.get().text == LONG


@pytest.mark.parametrize("javascript", [True, False])
def test_it_brings_back_what_was_sent_after_the_session_had_ended(open_page, write, cast, javascript):
    page = write(open_page(javascript=javascript))
    fill(page, LONG, danger="I am not sure")
    Session.objects.all().delete()
    page.get_by_role("button", name="Check your letter").click()
    expect(page.get_by_text("What you wrote is kept")).to_be_visible()
    sign_in_by_code(page, cast.rosa.email)
    expect(page.get_by_text("everything you wrote is here")).to_be_visible()
    assert page.get_by_label("Your letter").input_value() == LONG
    expect(page.get_by_label("I am not sure")).to_be_checked()
    send(page)
    assert Letter.objects.get().text == LONG


def test_it_gives_up_a_save_under_way_when_the_form_is_sent(page, write):
    """After the session's end the answer to that save would take away the new session, in which the words wait."""
    write(page)
    page.route(f"**{ASK}**", lambda route: None)  # nothing is answered from here on
    with page.expect_request(f"**{reverse('workflow:save_draft')}"):
        fill(page, LINE)
    with page.expect_event("requestfailed", lambda request: request.url.endswith(reverse("workflow:save_draft"))):
        page.get_by_role("button", name="Check your letter").click(no_wait_after=True)
