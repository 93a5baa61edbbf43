"""While an administrator edits a mail, it is shown as it will read; without JavaScript a button shows it."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from notifications.models import Wording

pytestmark = pytest.mark.browser


def open_mail(page, live_server, sign_in, person):
    sign_in(page, person)
    page.goto(live_server.url + reverse("notifications:wording", args=["received", "en"]))


def test_it_shows_the_mail_as_it_is_typed(page, live_server, cast, sign_in):
    open_mail(page, live_server, sign_in, cast.ada)
    page.get_by_label("First sentence", exact=True).fill("It is here, <b>safe</b> & sound at {name}")
    expect(page.locator("#looks")).to_contain_text("As it is now.")  # code is refused: what is now stays in sight
    page.get_by_label("First sentence", exact=True).fill("It is here, at {name}")
    expect(page.locator("#looks .mail-shown__text").first).to_contain_text("It is here, at Allay")
    assert not Wording.objects.exists()


def test_it_shows_it_by_a_button_without_javascript(plain_page, live_server, cast, sign_in):
    open_mail(plain_page, live_server, sign_in, cast.ada)
    plain_page.get_by_label("First sentence", exact=True).fill("It is here, at {name}")
    plain_page.get_by_role("button", name="Show it first").click()
    expect(plain_page.locator("#looks .mail-shown__text").first).to_contain_text("It is here, at Allay")
    expect(plain_page.get_by_label("First sentence", exact=True)).to_have_value("It is here, at {name}")
    plain_page.get_by_role("button", name="Save").click()
    expect(plain_page.get_by_text("Saved. The next mail says it.")).to_be_visible()


def test_a_long_sentence_is_seen_whole_on_a_small_phone_and_stays_one_line(open_page, live_server, cast, sign_in):
    page = open_page(width=320, height=640)
    open_mail(page, live_server, sign_in, cast.ada)
    field = page.get_by_label("First sentence", exact=True)
    said = "It has come to us at {name}, and a person will look at it before the day is over, whatever day it is."
    field.fill(said.replace(", ", ",\n"))
    assert field.evaluate("one => one.scrollHeight <= one.clientHeight")
    with page.expect_navigation():
        page.get_by_role("button", name="Save").click()
    assert Wording.objects.get().words["first"] == said
