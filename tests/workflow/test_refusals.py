"""What the actions refuse by themselves, whoever calls them: no form, page or button stands between the words and them here."""

import pytest

from qa.models import AnswerRevision
from tests.cast import ANSWER, again, make_case
from workflow.actions import answering, asking, comments, contact, findings, playbook, triage
from workflow.models import Comment, ContactWish, Event, Finding, Inquiry
from workflow.reasons import LEAST_REASON, REASON_CHARS
from workflow.states import State
from workflow.transitions import Refused

LONG_ENOUGH = "She wrote that the pills are counted out."


@pytest.fixture
def case(cast):
    return make_case(cast)


@pytest.fixture
def triaged(cast):
    return make_case(cast, state=State.TRIAGED)


@pytest.fixture
def asked(cast, triaged):
    return asking.ask(case_id=triaged.pk, by=cast.erin, text="Has he slept at home this week?")


# ---- an answer and what is said about it ----------------------------------------------------------------------------
def test_it_keeps_of_an_answer_what_the_sanitizer_lets_through_and_nothing_else(cast, triaged):
    body = f'{ANSWER}<script>alert(1)</script><p onclick="x()"><a href="javascript:x()">Here</a></p>'
    answering.save_answer(case_id=triaged.pk, by=cast.erin, body=body, based_on=0)
    kept = AnswerRevision.objects.get().body
    assert kept == f'{ANSWER}alert(1)<p><a rel="noopener noreferrer nofollow">Here</a></p>'


def test_it_takes_no_comment_and_no_reply_that_is_too_long(cast):
    case = make_case(cast, state=State.DRAFTED)
    with pytest.raises(Refused, match="under 4,000 characters"):
        comments.comment(case_id=case.pk, by=cast.mo, text="x" * (comments.COMMENT_CHARS + 1))
    assert not Comment.objects.exists()
    made = comments.comment(case_id=case.pk, by=cast.mo, text="x" * comments.COMMENT_CHARS)
    with pytest.raises(Refused, match="under 2,000 characters"):
        comments.resolve(case_id=case.pk, by=cast.mo, comment_id=made.pk, reply="x" * (comments.REPLY_CHARS + 1))
    assert Comment.objects.get().resolved_at is None


# ---- asking the member ----------------------------------------------------------------------------------------------
def test_it_keeps_no_unsent_reply_that_is_longer_than_anybody_types(cast, asked):
    keep = {"case_id": asked.case_id, "by": cast.rosa, "inquiry_id": asked.pk, "knows": 0}
    with pytest.raises(Refused, match="too long to be kept"):
        asking.keep_unsent(**keep, text="x" * (asking.KEPT_CHARS + 1))
    assert Inquiry.objects.get().unsent == ""
    assert asking.keep_unsent(**keep, text="x" * asking.KEPT_CHARS) == 1


def test_it_opens_and_passes_on_no_reply_that_never_came(cast, asked):
    there = {"case_id": asked.case_id, "by": cast.mo, "inquiry_id": asked.pk}
    with pytest.raises(Refused, match="has not replied"):
        asking.open_reply(**there)
    with pytest.raises(Refused, match="has not replied"):
        asking.settle(**there, words="He sleeps at home.", ticked_by=cast.mo)
    now = Inquiry.objects.get()
    assert (now.readable, now.settled_at) == ("", None)
    assert not Event.objects.filter(kind="reply_opened").exists()


# ---- reasons and words ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("act", [contact.ask_contact, contact.open_at_once])
@pytest.mark.parametrize("reason", ["", " " * LEAST_REASON, "x" * (LEAST_REASON - 1), "x" * (REASON_CHARS + 1)])
def test_it_shows_no_address_without_a_reason_that_others_can_judge(cast, act, reason):
    case = make_case(cast, danger="yes")
    with pytest.raises(Refused):
        act(case_id=case.pk, by=cast.mo, reason=reason)
    assert not ContactWish.objects.exists()
    assert act(case_id=case.pk, by=cast.mo, reason=LONG_ENOUGH)


def test_it_marks_nothing_in_a_letter_when_no_words_are_given(cast, case):
    before, text = Finding.objects.count(), again(case).question.text
    with pytest.raises(Refused, match="Select the words"):
        findings.add(case_id=case.pk, by=cast.mo, words=" \n", replacement="x")
    assert (Finding.objects.count(), again(case).question.text) == (before, text)


@pytest.mark.parametrize(
    ("text", "says"), [(" \r\n ", "Write the message"), ("x" * (playbook.MESSAGE_CHARS + 1), "under 4,000")]
)
def test_it_writes_no_empty_and_no_endless_message_to_a_member(cast, text, says):
    case = make_case(cast, danger="yes")
    flag = case.flags.first()
    triage.acknowledge_flag(case_id=case.pk, flag_id=flag.pk, by=cast.mo)
    with pytest.raises(Refused, match=says):
        playbook.tell_member(case_id=case.pk, flag_id=flag.pk, by=cast.mo, text=text)
    assert not case.events.filter(kind="member_told").exists()
