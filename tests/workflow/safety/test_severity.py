"""A flag becomes graver or milder by a moderator, with a reason; graver calls people again."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from notifications.delivery import deliver
from notifications.outbox import fan_out
from tests.cast import MARKER, again, make_case
from workflow import queues
from workflow.actions import clocks, triage
from workflow.actions.severity import change_severity
from workflow.safety.words import Category, Severity, Subject, Timing
from workflow.transitions import Refused

pytestmark = pytest.mark.once


@pytest.fixture(autouse=True)
def server(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def flagged(cast, severity):
    case = make_case(cast)
    kind = {"category": Category.OVERDOSE, "subject": Subject.CHILD, "timing": Timing.NOW}
    return case, triage.raise_flag(case_id=case.pk, by=cast.dana, severity=severity, **kind)


def change(cast, case, flag, severity, reason="The sister called."):
    return change_severity(case_id=case.pk, flag_id=flag.pk, by=cast.mo, severity=severity, reason=reason)


def mailed():
    mail.outbox.clear()
    fan_out()
    deliver()
    return sorted({sent.to[0].split("@")[0] for sent in mail.outbox})


def after(**span):
    return time_machine.travel(timezone.now() + timedelta(**span))


def test_it_moves_the_case_and_keeps_the_reason_in_the_history(cast):
    case, flag = flagged(cast, Severity.CONCERN)
    change(cast, case, flag, Severity.EMERGENCY)
    assert (again(case).tier, case.flags.get().severity) == (0, "emergency")
    assert [row.pk for row in queues.urgent_board(cast.mo)] == [flag.pk]
    event = case.events.get(kind="flag_changed")
    assert event.remark.text == "The sister called."
    assert (event.data["from"], event.data["severity"]) == ("concern", "emergency")


@pytest.mark.parametrize("before", [Severity.EMERGENCY, Severity.URGENT])
def test_it_makes_nothing_milder_that_nobody_took_on(cast, before):
    case, flag = flagged(cast, before)
    with pytest.raises(Refused, match="Take it on first"):
        change(cast, case, flag, Severity.CONCERN)
    assert case.flags.get().severity == before
    triage.acknowledge_flag(case_id=case.pk, flag_id=flag.pk, by=cast.dana)
    change(cast, case, flag, Severity.CONCERN)
    assert again(case).tier == 2


def test_it_changes_nothing_without_a_reason_or_once_the_flag_is_closed(cast):
    case, flag = flagged(cast, Severity.CONCERN)
    with pytest.raises(Refused, match="why"):
        change(cast, case, flag, Severity.URGENT, reason=" ")
    triage.acknowledge_flag(case_id=case.pk, flag_id=flag.pk, by=cast.mo)
    triage.close_flag(case_id=case.pk, flag_id=flag.pk, by=cast.mo, outcome="Wrote.")
    with pytest.raises(Refused, match="closed"):
        change(cast, case, flag, Severity.URGENT)
    assert not case.events.filter(kind="flag_changed").exists()


def test_it_calls_everybody_when_a_flag_that_was_taken_on_becomes_graver(cast):
    case, flag = flagged(cast, Severity.CONCERN)
    triage.acknowledge_flag(case_id=case.pk, flag_id=flag.pk, by=cast.dana)
    mailed()
    change(cast, case, flag, Severity.EMERGENCY)
    assert {"dana", "mora"} <= set(mailed())
    assert case.flags.get().acknowledged_by == cast.dana
    assert MARKER not in "".join(sent.body for sent in mail.outbox)
    change(cast, case, flag, Severity.URGENT)
    assert mailed() == []


def test_it_counts_the_clock_of_a_concern_from_the_moment_it_became_urgent(cast):
    case, flag = flagged(cast, Severity.CONCERN)
    with after(hours=2):
        assert clocks.escalate_flags() == 0
        change(cast, case, flag, Severity.URGENT)
        assert clocks.escalate_flags() == 0
    with after(hours=2, minutes=11):
        assert clocks.escalate_flags() == 1
        assert clocks.escalate_flags() == 0


def test_it_calls_again_when_an_urgent_flag_becomes_an_emergency_and_never_later_than_before(cast, settings):
    settings.ESCALATION_MINUTES = [10, 30]
    case, flag = flagged(cast, Severity.URGENT)
    with after(minutes=11):
        assert clocks.escalate_flags() == 1
        change(cast, case, flag, Severity.EMERGENCY)
        assert clocks.escalate_flags() == 0
    with after(minutes=22):
        assert clocks.escalate_flags() == 1
    with after(minutes=31):
        assert clocks.escalate_flags() == 1
    with after(minutes=32):
        assert clocks.escalate_flags() == 0


def test_it_offers_the_change_on_the_case_page_and_gives_back_what_was_typed(cast):
    case, flag = flagged(cast, Severity.CONCERN)
    browser = Client()
    browser.force_login(cast.mo)
    address = reverse("workflow:change_flag", args=[case.public_id, flag.pk])
    assert f'action="{address}"' in browser.get(case.get_absolute_url()).content.decode()
    for typed, sentence in (
        ({"severity": "urgent", "reason": ""}, "Write why"),
        ({"severity": "concern", "reason": "The sister called."}, "says that already"),
    ):
        refused = browser.post(address, typed)
        assert refused.status_code == 422
        assert sentence in refused.content.decode()
    assert "The sister called." in refused.content.decode()
    done = browser.post(address, {"severity": "urgent", "reason": "The sister called."})
    assert done.headers["Location"] == f"{case.get_absolute_url()}#flag-{flag.pk}"
    assert "The sister called." in browser.get(case.get_absolute_url()).content.decode()
    other = make_case(cast)
    assert browser.post(reverse("workflow:change_flag", args=[other.public_id, flag.pk]), {}).status_code == 404


# ---- the words of the forms ------------------------------------------------------------------------------------------
def at(name, case, *more):
    return reverse(f"workflow:{name}", args=[case.public_id, *more])


def test_it_offers_the_words_that_the_board_and_the_flag_show_each_with_what_it_asks(cast):
    browser = Client()
    browser.force_login(cast.mo)
    case, _flag = flagged(cast, Severity.URGENT)
    page = browser.get(at("case", case)).content.decode()
    for words in ("Emergency: a life may be at risk now.", "Urgent: grave danger", "Concern: nothing presses"):
        assert page.count(words) == 2, "in the form that raises a flag, and in the one that changes it"
    for raw in ("Self harm", "Writer crisis", "Unread", "Within hours", "In the last weeks", "Long ago"):
        assert raw not in page
    for words in ("Self-harm", "The writer cannot go on", "In the last days", "In the past"):
        assert f">{words}</option>" in page


def test_it_shows_on_the_flag_the_words_that_were_chosen_in_the_form(cast):
    browser = Client()
    browser.force_login(cast.mo)
    case = make_case(cast)
    typed = {"category": "self_harm", "severity": "urgent", "subject": "loved_one", "timing": "recent"}
    page = browser.post(at("raise_flag", case), typed, follow=True).content.decode()
    assert "<h3>Self-harm, their loved one, in the last days</h3>" in page


def test_it_lets_nobody_say_for_the_scan_that_it_could_not_read_a_letter(cast):
    browser = Client()
    browser.force_login(cast.mo)
    case = make_case(cast)
    typed = {"category": "unread", "severity": "urgent", "subject": "loved_one", "timing": "recent"}
    assert browser.post(at("raise_flag", case), typed).status_code == 422
    assert not case.flags.exists()
