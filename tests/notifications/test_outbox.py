"""From an event to the mails of PRODUCT.md's table: who hears, once, and that nobody else does."""

import re

import pytest
from django.core import mail
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from notifications.delivery import deliver
from notifications.models import Category, Dispatch, Message, Progress
from notifications.outbox import fan_out
from notifications.rules import RULES, templates
from notifications.sign_in import queue_security_mail
from tests.cast import MARKER, again, make_case
from workflow.actions import answering, intake, publication, review, triage
from workflow.events import Kind
from workflow.models import Event
from workflow.safety.words import Category as Danger
from workflow.safety.words import Severity, Subject, Timing
from workflow.states import State
from workflow.transitions import Seen


@pytest.fixture(autouse=True)
def server(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def caught_up():
    """Everything so far is mailed and forgotten."""
    heard()
    mail.outbox.clear()


def heard():
    """Who gets which mail about what happened since."""
    fan_out()
    Message.objects.filter(category=Category.DIGEST).update(next_try_at="2020-01-01T00:00Z")
    deliver()
    names = {sent.extra_headers["Message-ID"]: sent.to[0].split("@")[0] for sent in mail.outbox}
    rows = Message.objects.filter(state=Progress.SENT)
    by_id = {f"<{row.key[:40]}@allay.example>": row.template for row in rows}
    return sorted((names[sent], by_id[sent]) for sent in names)


def test_it_mails_a_calm_letter_to_the_member_and_into_the_digest(cast):
    make_case(cast)
    assert heard() == [
        ("dana", "work_digest"),
        ("mo", "work_digest"),
        ("mora", "work_digest"),
        ("rosa", "received"),
    ]


def test_the_call_names_the_button_that_takes_the_danger_on_which_opening_does_not(cast, client):
    case = make_case(cast, danger="yes")
    heard()
    called = next(sent for sent in mail.outbox if sent.to == [cast.mo.email])
    assert "press “Take it on”" in called.body
    client.force_login(cast.mo)
    page = client.get(re.search(r"/go/\S+", called.body)[0], follow=True).content.decode()
    assert ">Take it on<" in page
    assert case.flags.unacknowledged().exists()


@pytest.mark.parametrize("danger", ["yes", "unsure"])
def test_it_calls_every_moderator_at_once_when_somebody_may_be_in_danger(cast, danger):
    make_case(cast, danger=danger)
    assert heard() == [
        ("dana", "work_danger"),
        ("mo", "work_danger"),
        ("mora", "work_danger"),
        ("rosa", "received"),
    ]
    assert mail.outbox[0].subject == "Please look now at Allay", "danger goes out before anything else"


def test_it_tells_each_step_to_those_it_concerns(cast):
    case = make_case(cast, state=State.TRIAGED)
    caught_up_but = heard()
    assert ("rosa", "under_way") in caught_up_but
    assert ("erin", "work_assigned") in caught_up_but
    caught_up()
    answering.submit_draft(case_id=case.pk, by=cast.erin, body="<p>Hello.</p>", based_on=0, seen=Seen.of(again(case)))
    assert heard() == [("dana", "work_to_review"), ("mo", "work_to_review"), ("mora", "work_to_review")]
    caught_up()
    review.request_changes(case_id=case.pk, by=cast.mo, seen=None, comment=f"Kinder, please. {MARKER}")
    assert heard() == [("erin", "work_returned")]


def test_it_tells_the_member_of_the_answer_and_of_the_page(cast):
    case = make_case(cast, state=State.REVIEWED)
    assert ("rosa", "ready") in heard()
    caught_up()
    publication.consent(case_id=case.pk, by=cast.rosa, page_hash=again(case).page_hash(), audience="public")
    publication.publish(case_id=case.pk, by=cast.mo, seen=None)
    assert heard() == [("erin", "work_done"), ("rosa", "shared")]
    caught_up()
    publication.unpublish(case_id=case.pk, by=cast.rosa, seen=None, reason="I changed my mind")
    assert heard() == [
        ("dana", "work_taken_down_desk"),
        ("erin", "work_taken_down"),
        ("mo", "work_taken_down_desk"),
        ("mora", "work_taken_down_desk"),
    ]


def test_it_tells_of_the_ways_back_and_out(cast):
    case = make_case(cast, state=State.REVIEWED)
    caught_up()
    review.reopen(case_id=case.pk, by=cast.mo, seen=None, reason="A number is wrong")
    assert heard() == [("erin", "work_reopened")]
    caught_up()
    intake.withdraw(case_id=case.pk, by=cast.rosa)
    assert heard() == [
        ("dana", "work_withdrawn"),
        ("erin", "work_withdrawn_expert"),
        ("mo", "work_withdrawn"),
        ("mora", "work_withdrawn"),
    ]
    caught_up()
    make_case(cast, state=State.DECLINED)
    assert ("rosa", "reply") in heard()


def test_it_never_tells_the_one_who_acted(cast):
    case = make_case(cast, state=State.TRIAGED)
    caught_up()
    triage.raise_flag(
        case_id=case.pk,
        by=cast.mo,
        category=Danger.OVERDOSE,
        severity=Severity.EMERGENCY,
        subject=Subject.LOVED_ONE,
        timing=Timing.NOW,
        note=MARKER,
    )
    assert heard() == [("dana", "work_danger"), ("mora", "work_danger")]


def test_it_makes_each_message_once_however_often_it_looks(cast):
    make_case(cast, state=State.PUBLISHED)
    fan_out()
    before = Message.objects.count()
    assert Dispatch.objects.count() == Event.objects.count()
    Dispatch.objects.all().delete()  # as if a worker had died between the two, were it not one transaction
    fan_out()
    assert Message.objects.count() == before


def test_it_never_rolls_back_a_step_because_of_mail(cast, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr("notifications.audience.people", lambda *args: 1 / 0)
    monkeypatch.setattr("notifications.doorbell.async_task", lambda *args: 1 / 0)
    with django_capture_on_commit_callbacks(execute=True) as rung:
        case = make_case(cast, state=State.TRIAGED)
    assert rung, "the doorbell was not even tried"
    fan_out()
    assert not Message.objects.exists()
    monkeypatch.undo()
    assert again(case).state == State.TRIAGED
    fan_out()
    assert Message.objects.exists(), "what could not be turned into mail is tried again"


def test_it_keeps_no_trace_of_who_asked(cast):
    make_case(cast, state=State.PUBLISHED)
    queue_security_mail("sign_in_unknown", email="new@people.example")
    fan_out()
    about_the_member = Message.objects.filter(category=Category.LETTER)
    assert about_the_member.count() == 4
    assert not about_the_member.exclude(person=None).exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM notifications_message")
        assert "people.example" not in str(cursor.fetchall())


def test_it_sends_a_code_first_and_forgets_it(cast):
    make_case(cast, danger="yes")
    fan_out()
    queue_security_mail("sign_in_code", email="Rosa@people.example", code="123456")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM notifications_message")
        assert "123456" not in str(cursor.fetchall())
    deliver()
    assert "123456" in mail.outbox[0].body
    assert mail.outbox[0].to == ["rosa@people.example"]
    assert not Message.objects.exclude(sealed="").exists()


def test_it_has_a_row_for_every_kind_of_event():
    assert set(RULES) == set(Kind)


def test_it_has_a_row_for_every_mail(cast):
    assert all(template for template in templates())


def test_it_tells_an_expert_of_a_page_taken_down_with_a_way_to_their_desk_and_not_when_it_is_up_again(cast):
    case = make_case(cast, state=State.PUBLISHED)
    publication.unpublish(case_id=case.pk, by=cast.rosa, seen=None, reason="I changed my mind")
    rule = next(rule for rule in RULES[Kind.CASE_UNPUBLISHED] if rule.template == "work_taken_down")
    event = Event.objects.filter(case=case).latest("pk")
    assert not rule.links_to_case
    assert rule.holds(event, again(case), cast.erin)
    publication.consent(case_id=case.pk, by=cast.rosa, page_hash=again(case).page_hash(), audience="public")
    publication.publish(case_id=case.pk, by=cast.mo, seen=None)
    assert not rule.holds(event, again(case), cast.erin)


def test_it_leads_from_a_mail_to_the_desk_when_its_case_is_gone_and_tells_strangers_nothing(cast, client):
    case = make_case(cast, state=State.DRAFTED)
    fan_out()
    address = reverse("notifications:go", args=[case.public_id])
    intake.withdraw(case_id=case.pk, by=cast.rosa)
    client.force_login(cast.erin)
    response = client.get(address, follow=True)
    assert response.redirect_chain[-1][0] == reverse("workflow:answering")
    assert "not with you any more" in response.content.decode()
    for other in (cast.theo, cast.bela):
        client.force_login(other)
        assert client.get(address).status_code == 404


@pytest.mark.skipif(connection.vendor != "sqlite", reason="the plan of SQLite")
def test_it_finds_what_is_due_and_what_was_sent_without_reading_all_mail_there_ever_was(db):
    now = timezone.now()
    due = Message.objects.due(now).order_by("rank", "next_try_at", "id").values_list("pk")[:100]
    assert "USING INDEX message_due" in due.explain()
    assert "TEMP B-TREE" not in due.explain()
    sent = Message.objects.sent().filter(done_at__gt=now).exclude(category__in=["security"]).order_by()
    assert "USING INDEX message_sent_of" in sent.values_list("pk").explain()
