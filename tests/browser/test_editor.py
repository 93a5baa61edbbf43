"""The editor under the strict policy: it starts without a violation, formats, saves by itself, sends; and without JavaScript."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.browsing import width_of
from tests.cast import ANSWER, again, make_case
from workflow.actions import answering, triage
from workflow.safety.words import Category, Severity, Subject, Timing
from workflow.states import State

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def case(cast):
    return make_case(cast, state=State.TRIAGED)


@pytest.fixture
def address(live_server, case):
    return live_server.url + reverse("workflow:write", args=[case.public_id])


@pytest.fixture
def writing(page, address, cast, sign_in):
    """erin's page with the editor ready."""
    sign_in(page, cast.erin)
    page.goto(address)
    expect(page.get_by_role("textbox", name="Your answer")).to_be_visible()
    return page


def editor(page):
    return page.get_by_role("textbox", name="Your answer")


def kept(case):
    case = again(case)
    return case.draft.body if case.draft else ""


def test_it_types_formats_and_saves_by_itself(writing, case):
    editor(writing).click()
    writing.keyboard.type("You are ")
    writing.keyboard.press("Control+b")
    writing.keyboard.type("not")
    writing.keyboard.press("Control+b")
    writing.keyboard.type(" alone.")
    writing.keyboard.press("Enter")
    writing.keyboard.type("- one step", delay=5)
    expect(writing.locator("p[data-saved]")).to_contain_text("Saved at", timeout=15_000)
    assert kept(case) == "<p>You are <strong>not</strong> alone.</p><ul><li><p>one step</p></li></ul>"
    writing.keyboard.type(" tonight")
    expect(writing.locator("[name=based_on]")).to_have_value("2", timeout=15_000)
    assert "one step tonight" in kept(case)


def test_it_waits_for_a_save_under_way_when_it_is_sent(writing, case):
    """Else what is sent would not know of that save, and be taken for somebody else's version."""
    saved = []
    writing.route("**/save/", lambda route: saved.append((route, route.fetch())))
    editor(writing).click()
    writing.keyboard.type("You are not alone.")
    writing.keyboard.press("Control+s")
    while not saved:
        writing.wait_for_timeout(50)
    writing.keyboard.type(" And more.")
    writing.get_by_role("button", name="Send for review").click(no_wait_after=True)
    writing.wait_for_timeout(300)
    route, answer = saved.pop(0)
    route.fulfill(response=answer)
    expect(writing.get_by_role("button", name="Send for review")).to_be_hidden()
    assert again(case).state == State.DRAFTED
    assert kept(case) == "<p>You are not alone. And more.</p>"


def test_it_makes_a_heading_and_a_link_from_the_menu(writing, case):
    editor(writing).click()
    writing.keyboard.type("Tonight")
    writing.locator(".prose-menubar__selected").first.click()
    writing.locator(".prose-menubar__picker").get_by_text("Heading 2").click()
    writing.keyboard.press("End")
    writing.keyboard.press("Enter")
    writing.keyboard.type("Al-Anon")
    for _ in "Al-Anon":
        writing.keyboard.press("Shift+ArrowLeft")
    writing.locator(".prose-menubar").get_by_title("insert link").click()
    dialog = writing.get_by_role("dialog")
    dialog.locator("input").first.fill("https://al-anon.org/")
    dialog.get_by_role("button").first.click()
    writing.keyboard.press("Control+s")
    expect(writing.locator("p[data-saved]")).to_contain_text("Saved at")
    assert kept(case) == (
        '<h2>Tonight</h2><p><a href="https://al-anon.org/" rel="noopener noreferrer nofollow">Al-Anon</a></p>'
    )


def test_it_changes_no_word_of_an_answer_by_opening_it(page, address, case, cast, sign_in):
    answering.save_answer(case_id=case.pk, by=cast.erin, body=ANSWER, based_on=0)
    sign_in(page, cast.erin)
    page.goto(address)
    expect(editor(page)).to_contain_text("Choose a calm hour.")
    page.keyboard.press("Control+s")
    expect(page.locator("p[data-saved]")).to_contain_text("Saved at")
    assert case.question.revisions.count() == 1


def test_it_says_saved_only_after_the_server_did(writing, case):
    writing.route("**/save/", lambda route: route.abort())
    editor(writing).click()
    writing.keyboard.type("Not lost.")
    writing.keyboard.press("Control+s")
    expect(writing.locator("p[data-saved]")).to_contain_text("Not saved yet. We keep trying.")
    assert kept(case) == ""
    writing.unroute("**/save/")
    expect(writing.locator("p[data-saved]")).to_contain_text("Saved at", timeout=15_000)
    assert kept(case) == "<p>Not lost.</p>"


def test_it_tells_of_a_second_window_and_keeps_both_texts(writing, case, cast):
    answering.save_answer(case_id=case.pk, by=cast.erin, body="<p>From the other window.</p>", based_on=0)
    editor(writing).click()
    writing.keyboard.type("From this window.")
    writing.keyboard.press("Control+s")
    expect(writing.locator("p[data-saved]")).to_contain_text("A newer version")
    writing.get_by_role("button", name="Save", exact=True).click()
    expect(writing.get_by_role("heading", name="Two versions of this answer")).to_be_visible()
    expect(writing.locator("#theirs + p + .answer")).to_contain_text("From the other window.")
    expect(writing.locator("#yours + p + .answer")).to_contain_text("From this window.")
    writing.get_by_role("button", name="Keep mine").click()
    expect(editor(writing)).to_contain_text("From this window.")
    assert kept(case) == "<p>From this window.</p>"


def test_it_sends_for_review(writing, case):
    editor(writing).click()
    writing.keyboard.type("You are doing a great deal.")
    writing.get_by_role("button", name="Send for review").click()
    expect(writing.get_by_text("Sent for review.")).to_be_visible()
    assert again(case).state == State.DRAFTED
    assert kept(case) == "<p>You are doing a great deal.</p>"


def test_it_reaches_every_button_by_keyboard(writing):
    editor(writing).focus()
    names = []
    for _ in range(12):
        writing.keyboard.press("Shift+Tab")
        names.append(writing.evaluate("document.activeElement.title || document.activeElement.textContent.trim()"))
    assert {"bold", "italic", "blockquote"} <= {name.lower() for name in names}, names


def test_it_fits_any_width(writing):
    writing.evaluate("document.fonts.ready.then(() => true)")  # until then the toolbar's icons are words
    for width, theme in ((320, "light"), (768, "dark"), (1280, "light")):
        writing.emulate_media(color_scheme=theme)
        writing.set_viewport_size({"width": width, "height": 900})
        assert width_of(writing) <= width


def test_it_takes_plain_text_without_javascript(plain_page, address, case, cast, sign_in):
    sign_in(plain_page, cast.erin)
    plain_page.goto(address)
    expect(plain_page.locator("noscript .hint")).to_be_visible()
    area = plain_page.get_by_label("Your answer")
    area.fill("You are tired.\n\nThat is no wonder.")
    plain_page.get_by_role("button", name="Preview").click()
    expect(plain_page.locator(".answer p")).to_have_text(["You are tired.", "That is no wonder."])
    plain_page.get_by_role("link", name="Back to the answer").click()
    plain_page.get_by_role("button", name="Send for review").click()
    expect(plain_page.get_by_text("Sent for review.")).to_be_visible()
    assert kept(case) == "<p>You are tired.</p><p>That is no wonder.</p>"


def test_each_part_stands_behind_what_is_written_and_never_inside_another(page, address, case, cast, sign_in):
    """A second block went into the first one's, so a child agency stood in the words about 911."""
    triage.raise_flag(
        case_id=case.pk, by=cast.mo, note="", category=Category.OVERDOSE, severity=Severity.URGENT,
        subject=Subject.LOVED_ONE, timing=Timing.RECENT,
    )  # fmt: skip
    sign_in(page, cast.erin)
    page.goto(address)
    editor(page).click()
    page.keyboard.type("Call now.")
    parts = page.get_by_role("button", name="Insert the words")
    put_in = []
    for _ in range(2):
        name = " ".join(parts.first.text_content().split())
        put_in.append(parts.first.get_attribute("data-insert"))
        parts.first.click()
        expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)  # the list follows what is written
    standing = page.evaluate(
        "[...document.querySelectorAll('.ProseMirror[contenteditable=true] > *')].map((one) => one.textContent)"
    )
    whole = page.evaluate(
        "(parts) => parts.flatMap((html) => [...new DOMParser().parseFromString(html, 'text/html').body.children])"
        ".map((one) => one.textContent)",
        put_in,
    )
    assert standing == ["Call now.", *whole]
