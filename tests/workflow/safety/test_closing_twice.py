"""Two people close the same flag: nobody's words are lost, and the second is told who was first."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import again, make_case
from workflow.actions import triage
from workflow.models import SafetyFlag
from workflow.transitions import Refused

pytestmark = pytest.mark.once


@pytest.fixture
def closed(cast):
    case = make_case(cast, danger="yes")
    flag = case.flags.get()
    triage.acknowledge_flag(case_id=case.pk, flag_id=flag.pk, by=cast.mo)
    triage.close_flag(case_id=case.pk, flag_id=flag.pk, by=cast.dana, outcome="Wrote to her.")
    return case, flag


def test_it_tells_the_second_person_who_closed_it_and_keeps_what_they_typed(cast, closed):
    case, flag = closed
    browser = Client()
    browser.force_login(cast.mo)
    address = reverse("workflow:close_flag", args=[case.public_id, flag.pk])
    response = browser.post(address, {"outcome": "Called the sister."})
    page = response.content.decode()
    assert response.status_code == 409
    assert "Dana closed this flag already" in page
    assert "Called the sister." in page
    assert SafetyFlag.objects.get(pk=flag.pk).outcome == "Wrote to her."


@pytest.mark.both
def test_it_takes_the_same_words_pressed_twice_as_once(cast, closed):
    case, flag = closed
    version = again(case).version
    triage.close_flag(case_id=case.pk, flag_id=flag.pk, by=cast.dana, outcome="Wrote to her. ")
    assert case.events.filter(kind="flag_closed").count() == 1
    assert again(case).version == version


def test_it_does_not_drop_other_words_of_the_same_person(cast, closed):
    case, flag = closed
    with pytest.raises(Refused, match="You closed this flag already"):
        triage.close_flag(case_id=case.pk, flag_id=flag.pk, by=cast.dana, outcome="Called the sister too.")
