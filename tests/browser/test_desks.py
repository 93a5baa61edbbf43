"""The desks in Chromium, two people at once: what is urgent appears by itself, colleagues see each other."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.cast import make_case
from workflow.actions import triage
from workflow.safety.words import Category, Severity, Subject, Timing

pytestmark = pytest.mark.browser
QUEUE = reverse("workflow:queue")


def danger(cast, case, severity=Severity.URGENT):
    return triage.raise_flag(
        case_id=case.pk,
        by=cast.dana,
        category=Category.OVERDOSE,
        severity=severity,
        subject=Subject.CHILD,
        timing=Timing.NOW,
    )


def at(live_server, name, case):
    return live_server.url + reverse(f"workflow:{name}", args=[case.public_id])


def test_it_shows_a_new_urgent_case_and_the_news_of_the_list_without_reloading(page, live_server, cast, sign_in):
    make_case(cast)
    sign_in(page, cast.mo)
    page.clock.install()
    page.goto(live_server.url + QUEUE)
    expect(page.locator(".board")).to_have_count(0)
    case = make_case(cast)
    danger(cast, case)
    page.clock.run_for(21_000)
    expect(page.locator(".board")).to_contain_text("1 urgent flag waits")
    expect(page.locator(".board")).to_contain_text(f"Case {case.pk}")
    expect(page.get_by_text("1 new since you opened this.")).to_be_visible()
    page.get_by_role("link", name="Show it").click()
    expect(page.locator("main")).to_contain_text(f"Case {case.pk}")


def test_it_keeps_a_board_current_that_somebody_is_at_and_the_focus_where_it_was(page, live_server, cast, sign_in):
    case = make_case(cast)
    first = danger(cast, case)
    sign_in(page, cast.mo)
    page.clock.install()
    page.goto(live_server.url + QUEUE)
    page.locator(".board button").first.focus()
    worse = make_case(cast)
    danger(cast, worse, Severity.EMERGENCY)
    page.clock.run_for(21_000)
    expect(page.locator(".board li")).to_have_count(2)
    expect(page.locator(".board li").first).to_contain_text(f"Case {worse.pk}")
    expect(page.locator(".board li").last.get_by_role("button")).to_be_focused()
    triage.acknowledge_flag(case_id=case.pk, flag_id=first.pk, by=cast.dana)
    page.clock.run_for(21_000)
    expect(page.locator(".board:not(.board--calm) li")).to_have_count(1)
    expect(page.locator(".board--calm li")).to_contain_text("Taken on by Dana, letter not opened yet")
    expect(page.get_by_text("somebody has taken it on")).to_be_visible()


@pytest.mark.parametrize("width", [320, 1280])
def test_it_lets_each_flag_of_the_board_be_taken_on_where_it_stands(open_page, live_server, cast, sign_in, width):
    case = make_case(cast)
    for severity in [Severity.EMERGENCY] * 3 + [Severity.URGENT] * 2:
        danger(cast, case, severity)
    page = open_page(width=width)
    sign_in(page, cast.mo)
    page.goto(live_server.url + QUEUE)
    page.locator(".board summary").click()
    rows = page.locator(".board li")
    expect(rows).to_have_count(5)
    for row in rows.all():
        box = row.get_by_role("button", name="Take it on").bounding_box()
        assert box["height"] >= 44
        assert box["x"] + box["width"] <= width
    rows.last.get_by_role("button").click()
    expect(page.locator(".board:not(.board--calm) li")).to_have_count(4)
    box = page.locator(".board--calm").get_by_role("link", name="Open it").bounding_box()
    assert box["height"] >= 44
    assert box["x"] + box["width"] <= width
    assert case.flags.filter(acknowledged_by=cast.mo, severity="urgent").count() == 1


def test_it_says_so_when_the_board_cannot_be_kept_current(page, live_server, cast, sign_in):
    sign_in(page, cast.mo)
    page.clock.install()
    page.goto(live_server.url + QUEUE)
    page.context.clear_cookies()
    page.clock.run_for(21_000)
    expect(page.get_by_text("could not be kept current").first).to_be_visible()


def test_it_shows_two_people_to_each_other_within_ten_seconds(page, second_page, live_server, cast, sign_in):
    case = make_case(cast)
    sign_in(page, cast.mo)
    sign_in(second_page, cast.dana)
    page.goto(at(live_server, "letter", case))
    second_page.goto(at(live_server, "case", case))
    expect(second_page.get_by_text("Mo is reading the letter")).to_be_visible()
    expect(page.get_by_text("Dana has this case open")).to_be_visible(timeout=10_000)
    page.route("**/question/", lambda route: None)  # the network is slow: what was typed is not kept yet
    page.get_by_label("Title").press_sequentially("When he")
    expect(second_page.get_by_text("has unsaved changes")).to_be_visible(timeout=10_000)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(live_server.url + QUEUE)
    expect(second_page.get_by_text("Mo is")).to_have_count(0, timeout=10_000)
