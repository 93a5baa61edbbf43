"""People rule how they hear: at once, together once a day, or not at all; in quiet hours nothing but codes and danger."""

import re
from datetime import UTC, datetime

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from notifications import brake, unsubscribe
from notifications.delivery import deliver
from notifications.models import About, Brake, Category, Choice, Habits, Message, Progress
from notifications.outbox import announce_mornings, fan_out, remind
from notifications.sign_in import queue_security_mail
from qa.models import Publication
from tests.cast import again, make_case
from workflow.actions import intake, publication, triage
from workflow.models import Event
from workflow.states import State
from workflow.transitions import Refused, Seen

pytestmark = pytest.mark.once

NOON = datetime(2026, 11, 25, 17, tzinfo=UTC)  # noon in New York


@pytest.fixture(autouse=True)
def server(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def rule(person, **values):
    return Habits.objects.create(person=person, **values)


def to(person):
    return [sent for sent in mail.outbox if sent.to == [person.email]]


def go():
    fan_out()
    deliver()


def reasons(**which):
    return set(Message.objects.filter(**which).values_list("state", "reason"))


def test_it_sends_nothing_that_is_not_wanted(cast):
    rule(cast.rosa, choices={About.PROGRESS: Choice.NONE})
    make_case(cast)
    go()
    assert to(cast.rosa) == []
    assert reasons(template="received") == {("skipped", "not wanted")}


def test_it_tells_once_a_day_what_is_wanted_so(cast, noon):
    rule(cast.rosa, choices={About.PROGRESS: Choice.DAILY})
    make_case(cast)
    make_case(cast)
    go()
    assert to(cast.rosa) == []
    noon.move_to(datetime(2026, 11, 26, 12, 1, tzinfo=UTC))  # seven in the morning there
    deliver()
    assert [sent.subject for sent in to(cast.rosa)] == ["Your day at Allay"]
    assert unsubscribe.address(cast.rosa, Choice.DAILY) in to(cast.rosa)[0].body
    noon.move_to(datetime(2026, 11, 27, 12, 1, tzinfo=UTC))
    deliver()
    assert len(to(cast.rosa)) == 1, "a day without news brings no mail"


def test_it_keeps_quiet_hours_in_the_persons_own_time(cast, noon):
    rule(cast.rosa, quiet_from=21, quiet_until=8)
    noon.move_to(datetime(2026, 11, 26, 4, tzinfo=UTC))  # eleven at night in New York
    make_case(cast)
    queue_security_mail("sign_in_code", email=cast.rosa.email, code="123456")
    go()
    assert [sent.subject for sent in to(cast.rosa)] == ["Signing in at Allay"]
    assert reasons(template="received") == {("waiting", "quiet hours")}
    assert Message.objects.get(template="received").attempts == 0
    noon.move_to(datetime(2026, 11, 26, 13, 0, 1, tzinfo=UTC))  # eight o'clock
    deliver()
    assert len(to(cast.rosa)) == 2


def test_it_calls_about_danger_in_quiet_hours_too(cast):
    rule(cast.mo, quiet_from=0, quiet_until=23, choices=dict.fromkeys(About, Choice.NONE))
    make_case(cast, danger="yes")
    go()
    assert [sent.subject for sent in to(cast.mo)] == ["Please look now at Allay"]


def test_it_does_not_write_about_a_letter_when_that_is_not_safe(cast):
    case = make_case(cast, state=State.TRIAGED)
    intake.choose_mail(case_id=case.pk, by=cast.rosa, may_mail=False)
    go()
    assert to(cast.rosa) == []
    assert reasons(category=Category.LETTER) == {("skipped", "not safe to mail")}
    assert to(cast.erin), "the others hear as ever"


def test_it_says_a_little_more_to_those_who_asked_for_it(cast):
    rule(cast.rosa, is_fuller=True)
    make_case(cast, state=State.REVIEWED)
    go()
    assert "Allay: your answer is ready" in [sent.subject for sent in to(cast.rosa)]
    everything = " ".join(sent.subject + sent.body for sent in to(cast.rosa)).lower()
    assert not re.search(r"detox|\bson\b|comes home|mikey|counsel", everything)


def test_it_never_floods_a_person(cast, settings):
    for _ in range(settings.MAIL_PERSON_HOUR + 3):
        make_case(cast)
    go()
    assert len(to(cast.rosa)) == settings.MAIL_PERSON_HOUR
    assert Message.objects.filter(template="received", reason="many at once").count() == 3
    assert Message.objects.filter(template="news_digest", person=cast.rosa).count() == 1, (
        "the rest is told next morning"
    )


def test_it_pulls_the_brake_when_far_too_much_goes_out(cast, settings, caplog):
    settings.MAIL_PER_HOUR, settings.MAIL_PERSON_HOUR, settings.MAIL_PERSON_DAY = 3, 1000, 1000
    for _ in range(30):
        make_case(cast)
    go()
    sent = len(mail.outbox)
    assert sent < 30
    assert "brake" in caplog.text
    make_case(cast, danger="yes")
    queue_security_mail("sign_in_code", email=cast.rosa.email, code="123456")
    go()
    assert len(mail.outbox) == sent + 4, "danger and codes still go out"
    settings.MAIL_PER_HOUR = 1000
    brake.release()
    go()
    assert not Message.objects.pending().exclude(category=Category.DIGEST).exists()
    assert not Brake.objects.filter(released_at=None).exists()


def test_it_tells_work_together_and_only_what_still_holds(cast, settings, noon):
    settings.MAIL_WINDOW = 600
    cases = [make_case(cast, state=State.TRIAGED) for _ in range(3)]
    go()
    assert to(cast.erin) == []
    triage.assign(case_id=cases[0].pk, by=cast.mo, expert=None)
    noon.shift(601)
    go()
    (sent,) = to(cast.erin)
    assert "2 things wait for you" in sent.body
    assert reasons(template="work_assigned") == {("sent", ""), ("skipped", "told together"), ("skipped", "overtaken")}


def test_it_holds_a_decision_for_a_moment_so_that_it_can_be_taken_back(cast, settings, noon):
    from workflow.actions import review

    settings.MAIL_HOLD = 30
    case = make_case(cast, state=State.REVIEWED)
    fan_out()
    review.reopen(case_id=case.pk, by=cast.mo, seen=None, reason="A slip")
    noon.shift(31)
    go()
    assert reasons(template="ready") == {("skipped", "overtaken")}


def test_it_asks_a_member_who_says_nothing_once_more_and_their_silence_keeps_it_private(cast, noon):
    case = make_case(cast, state=State.REVIEWED, audience="public")
    go()
    assert not to(cast.rosa) or all("choice" not in sent.body for sent in to(cast.rosa))
    mail.outbox.clear()
    for _ in range(30):
        noon.shift(24 * 3600)
        remind()
        go()
    asked = [sent for sent in to(cast.rosa) if "stays private" in sent.body]
    assert len(asked) == 1
    assert again(case).state == State.REVIEWED
    assert not Publication.objects.exists()
    with pytest.raises(Refused, match="not agreed"):
        publication.publish(case_id=case.pk, by=cast.mo, seen=None)


def test_it_does_not_ask_a_member_who_has_said_it(cast, noon):
    agreed, private = (make_case(cast, state=State.REVIEWED, audience="public") for _ in range(2))
    publication.consent(case_id=agreed.pk, by=cast.rosa, page_hash=agreed.page_hash(), audience="public")
    publication.refuse_consent(case_id=private.pk, by=cast.rosa)
    noon.shift(8 * 24 * 3600)
    remind()
    assert not Message.objects.filter(template="undecided").exists()


def test_it_reminds_once_a_turn_and_catches_up_once(cast, noon):
    make_case(cast, state=State.DRAFTED)
    go()
    mail.outbox.clear()
    noon.shift(47 * 3600)
    assert remind() == 0 or not Message.objects.pending().filter(template="work_to_review").exists()
    noon.shift(5 * 24 * 3600)  # nobody was there to remind for five days
    remind()
    remind()
    go()
    reminded = [sent.to[0] for sent in mail.outbox if sent.subject.startswith("Something waits")]
    assert sorted(reminded) == ["dana@people.example", "mo@people.example", "mora@people.example"]
    assert Event.objects.exists()


def test_it_says_each_morning_what_waits_to_those_who_are_there_and_want_to_hear(cast, noon):
    make_case(cast, state=State.TRIAGED)
    go()
    rule(cast.dana, choices={About.MORNING: Choice.NONE})
    User.objects.filter(pk=cast.mora.pk).update(away_from="2026-11-25", away_until="2026-11-30")
    mail.outbox.clear()
    for _ in range(2):
        announce_mornings()
    noon.shift(20 * 3600)
    announce_mornings()
    deliver()
    told = sorted(sent.to[0] for sent in mail.outbox if "Good morning. Waiting at the desk today: 1." in sent.body)
    assert told == ["erin@people.example", "mo@people.example"], "theo has nothing waiting"
    waiting = Message.objects.filter(template="work_digest", state="waiting")
    assert set(waiting.values_list("next_try_at", flat=True)) == {datetime(2026, 11, 27, 12, tzinfo=UTC)}


def test_it_shows_each_person_what_concerns_them(cast):
    def page(who):
        client = Client()
        client.force_login(who)
        return client.get(reverse("notifications:preferences")).content.decode()

    assert str(About.READY.label) in page(cast.rosa)
    assert "you may say a little more" in page(cast.rosa)
    assert str(About.TASKS.label) in page(cast.erin)
    assert str(About.REVIEW.label) in page(cast.mo)
    assert str(About.READY.label) not in page(cast.mo)


def test_it_saves_the_page_and_says_what_is_missing(cast, client):
    client.force_login(cast.rosa)
    words = dict.fromkeys((About.READY, About.PROGRESS, About.SHARED), Choice.AT_ONCE)
    words |= {About.SHARED: Choice.NONE, "time_zone": "America/Denver", "quiet_from": "21", "quiet_until": ""}
    wrong = client.post(reverse("notifications:preferences"), words)
    assert "Choose both hours, or neither." in wrong.content.decode()
    assert not Habits.objects.exists()
    assert client.post(reverse("notifications:preferences"), {**words, "quiet_until": "8"}).status_code == 302
    habits = Habits.objects.get(person=cast.rosa)
    assert (habits.quiet_from, habits.quiet_until, habits.choice(About.SHARED)) == (21, 8, Choice.NONE)
    cast.rosa.refresh_from_db()
    assert cast.rosa.time_zone == "America/Denver"


def test_it_refuses_what_would_never_be_told(cast, client):
    """A colleague's daily news comes with the morning mail, so it cannot come without."""
    client.force_login(cast.erin)
    words = {About.TASKS: Choice.DAILY, About.ENDINGS: Choice.AT_ONCE, "time_zone": "America/Denver"}
    refused = client.post(reverse("notifications:preferences"), {**words, About.MORNING: Choice.NONE})
    assert "What comes together comes with this mail." in refused.content.decode()
    assert (
        client.post(reverse("notifications:preferences"), {**words, About.MORNING: Choice.AT_ONCE}).status_code == 302
    )


def test_it_stops_a_stream_without_signing_in(cast):
    make_case(cast)
    go()
    (sent,) = to(cast.rosa)
    headers = sent.message()
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = headers["List-Unsubscribe"].strip("<>")
    assert address in sent.body
    path = address.removeprefix("http://localhost:8000")
    stranger = Client(enforce_csrf_checks=True)
    shown = stranger.get(path)
    assert not Habits.objects.exists(), "looking changes nothing: scanners open every link"
    assert not re.search(r"answer|letter|question", re.sub(r"(?s)<(header|footer|nav).*?</\1>", "", _main(shown)))
    assert stranger.post(path, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Habits.objects.get(person=cast.rosa).choice(About.PROGRESS) == Choice.NONE
    assert stranger.post(path).status_code == 200, "twice is the same"
    make_case(cast)
    go()
    assert len(to(cast.rosa)) == 1


def test_it_ends_the_daily_mail_by_its_own_link(cast):
    """Whatever comes in it, and nothing else."""
    rule(cast.rosa, choices={About.READY: Choice.DAILY, About.SHARED: Choice.DAILY})
    path = unsubscribe.address(cast.rosa, Choice.DAILY).removeprefix("http://localhost:8000")
    assert [Client().post(path).status_code for _ in "12"] == [200, 200], "twice is the same"
    chosen = [
        Habits.objects.get(person=cast.rosa).choice(about) for about in (About.READY, About.SHARED, About.PROGRESS)
    ]
    assert chosen == [Choice.NONE, Choice.NONE, Choice.AT_ONCE]


def test_it_ends_everything_that_one_mail_told_together_and_says_what(cast, settings, noon):
    settings.MAIL_WINDOW = 600
    both = [make_case(cast, state=State.TRIAGED), make_case(cast, state=State.PUBLISHED)]
    go()
    noon.shift(601)
    go()
    (sent,) = to(cast.erin)
    assert f"{len(both)} things wait for you" in sent.body
    path = unsubscribe.address(cast.erin, About.TASKS, About.ENDINGS).removeprefix("http://localhost:8000")
    other = unsubscribe.address(cast.erin, About.ENDINGS, About.TASKS).removeprefix("http://localhost:8000")
    ends = path if path in sent.body else other
    assert ends in sent.body
    shown = Client().get(ends).content.decode()
    assert [str(about.label) in shown for about in (About.TASKS, About.ENDINGS, About.MORNING)] == [True, True, False]
    assert Client().post(ends).status_code == 200
    habits = Habits.objects.get(person=cast.erin)
    assert {about for about in About if habits.choice(about) == Choice.NONE} == {About.TASKS, About.ENDINGS}


def _main(response):
    return re.search(r"(?s)<main.*?</main>", response.content.decode().lower()).group()


def test_it_takes_no_forged_address(cast, client):
    token = unsubscribe.address(cast.rosa, About.PROGRESS).split("/")[-2]
    assert client.post(reverse("notifications:stop", args=[token[:-2] + "xx"])).status_code == 404
    cast.rosa.delete()
    assert client.post(reverse("notifications:stop", args=[token])).status_code == 200, "nothing is told of who left"


def test_it_offers_to_switch_off_what_may_be_switched_off_and_nothing_else(cast):
    make_case(cast, state=State.REVIEWED, danger="yes")
    queue_security_mail("sign_in_code", email=cast.rosa.email, code="123456")
    go()
    by_subject = {sent.subject: sent.message()["List-Unsubscribe"] for sent in mail.outbox}
    assert by_subject["Signing in at Allay"] is None
    ready = Message.objects.get(template="ready", state=Progress.SENT)
    (mail_ready,) = [sent for sent in mail.outbox if sent.extra_headers["Message-ID"].startswith(f"<{ready.key[:40]}")]
    assert mail_ready.message()["List-Unsubscribe"] == f"<{unsubscribe.address(cast.rosa, About.READY)}>"


@pytest.mark.parametrize(
    "habits", [{"choices": {"ready": "none", "shared": "none"}}, {"dead_at": NOON, "dead_reason": "gone"}]
)
def test_pages_promise_no_mail_to_a_member_whom_none_reaches(cast, client, habits):
    case, shared = make_case(cast), make_case(cast, state=State.REVIEWED)
    publication.consent(case_id=shared.pk, by=cast.rosa, page_hash=shared.page_hash(), audience="public")
    pages = [reverse(f"workflow:{name}", args=[case.public_id]) for name in ("ask_sent", "status")]
    pages.append(reverse("workflow:status", args=[shared.public_id]))
    client.force_login(cast.rosa)
    said = " ".join(client.get(page).content.decode() for page in pages)
    assert "You get an email" in said
    assert "We tell you by email" in said
    Habits.objects.create(person=cast.rosa, **habits)
    said = " ".join(client.get(page).content.decode() for page in pages)
    for promise in ("You get an email", "by email when", "We write to your email when"):
        assert promise not in said
    assert "At the moment we do not write to your email" in said
    assert "You see here when the page is there." in said
    case = make_case(cast, state=State.REVIEWED)
    said = client.post(
        reverse("workflow:consent", args=[case.public_id]),
        {"choice": "public", "page_hash": case.page_hash(), "seen": str(Seen.of(case))},
        follow=True,
    ).content.decode()
    assert "You said that anyone may read it." in said
    assert "We tell you" not in said


def test_it_lets_the_member_choose_when_sending_and_later(cast, client):
    case = make_case(cast)
    client.force_login(cast.rosa)
    pages = [reverse(f"workflow:{name}", args=[case.public_id]) for name in ("ask_sent", "status")]
    assert all("You get an email" in client.get(page).content.decode() for page in pages)
    client.post(reverse("workflow:choose_mail", args=[case.public_id]), {"mail": "no"})
    assert again(case).may_mail is False
    assert not any("You get an email" in client.get(page).content.decode() for page in pages), "none is promised"
    client.post(reverse("workflow:choose_mail", args=[case.public_id]), {"mail": "yes"})
    assert again(case).may_mail is True
    other = Client()
    other.force_login(cast.bela)
    assert other.post(reverse("workflow:choose_mail", args=[case.public_id]), {"mail": "no"}).status_code == 404
