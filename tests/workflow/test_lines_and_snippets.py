"""Numbers that nobody checked in time stop an answer; snippets fill in what they know and refuse what they do not."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone

from qa import blocks
from qa.models import HelpLine, Publication, Snippet
from tests.cast import ANSWER, again, make_case
from workflow.actions import answering, publication, review
from workflow.language import check
from workflow.states import State
from workflow.transitions import Refused, Seen

pytestmark = pytest.mark.once


def drafted(cast, body):
    case = make_case(cast, state=State.TRIAGED)
    return answering.submit_draft(case_id=case.pk, by=cast.erin, body=body, based_on=0, seen=Seen.of(case))


def overdue(key):
    HelpLine.objects.filter(key=key).update(review_by=timezone.localdate() - timedelta(days=1))
    return HelpLine.objects.get(key=key)


@pytest.mark.parametrize("how", ["as a block", "by its number"])
def test_it_approves_no_answer_with_a_line_that_was_not_checked_in_time_and_says_which(cast, client, how):
    line = HelpLine.objects.get(key="samhsa")
    named = blocks.help_line(line) if how == "as a block" else f"<p>Call {line.number}.</p>"
    case = drafted(cast, ANSWER + named)
    overdue("samhsa")
    with pytest.raises(Refused, match=f"nobody has checked since its day.*It is: {line.name}"):
        review.approve(case_id=case.pk, by=cast.mo, seen=None)
    client.force_login(cast.mo)
    page = client.get(reverse("workflow:review", args=[case.public_id])).content.decode()
    assert f"It is: {line.name}." in page
    HelpLine.objects.filter(key="samhsa").update(review_by=timezone.localdate())
    assert review.approve(case_id=case.pk, by=cast.mo, seen=None).state == State.REVIEWED


def test_it_asks_nothing_about_lines_that_the_answer_does_not_name(cast):
    overdue("samhsa")
    HelpLine.objects.filter(key="988").update(review_by=timezone.localdate() - timedelta(days=1))
    case = drafted(cast, f"{ANSWER}<p>In 1988 it was another number: 1-988-5550.</p>")
    assert case.overdue_lines() == []


def test_it_publishes_nothing_with_a_line_that_fell_due_after_the_approval(cast):
    line = HelpLine.objects.get(key="samhsa")
    case = drafted(cast, ANSWER + blocks.help_line(line))
    case = review.approve(case_id=case.pk, by=cast.mo, seen=None)
    publication.consent(case_id=case.pk, by=cast.rosa, page_hash=again(case).page_hash(), audience="public")
    overdue("samhsa")
    with pytest.raises(Refused, match=f"It is: {line.name}"):
        publication.publish(case_id=case.pk, by=cast.mo, seen=None)
    assert not Publication.objects.exists()


def snippet(cast, body):
    made = Snippet(key="rest", title="Rest", owner=cast.theo, review_by=timezone.localdate(), body=body)
    made.keep()
    return made


def test_it_fills_in_what_a_snippet_asks_for(cast, client):
    snippet(cast, "Written by [[expert]] for [[site]] about [[ topic ]], [[today]].")
    case = make_case(cast, state=State.TRIAGED)
    client.force_login(cast.erin)
    client.post(
        reverse("workflow:insert", args=[case.public_id]), {"body": "", "based_on": 0, "insert": "snippet.rest"}
    )
    day = f"{timezone.localdate():%B} {timezone.localdate().day}, {timezone.localdate().year}"
    assert again(case).draft.body == f"<p>Written by Erin for Allay about Early recovery, {day}.</p>"


def test_it_refuses_a_snippet_that_asks_for_what_nobody_knows(cast, client):
    with pytest.raises(ValidationError, match=r"Not known: \[\[member\]\], \[\[name\]\]"):
        snippet(cast, "Dear [[member]], [[name]] and [[expert]] again [[member]].")
    assert not Snippet.objects.exists()


def test_it_blocks_what_was_to_be_filled_in_and_was_not(cast):
    found = [advice for advice in check("<p>Dear [[member]], rest.</p>") if advice.is_block]
    assert [advice.words for advice in found] == ["[[member]]"]
    case = drafted(cast, f"{ANSWER}<p>Ask [[whom]].</p>")
    with pytest.raises(Refused):
        review.approve(case_id=case.pk, by=cast.mo, seen=None)


def test_it_names_the_owner_of_a_snippet_whose_day_has_passed(cast, client):
    made = snippet(cast, "You may rest.")
    Snippet.objects.filter(pk=made.pk).update(review_by=timezone.localdate() - timedelta(days=1))
    client.force_login(cast.erin)
    page = client.get(reverse("workflow:write", args=[make_case(cast, state=State.TRIAGED).public_id])).content.decode()
    assert "not looked at since its day; read it well, or ask Theo" in page
