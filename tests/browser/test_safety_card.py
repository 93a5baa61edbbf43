"""The card while typing, read in the browser by the same rules; the page between writing and sending without JavaScript."""

from pathlib import Path

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from workflow.models import SafetyFlag
from workflow.safety.report import RANK
from workflow.safety.rules_file import standard_book
from workflow.safety.scan import Scanner
from workflow.safety.words import Severity

pytestmark = pytest.mark.browser
ASK = reverse("workflow:ask")
DANGER = "My son is on the bathroom floor and I cannot wake him. His lips are blue. Zyxwermelt."
CALM = "My daughter came home at four and we argued about the rent. What could I say to her in the morning?"


@pytest.fixture
def write(live_server, cast, sign_in):
    def opened(page):
        sign_in(page, cast.rosa)
        page.goto(live_server.url + ASK)
        return page

    return opened


def test_it_shows_the_card_while_typing_and_sends_the_text_nowhere(open_page, write):
    page = write(open_page(width=320, height=640))
    carried = []
    page.on("request", lambda request: carried.append((request.url, request.post_data or "")))
    card = page.locator("[data-care~=overdose]")
    page.evaluate("() => import(document.querySelector('script[src*=\"safety.\"]').src).then(() => true)")
    area = page.get_by_label("Your letter")
    area.fill(CALM)
    page.wait_for_timeout(400)
    expect(card).to_be_hidden()
    page.evaluate(
        """() => { window.shown = 0; const card = document.querySelector('[data-care~=overdose]');
        new MutationObserver(() => { window.shown = performance.now(); }).observe(card, {attributes: true}); }"""
    )
    area.press_sequentially(" I cannot wake him", delay=5)
    typed = page.evaluate("() => performance.now()")
    expect(card).to_be_visible()
    assert page.evaluate("() => window.shown") - typed < 2_000  # 300 where nothing else runs: no clock decides here
    assert not [url for url, body in carried if "wake" in body + url]
    expect(card.get_by_role("link", name="911")).to_be_visible()
    area.fill(CALM)
    page.wait_for_timeout(400)
    expect(card).to_be_visible()  # it never hides by itself
    expect(page.get_by_role("button", name="Check your letter")).to_be_enabled()


def test_the_numbers_stay_in_sight_while_the_card_is_below_the_field_of_a_phone(open_page, write):
    page = write(open_page(width=320, height=640))
    area, way = page.get_by_label("Your letter"), page.get_by_role("link", name="In danger now? What to do")
    area.scroll_into_view_if_needed()
    before = area.bounding_box()["y"]
    expect(way).to_be_hidden()
    area.fill(DANGER)
    card = page.locator("[data-care~=overdose]")
    expect(card).to_be_visible()
    expect(card.get_by_role("link", name="911")).not_to_be_in_viewport()
    expect(way).to_be_in_viewport()
    expect(page.locator(".strip").get_by_role("link", name="911")).to_be_in_viewport()
    assert area.bounding_box()["y"] == before, "nothing jumps"
    way.click()
    expect(card).to_be_in_viewport()
    expect(way).to_be_hidden()
    area.scroll_into_view_if_needed()
    page.evaluate("window.scrollTo(0, 0)")
    expect(way).to_be_in_viewport()


def test_it_says_once_what_an_overdose_needs(open_page, write):
    page = write(open_page())
    page.get_by_label("Your letter").fill(DANGER + " He will kill himself.")
    typed, suicide = page.locator("[data-care~=overdose]"), page.locator("[data-care~=suicide]")
    expect(typed).to_be_visible()
    expect(suicide).to_be_visible()
    page.get_by_label("Yes", exact=True).check()
    expect(page.get_by_role("heading", name="Is it happening now? Call 911.")).to_have_count(1)
    expect(typed).to_be_hidden()
    expect(suicide).to_be_visible()  # says something else
    page.get_by_label("No", exact=True).check()
    expect(typed).to_be_visible()


def test_it_fetches_the_rules_with_the_first_word_only(open_page, write):
    page = open_page()
    fetched = []
    page.on("request", lambda request: fetched.append(request.url))
    write(page).wait_for_load_state("networkidle")
    assert not [url for url in fetched if "safety-" in url]
    with page.expect_response("**/safety-rules*"):
        page.get_by_label("Your letter").press_sequentially("My")


def test_the_first_card_does_not_wait_for_the_second_file_of_rules(open_page, write):
    page, held = open_page(), []
    page.route("**/safety-more*", lambda route: held.append(route))
    write(page)
    page.get_by_label("Your letter").press_sequentially("I cannot wake him")
    expect(page.locator("[data-care~=overdose]")).to_be_visible()
    assert held, "asked for, and never answered"
    held[0].abort()


def test_it_reads_the_rules_language_as_the_server_does(open_page, write):
    rules = {rule.id: [list(rule.ways), rule.pattern] for rule in standard_book().rules}
    page = write(open_page())
    src = page.locator("script[src*='js/safety']").get_attribute("src").replace("safety.", "safety-engine.")
    made = page.evaluate(
        "async ([src, ways]) => { const engine = await import(src); return ways.map(engine.pattern); }",
        [src, [ways for ways, _ in rules.values()]],
    )
    assert dict(zip(rules, made, strict=True)) == {name: pattern for name, (_, pattern) in rules.items()}


@pytest.mark.parametrize("javascript", [True, False])
def test_it_interrupts_before_sending_and_never_prevents_it(open_page, write, javascript):
    page = write(open_page(javascript=javascript))
    page.get_by_label("No", exact=True).check()
    page.get_by_label("Your letter").fill(DANGER)
    page.get_by_role("button", name="Check your letter").click()
    expect(page.get_by_role("heading", name="Is it happening now? Call 911.")).to_be_visible()
    page.get_by_role("button", name="Send", exact=True).click()
    expect(page.get_by_role("heading", name="We have your letter")).to_be_visible()
    expect(page.get_by_role("heading", name="Is it happening now? Call 911.")).to_be_visible()
    assert SafetyFlag.objects.get(category="overdose").severity == "emergency"


def test_it_reads_in_the_browser_as_on_the_server(open_page, write):
    lines = [
        line
        for path in sorted((Path(__file__).parents[1] / "workflow/safety").glob("*.txt"))
        for line in path.read_text(encoding="utf-8").splitlines()
    ]
    texts = [line.split(" ", 1)[1] for line in lines if line and not line.startswith("#")]
    texts += [text for rule in standard_book().rules for text in (*rule.examples, *rule.not_examples)]
    texts += [
        "he is n0t br3athing",
        "HE'S NOT BREATHING!!! 💊",
        "s u i c i d e note",
        "",
        "a" * 3000,
        "od'd last night",
    ]
    page = write(open_page())
    src = page.locator("script[src*='js/safety']").get_attribute("src")
    found = page.evaluate(
        "([src, texts]) => import(src).then((module) => Promise.all(texts.map(module.dangers)))", [src, texts]
    )
    differing = []
    scan = Scanner(standard_book(), model=None).scan  # the browser has the rules, not the learned model
    for text, there in zip(texts, found, strict=True):
        here = {
            f.category.value: f.severity.value for f in scan(text).flags if RANK[f.severity] >= RANK[Severity.URGENT]
        }
        if here != there:
            differing.append((text, here, there))
    assert not differing
