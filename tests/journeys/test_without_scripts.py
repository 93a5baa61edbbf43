"""A moderator and an expert on small phones with JavaScript off: from the queue to a published page, by links and forms alone."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from qa.models import Publication
from tests.cast import again, make_case, topic
from tests.journeys.test_three_people import decide_findings
from workflow.actions import publication
from workflow.states import State

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]
ANSWER = "You are doing a great deal already. Choose a calm hour."
TITLE = "When he comes home at night"


@pytest.fixture
def person(open_page, live_server, sign_in):
    """Somebody's phone, with their start page open."""

    def opened(who):
        tab = open_page(javascript=False, width=320, height=640)
        sign_in(tab, who)
        tab.goto(live_server.url + reverse("start"))
        return tab

    return opened


def press(tab, button):
    tab.get_by_role("main").get_by_role("button", name=button, exact=True).first.click()


def test_it_takes_a_letter_to_a_page_for_readers_without_scripts(cast, person, live_server):
    topic()
    case = make_case(cast)
    moderator, expert = person(cast.mo), person(cast.erin)
    moderator.get_by_role("link", name=f"Case {case.pk}").first.click()
    moderator.get_by_role("link", name="Open the letter").first.click()
    decide_findings(moderator)
    moderator.get_by_label("Title").fill(TITLE)
    moderator.get_by_label("Early recovery").check()
    moderator.get_by_label("Could the son", exact=False).check()
    press(moderator, "Save and confirm")
    expect(moderator.get_by_text("Saved and confirmed.")).to_be_visible()
    moderator.goto(live_server.url + case.get_absolute_url())
    press(moderator, "Pass to the experts")
    expect(moderator.get_by_text("Passed to the experts.")).to_be_visible()

    expert.goto(live_server.url + reverse("workflow:write", args=[case.public_id]))
    press(expert, "Take this question")
    expert.get_by_label("Your answer").fill(ANSWER)
    press(expert, "Send for review")
    expect(expert.get_by_text("Sent for review.")).to_be_visible()
    assert again(case).state == State.DRAFTED

    moderator.goto(live_server.url + reverse("workflow:review", args=[case.public_id]))
    for line in moderator.get_by_role("checkbox").all():
        line.check()
    press(moderator, "Approve the answer")
    expect(moderator.get_by_role("button", name="Approve the answer", exact=True)).to_have_count(0)
    case = again(case)
    publication.consent(case_id=case.pk, by=cast.rosa, page_hash=case.page_hash(), audience=case.audience)
    moderator.goto(live_server.url + reverse("workflow:preview", args=[case.public_id]))
    press(moderator, "Publish")
    expect(moderator.get_by_role("button", name="Publish", exact=True)).to_have_count(0)
    moderator.goto(live_server.url + Publication.objects.get().get_absolute_url())
    expect(moderator.get_by_text(ANSWER)).to_be_visible()
