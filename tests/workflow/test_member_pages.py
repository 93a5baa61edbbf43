"""A member's own pages in every state: plain words, nothing internal, nothing of others."""

import re

import pytest
from django.urls import reverse

from qa.models import Publication
from tests.cast import MARKER, QUESTION, again, make_case
from workflow import queues
from workflow.actions import answering, publication, review, triage
from workflow.models import Consent
from workflow.models.consents import Choice
from workflow.safety.words import Category, Severity, Subject, Timing
from workflow.states import State
from workflow.templatetags.member_words import stations
from workflow.transitions import Seen

pytestmark = pytest.mark.once

HERE = {
    State.SUBMITTED: "A person reads your letter",
    State.TRIAGED: "An expert writes your answer",
    State.DRAFTED: "A second person checks the answer",
    State.REVIEWED: "Your answer is here",
    State.PUBLISHED: "Your answer is here",
}


@pytest.fixture
def rosa(cast, client):
    client.force_login(cast.rosa)
    return client


def url(name, case):
    return reverse(f"workflow:{name}", args=[case.public_id])


def page_of(client, name, case):
    response = client.get(url(name, case))
    assert response.status_code == 200, response.headers
    return response.content.decode()


def decide(client, case, **values):
    return client.post(url("consent", case), {"page_hash": case.page_hash(), **values})


@pytest.mark.parametrize("state", State)
def test_it_says_where_a_letter_is_and_nothing_internal(cast, rosa, state):
    case = make_case(cast, state=state, danger="yes")
    if state != State.WITHDRAWN:
        note = "Inner note about the family"
        about = (Category.SUICIDE, Severity.URGENT, Subject.WRITER, Timing.NOW)
        names = dict(zip(("category", "severity", "subject", "timing"), about, strict=True))
        triage.raise_flag(case_id=case.pk, by=cast.dana, note=note, **names)
    page = page_of(rosa, "status", case)
    for inner in ("Inner note", "flag", "Mo", "Dana", "Erin", "people.example", "Not for us", "uicide", *State):
        assert not re.search(rf"\b{inner}\b", re.sub(r"<[^>]*>", "", page)), inner
    assert ("Only you can read it" in page) is (state == State.REVIEWED)
    if state in HERE:
        assert re.search(rf'aria-current="step"><strong>{HERE[state]}', page)


@pytest.mark.parametrize("danger", ["no", "unsure", "yes"])
def test_it_goes_on_saying_what_to_do_when_somebody_is_in_danger(cast, rosa, danger):
    page = page_of(rosa, "status", make_case(cast, danger=danger))
    assert ('id="care-now"' in page) is (danger != "no")
    assert (f"a letter like yours {queues.read_by()}" in page) is (danger != "no")


def test_it_shows_the_kind_message_of_a_declined_letter(cast, rosa):
    page = page_of(rosa, "status", make_case(cast, state=State.DECLINED))
    assert "We are sorry." in page
    assert "Not for us" not in page


def test_it_shows_only_a_tombstone_of_a_withdrawn_letter(cast, rosa):
    case = make_case(cast, state=State.WITHDRAWN)
    page = page_of(rosa, "status", case)
    assert "You took this letter back" in page
    assert MARKER not in page
    for name in ("my_answer", "consent", "my_unpublish", "withdraw"):
        assert rosa.get(url(name, case)).headers["Location"] == url("status", case)


@pytest.mark.parametrize("state", [State.SUBMITTED, State.TRIAGED, State.DRAFTED, State.DECLINED])
def test_it_has_no_answer_page_before_there_is_an_answer(cast, rosa, state):
    case = make_case(cast, state=state)
    for name in ("my_answer", "consent"):
        assert rosa.get(url(name, case)).headers["Location"] == url("status", case)


@pytest.mark.parametrize("state", [State.REVIEWED, State.PUBLISHED])
def test_it_shows_the_answer_with_the_question_as_others_would_see_it(cast, rosa, state):
    page = page_of(rosa, "my_answer", make_case(cast, state=state))
    assert QUESTION in page
    assert "<h2>What you could say</h2>" in page
    assert "Erin, counselor" in page
    assert MARKER not in page


def test_it_tells_that_an_answer_was_taken_back_for_another_look(cast, rosa):
    case = make_case(cast, state=State.REVIEWED)
    review.reopen(case_id=case.pk, by=cast.mo, seen=None, reason="A number is wrong")
    page = page_of(rosa, "status", case)
    assert "look at it once more" in page
    assert "A number is wrong" not in page
    assert rosa.get(url("my_answer", case)).status_code == 302


def test_it_says_when_the_letter_was_read_however_often_the_answer_went_back_and_forth(cast):
    case = make_case(cast, state=State.DRAFTED)
    read = case.events.get(to_state=State.TRIAGED).at
    review.request_changes(case_id=case.pk, by=cast.mo, seen=None, comment="Say more.")
    assert stations(again(case))[2].at > read
    answering.submit_draft(
        case_id=case.pk, by=cast.erin, body="<p>More of it.</p>", based_on=1, seen=Seen.of(again(case))
    )
    case = review.approve(case_id=case.pk, by=cast.mo, seen=None)
    assert stations(case)[1].at == read


def test_it_keeps_the_day_of_the_answer_when_the_page_is_taken_down(cast):
    case = make_case(cast, state=State.PUBLISHED)
    answered = stations(case)[-1].at
    publication.unpublish(case_id=case.pk, by=cast.rosa, seen=None, reason="No longer")
    assert stations(again(case))[-1].at == answered


def test_it_lists_a_members_letters_newest_first_in_few_queries(cast, rosa, django_assert_max_num_queries):
    for _ in range(4):
        make_case(cast)
    with django_assert_max_num_queries(6):
        page = rosa.get(reverse("workflow:my_cases")).content.decode()
    assert page.count("We have it. A person will read it.") == 4
    assert MARKER not in page


def test_it_does_not_say_that_a_person_will_read_what_one_has_opened(cast, rosa):
    case = make_case(cast)
    triage.open_letter(case_id=case.pk, by=cast.mo)
    for page in (page_of(rosa, "status", case), rosa.get(reverse("workflow:my_cases")).content.decode()):
        assert "We have it. A person is reading it." in page
        assert "A person will read it." not in page


def test_it_shows_the_exact_page_and_what_was_changed_before_it_asks(cast, rosa):
    case = make_case(cast, state=State.REVIEWED)
    page = page_of(rosa, "consent", case)
    assert case.page_hash() in page
    assert QUESTION in page
    assert re.search(rf"<del>[^<]*{MARKER}", page)
    assert "If you say nothing, it stays private" in page
    assert not case.has_standing_consent()


@pytest.mark.parametrize("audience", ["members", "public"])
def test_it_takes_a_yes_for_exactly_these_words(cast, rosa, audience):
    case = make_case(cast, state=State.REVIEWED, audience="private")
    assert decide(rosa, case, choice=audience).status_code == 302
    assert again(case).has_standing_consent()
    assert again(case).audience == audience
    assert "You agreed on" in page_of(rosa, "status", case)


def test_it_takes_a_no_and_later_a_yes(cast, rosa):
    case = make_case(cast, state=State.REVIEWED)
    decide(rosa, case, choice="private")
    assert not again(case).has_standing_consent()
    assert "You keep it private" in page_of(rosa, "status", case)
    decide(rosa, case, choice="public")
    assert again(case).has_standing_consent()


def test_it_takes_a_wish_and_asks_for_its_words(cast, rosa):
    case = make_case(cast, state=State.REVIEWED)
    asked = rosa.get(decide(rosa, case, choice="change").url)
    assert "Please write what you would like changed." in asked.content.decode()
    assert not Consent.objects.exists()
    decide(rosa, case, choice="change", wish="Please leave out the word detox.")
    reply = Consent.objects.get()
    assert (reply.choice, reply.wish) == (Choice.CHANGE, "Please leave out the word detox.")
    assert "Please leave out the word detox." in page_of(rosa, "consent", case)


def test_it_keeps_a_wish_through_a_missing_choice(cast, rosa):
    case = make_case(cast, state=State.REVIEWED)
    page = decide(rosa, case, wish="Please leave out the word detox.").content.decode()
    assert "Choose one." in page
    assert "Please leave out the word detox." in page


def test_it_tells_kindly_that_the_words_changed_meanwhile(cast, rosa):
    case = make_case(cast, state=State.REVIEWED)
    opened = {"page_hash": case.page_hash(), "seen": f"reviewed.{case.version}", "choice": "public"}
    about = {
        "category": Category.MEDICAL,
        "severity": Severity.CONCERN,
        "subject": Subject.OTHER,
        "timing": Timing.PAST,
    }
    triage.raise_flag(case_id=case.pk, by=cast.dana, **about)
    words = {"text": QUESTION + " He is my only child."}
    triage.save_question(case_id=case.pk, by=cast.mo, seen=None, words=words, confirm=True, ticked_by=cast.mo)
    response = rosa.post(url("consent", case), {**opened, "wish": "Something I had typed."})
    page = response.content.decode()
    assert response.status_code == 409
    assert "The text changed since you opened this page" in page
    assert "The question was changed after the review — a moderator" in page
    assert "flag" not in page
    assert "Something I had typed." in page
    assert opened["page_hash"] not in page
    assert not again(case).has_standing_consent()


def test_it_keeps_what_was_typed_when_the_answer_was_reopened(cast, rosa):
    case = make_case(cast, state=State.REVIEWED)
    review.reopen(case_id=case.pk, by=cast.mo, seen=None, reason="A number is wrong")
    response = decide(rosa, case, choice="change", wish="Please leave out the word detox.")
    page = response.content.decode()
    assert response.status_code == 409
    assert "We are looking at this answer once more" in page
    assert "Please leave out the word detox." in page


@pytest.mark.parametrize(
    ("choice", "says"),
    [
        ("", "Choose one."),
        ("change", "Please write what you would like changed."),
        ("x" * 90, "Select a valid choice."),
    ],
)
def test_a_decision_refused_without_a_word_typed_is_a_page_to_come_back_to(cast, rosa, choice, says):
    """Chromium asked on "Back" whether the form is to be sent again."""
    case = make_case(cast, state=State.REVIEWED)
    refused = decide(rosa, case, choice=choice, wish=" ")
    assert refused.status_code == 302
    again_shown = rosa.get(refused.url)
    assert says in again_shown.content.decode()
    assert again_shown.context["form"]["choice"].value() == choice[:20]
    typed = decide(rosa, case, choice="", wish="The town, please.")
    assert (typed.status_code, "The town, please." in typed.content.decode()) == (200, True)


@pytest.mark.parametrize("choice", ["public", "members", "private"])
def test_an_address_decides_nothing(cast, rosa, choice):
    case = make_case(cast, state=State.REVIEWED)
    assert rosa.get(url("consent", case), {"unfinished": choice}).status_code == 200
    assert not case.consents.exists()


def test_it_shows_a_bad_form_again_even_when_there_is_no_answer_any_more(cast, rosa):
    case = make_case(cast, state=State.TRIAGED)
    assert rosa.post(url("consent", case), {"choice": ""}).status_code == 302


def test_it_takes_the_page_down_at_the_members_word(cast, rosa):
    case = make_case(cast, state=State.PUBLISHED)
    assert "Take it down" in page_of(rosa, "my_unpublish", case)
    rosa.post(url("my_unpublish", case))
    assert again(case).state == State.REVIEWED
    assert Publication.objects.get().withdrawn_at
    assert rosa.post(url("my_unpublish", case)).status_code == 302
    assert QUESTION in page_of(rosa, "my_answer", case)


@pytest.mark.parametrize("state", [state for state in State if state != State.WITHDRAWN])
def test_it_takes_a_letter_back_after_asking_once(cast, rosa, state):
    case = make_case(cast, state=state)
    assert "It cannot be undone" in page_of(rosa, "withdraw", case)
    assert again(case).state == state
    assert rosa.post(url("withdraw", case)).status_code == 302
    assert again(case).state == State.WITHDRAWN
    assert MARKER not in page_of(rosa, "status", case)
    assert rosa.post(url("withdraw", case)).status_code == 302


@pytest.mark.parametrize("name", ["consent", "my_unpublish", "withdraw"])
def test_it_lets_nobody_else_decide(cast, rosa, name):
    case = make_case(cast, state=State.PUBLISHED if name == "my_unpublish" else State.REVIEWED)
    before = case.events.count()
    for person in (cast.bela, cast.erin, cast.mo, cast.ada):
        rosa.force_login(person)
        assert rosa.post(url(name, case), {"page_hash": case.page_hash(), "choice": "public"}).status_code == 404
    assert case.events.count() == before


def test_it_publishes_what_the_member_was_shown(cast, rosa):
    case = make_case(cast, state=State.REVIEWED)
    shown = publication.page_words(case)
    decide(rosa, case, choice="public")
    publication.publish(case_id=case.pk, by=cast.mo, seen=None)
    page = Publication.objects.get()
    for field in ("title", "label", "intro", "question_text", "answer_html", "answered_by"):
        assert getattr(page, field) == shown[field]
    assert page.get_absolute_url() in page_of(rosa, "status", case)
