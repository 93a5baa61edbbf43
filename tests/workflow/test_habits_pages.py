"""How moderators work: lists kept by name, several cases at once, undo, keys, hours."""

import re
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from tests.cast import again, make_case, topic
from tests.workflow.test_triage_pages import at, flagged, numbers, signed_in
from workflow import worklist
from workflow.actions import triage
from workflow.actions.habits import MOST_VIEWS
from workflow.keys import KEYS, Place, keys_for
from workflow.models import DeskHabits
from workflow.states import State
from workflow.transitions import Seen

pytestmark = pytest.mark.once

QUEUE, BULK, UNDO, NEXT = (reverse(f"workflow:{name}") for name in ("queue", "bulk", "undo", "next"))
HABITS = reverse("workflow:habits")


@pytest.fixture
def mo(cast):
    return signed_in(cast.mo)


def habits_form(**other):
    keys = {f"key_{does}": key.usual for does, key in KEYS.items()}
    return {"uses_keys": "on", "letters_a_day": "", "works_from": "", "works_until": "", **keys, **other}


# ---- lists kept by name -------------------------------------------------------------------------------------------
def test_it_keeps_a_list_by_name_and_gives_it_back_after_it_was_removed(cast, mo):
    make_case(cast, state=State.TRIAGED)
    mo.post(reverse("workflow:keep_view"), {"name": "Erin’s", "expert": cast.erin.pk})
    page = mo.get(QUEUE).content.decode()
    assert f'<a href="{QUEUE}?expert={cast.erin.pk}">Erin’s</a>' in page
    assert "Erin’s" not in signed_in(cast.dana).get(QUEUE).content.decode()
    mo.post(reverse("workflow:drop_view"), {"name": "Erin’s"})
    assert "The list “Erin’s” is removed." in mo.get(QUEUE).content.decode()
    mo.post(UNDO)
    assert DeskHabits.objects.get(person=cast.mo).views == [["Erin’s", f"?expert={cast.erin.pk}"]]


def test_it_keeps_nothing_without_a_name_and_no_more_than_is_useful(cast, mo):
    keep = reverse("workflow:keep_view")
    assert "Give the list a name" in mo.post(keep, {"name": " ", "danger": "1"}, follow=True).content.decode()
    for number in range(MOST_VIEWS):
        mo.post(keep, {"name": f"List {number}", "danger": "1"})
    refused = mo.post(keep, {"name": "One more", "danger": "1"})
    assert (refused.status_code, len(DeskHabits.objects.get(person=cast.mo).views)) == (409, MOST_VIEWS)


# ---- several at once ----------------------------------------------------------------------------------------------
def test_it_gives_several_cases_to_an_expert_names_those_that_refuse_and_takes_it_back(cast, mo):
    free, given, closed = make_case(cast), make_case(cast, state=State.TRIAGED), make_case(cast, state=State.REVIEWED)
    ticked = [case.public_id for case in (free, given, closed)]
    page = mo.post(BULK, {"case": ticked, "expert": cast.theo.pk, "give": "yes"}, follow=True).content.decode()
    assert "2 cases given to Theo." in page
    assert f"Case {closed.pk} was left as it is." in page
    assert [again(case).expert for case in (free, given)] == [cast.theo, cast.theo]
    mo.post(UNDO)
    assert [again(case).expert for case in (free, given)] == [None, cast.erin]
    mo.get(QUEUE)
    assert UNDO not in mo.get(QUEUE).content.decode()


def test_it_files_several_questions_under_a_topic_and_takes_it_back(cast, mo):
    about, first, second = topic(), make_case(cast), make_case(cast)
    mo.post(BULK, {"case": [first.public_id, second.public_id], "topic": about.pk, "tag": "yes"})
    assert again(first).has_topic() and again(second).has_topic()
    mo.post(UNDO)
    assert not again(first).has_topic() and not again(second).has_topic()


def test_it_does_not_undo_what_a_colleague_changed_since(cast, mo):
    case = make_case(cast, state=State.TRIAGED)
    mo.post(at("assign", case), {"expert": cast.theo.pk, "seen": str(Seen.of(case))})
    triage.assign(case_id=case.pk, by=cast.dana, expert=cast.mora)
    page = mo.post(UNDO, follow=True).content.decode()
    assert again(case).expert == cast.mora
    assert "It stays as it is." in page


def test_it_gives_nothing_back_to_somebody_who_does_not_answer_any_more(cast, mo):
    case = make_case(cast, state=State.TRIAGED)
    mo.post(at("assign", case), {"expert": cast.theo.pk, "seen": str(Seen.of(case))})
    cast.erin.grants.all().delete()
    page = mo.post(UNDO, follow=True).content.decode()
    assert "Who had it is not an expert any more. It stays as it is." in page
    assert again(case).expert == cast.theo


def test_it_undoes_who_answers_once_and_not_for_ever(cast, mo):
    case = make_case(cast, state=State.TRIAGED)
    mo.post(at("assign", case), {"expert": cast.theo.pk, "seen": str(Seen.of(case))})
    assert "Undo" in mo.get(at("case", case)).content.decode()
    assert mo.post(UNDO).headers["Location"] == at("case", case)
    assert again(case).expert == cast.erin
    assert "nothing to undo" in mo.post(UNDO, follow=True).content.decode()
    mo.post(at("assign", case), {"expert": cast.theo.pk, "seen": str(Seen.of(again(case)))})
    session = mo.session
    session["undo"] = {**session["undo"], "until": (timezone.now() - timedelta(seconds=1)).timestamp()}
    session.save()
    assert "Undo" not in mo.get(at("case", case)).content.decode()
    mo.post(UNDO)
    assert again(case).expert == cast.theo


@pytest.mark.parametrize("form", [{}, {"give": "yes"}, {"tag": "yes", "topic": "x"}, {"publish": "yes"}])
def test_it_does_nothing_to_many_without_a_choice(cast, mo, form):
    case = make_case(cast)
    before = case.events.count()
    assert mo.post(BULK, {"case": [case.public_id], **form}).status_code == 302
    mo.post(BULK, {**form, "expert": cast.erin.pk})
    assert (case.events.count(), again(case).version) == (before, case.version)


# ---- keys ---------------------------------------------------------------------------------------------------------
def test_it_has_no_keys_until_somebody_wants_them_and_lists_the_ones_they_chose(cast, mo):
    assert "<dialog" not in mo.get(QUEUE).content.decode()
    assert mo.post(HABITS, habits_form(key_following="w")).status_code == 302
    assert DeskHabits.objects.get(person=cast.mo).keys == {"following": "w"}
    page = mo.get(QUEUE).content.decode()
    assert "<kbd>w</kbd></dt><dd>Open the next thing to do" in page
    assert "<dialog" not in signed_in(cast.dana).get(QUEUE).content.decode()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"key_following": "j"}, "is the key for"),
        ({"key_open": ""}, "Choose a key"),
        ({"letters_a_day": "0"}, "from 1 to 99"),
        ({"works_from": "9"}, "both hours"),
    ],
)
def test_it_says_what_is_wrong_with_a_choice_and_keeps_the_rest(cast, mo, wrong, words):
    response = mo.post(HABITS, habits_form(key_letter="z", **wrong))
    assert response.status_code == 422
    assert words in response.content.decode()
    assert 'value="z"' in response.content.decode()
    assert not DeskHabits.objects.exists()


def test_no_key_presses_what_publishes_deletes_declines_or_vouches():
    dangerous = re.compile(r"publish|unpublish|decline|approve|withdraw|submit_draft|close_flag|reopen|drop_")
    for path in Path(settings.BASE_DIR, "templates").rglob("*.html"):
        for form in re.findall(r"<form\b.*?</form>", path.read_text(encoding="utf-8"), re.DOTALL):
            if dangerous.search(form.split(">", 1)[0]):
                assert "data-does" not in form, path
        for button in re.findall(r"<button\b[^>]*formaction[^>]*>", path.read_text(encoding="utf-8")):
            assert not (dangerous.search(button) and "data-does" in button), path
    assert set(KEYS) == {
        "down", "up", "open", "following", "queue", "acknowledge", "letter", "title", "save", "confirm", "assign", "undo", "help",
        "pass_on", "hand_on", "editor", "insert", "preview", "send", "comment", "compare", "review", "return", "approve",
        "flag", "finding_next", "finding_previous", "finding_replace", "finding_keep", "finding_words", "finding_undo",
    }  # fmt: skip


def test_it_lists_for_everybody_only_the_keys_they_have_use_for(cast):
    listed = {}
    for who in (cast.mo, cast.erin, cast.mora):
        DeskHabits.objects.create(person=who, uses_keys=True)
        page = signed_in(who).get(HABITS).content.decode()
        listed[who.called] = set(re.findall(r'name="key_(\w+)"', page))
        assert set(re.findall(r"<dd>([^<]+)</dd>", page)) == {KEYS[does].words for does in listed[who.called]}
    assert {"send", "editor"} <= listed["Erin"]
    assert not listed["Erin"] & {"approve", "letter", "finding_next"}
    assert "send" not in listed["Mo"]
    assert listed["Mora"] == listed["Mo"] | listed["Erin"] == set(KEYS)


def test_it_lets_a_letter_do_something_else_beside_a_letter_but_never_two_things_in_one_place(cast, mo):
    assert mo.post(HABITS, habits_form(key_finding_next="j")).status_code == 302
    assert DeskHabits.objects.get(person=cast.mo).keys == {"finding_next": "j"}
    page = mo.post(HABITS, habits_form(key_finding_next="p")).content.decode()
    assert "“p” is the key for “Next finding” already." in page


def test_every_place_has_its_usual_letters_once():
    for roles in ({Role.MODERATOR}, {Role.EXPERT}, {Role.MODERATOR, Role.EXPERT}):
        for place in Place:
            letters = [key.usual for key in keys_for(roles).values() if key.place == place]
            assert len(letters) == len(set(letters))


def test_it_shows_the_whole_list_again_with_a_kept_one(cast, mo):
    case = make_case(cast)
    flagged(cast, case)
    mo.post(reverse("workflow:keep_view"), {"name": "Calm", "danger": "2"})
    assert numbers(mo.get(f"{QUEUE}?danger=2")) == []
    assert "Remove “Calm” from your lists" in mo.get(f"{QUEUE}?danger=2").content.decode()


# ---- care ---------------------------------------------------------------------------------------------------------
def test_it_offers_only_what_is_urgent_once_it_is_enough_for_the_day_and_locks_nothing(cast, mo):
    calm, other = make_case(cast), make_case(cast)
    mo.post(HABITS, habits_form(letters_a_day="1"))
    assert mo.get(NEXT).headers["Location"] == at("case", calm)
    for _ in range(2):
        mo.get(at("letter", calm))
    page = mo.get(NEXT, follow=True).content.decode()
    assert "You have looked after 1 letter today, as many as you wished." in page
    assert mo.get(at("letter", other)).status_code == 200
    flagged(cast, other)
    assert mo.get(NEXT).headers["Location"] == at("case", other)
    assert signed_in(cast.dana).get(NEXT).headers["Location"] == at("case", other)


@pytest.mark.parametrize(
    ("first", "last", "hour", "is_on"),
    [(9, 17, 9, True), (9, 17, 17, False), (22, 6, 23, True), (22, 6, 5, True), (22, 6, 12, False), (8, 8, 3, True)],
)
def test_it_keeps_to_the_hours_a_person_chose_by_their_own_clock(cast, first, last, hour, is_on):
    DeskHabits.objects.create(person=cast.mo, works_from=first, works_until=last)
    now = timezone.now().astimezone(ZoneInfo(cast.mo.time_zone)).replace(hour=hour)
    assert bool(worklist.enough_for(cast.mo, now=now)) is not is_on
