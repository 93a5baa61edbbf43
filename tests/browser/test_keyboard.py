"""A moderator clears a typical case by keyboard alone: take the flag on, de-identify, confirm, pass it to an expert."""

import time

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.test_desks import at, danger
from tests.cast import again, make_case, topic
from workflow.actions import habits
from workflow.models import DeskHabits
from workflow.states import State

pytestmark = pytest.mark.browser
QUEUE = reverse("workflow:queue")


@pytest.fixture
def keys_on(cast):
    habits.use_keys(person=cast.mo, on=True)


pressed = []


def press(page, *keys):
    page.wait_for_load_state("domcontentloaded")  # a key is heard once the page's scripts have run
    for key in keys:
        pressed.append(key)
        page.keyboard.press(key)


def clear_the_letter(page):
    """Decide every finding, write the title, choose a topic, vouch: with the keyboard, as a moderator would."""
    for _ in range(20):
        before = page.locator("[data-finding].is-open").count()
        if before == 0:
            break
        card = page.locator("[data-finding].is-current.is-open")
        expect(card).to_have_count(1)
        press(page, *(["r"] if card.locator("[data-replace]").count() else ["k", "Enter"]))
        expect(page.locator("[data-finding].is-open")).not_to_have_count(before)
    press(page, "t")
    expect(page.get_by_label("Title")).to_be_focused()
    page.keyboard.type("When he comes home")
    for label in ("Early recovery", "Could the son"):
        box = page.get_by_label(label, exact=False)
        for _ in range(30):
            press(page, "Tab")
            if box.evaluate("box => box === document.activeElement"):
                break
        press(page, "Space")
        expect(box).to_be_checked()
    press(page, "c")
    expect(page.get_by_role("button", name="Save and confirm")).to_be_focused()
    press(page, "Enter")


def test_it_clears_a_typical_case_by_keyboard_alone_in_under_a_minute(page, live_server, cast, sign_in, keys_on):
    topic()
    case = make_case(cast)
    danger(cast, case)
    sign_in(page, cast.mo)
    page.goto(live_server.url + QUEUE)
    pressed.clear()
    began = time.monotonic()
    press(page, "n")
    expect(page.get_by_role("heading", name=f"Case {case.pk}")).to_be_visible()
    press(page, "a")
    expect(page.get_by_text("You have taken this flag on")).to_be_visible()
    press(page, "l")
    expect(page.get_by_role("heading", name="Letter and question")).to_be_visible()
    clear_the_letter(page)
    expect(page.get_by_text("Saved and confirmed.")).to_be_visible()
    press(page, "g")
    expect(page.locator("[data-goes=assign]").first).to_be_focused()
    press(page, "E", "Tab", "p")
    expect(page.get_by_role("button", name="Pass to the experts")).to_be_focused()
    press(page, "Enter")
    expect(page.get_by_text("Passed to the experts.")).to_be_visible()
    took = time.monotonic() - began
    assert (again(case).state, again(case).expert) == (State.TRIAGED, cast.erin)
    assert took < 60, (took, len(pressed))
    assert len(pressed) <= 40, pressed  # beside the words of the title


def test_it_marks_rows_opens_one_shows_the_list_of_keys_and_rests_while_typing(
    page, live_server, cast, sign_in, keys_on
):
    first, second = make_case(cast), make_case(cast)
    sign_in(page, cast.mo)
    page.goto(live_server.url + QUEUE)
    press(page, "j", "j")
    expect(page.get_by_role("link", name=f"Case {second.pk}")).to_be_focused()
    press(page, "k")
    expect(page.get_by_role("link", name=f"Case {first.pk}")).to_be_focused()
    press(page, "?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    press(page, "Escape", "o")
    expect(page.get_by_role("heading", name=f"Case {first.pk}")).to_be_visible()
    press(page, "l")
    page.get_by_label("Title").press_sequentially("no quick jokes")
    expect(page.get_by_label("Title")).to_have_value("no quick jokes")


def test_it_listens_to_no_key_that_was_not_asked_for_and_to_those_that_were_chosen(page, live_server, cast, sign_in):
    case = make_case(cast)
    sign_in(page, cast.mo)
    page.goto(at(live_server, "case", case))
    press(page, "q", "l", "n")
    page.wait_for_timeout(300)
    assert page.url == at(live_server, "case", case)
    DeskHabits.objects.update_or_create(person=cast.mo, defaults={"uses_keys": True, "keys": {"queue": "z"}})
    page.reload()
    press(page, "q", "z")
    page.wait_for_url(live_server.url + QUEUE)


def test_it_writes_inserts_looks_and_leads_to_sending_by_keys(page, live_server, cast, sign_in):
    case = make_case(cast, state=State.TRIAGED)
    habits.use_keys(person=cast.erin, on=True)
    sign_in(page, cast.erin)
    page.goto(live_server.url + reverse("workflow:answering"))
    press(page, "j", "o")
    expect(page.locator(".ProseMirror[contenteditable]")).to_be_visible()
    press(page, "e")
    expect(page.locator(".ProseMirror[contenteditable]")).to_be_focused()
    page.keyboard.type("Even quiet hours wait. ")
    expect(page.locator(".ProseMirror[contenteditable]")).to_contain_text("Even quiet hours wait.")
    press(page, "Escape", "i")
    expect(page.get_by_text("Insert something")).to_be_focused()
    press(page, "s")
    expect(page.locator("[data-saved]")).to_contain_text("aved")
    press(page, "w")
    expect(page.get_by_role("button", name="Send for review")).to_be_focused()
    assert again(case).state == State.TRIAGED
    press(page, "Enter")
    expect(page.get_by_text("In review").first).to_be_visible()
    press(page, "?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("Go to “Send for review”")


def test_it_reviews_by_keys_and_leads_to_returning_and_approving(page, live_server, cast, sign_in, keys_on):
    case = make_case(cast, state=State.DRAFTED)
    sign_in(page, cast.mo)
    page.goto(at(live_server, "review", case))
    press(page, "b")
    expect(page.get_by_text("You are at this review until")).to_be_visible()
    press(page, "r")
    page.keyboard.type("Shorter, please.")
    expect(page.get_by_label("What should change?", exact=False).first).to_have_value("Shorter, please.")
    page.locator("h1").click()
    press(page, "y")
    expect(page.get_by_role("button", name="Approve the answer")).to_be_focused()
    assert again(case).state == State.DRAFTED


def test_it_hears_no_key_beside_a_letter_unless_they_are_switched_on(page, live_server, cast, sign_in):
    case = make_case(cast)
    sign_in(page, cast.mo)
    page.goto(at(live_server, "letter", case))
    before = page.locator("[data-finding].is-open").count()
    press(page, "n", "r", "k")
    page.wait_for_timeout(300)
    expect(page.locator("[data-finding].is-open")).to_have_count(before)
    expect(page.locator(".found-keys")).not_to_contain_text("Keys:")
