"""The public pages in Chromium: on the smallest phone, light and dark, with and without JavaScript; leaving at once."""

from datetime import date
from uuid import UUID

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import expect

from accounts.models import Session
from qa.models import Correction, Topic
from tests.browsing import barriers
from tests.cast import make_case
from tests.qa.pages import publish
from workflow.models import Report
from workflow.models.reports import Concern
from workflow.states import State

pytestmark = pytest.mark.browser
TITLE = "My son came home from detox and asks for the keys of his car every single evening"


STORY = UUID(int=7)


@pytest.fixture
def old_page(cast):
    """A page with everything that can stand on one: overdue, corrected, part of a story, reported."""
    page = publish(f"{TITLE}, once more", number=2, review_by=date(2020, 1, 1), story=STORY)
    publish(f"{TITLE}, later", number=3, story=STORY)
    Correction.objects.create(page=page, text="The number was wrong.", made_by=cast.mo)
    Report.objects.create(page=page, concern=Concern.ERROR, words="I think that it is not so.")
    return page


@pytest.fixture
def further(old_page):
    """Addresses of what else a stranger can meet in the reading room."""
    teaser = publish("Inside only", number=4, audience="members", has_teaser=True)
    return [
        old_page.get_absolute_url(),
        reverse("workflow:tell", args=[old_page.slug]),
        teaser.get_absolute_url(),
        reverse("qa:embed", args=[old_page.slug]),
        f"{reverse('qa:search')}?q=detocks",
    ]


@pytest.fixture
def addresses(cast):
    danger = Topic.objects.create(slug="after-an-overdose", title="After an overdose", is_safety=True)
    page = publish(TITLE, danger, intro="A short word before.")
    publish(f"{TITLE} again", danger, number=1)
    names = ["qa:home", "qa:topics", "qa:help_now", "qa:about", "qa:privacy", "account_login", "staff_login"]
    return [
        *map(reverse, names),
        page.get_absolute_url(),
        reverse("qa:topic", args=[danger.slug]),
        f"{reverse('qa:search')}?q=detox",
        f"{reverse('qa:search')}?q=qqqqqq",
        "/nothing-here/",
    ]


def test_it_has_its_heading_in_the_first_view_of_the_smallest_phone(addresses, open_page, live_server):
    page = open_page(width=320, height=568)
    for address in addresses:
        page.goto(live_server.url + address)
        box = page.locator("h1").bounding_box()
        assert box["y"] + box["height"] <= 568, address
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, f"{address} scrolls sideways"
        small = page.evaluate(
            """[...document.querySelectorAll("a.button, button, .strip a, .call, .topics a, .nav a")]
            .filter(e => e.offsetParent && e.getBoundingClientRect().height < 44).map(e => e.textContent.trim())"""
        )
        assert small == [], f"too small to tap at {address}"


def breaks_no_rule(page, address):
    page.goto(address)
    assert page.locator("h1, h2").count(), f"nothing to look at on {address}"
    assert barriers(page) == [], address
    width = page.viewport_size["width"]
    assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{address} scrolls sideways"


def test_it_breaks_no_rule_of_accessibility(further, open_page, live_server):
    """The pages that have everything on them; all others are in test_every_page."""
    page = open_page(width=390, height=844, dark=True)
    for address in further:
        breaks_no_rule(page, live_server.url + address)


@pytest.mark.parametrize("dark", [False, True])
def test_it_breaks_no_rule_on_paper(old_page, open_page, live_server, dark):
    page = open_page(dark=dark)
    page.emulate_media(media="print")
    breaks_no_rule(page, live_server.url + old_page.get_absolute_url())
    expect(page.get_by_role("button", name="Print", include_hidden=True)).to_be_hidden()


@pytest.mark.parametrize("dark", [False, True])
def test_it_breaks_no_rule_where_moderators_keep_pages_true(cast, old_page, open_page, live_server, sign_in, dark):
    page = open_page(width=390, height=844, dark=dark)
    sign_in(page, cast.mo)
    for address in (reverse("workflow:published"), reverse("workflow:page", args=[old_page.pk])):
        breaks_no_rule(page, live_server.url + address)
    expect(page.get_by_text("I think that it is not so.")).to_be_visible()


@pytest.mark.parametrize(("choice", "dark"), [("public", True), ("members", False), ("change", True)])
def test_it_breaks_no_rule_where_a_member_decides(cast, open_page, live_server, sign_in, dark, choice):
    case = make_case(cast, state=State.REVIEWED)
    page = open_page(width=320, height=640, dark=dark)
    sign_in(page, cast.rosa)
    breaks_no_rule(page, live_server.url + reverse("workflow:consent", args=[case.public_id]))
    page.locator(f"input[name=choice][value={choice}]").check()
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_it_is_whole_at_twice_the_size_of_text(addresses, open_page, live_server):
    page = open_page(width=640, height=900)
    for address in addresses:
        page.goto(live_server.url + address)
        page.evaluate("document.documentElement.style.fontSize = '200%'")
        assert page.evaluate("document.documentElement.scrollWidth") <= 640, address


def test_it_finds_a_letter_without_javascript(addresses, plain_page, live_server):
    plain_page.goto(live_server.url)
    plain_page.get_by_label("In your own words").fill("detoxing")
    plain_page.get_by_role("button", name="Search").click()
    plain_page.get_by_role("link", name=TITLE, exact=True).click()
    expect(plain_page.get_by_role("heading", level=1)).to_have_text(TITLE)
    expect(plain_page.get_by_role("button", name="Print", include_hidden=True)).to_be_hidden()


def test_it_leaves_by_pressing_shift_three_times(cast, open_page, live_server, sign_in):
    page = open_page(allow=[settings.EXIT_URL])
    sign_in(page, cast.rosa)
    page.goto(live_server.url + reverse("qa:about"))
    for _ in range(3):
        page.keyboard.press("Shift")
    page.wait_for_url(settings.EXIT_URL)


def test_it_signs_in_with_the_code_and_comes_back_to_where_it_was_going(cast, plain_page, live_server):
    plain_page.goto(live_server.url + reverse("workflow:ask"))
    plain_page.get_by_label("Your email address").fill(cast.rosa.email)
    plain_page.get_by_role("button", name="Send me the code").click()
    session = Session.objects.get().get_decoded()
    code = session["account_login"]["state"]["stages"]["login_by_code"]["data"]["code"]
    plain_page.get_by_label("The six digits").fill(f"{code[:3]} {code[3:]}")
    plain_page.get_by_role("main").get_by_role("button", name="Sign in").click()
    plain_page.wait_for_url(f"**{reverse('workflow:ask')}")
    assert Session.objects.get().get_decoded()["_auth_user_id"] == str(cast.rosa.pk)


def test_it_lets_an_administrator_work_under_the_strict_policy(cast, page, live_server, sign_in):
    sign_in(page, cast.ada)
    for address in (
        "/admin/",
        "/admin/accounts/user/",
        f"/admin/accounts/user/{cast.mo.pk}/change/",
        "/admin/qa/helpline/",
        "/admin/qa/topic/add/",
    ):
        page.goto(live_server.url + address)
    page.goto(live_server.url + f"/admin/accounts/user/{cast.rosa.pk}/change/")
    page.select_option("[name=grants-0-role]", "expert")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
    assert (cast.rosa.grants.get().granted_by, cast.rosa.grants.get().confirmed_at) == (cast.ada, None)


def test_it_copies_the_words_one_could_use(cast, open_page, live_server):
    answer = "<h2>Words you could use</h2><p>Say:</p><blockquote><p>I am glad you are here.</p></blockquote>"
    page = open_page()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(live_server.url + publish(TITLE, answer_html=answer).get_absolute_url())
    page.get_by_role("button", name="Copy these words").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "I am glad you are here."
