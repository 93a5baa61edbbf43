"""Writing and sending: the pages, without JavaScript. Nothing typed is lost and one letter is sent once."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from qa.models import Letter, LetterDraft, LetterKey, ParkedLetter
from tests.cast import MARKER, make_case
from workflow import queues
from workflow.actions import intake, upkeep
from workflow.models import Case, SafetyFlag
from workflow.states import State

pytestmark = pytest.mark.once

ASK, SAVE, WIPE, CHECK = (reverse(f"workflow:{name}") for name in ("ask", "save_draft", "delete_draft", "ask_check"))
WORDS = f"My son Mikey {MARKER} came home on Friday. I am so tired and I do not know what to say."


def hidden(response, name):
    return re.search(rf'name="{name}" value="([^"]*)"', response.content.decode())[1]


def written(client, text=WORDS, **more):
    """What a browser would post from the open page."""
    values = {"text": text, "danger": "no", "audience": "public", "sheet": hidden(client.get(ASK), "sheet")}
    return {**values, **more}


@pytest.fixture
def rosa(cast, client):
    client.force_login(cast.rosa)
    return client


def autosave(client, values):
    return client.post(SAVE, values, headers={"X-Autosave": "1"})


def test_it_takes_a_letter_from_the_page_to_the_moderators(cast, rosa):
    response = rosa.post(ASK, written(rosa), follow=True)
    page = response.content.decode()
    assert response.redirect_chain == [(CHECK, 302)]
    assert WORDS in page
    assert page.count("Change <span") == 3
    assert not Case.objects.exists()
    response = rosa.post(CHECK, {"checked": hidden(response, "checked")}, follow=True)
    case = Case.objects.get()
    assert response.redirect_chain == [(reverse("workflow:ask_sent", args=[case.public_id]), 302)]
    assert Letter.objects.get().text == WORDS
    assert case.is_written_by(cast.rosa)
    assert LetterDraft.objects.get().text == ""


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"danger": ""}, "Choose one: is anyone in danger right now?"),
        ({"audience": ""}, "Choose who may read it one day."),
        ({"text": "Too short."}, "Please write a little more"),
        ({"text": f"{MARKER} " * 3000}, "characters too long"),
    ],
)
def test_it_says_beside_the_field_what_is_missing_and_keeps_every_character(rosa, change, sentence):
    values = written(rosa, **change)
    response = rosa.post(ASK, values, follow=True)
    page = response.content.decode()
    assert sentence in page
    assert values["text"].strip() in page
    assert LetterDraft.objects.get().text == values["text"]
    assert response.redirect_chain  # so that reloading and coming back show what is kept, not what was posted then


def test_it_shows_on_reloading_what_was_kept_after_the_mistake(rosa):
    response = rosa.post(ASK, written(rosa, text="Too short."), follow=True)
    address = response.redirect_chain[-1][0]
    autosave(rosa, {**written(rosa), "sheet": hidden(response, "sheet")})
    page = rosa.get(address).content.decode()
    assert WORDS in page
    assert "Please write a little more" not in page


@pytest.mark.parametrize(("danger", "shown"), [("yes", True), ("unsure", True), ("no", False)])
def test_it_says_what_to_do_when_somebody_is_in_danger(rosa, danger, shown):
    response = rosa.post(ASK, written(rosa, danger=danger), follow=True)
    assert ('id="care-now"' in response.content.decode()) is shown
    page = rosa.post(CHECK, {"checked": hidden(response, "checked")}, follow=True).content.decode()
    assert ('id="care-now"' in page) is shown
    assert SafetyFlag.objects.exists() is shown
    assert (f"your letter {queues.read_by()}" in page) is shown
    assert ("within one working day" in page) is not shown


def test_it_promises_by_the_danger_that_was_seen_and_puts_its_card_first(rosa):
    text = f"{WORDS} He says goodbye and holds a gun to his head, he wants to kill himself tonight."
    response = rosa.post(ASK, written(rosa, text=text), follow=True)
    assert f"your letter {queues.read_by()}" in response.content.decode()
    sent = rosa.post(CHECK, {"checked": hidden(response, "checked")}, follow=True).content.decode()
    status = rosa.get(reverse("workflow:status", args=[Case.objects.get().public_id])).content.decode()
    assert f"your letter {queues.read_by()}" in sent
    assert f"a letter like yours {queues.read_by()}" in status
    for page in (sent, status):
        assert "within one working day" not in page
    own = rosa.post(ASK, written(rosa, text=text, danger="yes"), follow=True)
    said_yes = rosa.post(CHECK, {"checked": hidden(own, "checked")}, follow=True).content.decode()
    for page in (own.content.decode(), said_yes):
        assert -1 < page.find('id="care-suicide') < page.find('id="care-now"')


@pytest.mark.parametrize("danger", ["yes", "unsure"])
def test_whoever_says_that_there_is_danger_gets_no_less_advice_than_who_says_no(rosa, danger):
    text = f"{WORDS} He snores strangely and is grey and I cannot wake him, he took his grandpa's pills."
    checked = rosa.post(ASK, written(rosa, text=text, danger=danger), follow=True)
    sent = rosa.post(CHECK, {"checked": hidden(checked, "checked")}, follow=True).content.decode()
    status = rosa.get(reverse("workflow:status", args=[Case.objects.get().public_id])).content.decode()
    for page in (checked.content.decode(), sent, status):
        assert "Do not let them sleep it off" in page
        assert 'id="care-now"' not in page, "the same once more"


def test_it_has_the_emergency_card_in_the_writing_page_itself(rosa):
    assert 'id="care-now"' in rosa.get(ASK).content.decode()


def test_it_keeps_what_is_typed_sealed_and_brings_it_back(rosa):
    values = written(rosa, danger="unsure", audience="members")
    assert set(autosave(rosa, values).json()) == {"at"}
    with connection.cursor() as cursor:
        cursor.execute("select text from qa_letterdraft")
        assert MARKER not in cursor.fetchone()[0]
    page = rosa.get(ASK).content.decode()
    assert WORDS in page
    assert re.search(r'value="unsure"[^>]*checked', page)
    assert re.search(r'value="members"[^>]*checked', page)


def test_it_saves_for_later_by_a_button_too(rosa):
    response = rosa.post(SAVE, written(rosa), follow=True)
    assert response.redirect_chain == [(ASK, 302)]
    assert "Saved." in response.content.decode()
    assert WORDS in response.content.decode()


def test_it_shows_nobody_elses_draft(cast, rosa):
    autosave(rosa, written(rosa))
    other = Client()
    other.force_login(cast.bela)
    assert MARKER not in other.get(ASK).content.decode()


def test_it_wipes_with_one_tap_and_a_late_save_brings_nothing_back(rosa):
    values = written(rosa)
    autosave(rosa, values)
    assert MARKER not in rosa.post(WIPE, values, follow=True).content.decode()
    assert autosave(rosa, values).status_code == 409
    assert LetterDraft.objects.get().text == ""


def test_it_lets_no_late_save_undo_a_later_one(rosa):
    values = written(rosa)
    autosave(rosa, {**values, "text": "An older state of it."})
    rosa.post(ASK, values)
    assert autosave(rosa, {**values, "text": "An older state of it."}).status_code == 409
    assert LetterDraft.objects.get().text == WORDS


def test_it_shows_both_texts_of_two_windows_and_the_next_press_decides(rosa):
    first, second = written(rosa), written(rosa, text="Other words, typed in another window, long enough to send.")
    autosave(rosa, first)
    assert "another window" in autosave(rosa, second).json()["sentence"]
    response = rosa.post(ASK, second)
    page = response.content.decode()
    assert first["text"] in page
    assert second["text"] in page
    assert LetterDraft.objects.get().text == first["text"]
    rosa.post(ASK, {**second, "sheet": hidden(response, "sheet")})
    assert LetterDraft.objects.get().text == second["text"]


def test_it_goes_on_saving_in_one_window_after_another_was_only_opened(rosa):
    values = written(rosa)
    rosa.get(ASK)
    assert autosave(rosa, values).status_code == 200
    assert autosave(rosa, {**values, "text": WORDS + " More."}).status_code == 200


def test_it_does_not_save_one_members_words_for_another(cast, rosa):
    values = written(rosa)
    rosa.force_login(cast.bela)
    assert "Somebody else" in autosave(rosa, values).json()["sentence"]
    response = rosa.post(ASK, values)
    assert response.status_code == 409
    assert WORDS in response.content.decode()
    assert not LetterDraft.objects.exists()


@pytest.mark.parametrize("sheet", ["", "x", "a:b:c"])
def test_it_keeps_words_even_when_the_page_is_not_known(rosa, sheet):
    rosa.post(ASK, written(rosa, sheet=sheet))
    assert LetterDraft.objects.get().text == WORDS


def test_it_sends_once_however_often_send_is_pressed(rosa):
    response = rosa.post(ASK, written(rosa), follow=True)
    checked = {"checked": hidden(response, "checked")}
    first, second = rosa.post(CHECK, checked), rosa.post(CHECK, checked)
    assert first.headers["Location"] == second.headers["Location"]
    assert Case.objects.count() == 1
    assert rosa.get(CHECK).headers["Location"] == reverse("workflow:my_cases")


def test_it_sends_only_what_was_checked(rosa):
    response = rosa.post(ASK, written(rosa), follow=True)
    checked = {"checked": hidden(response, "checked")}
    autosave(rosa, written(rosa, text=WORDS + " And one more thing."))
    response = rosa.post(CHECK, checked, follow=True)
    assert "Nothing was sent" in response.content.decode()
    assert "one more thing" in response.content.decode()
    assert not Case.objects.exists()


@pytest.mark.parametrize("checked", ["", "x.y", "." * 9])
def test_it_sends_nothing_without_a_check(rosa, checked):
    autosave(rosa, written(rosa))
    assert rosa.post(CHECK, {"checked": checked}).status_code == 302
    assert not Case.objects.exists()


def test_it_does_not_check_an_unfinished_letter(rosa):
    autosave(rosa, written(rosa, danger=""))
    assert rosa.get(CHECK).headers["Location"] == f"{ASK}?unfinished"


def test_it_parks_what_somebody_sent_after_their_sign_in_ran_out(cast, rosa):
    values = written(rosa)
    rosa.cookies.pop("sessionid")
    response = rosa.post(ASK, values)
    assert response.headers["Location"].startswith(reverse("account_login"))
    with connection.cursor() as cursor:
        cursor.execute("select text from qa_parkedletter")
        assert MARKER not in cursor.fetchone()[0]
        cursor.execute("select session_data from accounts_session")
        assert MARKER not in str(cursor.fetchall())
    rosa.force_login(cast.rosa)
    response = rosa.get(ASK)
    assert WORDS in response.content.decode()
    autosave(rosa, {**values, "sheet": hidden(response, "sheet")})
    assert LetterDraft.objects.get().text == WORDS
    assert not ParkedLetter.objects.exists()


def test_it_says_once_that_words_are_parked_however_often_the_page_tried_to_save_them(rosa):
    values = written(rosa)
    rosa.cookies.pop("sessionid")
    for _ in range(2):
        autosave(rosa, values)
    page = rosa.post(ASK, values, follow=True).content.decode()
    assert page.count("What you wrote is kept") == 1


def test_it_gives_parked_words_to_nobody_else(cast, rosa):
    values = written(rosa)
    rosa.cookies.pop("sessionid")
    rosa.post(ASK, values)
    elsewhere = Client()
    elsewhere.force_login(cast.rosa)
    assert MARKER not in elsewhere.get(ASK).content.decode()  # the right person in another browser
    rosa.force_login(cast.bela)
    assert MARKER not in rosa.get(ASK).content.decode()  # another person in the same browser


def test_it_parks_nothing_for_a_stranger(cast, client):
    response = client.post(ASK, {"text": WORDS, "sheet": "made up"})
    assert response.status_code == 403
    assert WORDS in response.content.decode()
    assert not ParkedLetter.objects.exists()
    assert not client.session.items()


def test_it_shows_parked_words_beside_other_words_that_were_saved(cast, rosa):
    values = written(rosa)
    autosave(rosa, {**values, "text": "Something else that was saved before."})
    rosa.cookies.pop("sessionid")
    rosa.post(ASK, values)
    rosa.force_login(cast.rosa)
    page = rosa.get(ASK).content.decode()
    assert WORDS in page
    assert "Something else that was saved before." in page


def test_it_deletes_drafts_after_14_days_and_parked_words_after_one(cast):
    intake.save_draft(member=cast.rosa, text=WORDS)
    intake.save_draft(member=cast.rosa, text=WORDS)
    intake.save_draft(member=cast.rosa, text="")
    assert not LetterKey.objects.exists()  # emptied by typing: every copy of it is worth nothing too
    intake.save_draft(member=cast.rosa, text=WORDS)
    intake.park_letter(member=cast.rosa, text=WORDS)
    assert (upkeep.drop_old_drafts(), upkeep.drop_parked_letters()) == (0, 0)
    now = timezone.now()
    LetterDraft.objects.update(updated_at=now - timedelta(days=14, minutes=1))
    ParkedLetter.objects.update(parked_at=now - timedelta(hours=24, minutes=1))
    assert (upkeep.drop_old_drafts(), upkeep.drop_parked_letters()) == (1, 1)


def test_it_confirms_again_later_and_only_to_its_member(cast, rosa):
    case = make_case(cast)
    url = reverse("workflow:ask_sent", args=[case.public_id])
    assert rosa.get(url).status_code == 200
    assert MARKER not in rosa.get(url).content.decode()
    rosa.force_login(cast.bela)
    assert rosa.get(url).status_code == 404


@pytest.mark.parametrize("state", [state for state in State if state != State.SUBMITTED])
def test_it_leads_from_the_confirmation_to_where_the_letter_is_now(cast, rosa, state):
    case = make_case(cast, state=state)
    response = rosa.get(reverse("workflow:ask_sent", args=[case.public_id]))
    assert response.headers["Location"] == reverse("workflow:status", args=[case.public_id])
