"""The checks before a start: silent when all is well, and each says what is wrong."""

import pytest

from config import checks
from notifications.rules import RULES
from workflow.events import Kind

pytestmark = pytest.mark.once

ALL = [
    checks.every_event_has_a_rule,
    checks.every_mail_has_its_words,
    checks.times_fit_each_other,
    checks.one_state_machine,
]


@pytest.mark.parametrize("check", ALL)
def test_it_is_silent_when_all_is_well(check):
    assert check(None) == []


def test_it_names_a_kind_without_a_rule(monkeypatch):
    monkeypatch.delitem(RULES, Kind.CASE_DECLINED)
    assert "case_declined" in checks.every_event_has_a_rule(None)[0].msg


def test_it_names_a_missing_template(monkeypatch):
    monkeypatch.setattr(checks, "LAYOUTS", ("emails/poem.txt",))
    assert "emails/poem.txt" in checks.every_mail_has_its_words(None)[0].msg


def test_it_names_a_mail_without_words_in_one_of_our_languages(settings):
    settings.LANGUAGES = [*settings.LANGUAGES, ("xx", "Nothing yet")]
    assert "received in xx.toml" in " ".join(error.msg for error in checks.every_mail_has_its_words(None))


@pytest.mark.parametrize(("name", "value"), [("retry", 100), ("catch_up", True)])
def test_it_refuses_a_worker_that_would_run_tasks_twice(settings, name, value):
    settings.Q_CLUSTER = {**settings.Q_CLUSTER, name: value}
    assert checks.times_fit_each_other(None)


def test_it_refuses_a_mail_that_could_outlive_its_lease(settings):
    settings.EMAIL_TIMEOUT = 30
    assert checks.times_fit_each_other(None)[0].id == "allay.E004"


@pytest.mark.parametrize("owners", [[], ["django-fsm", "django-fsm-2"]])
def test_it_refuses_a_doubtful_state_machine(monkeypatch, owners):
    monkeypatch.setattr(checks, "packages_distributions", lambda: {"django_fsm": owners})
    assert checks.one_state_machine(None)[0].id == "allay.E006"
