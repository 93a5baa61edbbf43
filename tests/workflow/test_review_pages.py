"""Review: what is read, what changed, the checklist, four eyes, and the way back."""

import pytest
from django.urls import reverse

from qa.models import Audience
from tests.cast import ANSWER, MARKER, again, make_case
from workflow.actions import answering, review, triage
from workflow.events import Kind
from workflow.forms.review import CHECKS
from workflow.safety.words import Category, Severity, Subject, Timing
from workflow.states import State
from workflow.transitions import Seen

pytestmark = pytest.mark.once


@pytest.fixture
def mo(client, cast):
    client.force_login(cast.mo)
    return client


@pytest.fixture
def drafted(cast):
    return make_case(cast, state=State.DRAFTED)


def at(name, case):
    return reverse(f"workflow:{name}", args=[case.public_id])


def approval(case):
    return {"seen": str(Seen.of(case)), "checked": list(CHECKS)}


def text_of(response):
    return response.content.decode()


def test_it_shows_question_and_answer_as_they_will_be_read(mo, drafted):
    html = text_of(mo.get(at("review", drafted)))
    assert "When he comes home at night" in html
    assert "<h2>What you could say</h2>" in html
    assert MARKER not in html


def test_it_shows_what_changed_since_the_last_round(mo, cast, drafted):
    assert "What changed since the last round" not in text_of(mo.get(at("review", drafted)))
    review.request_changes(case_id=drafted.pk, by=cast.mo, seen=None, comment="Say evening, please.")
    changed = ANSWER.replace("calm hour", "calm evening")
    answering.submit_draft(case_id=drafted.pk, by=cast.erin, body=changed, based_on=1, seen=None)
    html = text_of(mo.get(at("review", drafted)))
    assert "Say evening, please." in html
    assert "<del> hour.</del><ins> evening.</ins>" in html


def test_it_leads_to_a_name_in_the_answer_that_nobody_has_decided_about(mo, cast):
    case = make_case(cast, state=State.TRIAGED)
    body = f"{ANSWER}<p>Say to Mikey what you saw.</p>"
    case = answering.submit_draft(case_id=case.pk, by=cast.erin, body=body, based_on=0, seen=None)
    html = text_of(mo.get(at("review", case)))
    there = f"{at('letter', case)}#findings"
    assert f'<a href="{there}">Go to what was found</a>' in html
    assert 'id="findings"' in text_of(mo.get(there))


def test_it_says_when_only_the_form_changed(mo, cast, drafted):
    review.request_changes(case_id=drafted.pk, by=cast.mo, seen=None, comment="A smaller heading.")
    changed = ANSWER.replace("h2>", "h3>")
    answering.submit_draft(case_id=drafted.pk, by=cast.erin, body=changed, based_on=1, seen=None)
    assert "No word changed since version 1, only headings" in text_of(mo.get(at("review", drafted)))


@pytest.mark.parametrize(
    ("audience", "sentence"),
    [(Audience.PUBLIC, "They allowed publication"), (Audience.PRIVATE, "They asked for a private answer")],
)
def test_it_says_what_an_approval_does(mo, cast, audience, sentence):
    case = make_case(cast, state=State.DRAFTED, audience=audience)
    html = text_of(mo.get(at("review", case)))
    assert "The member gets this answer privately, at once." in html
    assert sentence in html


def test_it_approves_with_every_line_ticked_and_keeps_who_ticked_what(mo, cast, drafted):
    mo.post(at("approve", drafted), approval(drafted))
    case = again(drafted)
    assert (case.state, case.approved_by_id) == (State.REVIEWED, cast.mo.pk)
    event = case.events.get(kind=Kind.ANSWER_APPROVED)
    assert (event.actor_id, event.data["checked"]) == (cast.mo.pk, sorted(CHECKS))


@pytest.mark.parametrize("missing", CHECKS)
def test_it_approves_nothing_with_a_line_left_open(mo, drafted, missing):
    ticked = [name for name in CHECKS if name != missing]
    response = mo.post(at("approve", drafted), {**approval(drafted), "checked": ticked})
    assert response.status_code == 422
    assert f"Not ticked yet: {CHECKS[missing]}" in text_of(response)
    assert again(drafted).state == State.DRAFTED


def test_it_shows_four_eyes_before_anybody_tries(client, cast, drafted):
    triage.assign(case_id=drafted.pk, by=cast.mo, expert=cast.mora)
    review.request_changes(case_id=drafted.pk, by=cast.mo, seen=None, comment="Another voice, please.")
    answering.submit_draft(case_id=drafted.pk, by=cast.mora, body="<p>Mine.</p>", based_on=1, seen=None)
    client.force_login(cast.mora)
    html = text_of(client.get(at("review", drafted)))
    assert "You wrote this answer; a colleague must review it." in html
    assert at("approve", drafted) not in html
    assert client.post(at("approve", drafted), approval(again(drafted))).status_code == 409
    assert again(drafted).state == State.DRAFTED


def test_it_names_what_is_missing_before_approval(mo, cast, drafted):
    danger = (Category.OVERDOSE, Severity.URGENT, Subject.LOVED_ONE, Timing.NOW)
    words = dict(zip(("category", "severity", "subject", "timing"), danger, strict=True))
    triage.raise_flag(case_id=drafted.pk, by=cast.dana, **words)
    html = text_of(mo.get(at("review", drafted)))
    assert "A safety flag still waits for somebody to take it on." in html
    response = mo.post(at("approve", drafted), approval(again(drafted)))
    assert response.status_code == 409
    assert again(drafted).state == State.DRAFTED


def test_it_returns_an_answer_only_with_a_comment(mo, drafted):
    seen = str(Seen.of(drafted))
    refused = mo.post(at("request_changes", drafted), {"seen": seen, "comment": "  "})
    assert refused.status_code == 422
    assert "Please write what should change" in text_of(refused)
    mo.post(at("request_changes", drafted), {"seen": seen, "comment": "Please name naloxone."})
    case = again(drafted)
    assert case.state == State.TRIAGED
    assert case.events.get(kind=Kind.CHANGES_REQUESTED).remark.text == "Please name naloxone."


def test_it_keeps_the_comment_when_a_colleague_was_faster(mo, cast, drafted):
    seen = str(Seen.of(drafted))
    review.approve(case_id=drafted.pk, by=cast.dana, seen=None)
    response = mo.post(at("request_changes", drafted), {"seen": seen, "comment": "My long comment"})
    assert response.status_code == 409
    assert "My long comment" in text_of(response)
    assert "The answer was approved" in text_of(response)


def test_it_reopens_an_approved_answer_with_a_reason(mo, cast):
    case = make_case(cast, state=State.REVIEWED)
    seen = str(Seen.of(case))
    assert mo.post(at("reopen", case), {"seen": seen, "reason": ""}).status_code == 422
    response = mo.post(at("reopen", case), {"seen": seen, "reason": "The number changed."}, follow=True)
    assert again(case).state == State.DRAFTED
    assert "The number changed." in text_of(response)


@pytest.mark.parametrize("state", [state for state in State if state != State.WITHDRAWN])
def test_it_shows_a_page_for_a_case_in_any_state(mo, cast, state):
    assert mo.get(at("review", make_case(cast, state=state))).status_code == 200
