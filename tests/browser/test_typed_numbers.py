"""A number typed by hand into an answer: one press puts its block there, where one writes, and nothing typed is lost."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from qa.models import HelpLine
from tests.cast import make_case
from workflow.states import State

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_it_puts_the_block_where_the_number_stood(page, live_server, cast, sign_in):
    case = make_case(cast, state=State.TRIAGED)
    line = HelpLine.objects.get(key="childhelp")
    sign_in(page, cast.erin)
    page.goto(f"{live_server.url}{reverse('workflow:write', args=[case.public_id])}")
    editor = page.locator(".ProseMirror[contenteditable]")
    editor.click()
    page.keyboard.type(f"Please call {line.number} tonight.")
    page.keyboard.press("Enter")
    page.keyboard.type("And rest.")
    button = page.get_by_role("button", name="Put its block there instead")
    expect(button).to_be_visible()
    button.click()
    expect(editor.locator("blockquote h3")).to_have_text(f"Help line: {line.name}")
    expect(editor.locator("p").first).to_have_text(f"Please call {line.name} tonight.")
    expect(editor.locator("p").last).to_have_text("And rest.")
    assert editor.inner_text().count(line.number) == 1
