"""What the desk says of a danger that somebody takes on, works through and closes."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.cast import make_case
from tests.workflow.test_triage_pages import at, flagged, numbers
from workflow import worklist
from workflow.actions import playbook, triage
from workflow.models.flags import Verdict
from workflow.safety.playbooks import all_playbooks, playbook_for
from workflow.safety.words import Category, Severity
from workflow.states import State
from workflow.worklist import Filters

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


# ---- while somebody looks after it ----------------------------------------------------------------------------------
def taken_on(cast, case, severity=Severity.EMERGENCY, category=Category.OVERDOSE, *, by=None):
    flag = flagged(cast, case, severity, category)
    return triage.acknowledge_flag(case_id=case.pk, flag_id=flag.pk, by=by or cast.mo)


def opened(cast, **facts):
    case = make_case(cast, **facts)
    triage.open_letter(case_id=case.pk, by=cast.mo)
    return case


def upcoming(mo, case):
    return mo.get(at("case", case)).context["row"].next


def test_it_leads_to_the_playbook_while_a_pressing_danger_is_looked_after_and_says_what_comes_then(cast, mo):
    case = opened(cast)
    flag = taken_on(cast, case)
    steps = playbook_for(Category.OVERDOSE).steps
    for number, step in enumerate(steps):
        what = f"Look after the danger: {number} of {len(steps)} steps done"
        assert upcoming(mo, case).what == what
        for name, url in (("case", at("case", case)), ("queue", reverse("workflow:queue"))):
            page = mo.get(url).content.decode()
            assert what in page, name
            assert f'#steps-{flag.pk}"' in page, name
            assert "De-identify and confirm the question" in page, name
        playbook.tick_step(case_id=case.pk, flag_id=flag.pk, by=cast.mo, step=step.key)
    assert upcoming(mo, case).what == "De-identify and confirm the question"
    playbook.tick_step(case_id=case.pk, flag_id=flag.pk, by=cast.mo, step="tell", is_done=False)
    assert upcoming(mo, case).what.startswith("Look after the danger: 6 of 7")
    triage.close_flag(case_id=case.pk, flag_id=flag.pk, by=cast.mo, outcome="The sister is with him.")
    assert upcoming(mo, case).what == "De-identify and confirm the question"


def test_it_keeps_the_button_of_what_comes_after_the_danger_in_sight(cast, mo):
    case = opened(cast, state=State.DRAFTED)
    taken_on(cast, case)
    page = mo.get(at("case", case)).content.decode()
    assert "After that: <strong>Review the answer</strong>" in page
    assert f'href="{at("review", case)}">Review the answer</a>' in page


def test_it_leads_to_the_letter_first_and_to_no_playbook_of_a_mere_concern(cast, mo):
    unread, calm = make_case(cast), opened(cast)
    taken_on(cast, unread)
    taken_on(cast, calm, Severity.CONCERN)
    assert upcoming(mo, unread).what == "Read the letter"
    assert upcoming(mo, calm).what == "De-identify and confirm the question"


def test_it_counts_the_steps_where_they_stand_when_two_flags_are_of_one_kind(cast, mo):
    case = opened(cast)
    shown, other = taken_on(cast, case, Severity.CONCERN), taken_on(cast, case)
    playbook.tick_step(case_id=case.pk, flag_id=shown.pk, by=cast.mo, step="read")
    assert (upcoming(mo, case).what, upcoming(mo, case).part) == (
        "Look after the danger: 1 of 7 steps done",
        f"steps-{shown.pk}",
    )
    assert f'id="steps-{other.pk}"' not in mo.get(at("case", case)).content.decode()


def test_it_counts_the_steps_as_an_administrator_worded_them(cast, mo):
    case = opened(cast)
    flag = taken_on(cast, case)
    words = {"steps": "Read it\nAsk the night doctor", "keys": "read own-1"}
    playbook.word_playbook(key="overdose", language="en", words=words, by=cast.ada)
    playbook.tick_step(case_id=case.pk, flag_id=flag.pk, by=cast.mo, step="read")
    assert upcoming(mo, case).what == "Look after the danger: 1 of 2 steps done"


def test_it_offers_the_danger_as_next_thing_to_whoever_took_it_on_and_the_case_as_ever_to_colleagues(cast):
    case = opened(cast, state=State.TRIAGED)
    taken_on(cast, case)
    assert worklist.next_for(cast.mo, Filters()) == case
    assert worklist.next_for(cast.dana, Filters()) is None


def test_it_asks_twice_more_for_dangers_at_work_however_many_there_are(cast, mo, django_assert_num_queries):
    opened(cast)
    mo.get(reverse("workflow:queue"))
    with CaptureQueriesContext(connection) as calm:
        mo.get(reverse("workflow:queue"))
    for categories in ([Category.OVERDOSE], [Category.OVERDOSE, Category.SUICIDE, Category.VIOLENCE]):
        for category in categories:
            taken_on(cast, opened(cast), category=category)
        with django_assert_num_queries(len(calm) + 2):
            mo.get(reverse("workflow:queue"))


def test_it_says_that_a_flag_still_waits_where_another_was_taken_on(cast, mo):
    case = opened(cast)
    taken_on(cast, case)
    flagged(cast, case)
    page = mo.get(at("case", case)).content.decode()
    assert "A safety flag still waits for somebody to take it on." in page
    assert "Nobody has taken on a safety flag" not in page


def test_it_asks_nobody_to_make_an_emergency_of_what_is_one_already(cast, mo):
    for book in all_playbooks():
        assert not any("change how soon" in step.text.lower() for step in book.steps)


def test_it_names_the_danger_with_each_flag_in_the_history(cast, mo):
    case = opened(cast)
    for category in (Category.OVERDOSE, Category.VIOLENCE):
        flag = taken_on(cast, case, category=category)
    triage.close_flag(case_id=case.pk, flag_id=flag.pk, by=cast.mo, outcome="The sister is with her.")
    page = mo.get(at("case", case)).content.decode()
    for words in (
        "A safety flag was raised: Overdose, a child, now",
        "A safety flag was taken on: Overdose, a child, now",
        "A safety flag was taken on: Violence, a child, now",
        "A safety flag was closed: Violence, a child, now",
    ):
        assert page.count(words) == 1


# ---- closing it ------------------------------------------------------------------------------------------------------
NONE_TICKED = "None of the 7 steps is ticked. Close all the same?"


def close(mo, case, flag, **typed):
    return mo.post(at("close_flag", case, flag.pk), typed)


def test_it_asks_for_a_few_words_of_what_was_done_and_keeps_what_was_typed(cast, mo):
    case = opened(cast)
    flag = taken_on(cast, case)
    for few in ("x", "Called her."):
        refused = close(mo, case, flag, outcome=few, all_the_same="on", verdict="danger")
        page = refused.content.decode()
        assert refused.status_code == 422
        assert f'href="#flag-{flag.pk}-outcome">Write what was done in a few words' in page
        assert f">\n{few}</textarea>" in page
    assert case.flags.open().exists()
    close(mo, case, flag, outcome="Called her sister.", all_the_same="on")
    assert not case.flags.open().exists()


def test_it_says_once_that_no_step_is_ticked_and_closes_all_the_same(cast, mo):
    case = opened(cast)
    flag = taken_on(cast, case)
    assert NONE_TICKED in mo.get(at("case", case)).content.decode()
    refused = close(mo, case, flag, outcome="The sister is with him.", verdict="danger")
    assert refused.status_code == 422
    assert "Tick this box to close it all the same" in refused.content.decode()
    assert ">\nThe sister is with him.</textarea>" in refused.content.decode()
    assert case.flags.open().exists()
    close(mo, case, flag, outcome="The sister is with him.", verdict="danger", all_the_same="on")
    assert case.flags.get().verdict == "danger"


@pytest.mark.parametrize("done", ["a step", "a message", "a false alarm", "a concern"])
def test_it_asks_nothing_where_something_was_done_or_nothing_had_to_be(cast, mo, done):
    case = opened(cast)
    flag = taken_on(cast, case, Severity.CONCERN if done == "a concern" else Severity.EMERGENCY)
    if done == "a step":
        playbook.tick_step(case_id=case.pk, flag_id=flag.pk, by=cast.mo, step="wear-off")
    if done == "a message":
        playbook.tell_member(case_id=case.pk, flag_id=flag.pk, by=cast.mo, text="Please call 911.")
    assert (NONE_TICKED in mo.get(at("case", case)).content.decode()) == (done == "a false alarm")
    verdict = "false_alarm" if done == "a false alarm" else "danger"
    assert close(mo, case, flag, outcome="The sister is with him.", verdict=verdict).status_code == 302
    assert not case.flags.open().exists()


def test_it_asks_nothing_more_of_a_second_flag_of_the_kind_whose_steps_were_begun(cast, mo):
    case = opened(cast)
    first, second = taken_on(cast, case), taken_on(cast, case)
    playbook.tick_step(case_id=case.pk, flag_id=first.pk, by=cast.mo, step="read")
    for flag in (first, second):
        assert close(mo, case, flag, outcome="The sister is with him.").status_code == 302
