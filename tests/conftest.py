"""Fixtures of the whole suite."""

import pytest

from tests.cast import Cast, make_cast

pytest_plugins = ["tests.browsing"]


@pytest.fixture
def cast(db) -> Cast:
    return make_cast()
