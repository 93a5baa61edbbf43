"""Fixtures of the whole suite."""

import pytest
from allauth.account.internal.flows.login import record_authentication
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver

from tests.cast import Cast, make_cast

pytest_plugins = ["tests.browsing"]


@receiver(user_logged_in)
def second_step_done(request, user, **kwargs):
    """`client.force_login` gives a session as it is after the second step, and one that no moved clock ends."""
    if request.method is None:
        record_authentication(request, user, "mfa", id=0, type="totp")
        request.session.update({"seen": 2**40, "began": 2**40})


@pytest.fixture
def cast(db) -> Cast:
    return make_cast()
