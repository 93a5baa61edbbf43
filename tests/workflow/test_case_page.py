"""The case page: facts, the next thing to do, steps with what is missing for them, and the whole history."""

import pytest
from django.test import Client
from django.urls import reverse

from qa.models import Audience
from tests.cast import MARKER, again, make_case, settle
from tests.workflow.test_triage_pages import at, flagged, signed_in
from workflow.actions import publication, review, triage
from workflow.models import Event
from workflow.states import State

pytestmark = pytest.mark.once

NEXT = {
    State.SUBMITTED: "Read the letter",
    State.TRIAGED: "The expert writes the answer",
    State.DRAFTED: "Review the answer",
    State.REVIEWED: "The member decides about publishing",
    State.PUBLISHED: "Nothing waits here",
    State.DECLINED: "Nothing waits here",
    State.WITHDRAWN: "Nothing waits here",
}


@pytest.fixture
def mo(cast):
    return signed_in(cast.mo)


@pytest.mark.parametrize("state", list(State))
def test_it_shows_a_case_in_every_state_and_leads_to_the_next_thing(cast, mo, state):
    response = mo.get(at("case", make_case(cast, state=state)))
    assert response.status_code == 200
    assert response.context["row"].next.what == NEXT[state]
    assert NEXT[state] in response.content.decode()
    assert MARKER not in response.content.decode()


def test_it_leads_a_new_case_step_by_step_to_the_experts(cast, mo):
    case = make_case(cast)
    flag = flagged(cast, case)

    def next_thing():
        return mo.get(at("case", case)).context["row"].next.what

    told = [next_thing()]
    triage.acknowledge_flag(case_id=case.pk, flag_id=flag.pk, by=cast.mo)
    told.append(next_thing())
    triage.open_letter(case_id=case.pk, by=cast.mo)
    told.append(next_thing())
    triage.close_flag(case_id=case.pk, flag_id=flag.pk, by=cast.mo, outcome="The sister is with him.")
    told.append(next_thing())
    settle(case, by=cast.mo)
    told.append(next_thing())
    assert told == [
        "Take on the safety flag",
        "Read the letter",
        "Look after the danger: 0 of 7 steps done",
        "De-identify and confirm the question",
        "Pass it to the experts",
    ]
    assert f'action="{at("triage", case)}"' in mo.get(at("case", case)).content.decode()


def test_it_says_beside_a_refused_step_what_is_missing(cast, mo):
    case = make_case(cast)
    flagged(cast, case)
    page = mo.get(at("case", case)).content.decode()
    assert "No topic is set" in page
    assert "Take on every flag first" in page
    assert at("decline", case) not in page


def test_it_tells_an_author_that_a_colleague_must_approve(cast):
    case = make_case(cast)
    settle(case, by=cast.mo)
    triage.triage(case_id=case.pk, by=cast.mo, seen=None, expert=cast.mora)
    from workflow.actions import answering
    from workflow.transitions import Seen

    now = again(case)
    answering.submit_draft(case_id=case.pk, by=cast.mora, body="<p>Rest.</p>", based_on=0, seen=Seen.of(now))
    page = signed_in(cast.mora).get(at("case", case)).content.decode()
    assert "a moderator who did not write the answer" in page


def test_it_leads_to_publishing_once_the_member_agreed_and_shows_a_wish(cast, mo):
    case = make_case(cast, state=State.REVIEWED)
    publication.suggest_change(case_id=case.pk, by=cast.rosa, wish="Please leave out his age.")
    wished = mo.get(at("case", case))
    assert wished.context["row"].next.what == "The member wants something changed"
    assert "Please leave out his age." in wished.content.decode()
    publication.consent(case_id=case.pk, by=cast.rosa, page_hash=again(case).page_hash(), audience=Audience.PUBLIC)
    agreed = mo.get(at("case", case))
    assert agreed.context["row"].next.what == "Publish: the member agreed"
    assert "Please leave out his age." not in agreed.content.decode()


def test_it_tells_the_whole_history_with_openings_and_remarks_and_no_name_of_a_member(cast, mo):
    case = make_case(cast, state=State.DRAFTED)
    triage.open_letter(case_id=case.pk, by=cast.dana)
    review.request_changes(case_id=case.pk, by=cast.mo, seen=None, comment="Say it more gently.")
    page = mo.get(at("case", case)).content.decode()
    assert "The letter was opened" in page
    assert "Dana, moderator" in page
    assert "Say it more gently." in page
    assert "Rosa" not in page
    shown = mo.get(at("case", case)).context["timeline"]
    assert case.events.count() == len([entry for entry in shown if entry.event])


def test_it_asks_as_often_for_a_long_history_as_for_a_short_one(cast, mo, django_assert_max_num_queries):
    case = make_case(cast, state=State.TRIAGED)
    mo.get(at("case", case))
    with django_assert_max_num_queries(41) as short:
        mo.get(at("case", case))
    for _ in range(20):
        triage.open_letter(case_id=case.pk, by=cast.dana)
        flagged(cast, case)
    with django_assert_max_num_queries(41) as long:
        mo.get(at("case", case))
    assert len(long.captured_queries) == len(short.captured_queries)


@pytest.mark.parametrize(("who", "status"), [("erin", 403), ("rosa", 404), ("bela", 404), ("ada", 403), ("mora", 200)])
def test_it_is_a_moderators_page_only(cast, who, status):
    case = make_case(cast)
    assert signed_in(getattr(cast, who)).get(at("case", case)).status_code == status


def test_it_lets_administrators_read_the_trail_without_a_word_and_change_nothing(cast):
    case = make_case(cast, state=State.DRAFTED)
    review.request_changes(case_id=case.pk, by=cast.mo, seen=None, comment=f"About {MARKER}")
    ada = signed_in(cast.ada)
    page = ada.get(reverse("admin:workflow_event_changelist"))
    assert page.status_code == 200
    assert "changes_requested" in page.content.decode()
    for word in (MARKER, "Rosa", "rosa@", "mo@"):
        assert word not in page.content.decode()
    event = Event.objects.last()
    assert ada.get(reverse("admin:workflow_event_add")).status_code == 403
    assert ada.post(reverse("admin:workflow_event_delete", args=[event.pk])).status_code == 403
    assert ada.post(reverse("admin:workflow_event_change", args=[event.pk]), {"kind": "x"}).status_code == 403
    assert Client().get(reverse("admin:workflow_event_changelist")).status_code == 302
