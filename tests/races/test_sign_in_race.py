"""Two requests for the first code of one address, at the same instant: one account."""

import pytest

from accounts.models import User
from tests.races.test_races import ROUNDS, at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("turn", range(ROUNDS))
def test_it_makes_one_account_for_one_address(cast, turn):
    def ask():
        return User.objects.member_at("twice@people.example")

    results = at_once(ask, ask, ask)
    assert {getattr(person, "email", person) for person in results} == {"twice@people.example"}
    assert User.objects.filter(email="twice@people.example").count() == 1
