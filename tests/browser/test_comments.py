"""A reviewer marks a passage in Chromium and comments on it; the expert edits near it and resolves it."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.browsing import width_of
from tests.cast import again, make_case
from workflow.actions import review
from workflow.models import Comment
from workflow.states import State

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PASSAGE = "Choose a calm hour."


@pytest.fixture
def case(cast):
    return make_case(cast, state=State.DRAFTED)


def at(live_server, name, case):
    return live_server.url + reverse(f"workflow:{name}", args=[case.public_id])


def comment_panel(page):
    return page.get_by_role("region", name="Comments")


def test_it_comments_on_a_marked_passage_that_survives_an_edit(page, second_page, live_server, case, cast, sign_in):
    sign_in(page, cast.mo)
    page.goto(at(live_server, "review", case))
    page.get_by_text(PASSAGE).select_text()
    expect(page.get_by_label("The words it is about")).to_have_value(PASSAGE)
    page.get_by_label("Your comment").fill("Which hour is calm?")
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.locator("mark.passage")).to_have_text(PASSAGE)
    expect(comment_panel(page)).to_contain_text("Which hour is calm?")
    review.request_changes(case_id=case.pk, by=cast.mo, seen=None, comment="One comment.")

    erin = second_page
    sign_in(erin, cast.erin)
    erin.goto(at(live_server, "write", case))
    expect(comment_panel(erin)).to_contain_text(PASSAGE)
    editor = erin.get_by_role("textbox", name="Your answer")
    editor.get_by_text(PASSAGE).click()
    erin.keyboard.press("End")
    erin.keyboard.type(" After supper, say.")
    erin.get_by_role("button", name="Save", exact=True).click()
    erin.wait_for_load_state()
    assert "After supper, say." in again(case).draft.body
    expect(comment_panel(erin)).not_to_contain_text("No longer in the text")
    erin.get_by_text("With a reply", exact=True).click()
    erin.get_by_label("Your reply to Mo").fill("After supper.")
    erin.get_by_role("button", name="Done").click()
    expect(erin.get_by_text("After supper.", exact=True)).to_be_visible()
    assert Comment.objects.get().resolved_by == cast.erin
    erin.get_by_role("button", name="Send for review").click()
    expect(erin.get_by_text("Sent for review.")).to_be_visible()


def test_it_takes_a_comment_without_scripts_on_a_small_phone(open_page, live_server, case, cast, sign_in):
    page = open_page(javascript=False, width=320, height=640)
    sign_in(page, cast.mo)
    page.goto(at(live_server, "review", case))
    page.get_by_label("The words it is about").fill("Choose a hour")
    page.get_by_label("Your comment").fill("Which hour is calm?")
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.get_by_text("These words do not stand in the answer.").first).to_be_visible()
    assert page.get_by_label("Your comment").input_value() == "Which hour is calm?"
    page.get_by_label("The words it is about").fill("calm hour")
    page.get_by_role("button", name="Comment", exact=True).click()
    expect(page.locator("mark.passage")).to_have_text("calm hour")
    assert width_of(page) <= 320
