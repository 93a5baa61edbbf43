"""The expert's desk: what waits, what is free, writing, versions, the conflict, and what an expert never sees."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from qa.sanitize import MAX_CHARS
from tests.cast import ANSWER, MARKER, again, make_case
from workflow import queues
from workflow.actions import answering, review, triage
from workflow.clocks import answer_due, in_words
from workflow.models import Case, SafetyFlag
from workflow.states import State
from workflow.transitions import Seen

pytestmark = pytest.mark.once


@pytest.fixture
def erin(client, cast):
    client.force_login(cast.erin)
    return client


@pytest.fixture
def held(cast):
    return make_case(cast, state=State.TRIAGED)


def at(name, case, *more):
    return reverse(f"workflow:{name}", args=[case.public_id, *more])


def free(cast, case):
    triage.assign(case_id=case.pk, by=cast.mo, expert=None)
    return again(case)


def test_it_shows_what_waits_what_is_free_and_what_is_done(erin, cast, held):
    other = free(cast, make_case(cast, state=State.TRIAGED))
    done = make_case(cast, state=State.DRAFTED)
    theirs = make_case(cast, state=State.TRIAGED)
    triage.assign(case_id=theirs.pk, by=cast.mo, expert=cast.theo)
    response = erin.get(reverse("workflow:answering"))
    assert [case.pk for case in response.context["waiting"]] == [held.pk]
    assert [case.pk for case in response.context["free"]] == [other.pk]
    assert [case.pk for case in response.context["done"]] == [done.pk]
    assert theirs.public_id not in response.content.decode()
    second = erin.get(reverse("workflow:answering"), {"after": queues.mark_of(other)})
    assert (second.context["free"], second.context["free_number"]) == ([], 1)
    assert "You have reached the end." in second.content.decode()


def test_it_reads_the_desk_in_the_same_number_of_queries_however_much_waits(
    erin, cast, held, django_assert_num_queries
):
    def queries(expected):
        with django_assert_num_queries(expected):
            erin.get(reverse("workflow:answering"))

    make_case(cast, state=State.DRAFTED)
    free(cast, make_case(cast, state=State.TRIAGED))
    queries(14)
    for _ in range(3):
        make_case(cast, state=State.TRIAGED)
    queries(14)


def test_it_never_shows_an_expert_the_letter_or_the_writer(erin, cast, held):
    answering.save_answer(case_id=held.pk, by=cast.erin, body="<p>Words.</p>", based_on=0)
    for address in (reverse("workflow:answering"), at("write", held), at("revision", held, 1)):
        html = erin.get(address).content.decode()
        assert MARKER not in html
        assert cast.rosa.email not in html
        assert f">{cast.rosa.called}<" not in html
        assert "When he comes home at night" in html


@pytest.mark.parametrize(
    "left", [(0, "today"), (1, "1 day left"), (5, "5 days left"), (-1, "1 day late"), (-3, "3 days late")]
)
def test_it_says_how_much_time_is_left(left):
    assert in_words(left[0]) == left[1]


@pytest.mark.pure
def test_it_counts_the_promise_in_working_days():
    friday = timezone.make_aware(timezone.datetime(2026, 11, 27, 23, 30))
    assert answer_due(friday).isoformat() == "2026-12-11"
    saturday = timezone.make_aware(timezone.datetime(2026, 11, 28, 9, 0))
    assert answer_due(saturday).isoformat() == "2026-12-11"


def test_it_lets_an_expert_take_a_free_case(erin, cast, held):
    case = free(cast, held)
    assert "Take this question" in erin.get(at("write", case)).content.decode()
    response = erin.post(at("claim", case), follow=True)
    assert again(case).expert_id == cast.erin.pk
    assert "yours now" in response.content.decode()


def test_it_tells_the_second_of_two_kindly(erin, cast, held):
    case = free(cast, held)
    answering.claim(case_id=case.pk, by=cast.theo)
    response = erin.post(at("claim", case), follow=True)
    assert "a colleague was a moment faster" in response.content.decode()
    assert again(case).expert_id == cast.theo.pk


def test_it_tells_nobody_whether_a_claimed_case_exists(erin, cast, held):
    case = free(cast, held)
    answering.claim(case_id=case.pk, by=cast.theo)
    real = erin.post(at("claim", case))
    unknown = erin.post(reverse("workflow:claim", args=["A" * 24]))
    assert (real.status_code, real.headers["Location"]) == (unknown.status_code, unknown.headers["Location"])


def test_it_saves_in_the_background_and_says_what_to_build_on(erin, cast, held):
    first = erin.post(at("save_answer", held), {"body": "<p>One.</p>", "based_on": 0}, headers={"X-Autosave": "1"})
    assert first.json()["based_on"] == 1
    second = erin.post(at("save_answer", held), {"body": "<p>Two.</p>", "based_on": 1}, headers={"X-Autosave": "1"})
    assert second.json()["based_on"] == 2
    assert again(held).draft.body == "<p>Two.</p>"
    assert [revision.body for revision in held.question.revisions.all()] == ["<p>Two.</p>", "<p>One.</p>"]


def test_it_saves_nothing_where_nothing_was_typed(erin, held):
    response = erin.post(at("save_answer", held), {"body": "<p></p>", "based_on": 0}, headers={"X-Autosave": "1"})
    assert response.json()["based_on"] == 0
    assert not held.question.revisions.exists()


def test_it_makes_paragraphs_of_plain_text(erin, held):
    erin.post(at("save_answer", held), {"body": "You are tired.\r\n\r\nThat is\r\nno wonder.", "based_on": 0})
    assert again(held).draft.body == "<p>You are tired.</p><p>That is<br>no wonder.</p>"


def test_it_shows_both_texts_when_a_newer_one_was_saved(erin, cast, held):
    answering.save_answer(case_id=held.pk, by=cast.erin, body="<p>Choose a calm hour.</p>", based_on=0)
    response = erin.post(at("save_answer", held), {"body": "<p>Choose a quiet hour.</p>", "based_on": 0})
    html = response.content.decode()
    assert response.status_code == 409
    assert "<p>Choose a calm hour.</p>" in html
    assert "<p>Choose a quiet hour.</p>" in html
    assert "<del> calm</del><ins> quiet</ins>" in html
    assert again(held).draft.body == "<p>Choose a calm hour.</p>"
    kept = {revision.body for revision in held.question.revisions.all()}
    assert kept == {"<p>Choose a calm hour.</p>", "<p>Choose a quiet hour.</p>"}


def test_it_never_lets_a_repeated_save_push_the_newer_text_aside(erin, cast, held):
    answering.save_answer(case_id=held.pk, by=cast.erin, body="<p>Newer.</p>", based_on=0)
    for _ in range(2):
        response = erin.post(
            at("save_answer", held), {"body": "<p>Mine.</p>", "based_on": 0}, headers={"X-Autosave": "1"}
        )
        assert response.status_code == 409
    assert again(held).draft.body == "<p>Newer.</p>"
    assert held.question.revisions.count() == 2


def test_it_keeps_mine_when_i_say_so_after_seeing_both(erin, cast, held):
    answering.save_answer(case_id=held.pk, by=cast.erin, body="<p>Newer.</p>", based_on=0)
    seen = erin.post(at("save_answer", held), {"body": "<p>Mine.</p>", "based_on": 0}).context["newer"]
    erin.post(at("save_answer", held), {"body": "<p>Mine.</p>", "based_on": seen.number})
    assert again(held).draft.body == "<p>Mine.</p>"


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ("<p>" + "x" * MAX_CHARS, "at most 60,000 characters"),
        ("<b>" * 2_001 + "x", "at most 2,000 markup tags"),
    ],
)
def test_it_refuses_too_much_in_words_and_keeps_the_text(erin, held, body, sentence):
    response = erin.post(at("save_answer", held), {"body": body, "based_on": 0})
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert body[:200].replace("<", "&lt;").replace(">", "&gt;") in response.content.decode()
    quiet = erin.post(at("save_answer", held), {"body": body, "based_on": 0}, headers={"X-Autosave": "1"})
    assert sentence in quiet.json()["sentence"]


def test_it_sends_a_draft_for_review(erin, cast, held):
    data = {"body": ANSWER, "based_on": 0, "seen": str(Seen.of(held))}
    response = erin.post(at("submit_draft", held), data, follow=True)
    assert again(held).state == State.DRAFTED
    assert again(held).drafted_by_id == cast.erin.pk
    assert "Sent for review" in response.content.decode()
    assert "In review" in erin.get(at("write", held)).content.decode()


@pytest.mark.parametrize("body", ["", "<p></p>", "<p><strong> </strong></p>", "<!-- nothing -->"])
def test_it_sends_no_empty_answer(erin, held, body):
    response = erin.post(at("submit_draft", held), {"body": body, "based_on": 0, "seen": str(Seen.of(held))})
    assert response.status_code == 422
    assert "There is no answer text yet" in response.content.decode()
    assert again(held).state == State.TRIAGED


def test_an_answer_that_lacks_its_advice_stays_in_the_editor_and_says_what_it_lacks(erin, cast, held):
    danger = {"category": "overdose", "severity": "urgent", "subject": "loved_one", "timing": "now"}
    flag = triage.raise_flag(case_id=held.pk, by=cast.mo, **danger)
    triage.acknowledge_flag(case_id=held.pk, flag_id=flag.pk, by=cast.mo)
    sent = {"body": "<p>Rest a little.</p>", "based_on": 0, "seen": str(Seen.of(again(held)))}
    response = erin.post(at("submit_draft", held), sent)
    assert response.status_code == 422
    html = response.content.decode()
    assert "The answer lacks advice that this kind of danger needs." in html
    assert "What you had typed" not in html
    assert again(held).draft.body == "<p>Rest a little.</p>"
    form = response.context["answer"]
    assert (form["body"].value(), form["based_on"].value()) == ("<p>Rest a little.</p>", 1), (
        "sent again, it overtakes nobody"
    )
    assert again(held).state == State.TRIAGED


def test_it_keeps_the_words_when_the_case_was_taken_away_meanwhile(erin, cast, held):
    seen = str(Seen.of(held))
    triage.assign(case_id=held.pk, by=cast.mo, expert=cast.erin)
    response = erin.post(at("submit_draft", held), {"body": "<p>Long work.</p>", "based_on": 0, "seen": seen})
    assert response.status_code == 409
    assert '<div class="answer"><p>Long work.</p></div>' in response.content.decode(), "as people read it, no markup"
    assert "Kept as version 1" in response.content.decode()
    assert again(held).draft.body == "<p>Long work.</p>"


def test_it_lays_what_was_typed_beside_the_answer_that_went_on_from_another_window(erin, cast, held):
    answering.submit_draft(case_id=held.pk, by=cast.erin, body="<p>Sent.</p>", based_on=0, seen=None)
    typed = "<h2>More</h2><p>Typed <strong>later</strong>.</p><script>alert(1)</script>"
    response = erin.post(at("save_answer", held), {"body": typed, "based_on": 1})
    html = response.content.decode()
    assert response.status_code == 409
    assert "<h4>More</h4><p>Typed <strong>later</strong>.</p>" in html
    assert html.index("Typed <strong>") < html.index("The answer that stands now") < html.index("<p>Sent.</p>")
    assert "Body" not in html
    assert "<script>alert" not in html


def test_it_gives_back_an_answer_whose_case_went_to_a_colleague_as_people_read_it(erin, cast, held):
    triage.assign(case_id=held.pk, by=cast.mo, expert=cast.theo)
    response = erin.post(at("save_answer", held), {"body": "Long work.\n\nTwo days.", "based_on": 0})
    assert response.status_code == 404
    assert "<p>Long work.</p><p>Two days.</p>" in response.content.decode()
    much = "<b>" * 2_001 + "Long work."
    assert "&lt;b&gt;Long work." in erin.post(at("save_answer", held), {"body": much}).content.decode(), (
        "not one is lost"
    )


def test_it_puts_the_reviewers_comment_on_top(erin, cast, held):
    answering.submit_draft(case_id=held.pk, by=cast.erin, body=ANSWER, based_on=0, seen=None)
    review.request_changes(case_id=held.pk, by=cast.mo, seen=None, comment="Please name naloxone.")
    html = erin.get(at("write", held)).content.decode()
    assert html.index("Please name naloxone.") < html.index("Your answer")
    assert "Returned with a comment" in erin.get(reverse("workflow:answering")).content.decode()
    answering.submit_draft(case_id=held.pk, by=cast.erin, body=ANSWER + "<p>More.</p>", based_on=1, seen=None)
    assert "Please name naloxone." not in erin.get(at("write", held)).content.decode()


def test_it_shows_older_versions_and_restores_one_as_a_new_one(erin, cast, held):
    answering.save_answer(case_id=held.pk, by=cast.erin, body="<p>First words.</p>", based_on=0)
    answering.save_answer(case_id=held.pk, by=cast.erin, body="<p>Second words.</p>", based_on=1)
    html = erin.get(at("revision", held, 1)).content.decode()
    assert "<p>First words.</p>" in html
    assert "<del>First</del><ins>Second</ins>" in html
    erin.post(at("revision", held, 1), {"based_on": 2})
    assert again(held).draft.number == 3
    assert again(held).draft.body == "<p>First words.</p>"
    assert held.question.revisions.count() == 3


def test_nothing_is_called_answered_before_it_was_approved(erin, cast, held):
    answering.save_answer(case_id=held.pk, by=cast.erin, body="<p>First words.</p>", based_on=0)
    assert "Answered by" not in erin.get(at("revision", held, 1)).content.decode()
    mo, rosa = Client(), Client()
    mo.force_login(cast.mo)
    rosa.force_login(cast.rosa)
    assert "Answered by" not in mo.get(at("review", make_case(cast, state=State.DRAFTED))).content.decode()
    approved = make_case(cast, state=State.REVIEWED)
    assert "Answered by" in rosa.get(at("my_answer", approved)).content.decode()


def test_it_restores_nothing_over_a_text_it_has_not_shown(erin, cast, held):
    answering.save_answer(case_id=held.pk, by=cast.erin, body="<p>First.</p>", based_on=0)
    answering.save_answer(case_id=held.pk, by=cast.erin, body="<p>Second.</p>", based_on=1)
    assert erin.post(at("revision", held, 1), {"based_on": 1}).status_code == 409
    assert again(held).draft.body == "<p>Second.</p>"


def test_it_knows_no_version_that_was_never_saved(erin, held):
    assert erin.get(at("revision", held, 99)).status_code == 404


def test_it_previews_what_was_just_typed(erin, held):
    response = erin.post(
        at("save_answer", held), {"body": "<h2>Tonight</h2>", "based_on": 0, "then": "preview"}, follow=True
    )
    assert response.redirect_chain[-1][0] == at("revision", held, 1)
    assert "<h2>Tonight</h2>" in response.content.decode()
    assert "This is how the member will read it." in response.content.decode()


def test_it_gives_a_case_back_with_a_reason_and_keeps_the_draft(erin, cast, held):
    answering.save_answer(case_id=held.pk, by=cast.erin, body="<p>Begun.</p>", based_on=0)
    refused = erin.post(at("give_back", held), {"reason": " "})
    assert refused.status_code == 422
    assert "Please say why" in refused.content.decode()
    erin.post(at("give_back", held), {"reason": "I know the family."})
    assert again(held).expert_id is None
    assert again(held).draft.body == "<p>Begun.</p>"
    assert erin.get(at("write", held)).status_code == 200


def test_it_raises_a_safety_flag(erin, cast, held):
    refused = erin.post(at("expert_flag", held), {"category": "overdose", "note": "Blue lips in the second line"})
    assert refused.status_code == 422
    assert "Blue lips in the second line" in refused.content.decode()
    data = {
        "category": "overdose",
        "severity": "emergency",
        "subject": "loved_one",
        "timing": "now",
        "note": "Blue lips",
    }
    erin.post(at("expert_flag", held), data)
    flag = SafetyFlag.objects.get(case=held)
    assert (flag.severity, flag.raised_by_id, flag.note) == ("emergency", cast.erin.pk, "Blue lips")
    assert again(held).tier == 0


def test_it_reopens_the_own_reviewed_answer_with_a_reason(erin, cast):
    case = make_case(cast, state=State.REVIEWED)
    seen = str(Seen.of(case))
    assert erin.post(at("expert_reopen", case), {"reason": "", "seen": seen}).status_code == 422
    erin.post(at("expert_reopen", case), {"reason": "A number is wrong.", "seen": seen})
    assert again(case).state == State.DRAFTED


@pytest.mark.parametrize("name", ["save_answer", "submit_draft", "give_back", "expert_flag", "expert_reopen"])
def test_it_takes_nothing_from_an_expert_who_does_not_hold_the_case(client, cast, held, name):
    client.force_login(cast.theo)
    before = Case.objects.get(pk=held.pk).version
    assert client.post(at(name, held), {"body": "<p>x</p>", "based_on": 0, "reason": "x"}).status_code == 404
    assert Case.objects.get(pk=held.pk).version == before


@pytest.mark.parametrize("based_on", ["", "-1", "x", "9" * 30])
def test_it_bears_a_spoiled_number_of_the_version(erin, cast, held, based_on):
    assert erin.post(at("save_answer", held), {"body": "<p>Kept.</p>", "based_on": based_on}).status_code == 422
    answering.save_answer(case_id=held.pk, by=cast.erin, body="<p>First.</p>", based_on=0)
    answering.save_answer(case_id=held.pk, by=cast.erin, body="<p>Second.</p>", based_on=1)
    assert erin.post(at("revision", held, 1), {"based_on": based_on}).status_code == 409


def test_it_keeps_the_words_of_somebody_whose_sign_in_ran_out(client, held):
    response = client.post(at("save_answer", held), {"body": "<p>Two hours of work.</p>", "based_on": 0})
    assert response.status_code == 403
    assert "Two hours of work." in response.content.decode()
