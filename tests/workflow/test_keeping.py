"""Nothing is kept longer than we said: told first, kept by one press, erased for real, held by two people."""

import re
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from config import retention
from config.schedules import JOBS
from notifications.delivery import deliver
from notifications.models import Message, Progress
from notifications.outbox import fan_out, remind
from notifications.tasks import sweep
from qa.models import Letter, Publication
from tests.cast import MARKER, again, make_case
from tests.security import thief
from tests.security.test_erasure import places_with
from workflow.actions import keeping, triage
from workflow.models import Event, Hold, Keeping
from workflow.models.keeping import ONE_ALONE_DAYS
from workflow.queues.keeping import end_of
from workflow.safety.words import Category, Severity, Subject, Timing
from workflow.states import State
from workflow.transitions import Refused

ENDS = {
    State.DECLINED: "KEEP_DECLINED_DAYS",
    State.REVIEWED: "KEEP_ANSWERED_DAYS",
    State.PUBLISHED: "KEEP_ORIGINAL_DAYS",
}


def days_later(days):
    """The clock's night, so many days from now."""
    with time_machine.travel(timezone.now() + timedelta(days=days), tick=False):
        retention.nightly()


def days_of(state):
    return getattr(settings, ENDS[state])


@pytest.mark.parametrize("state", ENDS)
def test_it_tells_first_then_erases_and_says_so_in_the_trail(cast, state, caplog):
    case, days = make_case(cast, state=state), days_of(state)
    caplog.set_level("INFO")
    days_later(days - settings.KEEP_WARN_DAYS - 1)
    assert not case.events.filter(kind="end_announced").exists()
    days_later(days - settings.KEEP_WARN_DAYS + 1)
    days_later(days - settings.KEEP_WARN_DAYS + 1)
    assert case.events.filter(kind="end_announced").count() == 1
    days_later(days)
    assert Letter.objects.get().text
    stolen = thief.copied()
    assert thief.opened(stolen) == stolen
    days_later(days + 2)
    assert thief.opened(stolen) == set(), "the key that all of it was under is destroyed"
    gone = again(case).events.filter(kind__endswith="_ended")
    (event,) = gone
    assert (event.actor_id, event.actor_role) == (None, "service")
    assert places_with(MARKER) == []
    assert MARKER not in caplog.text
    if state == State.PUBLISHED:
        assert again(case).state == State.PUBLISHED
        assert Publication.objects.get().answer_html
        assert again(case).draft.body
    else:
        assert again(case).state == State.WITHDRAWN
        assert event.from_state == state


@pytest.mark.parametrize("state", [State.SUBMITTED, State.TRIAGED, State.DRAFTED, State.WITHDRAWN])
def test_it_never_touches_what_people_still_work_on(cast, state):
    case = make_case(cast, state=state)
    before = case.version
    days_later(1_000)
    assert again(case).version == before
    assert not Keeping.objects.exists()


@pytest.mark.once
def test_after_a_month_without_the_clock_nobody_is_erased_unwarned(cast):
    case = make_case(cast, state=State.DECLINED)
    late = settings.KEEP_DECLINED_DAYS + 400
    days_later(late)
    days_later(late + 1)
    assert again(case).state == State.DECLINED
    days_later(late + settings.KEEP_WARN_DAYS + 1)
    assert again(case).state == State.WITHDRAWN


@pytest.mark.once
def test_one_press_keeps_it_and_the_member_reads_the_day(cast, client):
    case = make_case(cast, state=State.DECLINED)
    client.force_login(cast.rosa)
    status = reverse("workflow:status", args=[case.public_id])
    assert "Keep it longer" not in client.get(status).content.decode()
    told = timezone.now() + timedelta(days=settings.KEEP_DECLINED_DAYS - 10)
    with time_machine.travel(told, tick=False):
        retention.nightly()
        client.force_login(cast.rosa)
        assert f"until {timezone.localtime(end_of(case)):%B} " in client.get(status).content.decode()
        client.post(reverse("workflow:keep_longer", args=[case.public_id]))
        assert "Keep it longer" not in client.get(status).content.decode()
    days_later(settings.KEEP_DECLINED_DAYS + 60)
    assert again(case).state == State.DECLINED
    days_later(2 * settings.KEEP_DECLINED_DAYS)
    days_later(2 * settings.KEEP_DECLINED_DAYS + settings.KEEP_WARN_DAYS + 1)
    assert again(case).state == State.WITHDRAWN
    client.force_login(cast.rosa)
    assert "We kept this letter until" in client.get(status).content.decode()


@pytest.mark.once
def test_the_mail_says_nothing_of_what_it_is(cast, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    make_case(cast, state=State.DECLINED)
    sweep()
    mail.outbox.clear()
    with time_machine.travel(timezone.now() + timedelta(days=settings.KEEP_DECLINED_DAYS - 10)):
        retention.nightly()
        fan_out()
        sweep()
    (told,) = (one for one in mail.outbox if one.to == [cast.rosa.email])
    assert "kept until a day next month" in told.body
    assert not re.search("letter|declin|answer", told.subject + told.body.split("If you did not")[0], re.I)


@pytest.mark.once
def test_a_danger_nobody_took_on_is_kept(cast):
    case = make_case(cast, state=State.DECLINED)
    kinds = {"category": Category.MEDICAL, "severity": Severity.URGENT, "subject": Subject.OTHER, "timing": Timing.NOW}
    triage.raise_flag(case_id=case.pk, by=cast.mo, note="Look.", **kinds)
    days_later(1_000)
    assert not Keeping.objects.exists()


def hold(cast, case, **more):
    until = timezone.localdate() + timedelta(days=90)
    return keeping.ask_hold(
        case_id=case.pk,
        **{"by": cast.mo, "why": "legal", "reason": "A court has asked for it.", "until": until, **more},
    )


def test_a_hold_takes_two_people_and_stops_the_clock_until_its_day(cast):
    case, days = make_case(cast, state=State.DECLINED), settings.KEEP_DECLINED_DAYS
    with time_machine.travel(timezone.now() + timedelta(days=days - 10), tick=False):
        retention.nightly()
        hold(cast, case)
        fan_out()
        asked = Message.objects.filter(template="work_hold").order_by("person_id")
        assert [mail.person for mail in asked] == [cast.dana, cast.mora], "who asked for it knows"
        with time_machine.travel(timezone.now() + timedelta(days=4), tick=False):
            remind()
            assert asked.all().count() == 4, "said again while it waits, also of a closed case"
        with pytest.raises(Refused, match="A colleague has to agree"):
            keeping.agree_hold(case_id=case.pk, by=cast.mo)
        keeping.agree_hold(case_id=case.pk, by=cast.dana)
        with time_machine.travel(timezone.now() + timedelta(days=5), tick=False):
            deliver()
        assert set(asked.values_list("state", "reason")) == {("skipped", "overtaken")}
        with pytest.raises(Refused, match="already"):
            hold(cast, case, by=cast.dana)
        assert end_of(again(case)) is None
    days_later(days + 40)
    assert again(case).state == State.DECLINED
    days_later(days + 90)
    assert again(case).state == State.WITHDRAWN
    kinds = list(Event.objects.filter(case=case, kind__startswith="hold").values_list("kind", "actor"))
    assert kinds == [("hold_asked", cast.mo.pk), ("hold_agreed", cast.dana.pk)]


@pytest.mark.once
def test_one_person_alone_holds_nothing_for_long(cast):
    case, days = make_case(cast, state=State.DECLINED), settings.KEEP_DECLINED_DAYS
    with time_machine.travel(timezone.now() + timedelta(days=days - 10), tick=False):
        retention.nightly()
        hold(cast, case)
    days_later(days + 1)
    assert again(case).state == State.DECLINED
    days_later(days - 10 + max(ONE_ALONE_DAYS, settings.KEEP_WARN_DAYS) + 1)
    assert again(case).state == State.WITHDRAWN


@pytest.mark.once
def test_a_hold_needs_a_reason_and_a_day_and_never_stops_the_member(cast, client):
    case = make_case(cast, state=State.REVIEWED)
    today = timezone.localdate()
    for bad in ({"reason": "no"}, {"until": today}, {"until": today + timedelta(days=400)}, {"by": cast.erin}):
        with pytest.raises(Refused):
            hold(cast, case, **bad)
    page = reverse("workflow:hold", args=[case.public_id])
    client.force_login(cast.mo)
    typed = {"why": "safety", "reason": "He may still be in danger.", "until": "soon"}
    refused = client.post(page, typed)
    assert (refused.status_code, "Write the day like" in refused.content.decode()) == (422, True)
    assert "He may still be in danger." in refused.content.decode()
    client.post(page, {**typed, "until": str(today + timedelta(days=9))})
    assert Hold.objects.open().get().asked_by == cast.mo
    client.force_login(cast.dana)
    client.post(page, {"agree": "yes"})
    assert Hold.objects.get().agreed_by == cast.dana
    client.force_login(cast.rosa)
    client.post(reverse("workflow:withdraw", args=[case.public_id]))
    assert again(case).state == State.WITHDRAWN
    assert not Hold.objects.exists()


@pytest.mark.once
def test_administrators_see_counts_and_no_case(cast, client):
    case = make_case(cast, state=State.REVIEWED)
    hold(cast, case)
    client.force_login(cast.ada)
    page = client.get(reverse("retention")).content.decode()
    assert "Waiting for a second person" in page
    assert case.public_id not in page
    client.force_login(cast.dana)
    assert case.public_id in client.get(reverse("retention")).content.decode()


def test_it_drops_what_has_had_its_time_and_nothing_younger(cast, settings):
    make_case(cast, state=State.DECLINED)
    fan_out()
    Message.objects.update(state=Progress.SKIPPED, done_at=timezone.now(), sealed="")
    assert Message.objects.exists()
    cast.bela.last_login = timezone.now()
    cast.bela.save()
    days_later(settings.KEEP_MAIL_DAYS - 1)
    assert Message.objects.exists()
    days_later(settings.KEEP_MAIL_DAYS + 1)
    assert not Message.objects.exists()
    people = type(cast.bela).objects
    days_later(settings.KEEP_IDLE_ACCOUNT_DAYS + 1)
    assert not people.filter(pk=cast.bela.pk).exists()
    assert people.filter(grants__isnull=False).distinct().count() == 6
    assert JOBS["keep_no_longer"].work is retention.nightly


ROOT = Path(__file__).resolve().parents[2]


def grade(text):
    """Flesch-Kincaid: how many years of school a text takes; five more make an age."""
    sentences = [one for one in re.split(r"[.!?:]\s|\n|\|", text) if re.search(r"\w{2}", one)]
    found = re.findall(r"[a-zA-Z’']+", text)
    syllables = sum(max(1, len(re.findall(r"[aeiouy]+", re.sub(r"e\b|es\b|ed\b", "", word.lower())))) for word in found)
    return 0.39 * len(found) / len(sentences) + 11.8 * syllables / len(found) - 15.59


@pytest.mark.once
def test_the_promise_to_members_says_the_very_figures_of_the_table(client, db):
    """PRIVACY.md and the page on privacy; and a child of eleven can read them."""
    file, page = (ROOT / "PRIVACY.md").read_text(), client.get(reverse("qa:privacy")).content.decode()
    for row in retention.table():
        assert f"| {row.what} | {row.how_long} | {row.warning or 'No'} | {row.why} |" in file
        assert f"<dt>{row.what}</dt><dd>{row.how_long}. " in page.replace("&#x27;", "'")
    words = re.sub(r"[*#|-]|“|”", " ", file)
    assert grade(words) + 5 <= 11, grade(words)
    assert retention.words(730) == "2 years" and retention.words(365) == "1 year" and retention.words(90) == "90 days"
