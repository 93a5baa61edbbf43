"""The workbench in Chromium: a typical letter in under ten actions, keys, selection, undo, no JavaScript, two moderators."""

import os
import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.browsing import width_of
from tests.cast import again, topic
from workflow.actions import findings, habits, intake
from workflow.models import Finding

pytestmark = pytest.mark.browser
TYPICAL = (
    "Dear Laurie,\n\nMy son Mikey is 24 and he came home from detox at Gosnold on Friday. Mike says he is fine. We live in "
    "Gloucester and his sister Anna sees everything. He got out of the Essex County Jail on March 14. My neighbor, Mr. Ferreira, "
    "says we should let him hit bottom. You can call me at 978-555-0142.\n\nThank you,\nPatty Kowalski"
)
LOOK = os.environ.get("LOOK_DIR")


@pytest.fixture
def case(cast):
    topic()
    return intake.submit_letter(by=cast.rosa, text=TYPICAL, danger="no", audience="public")


@pytest.fixture
def workbench(live_server, sign_in, case):
    def opened(page, who):
        sign_in(page, who)
        page.goto(live_server.url + reverse("workflow:letter", args=[case.public_id]))
        return page

    return opened


def look(page, name):
    """Pictures for the people who design; nothing in the suite depends on them."""
    if LOOK:
        page.screenshot(path=f"{LOOK}/{name}.png", full_page=True)


def test_it_finishes_a_typical_letter_in_under_ten_actions(open_page, workbench, cast, case):
    page = workbench(open_page(width=1280, height=900), cast.mo)
    look(page, "workbench-1280")
    actions = 0

    def act(step):
        nonlocal actions
        step()
        actions += 1

    act(lambda: page.get_by_role("button", name=re.compile("Replace the rest")).click())
    act(lambda: page.get_by_role("button", name=re.compile("Keep the hint")).click())
    expect(page.get_by_role("heading", name="All decided")).to_be_visible()
    look(page, "workbench-decided-1280")
    act(lambda: page.get_by_label("Title").fill("When he comes home"))
    act(lambda: page.get_by_label("Early recovery").check())
    act(lambda: page.get_by_label("Could the son", exact=False).check())
    act(lambda: page.get_by_role("button", name="Save and confirm").click())
    expect(page.get_by_text("Saved and confirmed.")).to_be_visible()
    assert actions < 10
    question = again(case).question
    assert question.confirmed_by == cast.mo
    for name in ("Mikey", "Mike", "Gosnold", "Gloucester", "Anna", "Ferreira", "March 14", "555", "Patty", "Kowalski"):
        assert name not in question.text


def test_it_goes_from_finding_to_finding_by_key(open_page, workbench, cast, case):
    habits.use_keys(person=cast.mo, on=True)
    page = workbench(open_page(width=1280, height=900), cast.mo)
    page.keyboard.press("n")
    first = page.locator("[data-finding].is-current")
    expect(first).to_have_count(1)
    name = first.locator("strong").inner_text()
    page.keyboard.press("r")
    expect(page.get_by_role("status").filter(has_text="still to decide")).to_have_count(1)
    assert page.locator("[data-finding].is-current strong").inner_text() != name
    page.keyboard.press("u")
    expect(page.locator(".found-list").get_by_text(name.split(",")[0], exact=True)).to_be_visible()


def test_it_takes_out_what_is_selected_in_the_letter(open_page, workbench, cast, case):
    page = workbench(open_page(width=1280, height=900), cast.mo)
    page.evaluate(
        """() => { const walk = document.createTreeWalker(document.querySelector("[data-letter]"), NodeFilter.SHOW_TEXT);
        while (walk.nextNode()) { const at = walk.currentNode.data.indexOf("hit bottom"); if (at < 0) continue;
        const range = document.createRange(); range.setStart(walk.currentNode, at); range.setEnd(walk.currentNode, at + 10);
        getSelection().removeAllRanges(); getSelection().addRange(range); } }"""
    )
    expect(page.get_by_label("Words in the letter")).to_have_value("hit bottom")
    page.get_by_label("Instead", exact=True).fill("learn by himself")
    page.get_by_role("button", name="Take them out").click()
    expect(page.get_by_label("The question", exact=True)).to_have_value(re.compile("learn by himself"))
    assert Finding.objects.filter(case=case, kind="QUASI", decision="replaced").exists()


@pytest.mark.parametrize("width", [320, 768])
def test_it_works_without_javascript_on_a_phone(open_page, workbench, cast, case, width):
    page = workbench(open_page(javascript=False, width=width, height=740), cast.mo)
    look(page, f"workbench-{width}-plain")
    card = page.locator("[data-finding]", has_text="Gloucester").first
    card.get_by_role("textbox").first.fill("our town by the sea")
    card.get_by_role("button", name="Replace").first.click()
    expect(page.get_by_label("The question", exact=True)).to_have_value(re.compile("We live in our town by the sea"))
    assert width_of(page) <= width


def test_it_lets_one_of_two_moderators_win_and_shows_the_other_what_happened(open_page, workbench, cast, case):
    page = workbench(open_page(width=1280, height=900), cast.mo)
    expect(page.get_by_text("Undo my last decision")).to_have_count(0)
    findings.decide_rest(case_id=case.pk, by=cast.dana, hints=False)
    page.get_by_role("button", name=re.compile("Replace the rest")).click()
    expect(page.get_by_text("Somebody changed this case while you had it open", exact=False).first).to_be_visible()
    assert set(case.findings.filter(is_hint=False).values_list("decided_by", flat=True)) == {cast.dana.pk}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_every_width(open_page, workbench, cast, case, scheme):
    page = workbench(open_page(dark=scheme == "dark"), cast.mo)
    for width in (320, 768, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        look(page, f"workbench-{width}-{scheme}")
        assert width_of(page) <= width
