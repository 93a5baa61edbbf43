"""After publication: replies and reports of readers, reviews, corrections, numbers that changed."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from notifications.models import Message
from notifications.outbox import fan_out
from qa.models import HelpLine, Publication
from tests.cast import again, make_case
from tests.qa.pages import publish
from workflow.actions import publication
from workflow.models import Event, Report
from workflow.states import State

pytestmark = pytest.mark.once


@pytest.fixture
def reader(cast):
    return Client()


@pytest.fixture
def moderator(cast):
    client = Client()
    client.force_login(cast.mo)
    return client


@pytest.fixture
def page(cast):
    make_case(cast, state=State.PUBLISHED)
    return Publication.objects.get()


def address(page):
    return reverse("workflow:tell", args=[page.slug])


def mails(template):
    while fan_out():
        pass
    return Message.objects.filter(template=template)


def test_it_counts_replies_without_an_account_and_keeps_nothing_of_the_reader(reader, page):
    for reply in ("yes", "yes", "no"):
        assert reader.post(address(page), {"helped": reply}).status_code == 200
    page.refresh_from_db()
    assert (page.helped, page.did_not_help) == (2, 1)
    assert "sessionid" not in reader.cookies


@pytest.mark.parametrize("concern", ["recognised", "unsafe", "error"])
def test_it_brings_a_report_to_the_moderators(reader, moderator, page, concern):
    sent = reader.post(address(page), {"concern": concern, "words": "That is my neighbor.", "reply_to": "a@b.example"})
    assert "Our moderators have it" in sent.content.decode()
    assert page.title in moderator.get(reverse("workflow:published")).content.decode()
    shown = moderator.get(reverse("workflow:page", args=[page.pk])).content.decode()
    assert "That is my neighbor." in shown
    assert "a@b.example" in shown
    assert mails("work_report").count() == 3  # everybody at the desk, once
    reader.post(address(page), {"concern": concern, "words": "Again."})
    assert mails("work_report").count() == 3


def test_it_keeps_the_words_of_a_report_sealed(reader, page):
    reader.post(address(page), {"concern": "error", "words": "Quetzalcoatl"})
    stored = Report.objects.values_list("words", flat=True).query
    assert Report.objects.get().words == "Quetzalcoatl"
    assert "Quetzalcoatl" not in str(stored)
    assert "Quetzalcoatl" not in str(list(Event.objects.values("data")))


def test_it_says_what_is_missing_and_keeps_what_was_typed(reader, page):
    refused = reader.post(address(page), {"words": "My words stay.", "reply_to": "nonsense"})
    text = refused.content.decode()
    assert refused.status_code == 422
    assert "Choose what is wrong" in text
    assert "My words stay." in text
    assert "not an email address" in text


def test_it_closes_a_report_with_what_was_done(reader, moderator, page):
    reader.post(address(page), {"concern": "error", "words": "x"})
    report = Report.objects.get()
    url = reverse("workflow:page", args=[page.pk])
    assert moderator.post(url, {"do": "close", "report": report.pk, "outcome": " "}).status_code == 422
    moderator.post(url, {"do": "close", "report": report.pk, "outcome": "Mended."})
    report.refresh_from_db()
    assert (report.outcome, report.closed_by.called) == ("Mended.", "Mo")
    assert "No report is open" in moderator.get(reverse("workflow:published")).content.decode()


def test_it_tells_a_stranger_nothing_of_a_members_page(reader, cast):
    hidden = publish("Inside", audience="members")
    assert reader.get(address(hidden)).status_code == 404
    assert reader.post(address(hidden), {"helped": "yes"}).status_code == 404


def test_it_lists_what_is_due_until_a_person_has_looked_again(moderator, page):
    Publication.objects.filter(pk=page.pk).update(review_by=timezone.localdate())
    assert page.title in moderator.get(reverse("workflow:published")).content.decode()
    moderator.post(reverse("workflow:page", args=[page.pk]), {"do": "look_again"})
    page.refresh_from_db()
    assert page.reviewed_on == timezone.localdate()
    assert page.review_by > timezone.localdate()
    assert page.title not in moderator.get(reverse("workflow:published")).content.decode()
    assert Event.objects.filter(kind="page_checked").exists()


@pytest.mark.parametrize(("important", "told"), [("on", 1), ("", 0)])
def test_it_shows_a_correction_and_tells_the_member_when_it_matters(reader, moderator, page, important, told):
    data = {"do": "correct", "text": "Two doses, not one.", "is_important": important}
    moderator.post(reverse("workflow:page", args=[page.pk]), data)
    assert "Two doses, not one." in reader.get(page.get_absolute_url()).content.decode()
    assert mails("corrected").count() == told


def test_it_finds_every_answer_that_names_a_number_that_changed(moderator, page):
    line = HelpLine.objects.get(key="988")
    old = line.number
    Publication.objects.filter(pk=page.pk).update(answer_html=f"<p>Call {old} tonight.</p>")
    Publication.objects.get(pk=page.pk).save()
    publish("Another", number=5)
    line.number = "989"
    line.save()
    text = moderator.get(reverse("workflow:published")).content.decode()
    assert f"{old} is now 989" in text
    assert page.title in text.split("is now 989")[1]
    assert "Another" not in text.split("is now 989")[1]
    line.number = old
    line.save()
    assert f"{old} is now" not in moderator.get(reverse("workflow:published")).content.decode()


def test_it_carries_what_the_member_agreed_to_onto_the_page(cast):
    case = make_case(cast, state=State.REVIEWED)
    shown = case.page_hash()
    publication.consent(
        case_id=case.pk, by=cast.rosa, page_hash=shown, audience="public", may_index=True, has_teaser=True
    )
    publication.publish(case_id=case.pk, by=cast.mo, seen=None)
    page = Publication.objects.get()
    assert (page.may_index, page.has_teaser) == (True, False)
    assert page.review_by > timezone.localdate()
    publication.unpublish(case_id=case.pk, by=cast.rosa, seen=None, reason="x")
    shown = again(case).page_hash()
    publication.consent(case_id=case.pk, by=cast.rosa, page_hash=shown, audience="members")
    publication.publish(case_id=case.pk, by=cast.mo, seen=None)
    page.refresh_from_db()
    assert (page.may_index, page.audience) == (False, "members")


def test_it_asks_the_member_for_each_of_these(cast, client):
    case = make_case(cast, state=State.REVIEWED)
    client.force_login(cast.rosa)
    url = reverse("workflow:consent", args=[case.public_id])
    assert "Search engines may show it too" in client.get(url).content.decode()
    client.post(url, {"choice": "public", "may_index": "on", "has_teaser": "on", "page_hash": case.page_hash()})
    given = again(case).consents.standing().get()
    assert (given.may_index, given.has_teaser) == (True, False)
