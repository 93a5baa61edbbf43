"""A member's pages in Chromium: the decision about the exact words, and every page on a small phone."""

from itertools import cycle

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.browsing import barriers, width_of
from tests.cast import QUESTION, again, make_case
from workflow.actions import asking, intake
from workflow.states import State

pytestmark = pytest.mark.browser
IN_SIGHT = """one => {
    const box = one.getBoundingClientRect();
    return box.left >= 0 && box.right <= innerWidth && box.bottom > 0 && box.top < innerHeight;
}"""
TOO_SMALL = """() => [...document.querySelectorAll("main button, main .button, main label, main summary, main .call")]
    .filter((item) => item.offsetParent && item.closest(".choices, .actions, .care__call, details") )
    .filter((item) => item.getBoundingClientRect().height < 44)
    .map((item) => item.textContent.trim())"""


@pytest.mark.parametrize("javascript", [True, False])
def test_it_lets_a_member_read_and_agree_to_the_exact_words(open_page, live_server, cast, sign_in, javascript):
    case = make_case(cast, state=State.REVIEWED)
    page = open_page(javascript=javascript, width=390, height=844)
    sign_in(page, cast.rosa)
    page.goto(live_server.url + reverse("workflow:my_cases"))
    page.get_by_role("link", name="Your letter of").click()
    page.get_by_role("link", name="Read your answer").click()
    expect(page.get_by_text("Only you can read this page.")).to_be_visible()
    page.get_by_role("link", name="See what others would read").click()
    expect(page.get_by_role("group", name="The page as it will appear")).to_contain_text(QUESTION)
    page.get_by_text("What we changed in your letter").click()
    expect(page.locator("del").first).to_be_visible()
    wish = page.get_by_label("What should be changed?")
    expect(wish).to_be_hidden()
    page.get_by_label("Not like this: please change something first").check()
    expect(wish).to_be_visible()
    page.get_by_label("Yes, anyone may read it").check()
    page.get_by_role("button", name="Save my decision").click()
    expect(page.get_by_text("You said that anyone may read it")).to_be_visible()
    assert again(case).has_standing_consent()


def test_it_fits_every_page_on_a_small_phone_and_breaks_no_rule_of_accessibility(open_page, live_server, cast, sign_in):
    """In the light and in the dark by turns; `make axe` looks at each in both."""
    page = open_page(width=320, height=640)
    sign_in(page, cast.rosa)
    cases = {state: make_case(cast, state=state, danger="yes") for state in State}
    intake.save_draft(member=cast.rosa, text="x" * 60, danger="yes", audience="members")
    reviewed, published = cases[State.REVIEWED].public_id, cases[State.PUBLISHED].public_id
    addresses = [reverse(f"workflow:{name}") for name in ("ask", "ask_check", "my_cases")]
    addresses += [reverse("workflow:status", args=[case.public_id]) for case in cases.values()]
    addresses += [reverse(f"workflow:{name}", args=[reviewed]) for name in ("my_answer", "consent", "withdraw")]
    addresses.append(reverse("workflow:my_unpublish", args=[published]))
    addresses.append(reverse("workflow:ask_sent", args=[cases[State.SUBMITTED].public_id]))
    for address, theme in zip(addresses, cycle(["light", "dark"]), strict=False):
        page.emulate_media(color_scheme=theme)
        page.goto(live_server.url + address)
        assert width_of(page) <= 320, address
        assert page.evaluate(TOO_SMALL) == [], address
        assert page.evaluate("getComputedStyle(document.body).fontSize") == "19px", address
        assert barriers(page) == [], (address, theme)


@pytest.mark.parametrize("javascript", [True, False])
def test_it_lets_a_member_reply_on_a_small_phone(open_page, live_server, cast, sign_in, javascript):
    case = make_case(cast, state=State.TRIAGED)
    asking.ask(case_id=case.pk, by=cast.erin, text="Has he slept at home this week?")
    page = open_page(javascript=javascript, width=320, height=640)
    sign_in(page, cast.rosa)
    page.goto(live_server.url + reverse("workflow:my_cases"))
    page.get_by_role("link", name="Your letter of").click()
    expect(page.get_by_text("Has he slept at home this week?")).to_be_visible()
    assert width_of(page) <= 320
    page.get_by_label("Your reply").fill("Only on Monday")
    if javascript:
        expect(page.locator("p[data-saved]")).to_contain_text("Saved at")
        page.reload()
    else:
        page.get_by_role("button", name="Save for later").click()
    expect(page.get_by_label("Your reply")).to_have_value("Only on Monday")
    page.get_by_label("Your reply").fill("Only on Monday and on Friday.")
    page.get_by_role("button", name="Send my reply").click()
    expect(page.get_by_text("Then the expert goes on with your answer.")).to_be_visible()
    assert case.inquiries.get().reply == "Only on Monday and on Friday."
    assert not again(case).is_paused


def test_it_writes_sends_and_reads_by_keyboard_at_twice_the_size_of_text(open_page, live_server, cast, sign_in):
    """A width of 640 with text of 200 %: nothing is cut off or scrolls sideways, and Tab reaches what has to be pressed."""
    page = open_page(width=640, height=900, reduced_motion="reduce")  # what has the focus is in sight at once
    page.add_init_script(
        "addEventListener('DOMContentLoaded', () => { document.documentElement.style.fontSize = '200%' })"
    )
    sign_in(page, cast.bela)

    def press(target):
        for _ in range(60):
            if target.evaluate("one => one === document.activeElement"):
                break
            page.keyboard.press("Tab")
        expect(target).to_be_focused()
        assert width_of(page) <= 640, page.url
        assert target.evaluate(IN_SIGHT), page.url

    page.goto(live_server.url + reverse("workflow:ask"))
    press(page.get_by_label("No", exact=True))
    page.keyboard.press("Space")
    press(page.get_by_label("Your letter"))
    page.keyboard.type(
        "My brother came home on Friday and I do not know what to say to him at breakfast. Please help me."
    )
    press(page.get_by_role("button", name="Check your letter"))
    with page.expect_navigation():  # the first letter of a process waits for the scan to be loaded
        page.keyboard.press("Enter")
    press(page.get_by_role("button", name="Send", exact=True))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("We have your letter")
    made = make_case(cast, state=State.REVIEWED, audience="public")
    sign_in(page, cast.rosa)
    page.goto(live_server.url + reverse("workflow:status", args=[made.public_id]))
    press(page.get_by_role("link", name="Read your answer"))
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Your answer")).to_be_visible()
    assert width_of(page) <= 640
