"""Fixtures of the whole suite."""

import sys
from copy import deepcopy
from functools import cache
from types import SimpleNamespace

import pytest
from allauth.account.internal.flows.login import record_authentication
from django.conf import settings as django_settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.signals import user_logged_in
from django.db import connection, transaction
from django.db.backends.postgresql.operations import DatabaseOperations as PostgresOperations
from django.dispatch import receiver
from django.test import TransactionTestCase
from hypothesis import HealthCheck, settings
from whitenoise.middleware import WhiteNoiseMiddleware

from notifications import heartbeat
from tests import tables
from tests.cast import Cast, make_cast
from workflow.actions import rules, scanning
from workflow.safety.scan import scan


def nobody_outside(event, given):
    """No test, and so nothing of ours in any test, speaks to another machine (docs/operations.md, "Who it talks to")."""
    if event == "socket.getaddrinfo":
        host = given[0].decode() if isinstance(given[0], bytes) else given[0]
    elif event == "socket.connect" and isinstance(given[1], tuple):
        host = given[1][0]
    else:
        return
    if host not in {None, "", "localhost", "127.0.0.1", "::1", "0.0.0.0"}:
        raise RuntimeError("a talk to another machine")


sys.addaudithook(nobody_outside)
# No time decides a test: on a busy machine an example, or the making of one, may take long.
settings.register_profile("allay", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("allay")
heartbeat.LOOK_EVERY = 0.0  # what an earlier test saw is no answer for the next one
rules.AT_ONCE = 60.0  # a rule is counted to its end, however busy the machine is
# Passwords go the way they always go, only quickly: the whole cost, a tenth of a second each, is Django's own.
Argon2PasswordHasher.time_cost, Argon2PasswordHasher.memory_cost, Argon2PasswordHasher.parallelism = 1, 8, 1
pytest_plugins = ["tests.browsing"]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Files with slow tests first: begun last, one of them would keep one worker busy while the others have gone home."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session")
def django_db_setup(django_test_environment, django_db_blocker, django_db_modify_db_settings):
    """In the place of pytest-django's. The database goes with its folder, or with its server."""
    with django_db_blocker.unblock():
        tables.give()


@pytest.fixture(autouse=True, scope="session")
def quick_ends():
    """What a test with real transactions left behind goes: SQLite gets its new pages back.

    PostgreSQL takes DELETE, a third of the time of its TRUNCATE, past the guards of the audit trail.
    """
    index = ["DELETE FROM qa_index", "DELETE FROM qa_word"]  # no model's tables: Django leaves them full

    def deleted(self, style, names, **kwargs):
        around = [f"SET LOCAL session_replication_role = {role}" for role in ("replica", "DEFAULT")]
        return [around[0], *[f"DELETE FROM {self.quote_name(name)}" for name in names], *index, around[1]]

    with pytest.MonkeyPatch.context() as patched:
        if connection.vendor == "sqlite":
            patched.setattr(TransactionTestCase, "_fixture_teardown", lambda case: tables.put_back())
        patched.setattr(PostgresOperations, "sql_flush", deleted)
        yield


@pytest.fixture(autouse=True, scope="session")
def rules_as_they_are_needed():
    """The letters of the tests come to a hundred or two of the thousands of ways in the rules; each is compiled when it is
    first tried. All of them, as a service does it before the clock of a letter runs, take six seconds in every process.
    The rules themselves are read before that clock runs, with a first letter.
    """
    begin = cache(lambda: scan("A first letter."))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(scanning, "standard_scanner", lambda: SimpleNamespace(make_ready=begin))
        yield


@pytest.fixture(autouse=True, scope="session")
def static_files_are_found_once():
    """Each `Client` makes all middleware anew, and whitenoise looks for every static file: more work than most pages."""
    look, found = WhiteNoiseMiddleware.add_files_from_finders, {}

    def looked(middleware):
        where = (django_settings.STATIC_ROOT, django_settings.STATICFILES_DIRS, middleware.static_prefix)
        key = str((*where, middleware.max_age))
        if key not in found:
            look(middleware)
            found[key] = dict(middleware.files)
        middleware.files.update(found[key])

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(WhiteNoiseMiddleware, "add_files_from_finders", looked)
        yield


@receiver(user_logged_in)
def second_step_done(request, user, **kwargs):
    """`client.force_login` gives a session as it is after the second step, and one that no moved clock ends."""
    if request.method is None:
        record_authentication(request, user, "mfa", id=0, type="totp")
        request.session.update({"seen": 2**40, "began": 2**40})


@pytest.fixture
def cast(db) -> Cast:
    return make_cast()


@pytest.fixture(scope="module")
def undone_with_the_file(django_db_setup, django_db_blocker):
    """What fixtures of a whole file make after it is undone when the file ends; what a test changes, when that ends."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def lasting_cast(undone_with_the_file) -> Cast:
    """The people, made once for a file. A test asks for `cast_of_the_file`."""
    return make_cast()


@pytest.fixture
def cast_of_the_file(lasting_cast, db) -> Cast:
    """Those people as they were made, whatever an earlier test did with them."""
    heartbeat.beat()
    return deepcopy(lasting_cast)
