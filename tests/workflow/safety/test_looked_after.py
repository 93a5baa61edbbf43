"""What the desk says of a danger that somebody takes on, works through and closes."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import make_case
from tests.workflow.test_triage_pages import at, flagged, numbers
from workflow.actions import triage
from workflow.models.flags import Verdict
from workflow.safety.words import Severity

pytestmark = pytest.mark.once

CALM = {
    Verdict.DANGER: "Danger looked after",
    Verdict.UNKNOWN: "Danger looked into and closed",
    Verdict.FALSE_ALARM: "Looked into: a false alarm",
}


@pytest.fixture
def mo(cast):
    browser = Client()
    browser.force_login(cast.mo)
    return browser


def closed(cast, case, verdict, severity=Severity.EMERGENCY):
    flag = flagged(cast, case, severity)
    triage.acknowledge_flag(case_id=case.pk, flag_id=flag.pk, by=cast.mo)
    return triage.close_flag(
        case_id=case.pk, flag_id=flag.pk, by=cast.mo, outcome="The sister is with him.", verdict=verdict
    )


# ---- once it is closed ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("verdict", list(CALM))
def test_it_says_what_came_of_a_danger_that_was_closed_wherever_it_said_that_none_was_seen(cast, mo, verdict):
    case = make_case(cast)
    closed(cast, case, verdict)
    for page in (mo.get(at("case", case)), mo.get(at("letter", case)), mo.get(reverse("workflow:queue"))):
        assert CALM[verdict] in page.content.decode()
        assert "No danger seen" not in page.content.decode()


def test_it_lets_the_gravest_finding_stand_and_leaves_the_order_as_it_was(cast, mo):
    old, case, never = make_case(cast), make_case(cast), make_case(cast)
    for verdict in (Verdict.FALSE_ALARM, Verdict.DANGER, Verdict.UNKNOWN):
        closed(cast, case, verdict)
    queue = mo.get(reverse("workflow:queue"))
    assert numbers(queue) == [old.pk, case.pk, never.pk]
    assert queue.content.decode().count("Danger looked after; in order of arrival") == 1
    assert queue.content.decode().count("No danger seen; in order of arrival") == 2
    assert "No danger seen" in mo.get(at("letter", never)).content.decode()


def test_it_speaks_of_a_danger_that_is_open_and_not_of_one_that_was_closed(cast, mo):
    case = make_case(cast)
    closed(cast, case, Verdict.DANGER)
    flagged(cast, case)
    assert "Danger looked after" not in mo.get(at("case", case)).content.decode()
    assert "Danger looked after" not in mo.get(reverse("workflow:queue")).content.decode()
