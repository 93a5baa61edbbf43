"""The queue at work: filters in the address, what is new, the next thing to do, who else is here."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cast import MARKER, make_case, settle, topic
from tests.workflow.test_triage_pages import at, flagged, numbers, signed_in
from workflow.actions import intake, triage
from workflow.models import Case, Presence
from workflow.models.presence import FRESH
from workflow.states import State

pytestmark = pytest.mark.once

QUEUE = reverse("workflow:queue")
NEXT = reverse("workflow:next")


@pytest.fixture
def mo(cast):
    return signed_in(cast.mo)


def here(case, page="letter"):
    return reverse("workflow:presence", args=[case.public_id, page])


# ---- filters ------------------------------------------------------------------------------------------------------
def test_it_narrows_by_danger_expert_topic_and_language_and_counts_what_it_shows(cast, mo):
    plain, urgent, given = make_case(cast), make_case(cast), make_case(cast, state=State.TRIAGED)
    said = intake.submit_letter(by=cast.rosa, text="Mi hija volvió a las cuatro y no sé qué decirle hoy.", danger="no")
    assert "in Spanish" in mo.get(QUEUE).content.decode()
    flagged(cast, urgent)
    for query, wanted in (
        ({"danger": "1"}, [urgent.pk]),
        ({"danger": "0"}, []),
        ({"language": "es"}, [said.pk]),
        ({"language": "en", "expert": "nobody"}, [urgent.pk, plain.pk]),
        ({"expert": cast.erin.pk}, [given.pk]),
        ({"expert": "nobody"}, [urgent.pk, said.pk, plain.pk]),
        ({"topic": topic().slug}, [given.pk]),
        ({"topic": topic().slug, "state": "submitted"}, []),
        ({"expert": "nobody", "danger": "1", "state": "submitted"}, [urgent.pk]),
    ):
        response = mo.get(QUEUE, query)
        assert numbers(response) == wanted, query
        assert response.context["found"] == len(wanted)


@pytest.mark.parametrize(
    "query",
    [
        {"danger": "7"},
        {"expert": "x"},
        {"state": "published"},
        {"danger": "' or 1=1"},
        {"language": "fr"},
        {"expert": "٣"},
    ],
)
def test_it_takes_a_choice_it_does_not_know_as_none(cast, mo, query):
    case = make_case(cast)
    assert numbers(mo.get(QUEUE, query)) == [case.pk]


def test_it_keeps_the_choice_in_every_link_of_the_list(cast, mo):
    make_case(cast)
    page = mo.get(QUEUE, {"danger": "3", "expert": "nobody", "state": "submitted"}).content.decode()
    assert "?state=triaged&amp;expert=nobody" in page
    assert "news/?state=submitted&amp;expert=nobody&amp;since=" in page


# ---- what is new --------------------------------------------------------------------------------------------------
def test_it_says_how_many_came_in_since_the_list_was_opened(cast, mo):
    old = make_case(cast)
    Case.objects.filter(pk=old.pk).update(submitted_at=timezone.now() - timedelta(hours=1))
    since = (timezone.now() - timedelta(minutes=1)).isoformat()
    news = reverse("workflow:news")
    assert mo.get(news, {"since": since}).content.decode().strip() == ""
    make_case(cast), make_case(cast)
    assert "2 new since you opened this" in mo.get(news, {"since": since}).content.decode()
    assert mo.get(news, {"since": since, "danger": "0"}).content.decode().strip() == ""


@pytest.mark.parametrize("since", ["", "x", "2026-13-45T99:99", "2026-01-01T00:00:00", "9" * 50])
def test_it_has_no_news_for_a_moment_it_does_not_understand(cast, mo, since):
    make_case(cast)
    response = mo.get(reverse("workflow:news"), {"since": since})
    assert (response.status_code, response.content.decode().strip()) == (200, "")


# ---- the next thing -----------------------------------------------------------------------------------------------
def test_it_opens_the_next_thing_in_the_order_of_the_list_and_goes_round(cast, mo):
    first, second = make_case(cast), make_case(cast)
    make_case(cast, state=State.TRIAGED)  # an expert is at it: nothing for a moderator
    urgent = make_case(cast)
    flagged(cast, urgent)
    order, current = [], ""
    for _ in range(4):
        order.append(mo.get(NEXT, {"from": current}).headers["Location"])
        current = order[-1].rstrip("/").rsplit("/", 1)[1]
    assert order == [at("case", urgent), at("case", first), at("case", second), at("case", urgent)]


def test_it_passes_by_a_case_that_a_colleague_has_open(cast, mo):
    first, second = make_case(cast), make_case(cast)
    signed_in(cast.dana).post(here(first))
    assert mo.get(NEXT).headers["Location"] == at("case", second)
    Presence.objects.update(seen_at=timezone.now() - FRESH)
    assert mo.get(NEXT).headers["Location"] == at("case", first)


def test_it_stays_within_the_choice_and_leads_back_to_it_when_nothing_is_left(cast, mo):
    make_case(cast)
    urgent = make_case(cast)
    flagged(cast, urgent)
    mo.get(QUEUE, {"danger": "1"})
    assert mo.get(NEXT).headers["Location"] == at("case", urgent)
    assert f'href="{QUEUE}?danger=1"' in mo.get(at("case", urgent)).content.decode()
    assert mo.get(NEXT, {"from": urgent.public_id}).headers["Location"] == f"{QUEUE}?danger=1"


def test_it_does_not_lead_to_a_case_that_needs_nobody(cast, mo):
    case = make_case(cast)
    settle(case, by=cast.mo)
    triage.triage(case_id=case.pk, by=cast.mo, seen=None, expert=cast.erin)
    assert mo.get(NEXT).headers["Location"] == QUEUE


# ---- who else is here ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("page", "words"), [("letter", "is reading the letter"), ("review", "is reviewing the answer")]
)
def test_it_says_who_has_the_case_open_and_who_has_unsaved_changes(cast, mo, page, words):
    case = make_case(cast, state=State.DRAFTED)
    dana = signed_in(cast.dana)
    assert "Mo" not in dana.post(here(case)).content.decode()
    mo.post(here(case, page))
    assert f"Mo {words}" in dana.post(here(case)).content.decode()
    mo.post(here(case, page), {"unsaved": "yes"})
    told = dana.post(here(case)).content.decode()
    assert "has unsaved changes" in told
    assert told.count("Mo ") == 1
    for name, who in (("case", dana), ("letter", dana), ("review", dana), ("write", signed_in(cast.erin))):
        assert "Mo " in who.get(at(name, case)).content.decode(), name
    assert "Mo " not in mo.get(at("case", case)).content.decode()


def test_it_forgets_a_colleague_who_left_or_fell_silent(cast, mo):
    case = make_case(cast)
    dana = signed_in(cast.dana)
    mo.post(here(case))
    assert mo.post(here(case), {"gone": "yes"}).status_code == 204
    assert "Mo" not in dana.post(here(case)).content.decode()
    mo.post(here(case))
    Presence.objects.filter(person=cast.mo).update(seen_at=timezone.now() - FRESH - timedelta(seconds=1))
    assert "Mo" not in dana.post(here(case)).content.decode()
    assert not Presence.objects.filter(person=cast.mo).exists()


def test_it_lets_nobody_look_in_on_a_case_that_is_not_theirs(cast):
    case = make_case(cast, state=State.TRIAGED)
    assert signed_in(cast.erin).post(here(case, "write")).status_code == 200
    assert signed_in(cast.mo).post(here(case, "nowhere")).status_code == 404
    for who, status in ((cast.theo, 404), (cast.rosa, 404), (cast.ada, 403)):
        assert signed_in(who).post(here(case, "write")).status_code == status


def test_it_passes_no_word_of_a_letter_with_a_presence(cast, mo):
    case = make_case(cast)
    signed_in(cast.dana).post(here(case), {"unsaved": MARKER})
    assert MARKER not in mo.post(here(case)).content.decode()
