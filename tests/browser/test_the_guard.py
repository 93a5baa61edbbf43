"""The browser fixtures themselves: three separate people, and a guard that does bite."""

import pytest
from django.conf import settings

pytestmark = pytest.mark.browser
POLICY = {"Content-Security-Policy": "default-src 'none'"}


def show(page, live_server, body, headers=None):
    page.route("**/made-up", lambda route: route.fulfill(body=body, content_type="text/html", headers=headers or {}))
    page.goto(f"{live_server.url}/made-up")
    page.wait_for_timeout(100)


def faults_of(guards):
    found = [fault for guard in guards for fault in guard.faults]
    for guard in guards:
        guard.faults.clear()
    return found


@pytest.mark.parametrize("body", ["<script>document.title = 'ran'</script>", "<p style='color: red'>red</p>"])
@pytest.mark.parametrize("javascript", [True, False])
def test_it_notices_a_csp_violation(open_page, live_server, guards, body, javascript):
    page = open_page(javascript=javascript)
    show(page, live_server, body, POLICY)
    if javascript or "style" in body:
        assert any(fault.startswith("CSP") for fault in faults_of(guards))


def test_it_notices_and_stops_a_request_to_another_host(page, live_server, guards):
    show(page, live_server, "<img src='http://elsewhere.example/pixel.png'>")
    assert faults_of(guards) == ["a request to another host: http://elsewhere.example/pixel.png"]


def test_it_notices_a_script_error(page, live_server, guards):
    show(page, live_server, "<script>throw new Error('broken')</script>")
    assert any("broken" in fault for fault in faults_of(guards))


def test_it_lets_a_named_address_through_as_an_empty_page(open_page, live_server):
    page = open_page(allow=[settings.EXIT_URL])
    page.goto(settings.EXIT_URL)
    assert page.content().startswith("<html>")


def test_it_opens_a_browser_for_each_of_three_people(cast, page, second_page, third_page, live_server, sign_in):
    for tab, person in ((page, cast.rosa), (second_page, cast.mo), (third_page, cast.erin)):
        sign_in(tab, person)
    sessions = {tab.context.cookies()[0]["value"] for tab in (page, second_page, third_page)}
    assert len(sessions) == 3
