"""Helps while writing, in Chromium: words are named as one types and marked on the screen only; parts go in where one writes."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import Session
from tests.cast import again, make_case
from workflow.states import State

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def case(cast):
    return make_case(cast, state=State.TRIAGED)


@pytest.fixture
def writing(page, live_server, case, cast, sign_in):
    sign_in(page, cast.erin)
    page.goto(live_server.url + reverse("workflow:write", args=[case.public_id]))
    expect(editor(page)).to_be_visible()
    return page


def editor(page):
    return page.get_by_role("textbox", name="Your answer")


def test_it_names_words_as_they_are_typed_and_changes_none(writing, case):
    editor(writing).click()
    writing.keyboard.type("An addict needs time.")
    expect(writing.locator(".advice__item mark").first).to_have_text("addict", timeout=15_000)
    expect(writing.locator("p[data-saved]")).to_contain_text("Saved at", timeout=15_000)
    assert again(case).draft.body == "<p>An addict needs time.</p>"
    assert writing.evaluate("[...CSS.highlights.get('advice')].map((range) => range.toString())") == ["addict"]
    expect(editor(writing).locator("mark")).to_have_count(0)


def test_it_puts_a_help_line_in_where_one_writes(writing, case):
    editor(writing).click()
    writing.keyboard.type("First.")
    writing.get_by_text("Insert something").click()
    writing.get_by_role("button", name="988 Suicide & Crisis Lifeline").click()
    writing.keyboard.press("Control+s")
    expect(writing.locator("p[data-saved]")).to_contain_text("Saved at", timeout=15_000)
    body = again(case).draft.body
    assert body.startswith("<p>First.</p><blockquote><h3>Help line: 988 Suicide")
    assert 'href="tel:988"' in body


def test_it_loses_nothing_offline_for_a_minute_or_signed_out(writing, case, cast, sign_in):
    saved = writing.locator("p[data-saved]")
    editor(writing).click()
    writing.keyboard.type("Before. ")
    expect(saved).to_contain_text("Saved at", timeout=15_000)
    writing.context.set_offline(True)
    writing.clock.install()  # from here on the minute passes when this test says so, and time goes on beside
    for second in range(6):
        writing.keyboard.type(f"Offline {second}. ")
        writing.clock.run_for(10_000)
        expect(saved).to_contain_text("Not saved")
    writing.context.set_offline(False)
    expect(saved).to_contain_text("Saved at", timeout=20_000)
    assert "Offline 5." in again(case).draft.body
    Session.objects.all().delete()
    writing.keyboard.type("Signed out.")
    expect(saved).to_contain_text("You are signed out", timeout=20_000)
    expect(writing.get_by_role("link", name="Sign in again in a new window")).to_be_visible()
    assert "Signed out." not in again(case).draft.body
    sign_in(writing, cast.erin)
    expect(saved).to_contain_text("Saved at", timeout=30_000)
    assert again(case).draft.body.endswith("Offline 5. Signed out.</p>")
