"""The moderators' triage desk: the queue, the urgent board, flags, de-identification, passing on and declining."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from qa.models import Audience
from tests.cast import LETTER, MARKER, QUESTION, again, make_case, settle, signed_in, topic
from workflow import queues
from workflow.actions import findings, intake, publication, triage
from workflow.events import Kind
from workflow.models import Case, SafetyFlag
from workflow.safety.words import Category, Severity, Subject, Timing
from workflow.states import OPEN_STATES, State
from workflow.transitions import Seen

pytestmark = pytest.mark.once

WORDS = {"title": "When he comes home", "label": "A mother", "intro": "", "text": QUESTION}


@pytest.fixture
def mo(cast):
    return signed_in(cast.mo)


def at(name, case, *more):
    return reverse(f"workflow:{name}", args=[case.public_id, *more])


def flagged(cast, case, severity=Severity.URGENT, category=Category.OVERDOSE):
    return triage.raise_flag(
        case_id=case.pk, by=cast.dana, category=category, severity=severity, subject=Subject.CHILD, timing=Timing.NOW
    )


def sent_days_ago(case, days):
    Case.objects.filter(pk=case.pk).update(submitted_at=timezone.now() - timedelta(days=days))


def numbers(response):
    return [row.case.pk for row in response.context["rows"]]


# ---- the queue ----------------------------------------------------------------------------------------------------
def test_it_shows_danger_first_then_the_oldest(cast, mo):
    old, young, urgent, emergency = (make_case(cast) for _ in range(4))
    sent_days_ago(old, 3)
    flagged(cast, urgent)
    flagged(cast, emergency, Severity.EMERGENCY)
    assert numbers(mo.get(reverse("workflow:queue"))) == [emergency.pk, urgent.pk, old.pk, young.pk]


def test_it_puts_the_gravest_flag_of_a_case_on_top_of_those_that_wait(cast):
    case = make_case(cast)
    for severity in (Severity.CONCERN, Severity.URGENT, Severity.EMERGENCY):
        flagged(cast, case, severity)
    shown = [flag.severity for flag in queues.flags_of(cast.mo, case)]
    assert shown == [Severity.EMERGENCY, Severity.URGENT, Severity.CONCERN]


def test_it_says_on_the_row_why_it_stands_there_and_what_is_overdue(cast, mo):
    late, urgent = make_case(cast), make_case(cast)
    sent_days_ago(late, 9)
    flagged(cast, urgent)
    page = mo.get(reverse("workflow:queue")).content.decode()
    assert "Overdose, a child, now" in page
    assert "nobody has taken it on" in page
    assert "First reading was due" in page
    assert MARKER not in page


def test_it_counts_what_it_shows_and_shows_what_the_database_has(cast, mo):
    for wanted in (State.SUBMITTED, State.SUBMITTED, State.TRIAGED, State.DRAFTED, State.REVIEWED, State.PUBLISHED):
        make_case(cast, state=wanted)
    for state in ("", *OPEN_STATES):
        response = mo.get(reverse("workflow:queue"), {"state": state})
        counts = response.context["counts"]
        assert counts == {s: Case.objects.filter(state=s).count() for s in OPEN_STATES}, state
        assert len(numbers(response)) == (counts[state] if state else sum(counts.values())), state


def test_it_does_not_count_a_private_answer_at_rest_until_somebody_must_look(cast, mo):
    case = make_case(cast, state=State.REVIEWED, audience=Audience.PRIVATE)
    response = mo.get(reverse("workflow:queue"))
    assert (numbers(response), response.context["total"], response.context["beside"]) == ([], 0, [])
    publication.suggest_change(case_id=case.pk, by=cast.rosa, wish="His age.")
    assert [row.case.pk for row in mo.get(reverse("workflow:queue")).context["beside"]] == [case.pk]


@pytest.mark.parametrize("state", [State.PUBLISHED, State.DECLINED, State.REVIEWED])
@pytest.mark.parametrize("severity", list(Severity))
def test_it_hides_no_flag_because_a_case_is_closed(cast, mo, state, severity):
    case = make_case(cast, state=state, audience=Audience.PRIVATE if state == State.REVIEWED else Audience.PUBLIC)
    flagged(cast, case, severity)
    for chosen in ("", "drafted", "nonsense"):
        response = mo.get(reverse("workflow:queue"), {"state": chosen})
        assert [row.case.pk for row in response.context["beside"]] == [case.pk]


def test_it_pages_without_losing_or_repeating_a_case(cast, mo, monkeypatch):
    for number in range(7):
        case = make_case(cast)
        if number % 3 == 0:
            flagged(cast, case)
    monkeypatch.setattr(queues.page_of, "__kwdefaults__", {"after": "", "size": 3})
    seen, url = [], reverse("workflow:queue")
    while url:
        response = mo.get(url)
        seen += numbers(response)
        url = response.context["next_url"]
    assert seen == list(queues.open_queue(cast.mo).values_list("pk", flat=True))
    assert len(seen) == 7


@pytest.mark.parametrize("mark", ["x", "1.2", "9.9.9.9", "-1.0.0", "١.١.١", "3." + "9" * 16 + ".1"])
def test_it_takes_any_mark_of_a_page_without_a_fault(cast, mo, mark):
    make_case(cast)
    assert mo.get(reverse("workflow:queue"), {"after": mark}).status_code == 200


def test_it_is_kind_when_nobody_waits(cast, mo):
    assert "Nobody is waiting" in mo.get(reverse("workflow:queue")).content.decode()


def test_it_asks_as_often_for_fifty_cases_as_for_five(cast, mo, django_assert_num_queries):
    def fill(number):
        for _ in range(number):
            case = intake.submit_letter(by=cast.rosa, text=LETTER, danger="unsure")
            flagged(cast, case)

    fill(5)
    with django_assert_num_queries(17) as few:
        mo.get(reverse("workflow:queue"))
    fill(45)
    with django_assert_num_queries(17):
        mo.get(reverse("workflow:queue"))
    assert not [query for query in few.captured_queries if "qa_letter" in query["sql"].replace("qa_letterwriter", "")]


# ---- the board ----------------------------------------------------------------------------------------------------
def test_it_pins_urgent_flags_on_every_page_of_a_moderator_and_under_every_filter(cast, mo):
    case = make_case(cast, state=State.DRAFTED)
    flag = flagged(cast, case)
    pages = [reverse("workflow:queue"), reverse("workflow:board"), at("case", case), at("letter", case)]
    pages += [reverse("workflow:queue") + f"?state={state}" for state in State]
    pages += [reverse("workflow:queue") + "?after=3.1.1", at("review", case), at("preview", case)]
    for page in pages:
        assert at("acknowledge_flag", case, flag.pk) in mo.get(page).content.decode(), page


def test_it_shows_the_board_to_nobody_else(cast):
    case = make_case(cast, state=State.TRIAGED)
    flagged(cast, case)
    page = signed_in(cast.erin).get(reverse("workflow:answering")).content.decode()
    assert "urgent flag" not in page
    assert "data-poll" not in page
    assert "urgent flag" in signed_in(cast.mora).get(reverse("workflow:answering")).content.decode()


def test_it_keeps_every_emergency_in_sight_and_counts_what_folds(cast, mo):
    case = make_case(cast)
    for severity in [Severity.EMERGENCY] * 6 + [Severity.URGENT] * 5:
        flagged(cast, case, severity)
    page = mo.get(reverse("workflow:board")).content.decode()
    assert "11 urgent flags wait" in page
    assert "5 more urgent flags" in page
    assert page.index("<details") > [i for i in range(len(page)) if page.startswith("chip--emergency", i)][-1]


def test_it_offers_to_take_on_every_flag_of_the_board_different_cases_first(cast, mo, django_assert_num_queries):
    loud, other = make_case(cast), make_case(cast)
    flags = [flagged(cast, case, Severity.EMERGENCY) for case in (loud, loud, loud, other)]
    with django_assert_num_queries(5):
        few = mo.get(reverse("workflow:board")).content.decode()
    first, second = (few.index(at("acknowledge_flag", flag.case, flag.pk)) for flag in (flags[0], flags[3]))
    assert all(few.index(at("acknowledge_flag", loud, flag.pk)) > second > first for flag in flags[1:3])
    flags += [flagged(cast, case) for case in (loud, other) * 20]
    with django_assert_num_queries(5):
        many = mo.get(reverse("workflow:board")).content.decode()
    assert all(at("acknowledge_flag", flag.case, flag.pk) in many for flag in flags)


def test_it_takes_a_flag_off_the_board_only_when_somebody_takes_it_on(cast, mo):
    case = make_case(cast)
    flag = flagged(cast, case)
    assert "urgent flag waits" in mo.get(reverse("workflow:board")).content.decode()
    response = mo.post(at("acknowledge_flag", case, flag.pk))
    assert response.headers["Location"] == f"{at('case', case)}#flag-{flag.pk}"
    assert "urgent flag waits" not in mo.get(reverse("workflow:board")).content.decode()
    triage.open_letter(case_id=case.pk, by=cast.mo)
    assert mo.get(reverse("workflow:board")).content.decode().strip() == ""
    assert SafetyFlag.objects.get(pk=flag.pk).acknowledged_by == cast.mo


# ---- flags --------------------------------------------------------------------------------------------------------
def test_it_raises_a_flag_and_gives_back_what_was_typed_when_something_is_missing(cast, mo):
    case = make_case(cast)
    typed = {"category": "violence", "severity": "", "subject": "child", "timing": "now", "note": "In the last lines."}
    response = mo.post(at("raise_flag", case), typed)
    assert response.status_code == 422
    assert "In the last lines." in response.content.decode()
    assert not case.flags.exists()
    mo.post(at("raise_flag", case), {**typed, "severity": "emergency"})
    assert (case.flags.get().raised_by, again(case).tier) == (cast.mo, 0)


def test_it_closes_a_flag_with_what_was_done_and_not_without(cast, mo):
    case = make_case(cast)
    flag = flagged(cast, case)
    mo.post(at("acknowledge_flag", case, flag.pk))
    refused = mo.post(at("close_flag", case, flag.pk), {"outcome": " "})
    assert refused.status_code == 422
    assert f'<a href="#flag-{flag.pk}-outcome">Write what was done' in refused.content.decode()
    mo.post(at("close_flag", case, flag.pk), {"outcome": "Wrote with the steps for tonight.", "all_the_same": "on"})
    assert SafetyFlag.objects.get(pk=flag.pk).outcome == "Wrote with the steps for tonight."
    assert "Wrote with the steps for tonight." in mo.get(at("case", case)).content.decode()


def test_it_keeps_what_was_typed_when_a_flag_cannot_be_closed_yet(cast, mo):
    case = make_case(cast)
    flag = flagged(cast, case)
    response = mo.post(at("close_flag", case, flag.pk), {"outcome": "Called her sister."})
    assert response.status_code == 409
    assert "Called her sister." in response.content.decode()
    assert f'href="{at("case", case)}"' in response.content.decode()


# ---- letter and question ------------------------------------------------------------------------------------------
def test_it_records_every_opening_of_a_letter(cast, mo):
    case = make_case(cast)
    for _ in range(2):
        assert MARKER in mo.get(at("letter", case)).content.decode()
    assert case.events.filter(kind=Kind.LETTER_OPENED, actor=cast.mo).count() == 2
    assert again(case).first_read_at is not None


def test_it_prepares_for_a_flagged_letter_before_it_is_opened(cast, mo):
    case = make_case(cast)
    flagged(cast, case)
    page = mo.get(at("case", case)).content.decode()
    assert "Before you open it" in page
    assert MARKER not in page
    assert at("letter", case) not in mo.get(reverse("workflow:queue")).content.decode()


def test_it_starts_the_question_as_the_letter_with_the_replacements_in_it(cast, mo):
    response = mo.get(at("letter", make_case(cast)))
    words = response.context["form"]["text"].value()
    assert words.startswith("My son is 24 and he moved back home with us on Friday.")
    assert "We live in our town and his sister sees everything." in words


def test_it_says_when_nothing_had_to_change(cast, mo):
    case = intake.submit_letter(by=cast.rosa, text="He drinks every night. I am tired.", danger="no")
    assert "word for word" in mo.get(at("letter", case)).content.decode()


def test_it_saves_the_words_shows_the_differences_and_lets_them_be_confirmed(cast, mo):
    case, about = make_case(cast), topic()
    findings.decide_rest(case_id=case.pk, by=cast.mo, hints=False)
    findings.decide_rest(case_id=case.pk, by=cast.mo, hints=True, reason="Common.")
    form = {**WORDS, "nobody_knows_them": "on", "topics": [about.pk], "seen": str(Seen.of(again(case)))}
    assert mo.post(at("question", case), form).headers["Location"] == at("letter", case)
    page = mo.get(at("letter", case)).content.decode()
    assert "<del>" in page
    assert "<ins>" in page
    assert again(case).question.confirmed_at is None
    form["seen"] = str(Seen.of(again(case)))
    assert mo.post(at("question", case), {**form, "confirm": "yes"}).headers["Location"] == at("case", case)
    saved = again(case)
    assert (saved.question.text, saved.question.confirmed_by, saved.has_topic()) == (QUESTION, cast.mo, True)


def test_it_takes_a_browsers_line_ends_as_no_change(cast, mo):
    case = intake.submit_letter(by=cast.rosa, text=f"{LETTER}\n\nRosa {MARKER}", danger="no")
    text = case.question.text.replace("\n", "\r\n")
    mo.post(at("question", case), {**WORDS, "title": "", "label": "", "text": text, "seen": str(Seen.of(case))})
    assert again(case).question.revision == 1


@pytest.mark.parametrize(
    ("empty", "says", "kept"),
    [
        ("title", "Give the question a title", "Half a thought"),
        ("text", "The question is empty. Write it before you confirm it.", "Half a title"),
    ],
)
def test_it_does_not_confirm_without_a_title_and_a_text_and_keeps_every_word(cast, mo, empty, says, kept):
    case = make_case(cast)
    words = {**WORDS, "title": "Half a title", "text": "Half a thought", empty: ""}
    response = mo.post(at("question", case), {**words, "confirm": "yes", "seen": str(Seen.of(case))})
    assert response.status_code == 422
    assert says in response.content.decode()
    assert kept in response.content.decode()
    assert again(case).question.confirmed_at is None


def test_it_loses_nothing_when_a_colleague_saved_meanwhile(cast, mo):
    case = make_case(cast)
    seen = str(Seen.of(case))
    signed_in(cast.dana).post(at("question", case), {**WORDS, "text": "What dana wrote.", "seen": seen})
    response = mo.post(at("question", case), {**WORDS, "text": "What mo wrote.", "seen": seen})
    page = response.content.decode()
    assert response.status_code == 409
    assert "What mo wrote." in page
    assert "dana" in page.lower()
    assert "Dana, moderator" in page
    assert again(case).question.text == "What dana wrote."
    mo.post(at("question", case), {**WORDS, "text": "What both wrote.", "seen": str(response.context["seen"])})
    assert again(case).question.text == "What both wrote."


def test_it_shows_words_that_cannot_change_any_more_without_a_form(cast, mo):
    case = make_case(cast, state=State.PUBLISHED)
    page = mo.get(at("letter", case)).content.decode()
    assert at("question", case) not in page
    assert "these words stay as they are" in page


def test_it_opens_no_letter_that_was_taken_back(cast, mo):
    case = make_case(cast, state=State.WITHDRAWN)
    assert mo.get(at("letter", case)).status_code == 409
    assert at("letter", case) not in mo.get(at("case", case)).content.decode()


# ---- who answers, passing on, declining ---------------------------------------------------------------------------
def test_it_passes_a_case_to_an_expert_or_to_whoever_takes_it(cast, mo):
    for chosen, expected in ((cast.erin.pk, cast.erin), ("", None)):
        case = make_case(cast)
        settle(case, by=cast.mo)
        response = mo.post(at("triage", case), {"expert": chosen, "seen": str(Seen.of(again(case)))})
        assert response.headers["Location"] == at("case", case)
        assert (again(case).state, again(case).expert) == (State.TRIAGED, expected)


def test_it_does_not_pass_on_what_is_not_ready_and_says_why(cast, mo):
    case = make_case(cast)
    flagged(cast, case)
    response = mo.post(at("triage", case), {"expert": "", "seen": str(Seen.of(again(case)))})
    assert response.status_code == 409
    assert "Take on every flag first" in response.content.decode()
    assert again(case).state == State.SUBMITTED


@pytest.mark.parametrize("name", ["assign", "triage"])
def test_it_refuses_somebody_who_is_no_expert(cast, mo, name):
    case = make_case(cast)
    settle(case, by=cast.mo)
    response = mo.post(at(name, case), {"expert": cast.rosa.pk, "seen": str(Seen.of(again(case)))})
    assert (response.status_code, again(case).expert) == (409, None)


def test_it_names_another_expert_and_frees_a_case(cast, mo):
    case = make_case(cast, state=State.TRIAGED)
    mo.post(at("assign", case), {"expert": cast.theo.pk, "seen": str(Seen.of(case))})
    assert again(case).expert == cast.theo
    stale = mo.post(at("assign", case), {"expert": "", "seen": str(Seen.of(case))})
    assert (stale.status_code, again(case).expert) == (409, cast.theo)
    mo.post(at("assign", case), {"expert": "", "seen": str(Seen.of(again(case)))})
    assert again(case).expert is None


def test_it_declines_with_a_kind_message_and_a_reason_for_us(cast, mo):
    case = make_case(cast)
    page = mo.get(at("decline", case))
    assert "Thank you for writing" in page.context["form"]["message"].value()
    assert "1-800-662-4357" in page.context["form"]["message"].value()
    form = {"message": "We are so sorry.", "reason": "Legal advice", "seen": str(Seen.of(case))}
    for missing in ("message", "reason"):
        refused = mo.post(at("decline", case), {**form, missing: ""})
        assert refused.status_code == 422
        assert again(case).state == State.SUBMITTED
    mo.post(at("decline", case), form)
    declined = again(case)
    assert (declined.state, declined.member_message) == (State.DECLINED, "We are so sorry.")
    assert declined.events.last().remark.text == "Legal advice"


def test_it_does_not_decline_over_an_open_danger_and_keeps_the_message(cast, mo):
    case = make_case(cast)
    flagged(cast, case)
    form = {"message": "We are so sorry.", "reason": "Legal", "seen": str(Seen.of(again(case)))}
    response = mo.post(at("decline", case), form)
    assert response.status_code == 422
    assert "We are so sorry." in response.content.decode()
    assert "Take on every flag first" in response.content.decode()
    assert again(case).state == State.SUBMITTED


def test_it_says_why_a_case_cannot_be_declined_any_more(cast, mo):
    case = make_case(cast, state=State.PUBLISHED)
    assert mo.get(at("decline", case)).status_code == 409
