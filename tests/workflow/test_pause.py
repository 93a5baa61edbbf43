"""While intake is paused nobody sends a letter that cannot be answered, and nobody loses a word."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from qa.models import LetterDraft, Pause
from tests.cast import LETTER, MARKER, make_case
from workflow.models import Case
from workflow.transitions import Refused

pytestmark = pytest.mark.once

WHY = "Two of us are ill."


@pytest.fixture
def rosa(cast):
    client = Client()
    client.force_login(cast.rosa)
    return client


@pytest.fixture
def pause(cast):
    return Pause.objects.create(words=WHY)


def write(client):
    return client.post(reverse("workflow:ask"), {"text": LETTER, "danger": "no", "audience": "private"})


def checked(page):
    return page.split('name="checked" value="')[1].split('"')[0]


def test_it_says_so_before_anybody_writes_and_shows_who_can_be_called(rosa, pause):
    page = rosa.get(reverse("workflow:ask")).content.decode()
    assert WHY in page
    assert 'href="tel:' in page.split(WHY)[1]


def test_it_keeps_what_is_written_and_offers_no_sending(rosa, pause):
    assert write(rosa).headers["Location"] == reverse("workflow:ask_check")
    page = rosa.get(reverse("workflow:ask_check")).content.decode()
    assert WHY in page
    assert ">Send<" not in page
    assert MARKER in LetterDraft.objects.get().text


def test_it_promises_no_reading_meanwhile_and_still_says_what_to_do_in_danger(rosa, pause):
    rosa.post(reverse("workflow:ask"), {"text": LETTER, "danger": "yes", "audience": "private"})
    page = rosa.get(reverse("workflow:ask_check")).content.decode()
    assert "One of our moderators reads your letter" not in page
    assert 'id="care-now"' in page
    Pause.objects.all().delete()
    assert "One of our moderators reads your letter" in rosa.get(reverse("workflow:ask_check")).content.decode()


def test_a_letter_on_its_way_when_the_pause_began_is_kept_not_sent(rosa):
    write(rosa)
    page = rosa.get(reverse("workflow:ask_check")).content.decode()
    Pause.objects.create(words=WHY)
    answer = rosa.post(reverse("workflow:ask_check"), {"checked": checked(page), "mail": "yes"})
    assert answer.status_code == 409
    assert "kept for you" in answer.content.decode()
    assert not Case.objects.exists()
    assert MARKER in LetterDraft.objects.get().text


def test_no_other_way_sends_one(cast, pause):
    with pytest.raises(Refused, match="no new letters"):
        make_case(cast)


@pytest.mark.both
def test_an_administrator_begins_and_ends_it_and_there_is_one_at_a_time(cast, rosa):
    ada = Client()
    ada.force_login(cast.ada)
    ada.post(reverse("admin:qa_pause_add"), {"words": WHY, "until": "2026-12-24"})
    assert "from December 24" in rosa.get(reverse("workflow:ask")).content.decode()
    assert ada.get(reverse("admin:qa_pause_add")).status_code == 403
    with pytest.raises(IntegrityError), transaction.atomic():
        Pause.objects.create(words="Twice.")
    form = {"action": "take_letters_again", "_selected_action": [Pause.objects.get().pk]}
    ada.post(reverse("admin:qa_pause_changelist"), form)
    assert Pause.standing() is None
    assert WHY not in rosa.get(reverse("workflow:ask")).content.decode()
    make_case(cast)
