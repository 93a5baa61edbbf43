"""Asking the member: the pause, the checks, the reply's way to the expert, a week of silence (leaks: tests/house)."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from notifications import outbox
from notifications.models import Message
from qa.encryption import EncryptedTextField
from tests.cast import ANSWER, MARKER, again, make_case, settle, signed_in
from tests.workflow.test_notes import composed_of
from workflow import clocks, queues
from workflow.actions import answering, asking, findings, holding, intake, review, triage
from workflow.actions import clocks as safety_clocks
from workflow.events import Kind
from workflow.models import Case, Inquiry
from workflow.models.inquiries import Ending
from workflow.safety.words import Category, Severity, Subject, Timing
from workflow.states import State
from workflow.transitions import Refused, Seen
from workflow.waiting import clock_of

pytestmark = pytest.mark.once

ASK = "Has he slept at home this week? It helps us to know, and you need not reply."
REPLY = f"Yes. Mikey {MARKER} sleeps in the cellar since Friday. He works at Trader Joe's in Gloucester."


@pytest.fixture
def case(cast):
    return make_case(cast, state=State.TRIAGED)


@pytest.fixture
def asked(cast, case):
    return asking.ask(case_id=case.pk, by=cast.erin, text=ASK)


@pytest.fixture
def replied(cast, asked):
    return asking.reply(case_id=asked.case_id, by=cast.rosa, inquiry_id=asked.pk, text=REPLY)


def at(name, case, *more):
    return reverse(f"workflow:{name}", args=[case.public_id, *more])


def text_of(response):
    return response.content.decode()


def pass_on(cast, inquiry, *, by=None):
    by = by or cast.mo
    for finding in inquiry.findings.filter(decision=""):
        findings.decide(case_id=inquiry.case_id, finding_id=finding.pk, by=by, decision="replaced")
    inquiry.refresh_from_db()
    asking.settle(case_id=inquiry.case_id, by=by, inquiry_id=inquiry.pk, words=inquiry.readable, ticked_by=by)
    inquiry.refresh_from_db()
    return inquiry


def long_ago(inquiry, days):
    Inquiry.objects.filter(pk=inquiry.pk).update(asked_at=timezone.now() - timedelta(days=days))
    Case.objects.filter(pk=inquiry.case_id).update(paused_at=timezone.now() - timedelta(days=days))


# ---- the pause ----------------------------------------------------------------------------------------------------
def test_it_pauses_without_another_state_and_stops_the_answers_clock_only(cast, case, asked):
    paused = again(case)
    assert (paused.state, paused.is_paused) == (State.TRIAGED, True)
    assert clock_of(paused, []) is None
    unread = make_case(cast)
    asking.ask(case_id=unread.pk, by=cast.mo, text=ASK)
    assert clock_of(again(unread), []).what == "First reading"


def test_it_never_stops_the_clock_of_a_danger(cast, case, asked):
    kinds = {"category": Category.MEDICAL, "severity": Severity.URGENT, "subject": Subject.OTHER, "timing": Timing.NOW}
    flag = triage.raise_flag(case_id=case.pk, by=cast.mo, **kinds)
    type(flag).objects.filter(pk=flag.pk).update(raised_at=timezone.now() - timedelta(hours=3))
    assert safety_clocks.escalate_flags() > 0
    assert again(case).is_paused


def test_it_adds_the_working_days_that_were_waited_to_the_day_it_is_due(cast, case, asked):
    long_ago(asked, 6)
    waited = clocks.working_days_between(timezone.now() - timedelta(days=6), timezone.now())
    asking.reply(case_id=case.pk, by=cast.rosa, inquiry_id=asked.pk, text="Yes.")
    now = again(case)
    assert (now.is_paused, now.paused_days) == (False, waited)
    assert waited >= 2  # six days hold four working days, less when holidays fall into them
    later, plain = clocks.answer_due(now.submitted_at, waited), clocks.answer_due(now.submitted_at)
    assert clocks.working_days_between(clocks.end_of(plain), clocks.end_of(later)) == waited


def test_it_keeps_the_case_with_its_expert_while_the_member_is_asked(cast, case, asked):
    assert again(case).claim_until > timezone.now() + timedelta(days=8)
    answering.save_answer(case_id=case.pk, by=cast.erin, body="<p>More.</p>", based_on=0)
    assert again(case).claim_until > timezone.now() + timedelta(days=8)
    long_ago(asked, 3)
    assert holding.release_run_out() == 0
    answering.give_back(case_id=case.pk, by=cast.erin, reason="I am ill.")
    answering.claim(case_id=case.pk, by=cast.theo)
    assert again(case).claim_until > timezone.now() + timedelta(days=5)


def test_it_says_so_on_every_list(cast, case, asked):
    assert "Paused: the member was asked" in text_of(signed_in(cast.erin).get(reverse("workflow:answering")))
    triage.open_letter(case_id=case.pk, by=cast.mo)
    queue = text_of(signed_in(cast.mo).get(reverse("workflow:queue")))
    assert "The member was asked something" in queue
    assert "Answer due" not in queue
    assert "stands still; the clocks of danger run on" in text_of(signed_in(cast.mo).get(at("case", case)))
    assert "We have asked you something" in text_of(signed_in(cast.rosa).get(reverse("workflow:my_cases")))


# ---- asking -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("state", [State.SUBMITTED, State.TRIAGED, State.DRAFTED])
def test_it_lets_moderators_ask_before_there_is_an_answer(cast, state):
    case = make_case(cast, state=state)
    asking.ask(case_id=case.pk, by=cast.mo, text=ASK)
    assert again(case).is_paused


@pytest.mark.parametrize(
    ("who", "state"),
    [("theo", "triaged"), ("rosa", "triaged"), ("ada", "triaged"), ("erin", "drafted"), ("mo", "reviewed")],
)
def test_it_refuses_everybody_else(cast, who, state):
    case = make_case(cast, state=State(state))
    with pytest.raises(Refused):
        asking.ask(case_id=case.pk, by=getattr(cast, who), text=ASK)
    assert not Inquiry.objects.exists()


def test_it_shows_no_word_of_a_letter_that_nobody_opened(cast):
    fresh = make_case(cast)
    page = text_of(signed_in(cast.mo).get(at("ask_member", fresh)))
    assert "sister sees everything" not in page
    assert "not confirmed yet" in page


def test_it_asks_one_thing_at_a_time(cast, case, asked):
    with pytest.raises(Refused, match="has not replied yet"):
        asking.ask(case_id=case.pk, by=cast.mo, text="And is he well?")
    assert "has not replied yet" in text_of(signed_in(cast.erin).get(at("ask_member", case)))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Does Mikey sleep at home?", "“Mikey” may tell who they are"),
        ("Do you still live in Gloucester?", "“Gloucester” may tell who they are"),
        ("Could you call me at (978) 555-0142?", "978"),
        ("   ", "Write what you would like to know first."),
        ("x" * 2_001, "under 2,000 characters"),
    ],
)
def test_it_checks_a_question_as_an_answer_and_gives_back_what_was_typed(cast, case, text, sentence):
    response = signed_in(cast.erin).post(at("ask_member", case), {"text": text, "seen": str(Seen.of(case))})
    assert response.status_code == 422
    assert sentence in text_of(response)
    assert text.strip()[:30] in text_of(response)
    assert not Inquiry.objects.exists()
    with pytest.raises(Refused):
        asking.ask(case_id=case.pk, by=cast.erin, text=text)


def test_it_can_be_taken_back_and_the_member_sees_it_no_longer(cast, case, asked):
    rosa = signed_in(cast.rosa)
    assert ASK in text_of(rosa.get(at("status", case)))
    assert signed_in(cast.theo).post(at("take_back_inquiry", case, asked.pk)).status_code == 404
    signed_in(cast.erin).post(at("take_back_inquiry", case, asked.pk))
    assert not again(case).is_paused
    assert ASK not in text_of(rosa.get(at("status", case)))
    late = rosa.post(at("reply", case, asked.pk), {"text": "My long reply."})
    assert late.status_code == 409
    assert "My long reply." in text_of(late)
    asking.take_back(case_id=case.pk, by=cast.mo, inquiry_id=asked.pk)  # twice changes nothing
    assert case.events.filter(kind=Kind.INQUIRY_TAKEN_BACK).count() == 1


def test_it_holds_up_an_answer_until_the_reply_is_read(cast, case, asked):
    submit = {"case_id": case.pk, "by": cast.erin, "body": ANSWER, "based_on": 0, "seen": None}
    with pytest.raises(Refused, match="take the question back first"):
        answering.submit_draft(**submit)
    asking.reply(case_id=case.pk, by=cast.rosa, inquiry_id=asked.pk, text=REPLY)
    with pytest.raises(Refused, match="passes it on first"):
        answering.submit_draft(**submit)
    pass_on(cast, asked)
    assert answering.submit_draft(**submit).state == State.DRAFTED


# ---- replying -----------------------------------------------------------------------------------------------------
def test_it_takes_a_reply_from_the_member_alone(cast, case, asked):
    for who in ("bela", "erin", "mo", "ada"):
        client = signed_in(getattr(cast, who))
        for name in ("reply", "keep_reply"):
            assert client.post(at(name, case, asked.pk), {"text": "Hello"}).status_code == 404, (who, name)
    other = make_case(cast, state=State.TRIAGED)
    assert signed_in(cast.rosa).post(at("reply", other, asked.pk), {"text": "Hello"}).status_code == 404
    assert Inquiry.objects.get().replied_at is None


def test_it_keeps_what_is_typed_and_shows_both_when_two_windows_differ(cast, case, asked):
    rosa = signed_in(cast.rosa)
    first = rosa.post(at("keep_reply", case, asked.pk), {"text": "One.", "knows": "0"}, headers={"X-Autosave": "1"})
    assert first.json()["knows"] == 1
    assert "One." in text_of(rosa.get(at("status", case)))
    stale = {"text": "Two.", "knows": "0"}
    assert rosa.post(at("keep_reply", case, asked.pk), stale).status_code == 409
    both = rosa.post(at("reply", case, asked.pk), {**stale, "keep": "yes"})
    assert both.status_code == 422
    assert "One." in text_of(both)
    assert "Two." in text_of(both)
    assert Inquiry.objects.get().unsent == "One."
    rosa.post(at("reply", case, asked.pk), {"text": "Two.", "knows": "1", "keep": "yes"})
    assert Inquiry.objects.get().unsent == "Two."


@pytest.mark.parametrize(("text", "sentence"), [("  ", "A few words are enough"), ("x" * 20_001, "at most 20,000")])
def test_it_says_beside_the_field_what_is_wrong_with_a_reply(cast, case, asked, text, sentence):
    response = signed_in(cast.rosa).post(at("reply", case, asked.pk), {"text": text})
    assert response.status_code == 422
    assert sentence in text_of(response)
    assert text.strip() in text_of(response)


def test_it_gives_back_a_reply_that_was_typed_after_signing_out(case, asked):
    response = Client().post(at("reply", case, asked.pk), {"text": "He came home at four."})
    assert "He came home at four." in text_of(response)


def test_it_shows_the_expert_the_reply_only_without_who_they_are(cast, case, replied):
    erin = signed_in(cast.erin)
    page = text_of(erin.get(at("write", case)))
    assert "A moderator takes out what could tell who they are" in page
    assert "cellar" not in page
    pass_on(cast, replied)
    page = text_of(erin.get(at("write", case)))
    assert "cellar" in page
    assert MARKER not in page
    assert "Gloucester" not in page
    assert "Mikey" not in page
    assert erin.get(at("pass_on_reply", case, replied.pk)).status_code == 403


def test_it_lets_a_moderator_decide_what_identifies_and_pass_it_on(cast, case, replied):
    mo = signed_in(cast.mo)
    page = text_of(mo.get(at("pass_on_reply", case, replied.pk)))
    assert MARKER in page
    assert case.events.filter(kind=Kind.REPLY_OPENED).count() == 1
    early = mo.post(at("pass_on_reply", case, replied.pk), {"words": "He sleeps below.", "nobody_knows_them": "on"})
    assert early.status_code == 422
    assert "not decided yet" in text_of(early)
    decided = {"inquiry": replied.pk, "seen": str(Seen.of(again(case)))}
    mo.post(at("findings", case), {**decided, "act": "rest"})
    mo.post(at("findings", case), {**decided, "seen": str(Seen.of(again(case))), "act": "hints", "reason": "Common."})
    replied.refresh_from_db()
    assert not replied.findings.filter(decision="").exists()
    assert "Mikey" not in replied.readable
    typed = {"words": f"{replied.readable} Mikey is fine.", "nobody_knows_them": "on"}
    named = mo.post(at("pass_on_reply", case, replied.pk), typed)
    assert "may still tell who they are: “Mikey”" in text_of(named)
    assert "Mikey is fine." in text_of(named)
    unticked = mo.post(at("pass_on_reply", case, replied.pk), {"words": replied.readable})
    assert unticked.status_code == 422
    done = mo.post(at("pass_on_reply", case, replied.pk), {"words": replied.readable, "nobody_knows_them": "on"})
    assert done.status_code == 302
    assert Inquiry.objects.get().settled_by == cast.mo


def test_it_leaves_the_letters_own_findings_alone(cast, case, replied):
    assert not again(case).has_open_findings()
    question = again(case).question.text
    pass_on(cast, replied)
    assert again(case).question.text == question


def test_it_reads_a_reply_for_danger_and_the_higher_severity_wins(cast, case, asked):
    text = "He took all her pills this morning and I cannot wake him up, his lips are blue."
    page = text_of(signed_in(cast.rosa).post(at("reply", case, asked.pk), {"text": text}, follow=True))
    assert "call 911. Please do not wait for us. A moderator reads your reply first." in page
    flags = list(case.flags.unacknowledged())
    assert Severity.EMERGENCY in {flag.severity for flag in flags}
    assert all(flag.evidence == "" for flag in flags)
    assert again(case).tier == 0
    assert "reply to a question" in flags[0].note


def test_it_is_the_next_thing_for_a_moderator(cast, case, replied):
    row = queues.open_queue(cast.mo).get(pk=case.pk)
    assert row.has_reply
    assert "Read what the member replied" in text_of(signed_in(cast.mo).get(reverse("workflow:queue")))


def test_the_next_thing_leads_to_the_reply_also_where_a_danger_is_being_looked_after(cast, case, replied):
    danger = {"category": Category.OVERDOSE, "severity": Severity.URGENT}
    flag = triage.raise_flag(case_id=case.pk, by=cast.dana, subject=Subject.LOVED_ONE, timing=Timing.NOW, **danger)
    page = text_of(signed_in(cast.mo).get(case.get_absolute_url()))
    assert ('href="#flags-title"' in page, "Go to the reply" in page) == (True, False)
    triage.acknowledge_flag(case_id=case.pk, flag_id=flag.pk, by=cast.mo)
    page = text_of(signed_in(cast.mo).get(case.get_absolute_url()))
    assert ('href="#flags-title"' in page, "Go to the reply" in page) == (False, True)


def test_a_refused_reply_is_seen_without_scripts_and_one_that_is_taken_leaves_the_reader_on_top(cast, case, asked):
    """The page is long: its form goes to a place that is there only as long as there is something to write."""
    rosa, there = signed_in(cast.rosa), f"asked-{asked.pk}"
    refused = rosa.post(at("reply", case, asked.pk), {"text": ""})
    assert refused.status_code == 422
    assert f'action="{at("reply", case, asked.pk)}#{there}"' in text_of(refused)
    assert f'id="{there}"' in text_of(refused)
    taken = text_of(rosa.post(at("reply", case, asked.pk), {"text": REPLY}, follow=True))
    assert f'id="{there}"' not in taken


def test_it_takes_the_same_reply_pressed_twice_for_one(cast, case, replied):
    asking.reply(case_id=case.pk, by=cast.rosa, inquiry_id=replied.pk, text=REPLY)
    with pytest.raises(Refused, match="replied already"):
        asking.reply(case_id=case.pk, by=cast.rosa, inquiry_id=replied.pk, text="Something else.")
    assert case.events.filter(kind=Kind.MEMBER_REPLIED).count() == 1


def test_it_arrives_also_when_the_check_for_names_fails(cast, case, asked, monkeypatch):
    def broken(*args, **kwargs):
        raise ValueError("broken")

    monkeypatch.setattr(findings, "find", broken)
    asking.reply(case_id=case.pk, by=cast.rosa, inquiry_id=asked.pk, text=REPLY)
    assert Inquiry.objects.get().findings.get(decision="").kind == "CHECK"


# ---- a week of silence --------------------------------------------------------------------------------------------
def test_it_goes_on_after_a_week_once_and_tells_who_waits(cast, case, asked):
    assert asking.go_on_without() == 0
    long_ago(asked, 8)
    assert (asking.go_on_without(), asking.go_on_without()) == (1, 0)
    now = again(case)
    assert (now.is_paused, now.paused_days > 0, Inquiry.objects.get().ending) == (False, True, Ending.SILENT)
    outbox.fan_out()
    told = Message.objects.filter(template="work_silent")
    assert [message.person for message in told] == [cast.erin]


def test_it_still_takes_a_late_reply(cast, case, asked):
    long_ago(asked, 8)
    asking.go_on_without()
    days = again(case).paused_days
    assert "You can still tell us" in text_of(signed_in(cast.rosa).get(at("status", case)))
    asking.reply(case_id=case.pk, by=cast.rosa, inquiry_id=asked.pk, text=REPLY)
    assert again(case).has_unread_reply()
    assert again(case).paused_days == days


def test_it_asks_nothing_any_more_of_a_declined_letter(cast):
    case = make_case(cast)
    inquiry = asking.ask(case_id=case.pk, by=cast.mo, text=ASK)
    for flag in case.flags.all():
        triage.acknowledge_flag(case_id=case.pk, flag_id=flag.pk, by=cast.mo)
    triage.decline(case_id=case.pk, by=cast.mo, seen=None, reason="Not ours.", message="We are sorry.")
    inquiry.refresh_from_db()
    assert (inquiry.ending, again(case).is_paused) == (Ending.CLOSED, False)
    assert ASK not in text_of(signed_in(cast.rosa).get(at("status", case)))


# ---- mail, and what never leaves the house ------------------------------------------------------------------------
def test_it_writes_to_everybody_who_waits_and_says_nothing(cast, case, replied):
    pass_on(cast, replied)
    outbox.fan_out()
    told = {(message.template, message.person) for message in Message.objects.all()}
    assert {("asked", None), ("work_replied", cast.mo), ("work_reply_ready", cast.erin)} <= told
    assert not {message for message in told if message[0] == "work_replied" and message[1] == cast.erin}


def test_it_is_not_mailed_once_it_was_taken_back_or_where_mail_is_not_safe(cast, case, asked):
    outbox.fan_out()
    mail = Message.objects.get(template="asked")
    assert "You do not have to reply" in composed_of(mail)
    intake.choose_mail(case_id=case.pk, by=cast.rosa, may_mail=False)
    assert composed_of(mail) == ""
    assert "they get no mail" in text_of(signed_in(cast.mo).get(at("ask_member", make_quiet(cast))))
    intake.choose_mail(case_id=case.pk, by=cast.rosa, may_mail=True)
    asking.take_back(case_id=case.pk, by=cast.erin, inquiry_id=asked.pk)
    assert composed_of(mail) == ""


def make_quiet(cast):
    quiet = make_case(cast, state=State.TRIAGED)
    intake.choose_mail(case_id=quiet.pk, by=cast.rosa, may_mail=False)
    return quiet


def test_it_keeps_every_word_of_both_encrypted():
    for field in ("text", "unsent", "reply", "readable"):
        assert isinstance(Inquiry._meta.get_field(field), EncryptedTextField)


def test_it_is_erased_with_the_letter(cast, case, replied):
    intake.withdraw(case_id=case.pk, by=cast.rosa)
    assert not Inquiry.objects.exists()
    assert not case.findings.exists()
    assert again(case).paused_at is None


def test_it_is_erased_also_while_the_member_is_asked(cast, case, asked):
    intake.withdraw(case_id=case.pk, by=cast.rosa)
    assert (again(case).state, again(case).is_paused, Inquiry.objects.count()) == (State.WITHDRAWN, False, 0)


def test_it_does_not_stand_in_the_way_of_a_review_that_asked(cast):
    case = make_case(cast, state=State.DRAFTED)
    inquiry = asking.ask(case_id=case.pk, by=cast.mo, text=ASK)
    with pytest.raises(Refused, match="has not replied yet"):
        review.approve(case_id=case.pk, by=cast.mo, seen=None)
    asking.take_back(case_id=case.pk, by=cast.dana, inquiry_id=inquiry.pk)
    assert review.approve(case_id=case.pk, by=cast.mo, seen=None).state == State.REVIEWED


def test_it_passes_a_letter_on_while_the_member_is_asked(cast):
    case = make_case(cast)
    asking.ask(case_id=case.pk, by=cast.mo, text=ASK)
    settle(case, by=cast.mo)
    moved = triage.triage(case_id=case.pk, by=cast.mo, seen=None, expert=cast.erin)
    assert (moved.state, moved.is_paused) == (State.TRIAGED, True)
