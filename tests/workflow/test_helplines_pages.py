"""The registry of help lines is looked after: overdue entries warn, drop out, and come back in one step; old words are found."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from notifications.models import Message, Progress
from notifications.outbox import announce_upkeep
from qa import blocks
from qa.models import HelpLine, Publication
from qa.models.helplines import trusted
from qa.sanitize import clean_html
from tests.cast import again, make_case, topic
from tests.qa.pages import publish
from workflow.actions import answering, intake
from workflow.actions.scanning import pressing_in
from workflow.models import LineCheck, RuleTrouble
from workflow.safety.cards import all_cards
from workflow.states import State
from workflow.templatetags.safety_words import care_for, care_while_typing

pytestmark = pytest.mark.once

DANGER = "My daughter was hit again last night by her husband and he said he will kill her with the gun in the drawer."


def overdue(*keys):
    day = timezone.localdate() - timedelta(days=1)
    HelpLine.objects.filter(key__in=keys).update(review_by=day) if keys else HelpLine.objects.update(review_by=day)


@pytest.fixture
def fresh(cast):
    HelpLine.objects.update(review_by=timezone.localdate() + timedelta(days=30))


@pytest.fixture
def ada(cast, fresh):
    client = Client()
    client.force_login(cast.ada)
    return client


def test_it_warns_of_what_is_overdue_first(ada):
    overdue("childhelp")
    page = ada.get(reverse("workflow:help_lines")).content.decode()
    assert "1 entry is overdue" in page
    assert page.index("Overdue since") < page.index("988 Suicide")


def test_it_is_checked_in_one_step_with_how_and_when(ada, cast):
    overdue("childhelp")
    HelpLine.objects.exclude(key="childhelp").update(certainty="A")
    HelpLine.objects.filter(key="childhelp").update(certainty="C")
    line = HelpLine.objects.get(key="childhelp")
    assert "1 entry must still be checked live" in ada.get(reverse("workflow:help_lines")).content.decode()
    today = timezone.localdate()
    words = {
        "number": line.number,
        "source": "called, somebody answered",
        "checked_on": today,
        "review_by": today + timedelta(days=90),
    }
    ada.post(reverse("workflow:check_line", args=[line.pk]), words)
    line.refresh_from_db()
    assert (line.verified_on, line.review_by, line.is_overdue(today=today)) == (today, words["review_by"], False)
    assert "must still be checked live" not in ada.get(reverse("workflow:help_lines")).content.decode()
    assert "called, somebody answered" in line.sources.splitlines()
    assert len(line.sources.splitlines()) > 1
    check = LineCheck.objects.get()
    assert (check.by, check.source) == (cast.ada, words["source"])
    assert "by Ada: called, somebody answered" in ada.get(reverse("workflow:help_lines")).content.decode()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"source": ""}, "Say how you checked it"),
        ({"checked_on": "2999-01-01"}, "still to come"),
        ({"checked_on": "soon"}, "like 2026-03-31"),
        ({"review_by": "2020-01-01"}, "a day after today"),
        ({"review_by": "2999-01-01"}, "within a year"),
    ],
)
def test_it_says_what_is_wrong_with_a_check_and_keeps_the_rest(ada, changed, said):
    line = HelpLine.objects.get(key="childhelp")
    today = timezone.localdate()
    words = {"number": line.number, "source": "their page", "checked_on": today}
    words |= {"review_by": today + timedelta(days=90), **changed}
    response = ada.post(reverse("workflow:check_line", args=[line.pk]), words)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not LineCheck.objects.exists()


def keys_of(drawn):
    return [[line.key for line in (*one["call"], *one["also"])] for one in drawn["cards"]]


def test_it_leaves_overdue_lines_out_of_the_members_cards(fresh):
    assert ["911", "domestic-violence"] in keys_of(care_for(pressing_in(DANGER)))
    overdue("domestic-violence")
    assert ["911"] in keys_of(care_for(pressing_in(DANGER)))


def test_it_never_leaves_a_card_without_a_number_and_never_drops_911(fresh):
    overdue()
    for one in care_while_typing()["cards"]:
        assert "911" in [line.key for line in one["call"]]
    HelpLine.objects.filter(in_strip=True).delete()
    left = [line for card in all_cards() for line in HelpLine.objects.filter(key__in=card.call + card.also)]
    assert trusted(left, today=timezone.localdate()) == left


def test_it_does_not_suggest_an_overdue_line_when_a_letter_is_declined(cast, fresh, client):
    overdue("samhsa")
    client.force_login(cast.mo)
    case = make_case(cast)
    page = client.get(reverse("workflow:decline", args=[case.public_id])).content.decode()
    number = HelpLine.objects.get(key="samhsa").number
    assert number not in page


def test_it_says_so_to_readers_where_a_number_is_checked_again(client, fresh):
    assert "checking it again" not in client.get(reverse("qa:help_now")).content.decode()
    overdue("childhelp")
    assert client.get(reverse("qa:help_now")).content.decode().count("checking it again") == 1


def test_it_never_writes_a_reading_in_another_language_over_the_registry(cast):
    line = HelpLine.objects.get(key="988")
    line.spoken_in = "es"
    line.name = "Línea 988"
    with pytest.raises(ValueError, match="not the row of the registry"):
        line.save()
    assert HelpLine.objects.get(key="988").name != "Línea 988"


def test_it_lists_published_answers_that_say_something_older(ada, cast):
    line = HelpLine.objects.get(key="childhelp")
    answer = clean_html(f"<p>Please call.</p>{blocks.help_line(line)}")
    page = publish("A page", topic(), answer_html=answer)
    shown = ada.get(reverse("workflow:help_lines")).content.decode()
    assert "Stands in 1 published answer" in shown
    assert "say something older" not in shown
    Publication.objects.update(
        answer_html=f"<p>Please call.</p>{blocks.help_line(line)}"
    )  # as an older sanitizer left it
    assert "say something older" not in ada.get(reverse("workflow:help_lines")).content.decode()
    line.hours = "Weekdays only"
    line.save()
    shown = ada.get(reverse("workflow:help_lines")).content.decode()
    assert "say something older" in shown
    assert page.get_absolute_url() in shown
    moderator = Client()
    moderator.force_login(cast.mo)
    shown = moderator.get(reverse("workflow:help_lines")).content.decode()
    assert reverse("workflow:page", args=[page.pk]) in shown
    assert "I checked it" not in shown


def test_it_mails_administrators_once_a_day_while_something_is_overdue(cast, fresh):
    assert announce_upkeep() == 0
    overdue("childhelp", "samhsa")
    announce_upkeep()
    announce_upkeep()
    assert [message.person for message in Message.objects.filter(template="upkeep_digest")] == [cast.ada]


def test_it_mails_nothing_when_everything_was_looked_after_meanwhile(cast, fresh, mailoutbox):
    from notifications.delivery import deliver

    overdue("childhelp")
    announce_upkeep()
    Message.objects.filter(template="upkeep_digest").update(next_try_at=timezone.now())
    HelpLine.objects.update(review_by=timezone.localdate() + timedelta(days=9))
    deliver()
    assert Message.objects.get(template="upkeep_digest").state == Progress.SKIPPED


def test_it_mails_a_count_and_no_name(cast, fresh, mailoutbox):
    from notifications.delivery import deliver

    overdue("childhelp")
    RuleTrouble.objects.create(rule="local.3", day=timezone.localdate(), times=2)
    announce_upkeep()
    Message.objects.filter(template="upkeep_digest").update(next_try_at=timezone.now())
    deliver()
    mail = next(mail for mail in mailoutbox if mail.to == [cast.ada.email])
    assert ": 2." in mail.body
    assert "hildhelp" not in mail.body + mail.subject


# ---- a number that was typed by hand ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<p>Call 1-800-422-4453 tonight.</p><p>Rest.</p>", "<p>Call {name} tonight.</p>{block}<p>Rest.</p>"),
        (
            "<ul><li><p>Or 1-800-422-4453</p></li></ul><p>Rest.</p>",
            "<ul><li><p>Or {name}</p></li></ul>{block}<p>Rest.</p>",
        ),
        ('<p><a href="tel:+18004224453">1-800-422-4453</a></p>', '<p><a href="tel:+18004224453">{name}</a></p>{block}'),
        ("<p>A &amp; B<br>1-800-422-4453</p>", "<p>A &amp; B<br>{name}</p>{block}"),
        ("<p>No number.</p>", "<p>No number.</p>"),
        ("{block}<p>Rest.</p>", "{block}<p>Rest.</p>"),
    ],
)
def test_it_puts_the_block_in_the_place_of_a_typed_number(fresh, before, after):
    line = HelpLine.objects.get(key="childhelp")
    values = {"name": line.name.replace("&", "&amp;"), "block": blocks.help_line(line)}
    made = blocks.put_in_place(before.format(**values), line.number, line)
    assert made == after.format(**values)
    assert blocks.put_in_place(made, line.number, line) == made


def test_it_offers_the_block_beside_the_answer_and_puts_it_there(cast, fresh, client):
    client.force_login(cast.erin)
    case = make_case(cast, state=State.TRIAGED)
    line = HelpLine.objects.get(key="childhelp")
    typed = f"<p>Please call {line.number} tonight.</p><p>And rest.</p>"
    answering.save_answer(case_id=case.pk, by=cast.erin, body=typed, based_on=0)
    page = client.get(reverse("workflow:write", args=[case.public_id])).content.decode()
    assert "Put its block there instead" in page
    address = reverse("workflow:insert", args=[case.public_id])
    client.post(address, {"body": typed, "based_on": 1, "number": line.number})
    body = again(case).question.revisions.order_by("-number").first().body
    assert blocks.help_lines_in(body) == {line.name}
    assert "<p>And rest.</p>" in body
    page = client.get(reverse("workflow:write", args=[case.public_id])).content.decode()
    assert "Put its block there instead" not in page


def test_it_offers_no_block_that_is_overdue(cast, fresh, client):
    client.force_login(cast.erin)
    overdue("childhelp")
    case = make_case(cast, state=State.TRIAGED)
    number = HelpLine.objects.get(key="childhelp").number
    page = client.post(
        reverse("workflow:language", args=[case.public_id]), {"body": f"<p>Please call {number} tonight.</p>"}
    ).content.decode()
    assert number in page
    assert "Put its block there instead" not in page


def test_it_scans_letters_that_came_before_a_line_was_overdue_all_the_same(cast, fresh):
    overdue()
    assert intake.submit_letter(by=cast.rosa, text=DANGER, danger="no").tier < 3
