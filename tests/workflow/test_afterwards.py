"""The expert sees what became of their answer; nobody else does, and nothing of the letter stands there."""

import pytest
from django.urls import reverse

from qa.models import Audience, Publication
from tests.cast import ANSWER, MARKER, QUESTION, again, make_case, signed_in
from workflow.actions import answering, pages, publication, review, triage
from workflow.states import State
from workflow.views.afterwards import told_kindly

pytestmark = pytest.mark.once

CHANGED = ANSWER.replace("calm hour", "calm evening")


def at(case):
    return reverse("workflow:afterwards", args=[case.public_id])


def seen(person, case):
    return signed_in(person).get(at(case)).content.decode()


def reviewed_in_two_rounds(cast):
    case = make_case(cast, state=State.DRAFTED)
    review.request_changes(case_id=case.pk, by=cast.mo, seen=None, comment="Say evening, please.")
    answering.submit_draft(case_id=case.pk, by=cast.erin, body=CHANGED, based_on=1, seen=None)
    return review.approve(case_id=case.pk, by=cast.mo, seen=None)


def test_it_shows_what_the_review_asked_and_changed_word_by_word(cast):
    html = seen(cast.erin, reviewed_in_two_rounds(cast))
    assert "Say evening, please." in html
    assert "<del> hour.</del><ins> evening.</ins>" in html
    assert "Whether it is published is for the member to say." in html
    assert MARKER not in html


def test_it_says_when_nothing_was_changed(cast):
    assert "as you first sent it in" in seen(cast.erin, make_case(cast, state=State.REVIEWED))


def test_it_says_when_the_question_was_changed_after_the_approval(cast):
    case = make_case(cast, state=State.REVIEWED)
    sentence = "The title, the introduction or the question was changed"
    assert sentence not in seen(cast.erin, case)
    words = {"title": "When he comes home late", "label": "A mother", "intro": "", "text": QUESTION}
    triage.save_question(case_id=case.pk, by=cast.mo, seen=None, words=words, confirm=True, ticked_by=cast.mo)
    assert sentence in seen(cast.erin, case)


def test_it_leads_to_the_page_and_says_whether_it_helped(cast):
    case = make_case(cast, state=State.PUBLISHED)
    page = Publication.objects.get()
    html = seen(cast.erin, case)
    assert page.get_absolute_url() in html
    assert "Nobody has said yet." in html
    pages.count_reply(page=page, helped=True)
    assert "One reader told us that it helped." in seen(cast.erin, case)


@pytest.mark.parametrize(
    ("helped", "did_not", "sentence"),
    [
        (0, 0, "Nobody has said yet. Most readers never do, and that is no verdict."),
        (0, 2, "The first who told us had hoped for something else. So few say little about an answer."),
        (3, 1, "3 readers told us that it helped. So few say little about an answer."),
        (9, 3, "It helped 9 of 12 readers who told us."),
    ],
)
def test_it_makes_no_mark_of_a_handful(helped, did_not, sentence):
    assert told_kindly(Publication(helped=helped, did_not_help=did_not)) == sentence


def test_it_says_what_stays_private_and_what_was_taken_down(cast):
    private = make_case(cast, state=State.REVIEWED, audience=Audience.PRIVATE)
    assert "It stays private: only the member reads it." in seen(cast.erin, private)
    case = make_case(cast, state=State.PUBLISHED)
    publication.unpublish(case_id=case.pk, by=cast.mo, seen=None, reason="A neighbor recognised them.")
    html = seen(cast.erin, case)
    assert "has been taken down" in html
    assert "neighbor recognised" not in html
    assert "/read/" not in html


@pytest.mark.parametrize("who", ["rosa", "bela", "theo", "mora"])
def test_it_is_nothing_for_anybody_else(cast, who):
    case = make_case(cast, state=State.PUBLISHED)
    assert signed_in(getattr(cast, who)).get(at(case)).status_code == 404


@pytest.mark.parametrize("state", [State.TRIAGED, State.DRAFTED, State.WITHDRAWN])
def test_it_is_there_once_the_member_has_the_answer(cast, state):
    assert signed_in(cast.erin).get(at(make_case(cast, state=state))).status_code == 404


def test_it_is_gone_when_a_colleague_wrote_the_answer_that_stands(cast):
    case = reviewed_in_two_rounds(cast)
    review.reopen(case_id=case.pk, by=cast.mo, seen=None, reason="Another voice.")
    review.request_changes(case_id=case.pk, by=cast.mo, seen=None, comment="Another voice.")
    triage.assign(case_id=case.pk, by=cast.mo, expert=cast.theo)
    number = again(case).draft.number
    answering.submit_draft(case_id=case.pk, by=cast.theo, body="<p>Mine.</p>", based_on=number, seen=None)
    case = review.approve(case_id=case.pk, by=cast.mo, seen=None)
    assert signed_in(cast.erin).get(at(case)).status_code == 404
    html = seen(cast.theo, case)
    assert "Nothing. The member has it as you first sent it in." in html
    assert "Say evening, please." not in html, "what was asked of the one before is not theirs"


def test_it_is_found_from_the_desk_and_from_the_answer(cast):
    case, waiting = make_case(cast, state=State.REVIEWED), make_case(cast, state=State.DRAFTED)
    desk = signed_in(cast.erin).get(reverse("workflow:answering")).content.decode()
    assert at(case) in desk
    assert at(waiting) not in desk
    written = signed_in(cast.erin).get(reverse("workflow:write", args=[case.public_id])).content.decode()
    assert at(case) in written


def test_it_asks_as_often_after_many_rounds_as_after_one(cast, django_assert_max_num_queries):
    case = reviewed_in_two_rounds(cast)
    client = signed_in(cast.erin)
    client.get(at(case))
    with django_assert_max_num_queries(25) as short:
        client.get(at(case))
    for turn in range(4):
        review.reopen(case_id=case.pk, by=cast.mo, seen=None, reason="Once more.")
        review.request_changes(case_id=case.pk, by=cast.dana, seen=None, comment=f"Round {turn}.")
        body = f"{CHANGED}<p>{turn}</p>"
        number = again(case).draft.number
        answering.submit_draft(case_id=case.pk, by=cast.erin, body=body, based_on=number, seen=None)
        review.approve(case_id=case.pk, by=cast.mo, seen=None)
    with django_assert_max_num_queries(len(short)):
        assert "Round 3." in client.get(at(case)).content.decode()
