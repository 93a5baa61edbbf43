"""Language help on the pages: the list beside the editor, what stands in the way of an approval, and what is kept with a reason."""

import pytest
from django.urls import reverse

from tests.cast import again, make_case
from workflow.actions import answering, review
from workflow.models import Event
from workflow.states import State
from workflow.transitions import Refused, Seen

pytestmark = pytest.mark.once

HARM = "<p>He hanged himself, you write. An addict needs time.</p>"


@pytest.fixture
def held(cast):
    return make_case(cast, state=State.TRIAGED)


@pytest.fixture
def sent(cast, held):
    answering.submit_draft(case_id=held.pk, by=cast.erin, body=HARM, based_on=0, seen=Seen.of(held))
    return again(held)


def at(name, case, *more):
    return reverse(f"workflow:{name}", args=[case.public_id, *more])


def mark_of(case):
    return next(advice.mark for advice in case.wording() if advice.is_block)


def test_it_looks_at_what_is_typed_without_keeping_it(client, cast, held):
    client.force_login(cast.erin)
    html = client.post(at("language", held), {"body": HARM}).content.decode()
    assert "<mark>hanged himself</mark>" in html
    assert "person with a substance use disorder" in html
    assert held.question.revisions.count() == 0
    assert (
        "No word here needs a second look"
        in client.post(at("language", held), {"body": "<p>Rest.</p>"}).content.decode()
    )


def test_it_looks_at_what_is_kept_while_what_is_typed_is_too_long_to_be_cleaned(client, cast, sent):
    review.request_changes(case_id=sent.pk, by=cast.mo, seen=None, comment="Please look at the words.")
    client.force_login(cast.erin)
    html = client.post(at("language", sent), {"body": "<p>She is an addict.</p>" * 3_000}).content.decode()
    assert "<mark>hanged himself</mark>" in html


def test_it_shows_the_same_list_without_javascript_to_writer_and_reviewer(client, cast, sent):
    client.force_login(cast.mo)
    html = client.get(at("review", sent)).content.decode()
    assert "<mark>hanged himself</mark>" in html
    assert "could harm a reader" in html, "the need is named beside the approval"
    review.request_changes(case_id=sent.pk, by=cast.mo, seen=None, comment="Please look at the words.")
    client.force_login(cast.erin)
    assert "<mark>hanged himself</mark>" in client.get(at("write", sent)).content.decode()


def test_it_refuses_to_approve_what_could_harm_and_lets_advice_pass(cast, held):
    answering.submit_draft(case_id=held.pk, by=cast.erin, body=HARM, based_on=0, seen=Seen.of(held))
    with pytest.raises(Refused, match="could harm a reader"):
        review.approve(case_id=held.pk, by=cast.mo, seen=None)
    review.request_changes(case_id=held.pk, by=cast.mo, seen=None, comment="Please change it.")
    mild = "<p>An addict needs time.</p>"
    answering.submit_draft(case_id=held.pk, by=cast.erin, body=mild, based_on=1, seen=Seen.of(again(held)))
    assert review.approve(case_id=held.pk, by=cast.mo, seen=None).state == State.REVIEWED


def test_it_keeps_words_with_a_reason_and_saves_what_was_typed_on_the_way(client, cast, held):
    client.force_login(cast.erin)
    answering.save_answer(case_id=held.pk, by=cast.erin, body="<p>First.</p>", based_on=0)
    mark = next(advice.mark for advice in held.wording(HARM) if advice.is_block)
    typed = {"body": HARM, "based_on": 1, "keep": mark}
    response = client.post(at("keep_words", held), {**typed, f"reason-{mark}": " "})
    assert response.status_code == 422
    assert "hanged" in response.content.decode(), "what was typed is still there"
    client.post(at("keep_words", held), {**typed, f"reason-{mark}": "Their own words; they asked about it."})
    case = again(held)
    assert (case.draft.body, case.has_clean_language()) == (HARM, True)
    event = case.events.last()
    assert (event.kind, event.data["rule"], event.remark.text) == (
        "words_kept",
        "method",
        "Their own words; they asked about it.",
    )
    assert "hanged" not in str(event.data)
    assert "Their own words" in client.get(at("write", case)).content.decode()
    answering.submit_draft(case_id=case.pk, by=cast.erin, body=HARM, based_on=2, seen=Seen.of(case))
    assert review.approve(case_id=case.pk, by=cast.mo, seen=None).state == State.REVIEWED


def test_it_keeps_for_these_words_only(cast, sent):
    answering.keep_words(case_id=sent.pk, by=cast.mo, mark=mark_of(sent), reason="It is in the question.")
    assert again(sent).has_clean_language()
    review.request_changes(case_id=sent.pk, by=cast.mo, seen=None, comment="One more thing.")
    worse = HARM + "<p>He took a bottle of pills.</p>"
    answering.save_answer(case_id=sent.pk, by=cast.erin, body=worse, based_on=1)
    assert not again(sent).has_clean_language()


def test_it_lets_the_reviewer_keep_words_but_nobody_else(client, cast, sent):
    for who in (cast.theo, cast.erin, cast.ada, cast.rosa):
        with pytest.raises(Refused):
            answering.keep_words(case_id=sent.pk, by=who, mark=mark_of(sent), reason="Mine.")
    client.force_login(cast.dana)
    mark = mark_of(sent)
    assert client.post(at("keep_words_at_review", sent), {"keep": mark, f"reason-{mark}": "Needed."}).status_code == 302
    assert client.post(at("keep_words_at_review", sent), {"keep": mark, f"reason-{mark}": "Twice."}).status_code == 302
    assert Event.objects.filter(kind="words_kept").count() == 1
    assert client.post(at("keep_words_at_review", sent), {"keep": "nothing", "reason-nothing": "x"}).status_code == 409
