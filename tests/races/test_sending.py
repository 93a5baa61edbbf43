"""Send pressed twice at the same instant, by real requests on real connections: one letter, and both see it."""

import threading
from datetime import timedelta

import pytest
from django.db.models.signals import pre_delete
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_q.models import OrmQ, Schedule
from django_q.scheduler import scheduler

from config import rotation
from qa.models import Letter, LetterDraft, LetterKey
from tests.cast import make_case
from tests.races.test_races import at_once
from workflow.actions import intake, upkeep
from workflow.actions.intake import SavedElsewhere
from workflow.forms.intake import Checked
from workflow.models import Case, Event

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = "He came home from detox on Friday and I do not know what to say to him at night."


def client_of(member):
    client = Client()
    client.force_login(member)
    return client


@pytest.mark.parametrize("turn", range(5))
def test_it_makes_one_letter_of_two_presses_at_once(cast, turn):
    draft = intake.save_draft(member=cast.rosa, text=WORDS, danger="yes", audience="public")
    checked = {"checked": str(Checked.of(draft))}
    clients = [client_of(cast.rosa) for _ in range(3)]
    path = reverse("workflow:ask_check")
    responses = at_once(*(lambda client=client: client.post(path, checked) for client in clients))
    assert not [fault for fault in responses if isinstance(fault, Exception)], responses
    case = Case.objects.get()
    assert {response.headers["Location"] for response in responses} == {
        reverse("workflow:ask_sent", args=[case.public_id])
    }
    assert Letter.objects.count() == 1
    assert Event.objects.filter(kind="case_submitted").count() == 1


@pytest.mark.parametrize("turn", range(5))
def test_it_keeps_one_text_whole_when_two_windows_save_first_at_once(cast, turn):
    texts = [f"The words of window {number}." for number in range(3)]
    results = at_once(*(lambda text=text: intake.save_draft(member=cast.rosa, text=text, knows=[]) for text in texts))
    told = [result for result in results if isinstance(result, SavedElsewhere)]
    assert len(told) == 2, results
    assert LetterDraft.objects.get().text in texts


def test_it_never_sends_words_that_are_wiped_at_the_same_moment_twice(cast):
    draft = intake.save_draft(member=cast.rosa, text=WORDS, danger="no", audience="private")
    at_once(
        lambda: intake.send_draft(by=cast.rosa, page=draft.page, fingerprint=draft.fingerprint()),
        lambda: intake.wipe_draft(member=cast.rosa),
    )
    assert LetterDraft.objects.get().text == ""
    assert [letter.text for letter in Letter.objects.all()] in ([], [WORDS])


def test_nobody_who_writes_or_takes_back_meets_the_giving_of_keys_or_the_clock(cast, settings, monkeypatch):
    """At the worst moment of each the other begins, on a connection of its own, and waits for its turn."""
    others, results, fresh = [], [], LetterKey.fresh

    def begin(action):
        monkeypatch.setattr(LetterKey, "fresh", fresh)
        others.append(threading.Thread(target=lambda: results.extend(at_once(action))))
        others[-1].start()
        others[-1].join(0.3)

    def before_a_key_is_stored(action):
        monkeypatch.setattr(LetterKey, "fresh", lambda **holder: begin(action) or fresh(**holder))

    settings.LETTER_KEYS = False
    intake.save_draft(member=cast.rosa, text="As an earlier release left it.")
    case = make_case(cast)
    settings.LETTER_KEYS = True

    def give_keys(holder):
        for pk in list(rotation._without_key(holder).values_list("pk", flat=True)):
            rotation._give_key(holder, pk)

    before_a_key_is_stored(lambda: give_keys(LetterDraft))
    intake.save_draft(member=cast.rosa, text="Written while keys are given.")
    before_a_key_is_stored(lambda: intake.withdraw(case_id=case.pk, by=cast.rosa))
    give_keys(Letter)
    LetterDraft.objects.update(updated_at=timezone.now() - timedelta(days=15))

    def writes_on(**_):
        begin(lambda: intake.save_draft(member=cast.rosa, text="Written as the clock came."))

    pre_delete.connect(writes_on, sender=LetterDraft, weak=False)
    try:
        assert upkeep.drop_old_drafts() == 1
    finally:
        pre_delete.disconnect(writes_on, sender=LetterDraft)
        for other in others:
            other.join(30)
    assert len(results) == 3
    assert not [fault for fault in results if isinstance(fault, Exception)], results
    assert LetterDraft.objects.get().text == "Written as the clock came."
    assert not LetterKey.objects.filter(letter__isnull=False).exists()


def test_it_fires_a_schedule_once_however_many_clusters_look(db):
    Schedule.objects.create(func="config.schedules.run", args="('sweep',)", schedule_type=Schedule.ONCE)
    assert not [fault for fault in at_once(scheduler, scheduler, scheduler) if fault]
    assert OrmQ.objects.count() == 1
