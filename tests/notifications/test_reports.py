"""A provider's reports: signed, counted once, and a mailbox that is gone is not written to any more."""

import base64
import importlib
import json
import re
from datetime import timedelta

import pytest
from anymail.signals import AnymailTrackingEvent
from anymail.webhooks.postmark import PostmarkTrackingWebhookView
from django.core import mail
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone

from notifications import reports, urls
from notifications.delivery import deliver
from notifications.models import About, Choice, Habits, Message, Report
from notifications.outbox import fan_out
from notifications.sign_in import queue_security_mail
from tests.cast import make_case
from workflow.events import Kind
from workflow.models import Event
from workflow.states import State

pytestmark = pytest.mark.once

SECRET = "user:password"


@pytest.fixture(autouse=True)
def provider(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.MAIL_PROVIDER, settings.ANYMAIL = "postmark", {"WEBHOOK_SECRET": SECRET}


def report(cast, *, kind="HardBounce", secret=SECRET, number=1, key="", address="rosa@people.example", days=0):
    record = "SpamComplaint" if kind == "SpamComplaint" else "Bounce"
    words = {"RecordType": record, "Type": kind, "ID": number, "MessageID": "x", "Email": address, "Metadata": {}}
    words["BouncedAt"] = (timezone.now() - timedelta(days=days)).isoformat()
    if key:
        words["Metadata"] = {"allay": key}
    login = "Basic " + base64.b64encode(secret.encode()).decode()
    request = RequestFactory().post(
        "/mail/reports/", json.dumps(words), content_type="application/json", headers={"authorization": login}
    )
    return PostmarkTrackingWebhookView.as_view()(request)


def sent_to_rosa():
    return [sent.subject for sent in mail.outbox if sent.to == ["rosa@people.example"]]


@pytest.mark.parametrize("kind", ["HardBounce", "SpamComplaint", "BadEmailAddress"])
def test_it_stops_writing_to_a_dead_or_unwilling_address_but_for_codes(cast, kind):
    assert report(cast, kind=kind).status_code == 200
    make_case(cast)
    queue_security_mail("sign_in_code", email=cast.rosa.email, code="123456")
    fan_out()
    deliver()
    assert sent_to_rosa() == ["Signing in at Allay"]
    assert Message.objects.get(template="received").reason.startswith("address: ")


def test_it_writes_again_to_whoever_says_how_they_want_to_hear(cast, client):
    for number in (1, 2, 3):
        report(cast, kind="SoftBounce", number=number)
    client.force_login(cast.rosa)
    page = reverse("notifications:preferences")
    assert "Our mails to you have stopped" in client.get(page).content.decode()
    words = dict.fromkeys((About.READY, About.PROGRESS, About.SHARED), Choice.AT_ONCE)
    client.post(page, {**words, "time_zone": "America/Denver"})
    assert "Our mails to you have stopped" not in client.get(page).content.decode()
    report(cast, kind="SoftBounce", number=4)
    habits = Habits.objects.get(person=cast.rosa)
    assert (habits.dead_at, habits.bounces) == (None, 1), "three chances, as at first"


def test_it_finds_the_member_by_the_message_without_an_address(cast):
    make_case(cast)
    fan_out()
    deliver()
    key = Message.objects.get(template="received").key[:40]
    assert mail.outbox[0].metadata == {"allay": key} or any(sent.metadata == {"allay": key} for sent in mail.outbox)
    report(cast, key=key, address="")
    assert Habits.objects.get(person=cast.rosa).dead_reason == "no such mailbox"
    assert Report.objects.get().message.key.startswith(key)


@pytest.mark.both
def test_it_counts_a_repeated_report_once_and_shows_the_counts_to_administrators(cast, client):
    report(cast)
    Habits.objects.filter(person=cast.rosa).update(dead_at=None)  # a person mended it
    report(cast)
    assert Report.objects.count() == 1
    assert Habits.objects.get(person=cast.rosa).dead_at is None
    report(cast, number=2)
    assert Habits.objects.get(person=cast.rosa).dead_at
    client.force_login(cast.ada)
    page = client.get(reverse("notifications:delivery")).content.decode()
    assert re.search(
        r"No such mailbox, in 30 days</dt><dd>2<.*nothing but codes because of it</dt><dd>1<", page, re.DOTALL
    )


def test_it_takes_no_report_that_is_older_than_its_memory_of_reports(cast, settings):
    assert report(cast, days=settings.KEEP_MAIL_DAYS + 1).status_code == 200
    assert not Report.objects.exists()
    report(cast, days=settings.KEEP_MAIL_DAYS - 1)
    assert Report.objects.count() == 1


def test_it_takes_no_report_without_the_secret(cast):
    with pytest.raises(Exception, match="basic auth"):
        report(cast, secret="user:wrong")
    assert not Report.objects.exists()


@pytest.mark.parametrize("kind", ["Transient", "AutoResponder", "DnsError"])
def test_it_goes_on_after_a_fault_that_passes(cast, kind):
    report(cast, kind=kind)
    assert not Habits.objects.exists()


def test_it_has_one_address_for_the_provider_in_use_and_none_without(settings):
    assert [str(pattern.pattern) for pattern in reports.urlpatterns()] == ["mail/reports/"]
    settings.MAIL_PROVIDER = ""
    assert reports.urlpatterns() == []
    assert "reports" not in [pattern.name for pattern in importlib.reload(urls).urlpatterns]


def test_it_gives_a_full_mailbox_three_chances(cast):
    for number in (1, 2):
        report(cast, kind="SoftBounce", number=number)
        report(cast, kind="SoftBounce", number=number)  # repeated by the provider: counts once
        assert Habits.objects.get(person=cast.rosa).dead_at is None
    report(cast, kind="SoftBounce", number=3)
    habits = Habits.objects.get(person=cast.rosa)
    assert habits.dead_at
    assert habits.dead_reason == "always full or busy"


def test_it_forgets_passing_faults_of_long_ago(cast):
    for number in (1, 2):
        report(cast, kind="SoftBounce", number=number)
    Habits.objects.update(bounced_at=timezone.now() - reports.MEMORY - timedelta(hours=1))
    report(cast, kind="SoftBounce", number=3)
    habits = Habits.objects.get(person=cast.rosa)
    assert (habits.dead_at, habits.bounces) == (None, 1)


@pytest.mark.parametrize(
    ("said", "passes"),
    [
        ({"Type": "SoftBounce"}, True),
        ({"event": "soft_bounce"}, True),
        ({"event": "hard_bounce"}, False),
        ({"bounce": {"bounceType": "Transient"}}, True),
        ({"bounce": {"bounceType": "Permanent"}}, False),
        ({"event": "failed", "severity": "temporary"}, True),
        (None, False),
    ],
)
def test_it_takes_the_providers_own_word_for_what_passes(said, passes):
    assert reports._passes(AnymailTrackingEvent(event_type="bounced", esp_event=said)) is passes


def complaints():
    return list(Event.objects.filter(kind=Kind.MAIL_UNWANTED).values_list("case_id", flat=True))


def test_it_tells_the_moderators_once_that_our_mail_is_unwanted(cast):
    case = make_case(cast)
    make_case(cast)  # a newer one: the complaint is about a mail of the first
    fan_out()
    deliver()
    key = Message.objects.filter(template="received").order_by("pk").first().key[:40]
    mail.outbox.clear()
    report(cast, kind="SpamComplaint", key=key, address="")
    report(cast, kind="SpamComplaint", key=key, address="")
    report(cast, kind="SpamComplaint", key=key, address="", number=2)
    assert complaints() == [case.pk]
    fan_out()
    deliver()
    assert sorted(sent.to[0] for sent in mail.outbox) == sorted(p.email for p in (cast.mo, cast.dana, cast.mora))
    assert {sent.subject for sent in mail.outbox} == {"Something waits for you at Allay"}
    assert f"/go/{case.public_id}/" in mail.outbox[0].body
    page = Client()
    page.force_login(cast.mo)
    said = page.get(case.get_absolute_url()).content.decode()
    assert "told their mail program that our mail is unwanted" in said
    assert "No mail goes to this member: their mail program told us that our mail is unwanted" in said


def test_it_finds_a_case_for_a_complaint_about_a_code(cast):
    case = make_case(cast)
    report(cast, kind="SpamComplaint")
    assert complaints() == [case.pk]


def test_it_has_nobody_to_tell_of_a_complaint_without_a_case(cast):
    assert report(cast, kind="SpamComplaint").status_code == 200
    report(cast, kind="SpamComplaint", address=cast.mo.email, number=2)
    assert complaints() == []
    assert Habits.objects.get(person=cast.mo).dead_reason == "unwanted"


def test_it_tells_together_what_it_knows_and_leaves_the_rest(cast):
    """A waiting mail whose kind this release does not know holds up no other mail."""
    case = make_case(cast, state=State.DRAFTED)
    fan_out()
    strange = Event.objects.create(kind="of_a_newer_release", case=case)
    Message.objects.create(event=strange, template="work_new", category="work", rank=3, person=cast.mo, key="n" * 64)
    report(cast, kind="SpamComplaint")
    fan_out()
    deliver()
    assert [sent.to for sent in mail.outbox].count(["mo@people.example"]) == 1
    assert Message.objects.get(template="work_new").reason == "no rule for it"
