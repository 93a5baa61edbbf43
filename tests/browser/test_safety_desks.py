"""Rules, figures and help lines: readable by everybody (axe), at every width, in both themes, and without a sideways scroll."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from qa import blocks
from qa.models import HelpLine
from qa.sanitize import clean_html
from tests.browsing import barriers
from tests.cast import topic
from tests.qa.pages import publish
from tests.workflow.test_figures_pages import DANGER, close, send
from tests.workflow.test_rules_pages import WORDS, saved
from workflow.models import RuleTrial, RuleTrouble

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def addresses(cast):
    for _ in range(6):
        close(cast, send(cast, DANGER).flags.get(), "danger")
    version = saved(cast)
    RuleTrouble.objects.create(rule="local.1", day=timezone.localdate(), times=2)
    running = RuleTrial.objects.create(started_by=cast.ada, total=4_000, done=1_240, raised=23, **WORDS)
    line = HelpLine.objects.get(key="childhelp")
    publish("A page", topic(), answer_html=clean_html(f"<p>Please call.</p>{blocks.help_line(line)}"))
    yesterday = timezone.localdate() - timedelta(days=1)
    HelpLine.objects.filter(pk=line.pk).update(review_by=yesterday, hours="Weekdays")
    return [
        reverse("workflow:rules"),
        reverse("workflow:rule", args=[version.rule_id]),
        reverse("workflow:rule_trial", args=[running.pk]),
        reverse("workflow:playbook", args=["overdose", "en"]),
        reverse("workflow:figures"),
        reverse("workflow:help_lines"),
    ]


@pytest.mark.parametrize(("width", "dark"), [(320, True), (768, False)])
def test_it_can_be_read_by_everybody(open_page, live_server, cast, sign_in, addresses, width, dark):
    page = open_page(width=width, dark=dark, guarded=False, bypass_csp=True)
    sign_in(page, cast.ada)
    for address in addresses:
        page.goto(f"{live_server.url}{address}")
        for summary in page.locator("details:not([open]) > summary").all():
            if summary.is_visible():
                summary.click()
        assert barriers(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
