"""The main path through the real actions, state by state."""

import pytest

from qa.models import Publication
from tests.cast import make_case
from workflow.events import Kind
from workflow.states import State


@pytest.mark.parametrize("state", list(State))
def test_it_reaches_every_state_through_the_real_actions(cast, state):
    assert make_case(cast, state=state).state == state


def test_it_publishes_what_was_agreed(cast):
    case = make_case(cast, state=State.PUBLISHED)
    page = Publication.objects.get()
    assert page.question_text == case.question.text
    kinds = list(case.events.values_list("kind", flat=True))
    assert kinds[0] == Kind.CASE_SUBMITTED
    assert kinds[-1] == Kind.CASE_PUBLISHED
