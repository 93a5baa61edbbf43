"""What the actions refuse by themselves, whoever calls them: no form, page or button stands between the words and them here."""

from datetime import timedelta
from functools import partial

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.shortcuts import resolve_url
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from config import own_account
from qa.models import AnswerRevision, Publication
from qa.passages import Passage
from tests.cast import ANSWER, LETTER, again, make_case
from workflow.actions import (
    answering,
    asking,
    comments,
    contact,
    findings,
    holding,
    keeping,
    notes,
    pages,
    playbook,
    publication,
    review,
    roster,
    stories,
    triage,
)
from workflow.actions.asked import ask_colleague
from workflow.decorators import desk, member_page, person
from workflow.events import Kind
from workflow.forms.answering import AnswerForm, SubmitForm
from workflow.forms.member import ConsentForm
from workflow.forms.roster import TurnForm
from workflow.forms.rules import AREA_CHARS, RuleForm
from workflow.forms.triage import QuestionForm
from workflow.models import Case, Comment, ContactWish, Event, Finding, Inquiry, Report, Shift
from workflow.models.reports import Concern
from workflow.reasons import LEAST_REASON, REASON_CHARS
from workflow.states import State
from workflow.transitions import Refused, end_by_clock
from workflow.typed import Typed, _typed

pytestmark = pytest.mark.once

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


def test_the_form_of_an_answer_gives_on_only_what_may_be_kept():
    form = AnswerForm({"body": f'<p onclick="bite()">{ANSWER.removeprefix("<p>")}', "based_on": 0})
    assert form.is_valid()
    assert form.cleaned_data["body"] == ANSWER


def test_it_takes_no_comment_and_no_reply_that_is_too_long(cast):
    case = make_case(cast, state=State.DRAFTED)
    with pytest.raises(Refused, match="under 4,000 characters"):
        comments.comment(case_id=case.pk, by=cast.mo, text="x" * (comments.COMMENT_CHARS + 1))
    assert not Comment.objects.exists()
    made = comments.comment(case_id=case.pk, by=cast.mo, text="x" * comments.COMMENT_CHARS)
    with pytest.raises(Refused, match="under 2,000 characters"):
        comments.resolve(case_id=case.pk, by=cast.mo, comment_id=made.pk, reply="x" * (comments.REPLY_CHARS + 1))
    assert Comment.objects.get().resolved_at is None


def test_it_takes_over_no_review_that_changed_hands_at_this_very_moment(cast, monkeypatch):
    case = make_case(cast, state=State.DRAFTED)
    review.start(case_id=case.pk, by=cast.mo)
    asked = review.policies.why_not

    def and_mora_was_faster(*about):
        Case.objects.filter(pk=case.pk).update(reviewer=cast.mora)
        return asked(*about)

    monkeypatch.setattr(review.policies, "why_not", and_mora_was_faster)
    with pytest.raises(Refused, match="a moment faster"):
        review.take_over(case_id=case.pk, by=cast.dana, reason="She is ill.")
    assert not case.events.filter(kind="review_taken_over").exists()


# ---- asking the member ----------------------------------------------------------------------------------------------
def test_it_keeps_no_unsent_reply_that_is_longer_than_anybody_types(cast, asked):
    keep = {"case_id": asked.case_id, "by": cast.rosa, "inquiry_id": asked.pk, "knows": 0}
    with pytest.raises(Refused, match="too long to be kept"):
        asking.keep_unsent(**keep, text="x" * (asking.KEPT_CHARS + 1))
    assert Inquiry.objects.get().unsent == ""
    assert asking.keep_unsent(**keep, text="x" * asking.KEPT_CHARS) == 1


def test_it_takes_one_reply_and_none_to_a_question_that_was_taken_back(cast, asked):
    there = {"case_id": asked.case_id, "by": cast.rosa, "inquiry_id": asked.pk}
    asking.reply(**there, text="He sleeps at home.")
    for late in (asking.reply, partial(asking.keep_unsent, knows=asked.unsent_version)):
        with pytest.raises(Refused, match="replied already"):
            late(**there, text="Not any more.")
    assert Inquiry.objects.get().reply == "He sleeps at home."
    other = asking.ask(case_id=make_case(cast, state=State.TRIAGED).pk, by=cast.mo, text="Is he well?")
    asking.take_back(case_id=other.case_id, by=cast.mo, inquiry_id=other.pk)
    for late in (asking.reply, partial(asking.keep_unsent, knows=0)):
        with pytest.raises(Refused, match="do not need this reply"):
            late(case_id=other.case_id, by=cast.rosa, inquiry_id=other.pk, text="He is well.")


def test_it_takes_back_no_question_that_was_answered_and_passes_on_nothing_that_somebody_else_ticked(cast, asked):
    asking.reply(case_id=asked.case_id, by=cast.rosa, inquiry_id=asked.pk, text="He sleeps at home.")
    there = {"case_id": asked.case_id, "by": cast.mo, "inquiry_id": asked.pk}
    with pytest.raises(Refused, match="nothing to take back"):
        asking.take_back(**there)
    for ticked_by in (None, cast.dana):
        with pytest.raises(Refused, match="then tick the box"):
            asking.settle(**there, words="He sleeps at home.", ticked_by=ticked_by)
    assert Inquiry.objects.get().settled_at is None


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


def test_it_grants_no_address_to_somebody_who_is_no_moderator_any_more(cast, case):
    wish = contact.ask_contact(case_id=case.pk, by=cast.mo, reason=LONG_ENOUGH)
    cast.mo.grants.all().delete()
    there = {"case_id": case.pk, "wish_id": wish.pk, "by": cast.dana}
    with pytest.raises(Refused, match="not a moderator any more"):
        contact.decide_contact(**there, is_yes=True)
    assert contact.decide_contact(**there, is_yes=False).open_until is None


def test_it_closes_no_report_without_a_word_and_takes_no_page_of_a_case_for_an_imported_one(cast):
    make_case(cast, state=State.PUBLISHED)
    page = Publication.objects.get()
    pages.report(page=page, concern=Concern.ERROR)
    with pytest.raises(Refused, match="write what was done"):
        pages.close_report(report_id=Report.objects.get().pk, by=cast.mo, outcome=" ")
    with pytest.raises(Refused, match="has a letter here"):
        pages.take_down_imported(page=page, by=cast.mo)
    page.refresh_from_db()
    assert page.withdrawn_at is None
    assert Report.objects.get().closed_at is None


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
    triage.open_letter(case_id=case.pk, by=cast.mo)
    with pytest.raises(Refused, match=says):
        playbook.tell_member(case_id=case.pk, flag_id=flag.pk, by=cast.mo, text=text)
    assert not case.events.filter(kind="member_told").exists()


def test_a_moderator_changes_no_word_of_an_answer_that_names_somebody(cast, triaged):
    body = f"{ANSWER}<p>Tell Mikey that you love him.</p>"
    answering.submit_draft(case_id=triaged.pk, by=cast.erin, body=body, based_on=0, seen=None)
    row = triaged.findings.get(place="answer")
    with pytest.raises(Refused, match="Only the expert changes the answer"):
        findings.decide(case_id=triaged.pk, by=cast.mo, finding_id=row.pk, decision="replaced", words="him")
    assert triaged.findings.get(place="answer").is_open


def test_the_first_who_agrees_to_a_hold_stays_named(cast, case):
    keeping.ask_hold(case_id=case.pk, by=cast.mo, until=days(9), **HOLD)
    keeping.agree_hold(case_id=case.pk, by=cast.dana)
    with pytest.raises(Refused, match="agreed already"):
        keeping.agree_hold(case_id=case.pk, by=cast.mora)
    assert case.holds.get().agreed_by == cast.dana


def test_it_takes_over_no_review_and_closes_no_flag_without_a_word(cast):
    case = make_case(cast, state=State.DRAFTED)
    review.start(case_id=case.pk, by=cast.mo)
    with pytest.raises(Refused, match="why you take the review over"):
        review.take_over(case_id=case.pk, by=cast.dana, reason=" ")
    assert again(case).reviewer == cast.mo
    danger = make_case(cast, danger="yes")
    close = {"case_id": danger.pk, "flag_id": danger.flags.first().pk, "by": cast.mo}
    with pytest.raises(Refused, match="Acknowledge the flag first"):
        triage.close_flag(**close, outcome="Called them.")
    triage.acknowledge_flag(**close)
    with pytest.raises(Refused, match="what was done"):
        triage.close_flag(**close, outcome=" ")
    assert danger.flags.first().closed_at is None


# ---- one refusal a line: in which state, what is tried, and what is said --------------------------------------------
NAMED = {"title": "What Kowalczyk did", "text": "He came home."}
HOLD = {"why": "legal", "reason": LONG_ENOUGH}


def days(number):
    return timezone.localdate() + timedelta(days=number)


def saved(cast, case, *, confirm=False, **words):
    by = cast.mo if confirm else None
    return triage.save_question(
        case_id=case.pk, by=cast.mo, seen=None, words={**NAMED, **words}, confirm=confirm, ticked_by=by
    )


def turn(cast, **changed):
    asked = {"by": cast.ada, "person": cast.mo, "day": days(1), "from_hour": 8, "until_hour": 22, **changed}
    return roster.give_turn(**asked)


REFUSED = [
    (
        State.DRAFTED,
        "Write the comment first",
        lambda cast, case: comments.comment(case_id=case.pk, by=cast.mo, text=" "),
    ),
    (
        State.TRIAGED,
        "There is no answer text yet",
        lambda cast, case: answering.submit_draft(
            case_id=case.pk, by=cast.erin, body="<p> </p>", based_on=0, seen=None
        ),
    ),
    (State.SUBMITTED, "not part of a story", lambda cast, case: stories.split(case_id=case.pk, by=cast.mo)),
    (State.SUBMITTED, "not set aside", lambda cast, case: stories.unmerge(case_id=case.pk, by=cast.mo)),
    (
        State.TRIAGED,
        "why you give the case back",
        lambda cast, case: answering.give_back(case_id=case.pk, by=cast.erin, reason=" "),
    ),
    *(
        (
            State.TRIAGED,
            "Choose a colleague who answers",
            lambda cast, case, to=to: answering.hand_over(case_id=case.pk, by=cast.erin, to=getattr(cast, to)),
        )
        for to in ("mo", "erin")
    ),
    (
        State.TRIAGED,
        "why this can stay",
        lambda cast, case: answering.keep_words(case_id=case.pk, by=cast.erin, mark="x", reason=" "),
    ),
    (
        State.SUBMITTED,
        "The last day is before",
        lambda cast, case: holding.set_away(person=cast.mo, first=days(3), last=days(2)),
    ),
    (
        State.TRIAGED,
        "not part of this answer",
        lambda cast, case: answering.restore(case_id=case.pk, by=cast.erin, number=99, based_on=0),
    ),
    (
        State.DRAFTED,
        "do not stand in the answer",
        lambda cast, case: comments.comment(case_id=case.pk, by=cast.mo, text="Which?", about=Passage("No such words")),
    ),
    (
        State.DRAFTED,
        "not part of this case",
        lambda cast, case: comments.resolve(case_id=case.pk, by=cast.mo, comment_id=0),
    ),
    (
        State.DRAFTED,
        "Choose a colleague who",
        lambda cast, case: ask_colleague(case_id=case.pk, by=cast.mo, colleague=cast.ada),
    ),
    (
        State.DRAFTED,
        "this step needs a reason",
        lambda cast, case: review.request_changes(case_id=case.pk, by=cast.mo, seen=None, comment=" "),
    ),
    (
        State.DRAFTED,
        "This step is for",
        lambda cast, case: review.request_changes(case_id=case.pk, by=cast.theo, seen=None, comment=" "),
    ),
    (
        State.TRIAGED,
        "not part of this case",
        lambda cast, case: asking.take_back(case_id=case.pk, by=cast.mo, inquiry_id=0),
    ),
    (
        State.SUBMITTED,
        "not marked any more",
        lambda cast, case: findings.decide(case_id=case.pk, by=cast.mo, finding_id=0, decision="replaced"),
    ),
    (
        State.SUBMITTED,
        "replaced or kept",
        lambda cast, case: findings.decide(
            case_id=case.pk, by=cast.mo, finding_id=case.findings.first().pk, decision="x"
        ),
    ),
    (
        State.SUBMITTED,
        "why the hints may stay",
        lambda cast, case: findings.decide_rest(case_id=case.pk, by=cast.mo, hints=True, reason=" "),
    ),
    (State.SUBMITTED, "nothing of yours to undo", lambda cast, case: findings.undo(case_id=case.pk, by=cast.dana)),
    (
        State.SUBMITTED,
        "Write the note first",
        lambda cast, case: notes.write_note(case_id=case.pk, by=cast.mo, text=" "),
    ),
    (
        State.SUBMITTED,
        "keep a note under",
        lambda cast, case: notes.write_note(case_id=case.pk, by=cast.mo, text="x" * (notes.NOTE_CHARS + 1)),
    ),
    *(
        (
            State.SUBMITTED,
            "from tomorrow on, within a year",
            lambda cast, case, until=until: keeping.ask_hold(case_id=case.pk, by=cast.mo, until=days(until), **HOLD),
        )
        for until in (0, keeping.LONGEST_HOLD + 1)
    ),
    *(
        (
            State.SUBMITTED,
            "in a sentence",
            lambda cast, case, reason=reason: keeping.ask_hold(
                case_id=case.pk, by=cast.mo, until=days(9), why="legal", reason=reason
            ),
        )
        for reason in ("short", "x" * (REASON_CHARS + 1))
    ),
    (State.SUBMITTED, "no hold on this case", lambda cast, case: keeping.agree_hold(case_id=case.pk, by=cast.mo)),
    (
        State.SUBMITTED,
        "Only an expert",
        lambda cast, case: triage.assign(case_id=case.pk, by=cast.mo, expert=cast.dana),
    ),
    (
        State.SUBMITTED,
        "not part of this case",
        lambda cast, case: triage.acknowledge_flag(case_id=case.pk, by=cast.mo, flag_id=0),
    ),
    (
        State.SUBMITTED,
        "a kind message",
        lambda cast, case: triage.decline(case_id=case.pk, by=cast.mo, seen=None, reason="No", message=" "),
    ),
    (
        State.TRIAGED,
        "a title and a text",
        lambda cast, case: saved(cast, case, confirm=True, title=" "),
    ),
    (State.TRIAGED, "Confirm that nothing", lambda cast, case: saved(cast, case)),
    (State.TRIAGED, "names somebody", lambda cast, case: saved(cast, case, confirm=True)),
    (
        State.TRIAGED,
        "Change its topics beside the letter",
        lambda cast, case: triage.set_topics(case_id=case.pk, by=cast.mo, topics=[]),
    ),
    (
        State.REVIEWED,
        "Choose who may read it",
        lambda cast, case: publication.consent(
            case_id=case.pk, by=cast.rosa, page_hash=case.page_hash(), audience="private"
        ),
    ),
    (
        State.REVIEWED,
        "what you would like changed",
        lambda cast, case: publication.suggest_change(case_id=case.pk, by=cast.rosa, wish=" "),
    ),
    *(
        (State.SUBMITTED, "Give between 1 and", lambda cast, case, weeks=weeks: turn(cast, weeks=weeks))
        for weeks in (0, roster.MOST_WEEKS + 1)
    ),
    *(
        (
            State.SUBMITTED,
            "ends after it begins, and within a day",
            lambda cast, case, hours=hours: turn(cast, from_hour=hours[0], until_hour=hours[1]),
        )
        for hours in ((-1, 8), (24, 30), (9, 9), (9, 34))
    ),
    (State.SUBMITTED, "Only a moderator can be on call", lambda cast, case: turn(cast, person=cast.erin)),
    (State.SUBMITTED, "kept by moderators and", lambda cast, case: turn(cast, by=cast.erin)),
    (
        State.DRAFTED,
        "keep it under",
        lambda cast, case: ask_colleague(case_id=case.pk, by=cast.mo, colleague=cast.erin, words="x" * 2_001),
    ),
]


@pytest.mark.parametrize(("state", "says", "tried"), REFUSED)
def test_it_says_why_not_and_nothing_has_happened(cast, state, says, tried):
    case = make_case(cast, state=state)
    before = (again(case).version, Event.objects.count(), Shift.objects.count())
    with pytest.raises(Refused, match=says):
        tried(cast, case)
    assert (again(case).version, Event.objects.count(), Shift.objects.count()) == before


def test_the_clock_erases_nothing_of_a_case_that_was_kept_at_this_very_moment(case):
    before = (again(case).version, Event.objects.count())
    over = {"still": lambda case: False, "erase": lambda case: pytest.fail("it was erased")}
    assert not end_by_clock(case.pk, Kind.LETTER_ENDED, **over)
    assert (again(case).version, Event.objects.count()) == before


# ---- behind the doors -----------------------------------------------------------------------------------------------
@pytest.mark.parametrize("guard", [desk(*Role), member_page])
def test_a_page_is_shut_to_whoever_did_not_sign_in_also_where_no_door_stands_before_it(guard):
    request = RequestFactory().get("/anything/")
    request.user = AnonymousUser()
    answer = guard(lambda request: pytest.fail("it was let in"))(request)
    assert (answer.status_code, answer.url) == (302, f"{resolve_url(settings.LOGIN_URL)}?next=/anything/")
    with pytest.raises(PermissionDenied):
        person(request)


def test_an_account_is_nobodys_also_where_no_door_stands_before_it():
    request = RequestFactory().get("/account/")
    request.user = AnonymousUser()
    assert own_account.account(request).status_code == 302


@pytest.mark.parametrize("name", ["reply", "keep_reply"])
def test_a_member_who_works_here_now_replies_to_no_question_of_ours(cast, asked, client, name):
    """Their own letters stay theirs; what members do with them they do no more."""
    cast.rosa.grants.create(role=Role.EXPERT, confirmed_at=timezone.now())
    client.force_login(cast.rosa)
    there = reverse(f"workflow:{name}", args=[asked.case.public_id, asked.pk])
    assert client.post(there, {"text": "He is well."}).status_code == 404
    assert Inquiry.objects.get().reply == ""


@pytest.mark.parametrize(
    ("name", "state"),
    [
        ("ask_sent", State.SUBMITTED),
        ("status", State.SUBMITTED),
        ("my_answer", State.REVIEWED),
        ("consent", State.REVIEWED),
        ("withdraw", State.SUBMITTED),
        ("my_unpublish", State.PUBLISHED),
    ],
)
def test_a_member_who_works_here_now_finds_no_page_of_members(cast, client, name, state):
    there = reverse(f"workflow:{name}", args=[make_case(cast, state=state).public_id])
    client.force_login(cast.rosa)
    assert client.get(there).status_code == 200
    cast.rosa.grants.create(role=Role.EXPERT, confirmed_at=timezone.now())
    client.force_login(cast.rosa)
    assert client.get(there).status_code == 404


@pytest.mark.parametrize("typed", ["&" * 15_000, f"<p>{'&' * 15_000}</p>"])
def test_an_answer_that_grows_too_long_when_it_is_cleaned_is_shown_as_it_was_typed(typed):
    """Each `&` becomes `&amp;`: what the page is given it cleans once more, and that must not be too much for it."""
    assert _typed("body", typed) == Typed("body", typed)


def test_an_answer_that_is_shown_back_is_cleaned(cast):
    assert _typed("body", "<p onclick='x'>Call <b>911</b>.</p>") == Typed(
        "Your answer", "<p>Call 911.</p>", is_answer=True
    )


def test_a_refused_save_by_the_button_is_a_page_and_by_itself_a_sentence_for_the_script(cast, client, monkeypatch):
    def refuse(*args, **kwargs):
        raise Refused("Not now.")

    monkeypatch.setattr("workflow.views.intake._keep", refuse)
    client.force_login(cast.rosa)
    by_button = client.post(reverse("workflow:save_draft"), {"text": LETTER})
    assert (by_button.status_code, by_button.headers["Content-Type"]) == (409, "text/html; charset=utf-8")
    by_itself = client.post(reverse("workflow:save_draft"), {"text": LETTER}, headers={"X-Autosave": "1"})
    assert (by_itself.status_code, by_itself.json()) == (409, {"sentence": "Not now."})


def test_a_press_that_decides_nothing_about_the_words_is_refused_on_a_page(cast, case, client):
    client.force_login(cast.mo)
    answer = client.post(reverse("workflow:findings", args=[case.public_id]), {"act": "nothing", "seen": ""})
    assert answer.status_code == 409
    assert "Choose what to do with the words." in answer.content.decode()


# ---- what forms say beside the field, before any action is asked ---------------------------------------------------------
@pytest.mark.parametrize(
    ("form", "field", "says"),
    [
        (lambda cast: SubmitForm({"body": "<p> </p>", "based_on": 0}), "body", "no answer text yet"),
        (lambda cast: ConsentForm({"choice": "change", "wish": " "}), "wish", "what you would like changed"),
        (
            lambda cast: TurnForm(
                {"person": cast.mo.pk, "day": days(1), "from_hour": 0, "until_hour": 30, "weeks": 1},
                people=User.objects.all(),
            ),
            "until_hour",
            "at most 24 hours",
        ),
        (lambda cast: RuleForm({"ways": "x " * AREA_CHARS}), "ways", f"under {AREA_CHARS:,} characters"),
        (
            lambda cast: QuestionForm({"title": "Home", "text": "He is home."}, is_confirming=True),
            "nobody_knows_them",
            "then tick this box",
        ),
    ],
)
def test_a_form_says_beside_the_field_what_is_missing(cast, form, field, says):
    assert says in str(form(cast).errors[field])
