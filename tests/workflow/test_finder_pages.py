"""The way to any case, also a closed one: by its state, by its number, and from the public page."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from qa.models import Audience, Publication
from tests.cast import MARKER, make_case
from tests.workflow.test_triage_pages import at, flagged, numbers, signed_in
from workflow import queues
from workflow.states import State

pytestmark = pytest.mark.once

CASES = reverse("workflow:cases")


@pytest.fixture
def mo(cast):
    return signed_in(cast.mo)


def test_it_finds_every_case_by_its_state_closed_ones_too(cast, mo):
    made = {state: make_case(cast, state=state).pk for state in State}
    resting = make_case(cast, state=State.REVIEWED, audience=Audience.PRIVATE).pk
    assert numbers(mo.get(CASES)) == sorted([*made.values(), resting], reverse=True)
    for state, number in made.items():
        wanted = [resting, number] if state == State.REVIEWED else [number]
        assert numbers(mo.get(CASES, {"state": state})) == wanted
    assert numbers(mo.get(CASES, {"state": "at_rest"})) == [resting]
    assert f'href="{CASES}"' in mo.get(reverse("workflow:queue")).content.decode()


@pytest.mark.parametrize("typed", ["{}", " {} ", "#{}", "Case {}", "case #{}"])
def test_it_opens_a_case_by_its_number(cast, mo, typed):
    case = make_case(cast, state=State.DECLINED)
    response = mo.get(CASES, {"number": typed.format(case.pk)})
    assert response.headers["Location"] == at("case", case)


@pytest.mark.parametrize("typed", ["999999", "0", "٣", "9" * 60, "1 or 1=1", "<b>", "\0"])
def test_it_says_so_when_no_case_has_that_number_and_shows_the_list(cast, mo, typed):
    case = make_case(cast)
    response = mo.get(CASES, {"number": typed})
    assert "There is no case" in response.content.decode()
    assert numbers(response) == [case.pk]


@pytest.mark.parametrize("query", [{"state": "x"}, {"after": "x"}, {"after": "-1"}, {"state": "\0"}])
def test_it_takes_a_choice_it_does_not_know_as_none(cast, mo, query):
    case = make_case(cast)
    assert numbers(mo.get(CASES, query)) == [case.pk]


def test_it_goes_through_all_of_them_page_by_page(cast, mo, monkeypatch):
    monkeypatch.setattr(queues, "PAGE", 2)
    made = [make_case(cast).pk for _ in range(5)]
    seen, url = [], f"{CASES}?state=submitted"
    while url:
        response = mo.get(url)
        seen += numbers(response)
        url = response.context["next_url"]
        assert not url or "state=submitted" in url
    assert seen == made[::-1]


def test_it_asks_the_database_as_often_for_many_as_for_few_and_loads_no_letter(cast, mo):
    def asked():
        with CaptureQueriesContext(connection) as captured:
            page = mo.get(CASES).content.decode()
        assert MARKER not in page
        assert not any("qa_letter" in query["sql"].split(" FROM ")[0] for query in captured)
        return len(captured)

    make_case(cast, state=State.PUBLISHED)
    flagged(cast, make_case(cast))  # the board of dangers reads the roster as soon as there is one
    few = asked()
    for state in State:
        flagged(cast, make_case(cast)) if state == State.SUBMITTED else make_case(cast, state=state)
    assert asked() == few


# ---- from the public page -----------------------------------------------------------------------------------------
def test_it_leads_a_moderator_from_the_public_page_to_the_case_and_shows_nobody_else_the_way(cast, mo):
    case = make_case(cast, state=State.PUBLISHED)
    page = Publication.objects.get().get_absolute_url()
    assert f'href="{at("case", case)}"' in mo.get(page).content.decode()
    for who in (None, cast.rosa, cast.bela, cast.erin, cast.ada):
        client = signed_in(who) if who else Client()
        assert case.public_id not in client.get(page).content.decode()


def test_it_asks_nothing_more_of_the_database_for_everybody_else(cast):
    make_case(cast, state=State.PUBLISHED)
    page = Publication.objects.get().get_absolute_url()
    with CaptureQueriesContext(connection) as captured:
        Client().get(page)
    assert not any("workflow_case" in query["sql"] for query in captured)


def test_it_names_each_kind_of_danger_once_before_a_letter_is_opened(cast, mo):
    case = make_case(cast)
    flagged(cast, case)
    flagged(cast, case)
    page = mo.get(at("case", case)).content.decode()
    assert "what was flagged in it is overdose. Open it" in page
