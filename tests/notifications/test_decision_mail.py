"""A moderator sees the exact mail before they decide, adds a line that gives nothing away, or holds it back with a reason."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from notifications.delivery import deliver
from notifications.models import About, Category, Choice, Habits, Message, Progress
from notifications.outbox import fan_out, remind
from tests.cast import LETTER, MARKER, make_case, settle, topic
from tests.workflow.test_alone import drafted_by_mora
from workflow.actions import intake, publication, triage
from workflow.models import MailWish, Wish
from workflow.states import State
from workflow.transitions import Seen

pytestmark = pytest.mark.once

LINE = "We are glad that you are here.\nTake your time."


@pytest.fixture(autouse=True)
def server(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def mo(cast):
    client = Client()
    client.force_login(cast.mo)
    return client


def ready_for_experts(cast):
    case = make_case(cast)
    triage.open_letter(case_id=case.pk, by=cast.mo)
    settle(case, by=cast.mo)
    return type(case).objects.get(pk=case.pk)


def post(client, name, case, **more):
    return client.post(reverse(f"workflow:{name}", args=[case.public_id]), {"seen": str(Seen.of(case)), **more})


def with_lines(added: str = "", why_not: str = "", **more: str) -> dict[str, str]:
    return {"mail-added": added, "mail-why_not": why_not, **more}


def go():
    fan_out()
    deliver()


def to_rosa():
    return [sent for sent in mail.outbox if sent.to == ["rosa@people.example"]]


CHECKED = {"checked": ["read", "unnamed", "safe", "kind"]}
DECISIONS = [
    pytest.param(State.SUBMITTED, "case", "triage", {}, "Somebody is working on it now.", id="triage"),
    pytest.param(
        State.SUBMITTED, "decline", "decline", {"reason": "Not ours", "message": "We are sorry."},
        "There is a message for you.", id="decline",
    ),
    pytest.param(State.DRAFTED, "review", "approve", CHECKED, "Something is ready for you.", id="approve"),
    pytest.param(State.REVIEWED, "preview", "publish", {"when": "now"}, "Something changed, just as you agreed.", id="publish"),
]  # fmt: skip


def at_decision(cast, state, step):
    if step == "triage":
        return ready_for_experts(cast)
    case = make_case(cast, state=state)
    if step == "publish":
        publication.consent(case_id=case.pk, by=cast.rosa, page_hash=case.page_hash(), audience="public")
    return type(case).objects.get(pk=case.pk)


@pytest.mark.parametrize(("state", "page", "step", "words", "says"), DECISIONS)
def test_it_shows_the_mail_takes_a_line_and_sends_just_that(cast, mo, state, page, step, words, says):
    case = at_decision(cast, state, step)
    before = mo.get(reverse(f"workflow:{page}", args=[case.public_id])).content.decode()
    assert "The mail they get" in before
    assert says in before
    assert "There is news for you at Allay" in before
    assert "Stop mails like this one" in before, "as in the mail itself, but without the address that works"
    assert "people.example" not in before
    response = post(mo, step, case, **with_lines(LINE.replace("\n", "\r\n")), **words)
    assert response.status_code == 302, response.content.decode()
    go()
    (sent,) = [sent for sent in to_rosa() if says in sent.body]
    assert f"\n\n{LINE}\n\n" in sent.body
    assert "Stop mails like this one" in sent.body
    assert "We are glad that you are here." in sent.alternatives[0][0]
    page = mo.get(case.get_absolute_url()).content.decode()
    assert "with the words “We are glad that you are here." in page, "it stands on the timeline"
    assert page.count("What it says") >= 1


def test_it_shows_it_in_their_own_language_and_as_full_as_they_allow(cast, mo):
    cast.rosa.language = "es"
    cast.rosa.save()
    Habits.objects.create(person=cast.rosa, is_fuller=True)
    case = ready_for_experts(cast)
    said = mo.get(case.get_absolute_url()).content.decode()
    assert "The mail they get, in Español" in said
    assert "Ya hay alguien preparando su respuesta." in said
    post(mo, "triage", case, **with_lines())
    go()
    assert to_rosa()[0].subject == "Allay: ya llegó su pregunta"
    assert "Ya hay alguien preparando su respuesta." in mo.get(case.get_absolute_url()).content.decode()


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("Mikey will be glad.", "“Mikey” could tell who they are"),
        ("Greetings to mikey", "“Mikey” could tell who they are"),
        ("A note from Gloucester.", "“Gloucester” could tell who they are"),
        ("Your son is lucky.", "“son” could tell somebody else what this is about"),
        ("Un abrazo a su hija.", "“hija” could tell somebody else"),
        ("Look at www.allay.example", "No addresses and no numbers here"),
        ("Look at evil.io/in today", "No addresses and no numbers here"),
        ("Call 555 010 9999", "No addresses and no numbers here"),
        ("Greetings, Katherine Marlowe", "could tell who they are, or is from the letter"),
        ("a" * 401, "Keep your lines under 400 characters."),
    ],
)
def test_it_refuses_lines_that_give_something_away_and_loses_nothing(cast, mo, line, sentence):
    case = ready_for_experts(cast)
    response = post(mo, "triage", case, **with_lines(line))
    said = response.content.decode()
    assert response.status_code == 422
    assert sentence in said
    assert line in said
    assert not MailWish.objects.exists()
    assert type(case).objects.get(pk=case.pk).state == State.SUBMITTED


@pytest.mark.parametrize(("state", "page", "step", "words", "says"), DECISIONS)
def test_it_only_shows_the_mail_when_that_is_all_one_wants(cast, mo, state, page, step, words, says):
    case = at_decision(cast, state, step)
    response = post(mo, step, case, look="1", **with_lines(LINE), **words)
    said = response.content.decode()
    assert response.status_code in {200, 422}
    assert said.count("We are glad that you are here.") == 2, "in the mail and in the field"
    assert type(case).objects.get(pk=case.pk).state == case.state


def test_it_holds_the_mail_back_for_a_reason_and_says_so(cast, mo):
    case = at_decision(cast, State.DRAFTED, "approve")
    post(mo, "approve", case, **with_lines(why_not="otherwise"), **CHECKED)
    go()
    held = Message.objects.get(template="ready")
    assert (held.state, held.reason) == (Progress.SKIPPED, "a moderator: told in another way")
    assert [sent for sent in to_rosa() if "ready for you" in sent.body] == []
    assert "a moderator: told in another way" in mo.get(case.get_absolute_url()).content.decode()


def test_it_does_not_remind_of_what_would_not_be_safe(cast, mo):
    case = at_decision(cast, State.DRAFTED, "approve")
    post(mo, "approve", case, **with_lines(why_not="unsafe"), **CHECKED)
    fan_out()
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        remind()
    assert not Message.objects.filter(template="undecided").exists()


def test_it_does_remind_of_what_was_told_in_another_way(cast, mo):
    case = at_decision(cast, State.DRAFTED, "approve")
    post(mo, "approve", case, **with_lines(why_not="otherwise"), **CHECKED)
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        remind()
    assert Message.objects.filter(template="undecided").exists()


@pytest.mark.parametrize("words", [with_lines("Kind words.", "unsafe"), with_lines(why_not="nonsense")])
def test_it_refuses_what_makes_no_sense(cast, mo, words):
    case = ready_for_experts(cast)
    assert post(mo, "triage", case, **words).status_code == 422


def test_it_can_be_stopped_while_it_waits(cast, mo, settings):
    settings.MAIL_HOLD = 30
    case = ready_for_experts(cast)
    post(mo, "triage", case, **with_lines(LINE))
    go()
    waits = Message.objects.get(template="under_way")
    assert waits.state == Progress.WAITING
    said = mo.get(case.get_absolute_url()).content.decode()
    assert "We are glad that you are here." in said
    mo.post(reverse("notifications:skip", args=[waits.pk]), {"why": "It was a mistake"})
    assert Message.objects.get(pk=waits.pk).reason == "a moderator: it was a mistake"


@pytest.mark.parametrize(
    ("what", "why"),
    [
        ({"choices": {About.PROGRESS: Choice.NONE}}, "chose not to hear of this by email"),
        ({"choices": {About.PROGRESS: Choice.DAILY}}, "hears once a day that there is news"),
        ({"dead_at": "2026-11-25T12:00Z", "dead_reason": "no such mailbox"}, "it would not arrive (no such mailbox)"),
    ],
)
def test_it_says_so_when_no_mail_goes(cast, mo, what, why):
    Habits.objects.create(person=cast.rosa, **what)
    case = ready_for_experts(cast)
    said = mo.get(case.get_absolute_url()).content.decode()
    assert why in said
    assert "The mail they get" not in said
    assert post(mo, "triage", case).status_code == 302


def test_it_keeps_the_lines_for_the_day_of_publication(cast):
    case = at_decision(cast, State.REVIEWED, "publish")
    soon = case.submitted_at.replace(year=case.submitted_at.year + 1)
    publication.schedule(case_id=case.pk, by=cast.mo, seen=None, at=soon, mail=Wish(added="Kind words."))
    type(case).objects.filter(pk=case.pk).update(publish_at=case.submitted_at)
    assert publication.publish_due() == 1
    go()
    assert [sent for sent in to_rosa() if "Kind words." in sent.body]


def test_it_is_sealed_and_goes_with_the_letter(cast):
    case = ready_for_experts(cast)
    triage.triage(case_id=case.pk, by=cast.mo, seen=None, mail=Wish(added=f"Kind {MARKER} words."))
    with connection.cursor() as cursor:
        cursor.execute("SELECT added FROM workflow_mailwish")
        (raw,) = cursor.fetchone()
    assert raw.startswith("b1:")
    assert MARKER not in raw
    fan_out()
    assert not Message.objects.exclude(sealed="").exists()
    intake.withdraw(case_id=case.pk, by=cast.rosa)
    assert MailWish.objects.get().added == ""
    assert MARKER in LETTER


def test_it_shows_a_moderator_no_link_that_belongs_to_the_member(cast, mo):
    case = make_case(cast, state=State.TRIAGED)
    go()
    said = mo.get(case.get_absolute_url()).content.decode()
    assert "/mail/stop/" not in said
    assert Message.objects.filter(category=Category.LETTER, state=Progress.SENT).exists()


def told_at(cast, client, way):
    """The case, the page, the address and the fields of another way to write to the member."""
    if way == "tell_member":
        case = make_case(cast, danger="yes")
        flag = case.flags.first()
        triage.acknowledge_flag(case_id=case.pk, flag_id=flag.pk, by=cast.mo)
        triage.open_letter(case_id=case.pk, by=cast.mo)
        at = reverse("workflow:tell_member", args=[case.public_id, flag.pk])
        return case, case.get_absolute_url(), at, {"text": "Please call.", "template": "danger"}
    if way == "ask_member":
        case = ready_for_experts(cast)
        at = reverse("workflow:ask_member", args=[case.public_id])
        return case, at, at, {"text": "How is the sleep now?", "seen": str(Seen.of(case))}
    if way == "approve_alone":
        case = drafted_by_mora(cast)
        client.force_login(cast.mora)
        page, at = (reverse(f"workflow:{name}", args=[case.public_id]) for name in ("review", "approve_alone"))
        return case, page, at, {"reason": "Nobody is here at night.", "seen": str(Seen.of(case)), **CHECKED}
    if way == "question":
        case = make_case(cast, state=State.REVIEWED)
        page, at = (reverse(f"workflow:{name}", args=[case.public_id]) for name in ("letter", "question"))
        confirmed = {"confirm": "yes", "nobody_knows_them": "on", "topics": [topic().pk], "seen": str(Seen.of(case))}
        return case, page, at, {"text": "He comes home at night.", "title": "At night", **confirmed}
    case = at_decision(cast, State.REVIEWED, "publish")
    publication.publish(case_id=case.pk, by=cast.mo, seen=Seen.of(case))
    at = reverse("workflow:page", args=[case.question.publication.pk])
    return case, at, at, {"do": "correct", "text": "Two doses, not one.", "is_important": "on"}


@pytest.mark.parametrize("way", ["tell_member", "ask_member", "page", "approve_alone", "question"])
def test_it_shows_every_other_mail_to_the_member_first_too(cast, mo, way):
    case, page, at, fields = told_at(cast, mo, way)
    go()
    before = len(to_rosa())
    assert "The mail they get" in mo.get(page).content.decode()
    for typed in ({**with_lines("A line."), "look": "1"}, with_lines("Greetings to Mikey")):
        again = mo.post(at, {**fields, **typed})
        assert again.status_code == 422
        assert next(iter(fields.values())) in again.content.decode()
    go()
    assert len(to_rosa()) == before, "nothing was done yet"
    assert mo.post(at, {**fields, **with_lines(why_not="unsafe")}).status_code == 302
    go()
    assert len(to_rosa()) == before
    held = Message.objects.filter(event__case=case, category="letter").order_by("-id").first()
    assert held.reason == "a moderator: it would not be safe"


def test_it_leaves_the_mail_to_a_member_to_moderators(cast):
    """An expert who asks learns nothing of how the member is written to."""
    case = make_case(cast, state=State.TRIAGED)
    erin = Client()
    erin.force_login(cast.erin)
    at = reverse("workflow:ask_member", args=[case.public_id])
    assert "The mail they get" not in erin.get(at).content.decode()
    fields = {"text": "How is the sleep now?", "seen": str(Seen.of(case))}
    erin.post(at, {**fields, **with_lines(why_not="mistake")})
    assert not Message.objects.filter(event__case=case, state="skipped", reason__startswith="a moderator").exists()
