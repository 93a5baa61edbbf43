"""Another number of a help line takes two people and a check; 911 and 988, and what is used, cannot be taken away."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from notifications.models import Message
from notifications.outbox import announce_second_yes
from qa import blocks
from qa.models import HelpLine
from qa.sanitize import clean_html
from tests.cast import signed_in, topic
from tests.qa.pages import publish
from workflow.actions import helplines
from workflow.models import Event, LineChange, PlaybookWords
from workflow.models.checks import LABELS
from workflow.queues.playbooks import lines_spoken
from workflow.safety.playbooks import all_playbooks
from workflow.transitions import Refused

pytestmark = pytest.mark.once
NEW = {"number": "1-800-555-0100", "tel": "tel:+18005550100"}


@pytest.fixture
def ada(cast):
    HelpLine.objects.update(review_by=timezone.localdate() + timedelta(days=30))
    return signed_in(cast.ada)


def of(key):
    return HelpLine.everything.get(key=key)


def change(ada, entry, **changed):
    line = of(entry)
    fields = {name: getattr(line, name) for name in LABELS}
    fields = {name: value for name, value in {**fields, **changed}.items() if value not in {None, False}}
    return ada.post(reverse("admin:qa_helpline_change", args=[line.pk]), fields)


def decide(person, decision="confirm"):
    row = LineChange.objects.get(decided_at=None)
    said = {"change": row.pk, "decision": decision}
    return signed_in(person).post(reverse("workflow:colleagues"), said, follow=True).content.decode()


def public():
    return Client().get(reverse("qa:help_now")).content.decode()


def test_words_stand_at_once_and_take_no_check_away(ada):
    assert change(ada, "childhelp", when="If a child is not well").status_code == 302
    assert "If a child is not well" in public()
    assert of("childhelp").verified_on
    assert not LineChange.objects.exists()


@pytest.mark.parametrize(
    ("key", "changed"),
    [
        ("samhsa", {"number": "1-800-555-0100"}),
        ("samhsa", {"tel": "tel:+18005550100"}),
        ("samhsa", {"number_es": "1-800-555-0100"}),
        ("samhsa", {"tel": "https://elsewhere.example"}),
        ("crisis-text-line", {"number": "Text HOME to 741471"}),
    ],
)
def test_what_is_shown_must_be_what_a_tap_dials(ada, key, changed):
    page = change(ada, key, **changed)
    assert page.status_code == 200
    assert "Both must be the same number" in (html := page.content.decode()) or "Write tel:" in html
    assert not LineChange.objects.exists()


def test_the_field_says_that_letters_may_stand_in_a_number(ada):
    page = ada.get(reverse("admin:qa_helpline_change", args=[of("samhsa").pk])).content.decode()
    assert "Letters as on a keypad may stand in it" in page
    assert "Is not es" not in page
    assert change(ada, "samhsa", number="1-800-662-HELP").status_code == 302


def test_another_number_is_seen_by_nobody_before_a_second_person_said_yes(ada, cast):
    old = of("samhsa").number
    assert change(ada, "samhsa", **NEW).status_code == 302
    assert NEW["number"] not in public()
    assert old in public()
    assert NEW["number"] in ada.get(reverse("workflow:help_lines")).content.decode()
    shown = signed_in(cast.mo).get(reverse("workflow:colleagues")).content.decode()
    assert old in shown
    assert NEW["number"] in shown
    assert "1 number of a help line waits" in signed_in(cast.mo).get(reverse("workflow:queue")).content.decode()
    assert "Agreed" in decide(cast.mo)
    assert NEW["number"] in public()
    assert "Last checked" not in public().split(NEW["number"])[1].split("</section>")[0]


def test_a_new_number_is_unchecked_and_not_suggested_until_somebody_checked_it(ada, cast):
    change(ada, "samhsa", **NEW)
    decide(cast.mo)
    line, today = of("samhsa"), timezone.localdate()
    assert (line.verified_on, line.certainty, line.may_be_offered(today=today)) == (None, "C", False)
    assert line in HelpLine.objects.overdue(today)
    assert "Not checked since it was changed" in ada.get(reverse("workflow:help_lines")).content.decode()
    helplines.verify(
        line_id=line.pk, by=cast.ada, source="called", checked_on=today, review_by=today + timedelta(days=9)
    )
    assert of("samhsa").may_be_offered(today=today)


def test_who_checked_the_number_of_before_has_not_checked_the_one_of_now(ada, cast):
    line, today = of("samhsa"), timezone.localdate()
    seen = {"number": line.number, "source": "called", "checked_on": today, "review_by": today + timedelta(days=9)}
    change(ada, "samhsa", **NEW)
    decide(cast.mo)
    page = ada.post(reverse("workflow:check_line", args=[line.pk]), seen, follow=True).content.decode()
    assert "was changed while you checked it" in page
    assert of("samhsa").verified_on is None


def test_numbers_in_other_words_of_an_entry_take_two_people_as_well(ada, cast):
    change(ada, "domestic-violence", also="Text START to 99999; chat", hours="Always")
    line = of("domestic-violence")
    assert (line.hours, "88788" in line.also, "99999" in public()) == ("Always", True, False)
    decide(cast.mo)
    assert "99999" in public()
    assert of("domestic-violence").verified_on is None


def test_a_check_cannot_be_typed_into_the_form(ada):
    change(ada, "samhsa", verified_on="2020-01-01", certainty="B", review_by="2039-01-01")
    assert (of("samhsa").verified_on.year, of("samhsa").review_by.year) != (2020, 2039)
    assert of("samhsa").certainty != "B"


def test_nobody_says_yes_to_what_they_proposed_and_no_leaves_the_number_as_it_was(ada, cast):
    old = of("samhsa").number
    row = helplines.propose(line=of("samhsa"), by=cast.mo, after=NEW)
    assert not helplines.decide(change_id=row.pk, by=cast.mo, agreed=True)
    assert not helplines.decide(change_id=row.pk, by=cast.ada, agreed=True)
    assert "does not wait any more" in decide(cast.mo)
    with pytest.raises(IntegrityError), transaction.atomic():
        LineChange.objects.filter(pk=row.pk).update(decided_by=cast.mo)
    assert "stays as it was" in decide(cast.dana, "refuse")
    assert (of("samhsa").number, bool(of("samhsa").verified_on)) == (old, True)
    assert "was refused by Dana" in ada.get(reverse("workflow:help_lines")).content.decode()


def test_one_change_of_an_entry_waits_at_a_time(ada, cast):
    change(ada, "samhsa", **NEW)
    change(ada, "samhsa", number="1-800-555-0199", tel="tel:+18005550199")
    assert LineChange.objects.get().after["number"] == NEW["number"]
    assert change(ada, "samhsa", details="Text 12345 instead.").status_code == 200
    with pytest.raises(Refused, match="waits already"):
        helplines.propose(line=of("samhsa"), by=cast.ada, after={"also": "Text 12345"})


def test_a_yes_to_what_was_changed_meanwhile_is_refused(ada, cast):
    change(ada, "samhsa", **NEW)
    HelpLine.objects.filter(key="samhsa").update(number="1-800-555-0177", tel="tel:+18005550177")
    with pytest.raises(Refused, match="changed after"):
        helplines.decide(change_id=LineChange.objects.get().pk, by=cast.mo, agreed=True)


def test_each_proposal_yes_no_and_deletion_is_a_line_of_the_trail_of_no_case(ada, cast):
    change(ada, "samhsa", **NEW)
    decide(cast.mo, "refuse")
    change(ada, "samhsa", **NEW)
    decide(cast.mo)
    trail = Event.objects.filter(kind__startswith="line_", case=None).order_by("pk")
    assert [(event.kind, event.actor) for event in trail] == [
        ("line_proposed", cast.ada), ("line_refused", cast.mo), ("line_proposed", cast.ada), ("line_confirmed", cast.mo)
    ]  # fmt: skip
    assert trail[0].data["after"] == NEW


def test_every_moderator_who_may_decide_is_told_once_by_mail(ada, cast):
    change(ada, "samhsa", **NEW)
    announce_second_yes()
    announce_second_yes()
    told = Message.objects.filter(template="line_waits")
    assert sorted(message.person.pk for message in told) == sorted([cast.mo.pk, cast.dana.pk, cast.mora.pk])


def test_a_new_entry_is_nowhere_before_its_yes(ada, cast):
    fields = {name: getattr(of("samhsa"), name) for name in ("when", "sources", "languages", "country", "order")}
    fields |= {"key": "new", "name": "A new line", "short_name": "New", "details": "Text 54321.", **NEW}
    assert ada.post(reverse("admin:qa_helpline_add"), fields).status_code == 302
    assert "A new line" not in public()
    assert not HelpLine.objects.filter(key="new").exists()
    assert "No number yet" in ada.get(reverse("workflow:help_lines")).content.decode()
    assert ada.get(reverse("admin:qa_helpline_change", args=[of("new").pk])).status_code == 200
    assert "54321" in signed_in(cast.mo).get(reverse("workflow:colleagues")).content.decode()
    check = reverse("workflow:check_line", args=[of("new").pk])
    assert ada.post(check, {"source": "called"}).status_code == 404
    decide(cast.mo)
    assert NEW["number"] in public()
    assert of("new").verified_on is None


# ---- what cannot be changed or deleted ----------------------------------------------------------------------------
@pytest.mark.parametrize("key", ["911", "988"])
def test_911_and_988_keep_their_number_and_cannot_be_deleted(ada, key):
    line = of(key)
    page = ada.get(reverse("admin:qa_helpline_change", args=[line.pk])).content.decode()
    assert f"{key} cannot be deleted or get another number here" in page
    change(ada, key, number="899", short_name="899", tel="tel:899", in_strip="", key="other")
    assert (of(key).number, of(key).short_name, of(key).tel, of(key).in_strip) == (key, key, f"tel:{key}", True)
    assert not LineChange.objects.exists()
    gone = ada.post(reverse("admin:qa_helpline_delete", args=[line.pk]), {"post": "yes"}, follow=True)
    assert f"{key} cannot be deleted" in gone.content.decode()
    ada.post(
        reverse("admin:qa_helpline_changelist"),
        {"action": "delete_selected", "_selected_action": [line.pk], "post": "yes"},
    )
    assert of(key)


def spare(**more):
    return HelpLine.objects.create(
        key="spare", name="A spare line", short_name="Spare", when="Now", sources="x", **NEW, **more
    )


def delete(ada, line):
    ada.post(reverse("admin:qa_helpline_delete", args=[line.pk]), {"post": "yes"})
    return not HelpLine.everything.filter(pk=line.pk).exists()


def test_what_nothing_uses_can_be_deleted_and_the_trail_keeps_it(ada):
    assert delete(ada, spare())
    assert Event.objects.get(kind="line_deleted").data["number"] == NEW["number"]


@pytest.mark.parametrize("key", ["poison", "childhelp", "crisis-text-line", "domestic-violence"])
def test_what_stands_on_a_card_cannot_be_deleted(ada, key):
    assert not delete(ada, of(key))


def test_what_a_playbook_names_in_an_administrators_words_cannot_be_deleted(ada, cast):
    line = spare()
    book = all_playbooks("es")[0]
    words = {book.messages[0].field: "Llame, por favor: {line:spare}."}
    PlaybookWords.objects.create(template=book.key, language="es", words=words, written_by=cast.ada)
    assert not delete(ada, line)


@pytest.mark.parametrize("how", ["as a block", "by its number"])
def test_what_stands_in_a_published_answer_cannot_be_deleted(ada, how):
    line = spare()
    named = blocks.help_line(line) if how == "as a block" else f"<p>Call {line.number}.</p>"
    page = publish("A page", topic(), answer_html=clean_html(f"<p>Please.</p>{named}"))
    assert not delete(ada, line)
    page.withdrawn_at = timezone.now()
    page.save()
    assert delete(ada, line)


# ---- as it is read ------------------------------------------------------------------------------------------------
def test_spanish_pages_say_what_to_press_and_send_the_spanish_word(ada, cast):
    for page in (Client().get("/es/help-now/"), signed_in(cast.rosa).get("/es/ask/")):  # the list, and the cards
        assert "oprima 2</span></a>" in page.content.decode()
        assert 'href="sms:741741?&amp;body=AYUDA"' in page.content.decode()
    assert "oprima" not in public()
    assert 'href="sms:741741?&amp;body=HOME"' in public()
    with override("es"):
        assert "988</a></strong> (oprima 2):" in blocks.help_line(of("988").spoken())
    assert lines_spoken([of("988")], "es", today=timezone.localdate())["988"].endswith(": 988 (oprima 2)")


def test_the_desk_can_tap_the_numbers(ada):
    page = ada.get(reverse("workflow:help_lines")).content.decode()
    for line in HelpLine.objects.filter(tel__startswith="tel:"):
        assert f'<a href="{line.tel}">{line.number}</a>' in page
