"""A rule that an administrator wrote raises the card while somebody types."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from tests.workflow.test_rules_pages import saved

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_it_shows_the_card_for_a_local_rule_while_typing(page, live_server, cast, sign_in):
    sign_in(page, cast.rosa)
    page.goto(f"{live_server.url}{reverse('workflow:ask')}")
    page.locator("#id_text").fill("My brother chewed the patch on the porch.")
    page.wait_for_timeout(600)
    expect(page.locator("[data-care~=overdose]")).to_be_hidden()
    page.locator("#id_text").fill("")
    saved(cast)
    page.goto(f"{live_server.url}{reverse('workflow:ask')}")
    page.locator("#id_text").press_sequentially("My brother chewed the patch on the porch.")
    expect(page.locator("[data-care~=overdose]")).to_be_visible()
