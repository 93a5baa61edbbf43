"""An administrator's day by keyboard alone: sign in, name a colleague, word a mail, look at figures."""

import re
import time

import pytest
from playwright.sync_api import expect

from accounts.models import RoleGrant, User
from notifications.models import Wording
from tests.accounts.test_second_step import PASSWORD, code_at, has_an_app

pytestmark = pytest.mark.browser
MOST_STOPS = 150  # the list of mails is long


def go_to(page, target):
    """Press Tab until the target has the focus, as somebody does who has no mouse; where it is must be seen."""
    expect(target).to_be_visible()
    for _ in range(MOST_STOPS):
        if target.evaluate("one => one === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(target).to_be_focused()
    assert target.evaluate(
        "one => getComputedStyle(one).outlineStyle !== 'none' || getComputedStyle(one).boxShadow !== 'none'"
    )


def follow(page, target):
    go_to(page, target)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def write(page, label, words):
    go_to(page, page.get_by_label(label, exact=True))
    page.keyboard.press("Control+a")
    page.keyboard.type(words)


def test_it_signs_in_names_a_colleague_words_a_mail_and_looks_at_figures(page, live_server, cast):
    cast.ada.set_password(PASSWORD)
    cast.ada.save()
    has_an_app(cast.ada)
    main, door = page.get_by_role("main"), page.get_by_role("navigation", name="Main")

    page.goto(live_server.url)
    follow(page, page.get_by_role("link", name="For our team"))
    write(page, "Your email address", cast.ada.email)
    write(page, "Your password", PASSWORD)
    follow(page, main.get_by_role("button", name="Sign in", exact=True))
    write(page, "The code", code_at(time.time()))
    follow(page, main.get_by_role("button", name="Go on"))

    page.goto(live_server.url)  # what she set the service up with leads on to the site; from there it is doors
    follow(page, door.get_by_role("link", name="People"))
    follow(page, page.locator(".object-tools .addlink"))
    go_to(page, page.locator("#id_email"))
    page.keyboard.type("nell@people.example")
    go_to(page, page.locator("#id_called"))
    page.keyboard.type("Nell")
    go_to(page, page.locator("#id_grants-0-role"))
    page.keyboard.type("Expert")
    follow(page, page.get_by_role("button", name="Save", exact=True))
    nell = User.objects.get(email="nell@people.example")
    assert RoleGrant.objects.get(user=nell, role="expert").granted_by == cast.ada

    page.goto(live_server.url)
    follow(page, door.get_by_role("link", name="Mail"))
    follow(page, page.get_by_role("link", name="Read and change the words of our mails"))
    follow(page, page.get_by_role("link", name=re.compile("what was sent has arrived, English")))
    write(page, "First sentence", "It is here, at {name}.")
    follow(page, page.get_by_role("button", name="Save"))
    expect(page.get_by_text("Saved. The next mail says it.")).to_be_visible()
    assert Wording.objects.get().words["first"] == "It is here, at {name}."

    follow(page, door.get_by_role("link", name="Figures"))
    expect(page.get_by_role("heading", name="How the work goes")).to_be_visible()
    follow(page, page.get_by_role("link", name="How well danger is seen"))
    expect(page.get_by_role("heading", name="How well danger is seen")).to_be_visible()
    go_to(page, page.get_by_text("Everything by week"))
    page.keyboard.press("Enter")
    expect(page.get_by_role("table").first).to_be_visible()
