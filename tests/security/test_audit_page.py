"""The audit trail in the administration tells an administrator neither whose letter it is nor what stands in it."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.cast import MARKER, make_case
from workflow.actions import rescanning
from workflow.actions.rules import confirm, propose, try_rule
from workflow.models import Event
from workflow.queues.figures import figures

pytestmark = pytest.mark.once


@pytest.fixture
def ada(cast):
    client = Client()
    client.force_login(cast.ada)
    return client


LIST = reverse("admin:workflow_event_changelist")


@pytest.mark.parametrize(
    "asked", ["actor={pk}", "actor_id={pk}", "actor__id__exact={pk}", "actor__email__startswith=rosa", "case={case}"]
)
def test_it_cannot_be_asked_what_one_member_did_or_what_happened_to_one_letter(cast, ada, asked):
    case = make_case(cast)
    answer = ada.get(f"{LIST}?{asked.format(pk=cast.rosa.pk, case=case.pk)}")
    assert answer.status_code in (302, 400), "the list was narrowed"


@pytest.mark.both
def test_it_can_still_be_narrowed_by_kind_role_and_day(cast, ada):
    make_case(cast)
    for asked in ("kind__exact=case_submitted", "actor_role__exact=member", f"at__year={timezone.now().year}"):
        assert ada.get(f"{LIST}?{asked}").status_code == 200, asked


def test_one_event_has_no_page_that_names_the_member_and_the_letter(cast, ada):
    make_case(cast)
    event = Event.objects.get(kind="case_submitted")
    assert ada.get(reverse("admin:workflow_event_change", args=[event.pk])).status_code in (302, 403, 404)
    assert ada.get(reverse("admin:workflow_event_history", args=[event.pk])).status_code in (302, 403, 404)


@pytest.mark.parametrize(
    "asked", ["person={pk}", "person_id={pk}", "event={event}", "event__case={case}", "key__startswith=a"]
)
def test_the_list_of_mails_cannot_be_asked_about_one_person_or_letter(cast, ada, asked):
    case = make_case(cast)
    event = Event.objects.get(kind="case_submitted")
    filled = asked.format(pk=cast.rosa.pk, case=case.pk, event=event.pk)
    assert ada.get(f"{reverse('admin:notifications_message_changelist')}?{filled}").status_code in (302, 400)


def test_the_list_of_mails_can_still_be_narrowed(ada):
    for asked in ("state__exact=sent", "category__exact=work", f"created_at__year={timezone.now().year}"):
        assert ada.get(f"{reverse('admin:notifications_message_changelist')}?{asked}").status_code == 200, asked


def _saved_rule(cast):
    words = {
        "name": "A name",
        "category": "self_harm",
        "severity": "concern",
        "ways": MARKER.lower(),
        "unless": "",
        "examples": f"he is {MARKER} now",
        "not_examples": "",
        "source": "none",
    }
    trial = try_rule(by=cast.ada, words=words, rule=None, based_on=0)
    propose(trial_id=trial.pk, by=cast.ada)
    confirm(trial_id=trial.pk, by=cast.mo)
    rescanning.read_again()


def test_figures_do_not_tell_an_administrator_that_a_letter_holds_a_word(cast, ada):
    make_case(cast)
    _saved_rule(cast)
    assert "local." in str(figures(cast.mo, 4).rules)
    assert "local." not in str(figures(cast.ada, 4).rules)
    assert "local." not in ada.get(reverse("workflow:figures")).content.decode()


def test_a_rule_of_an_administrator_does_not_tell_them_which_letter_holds_a_word(cast, ada):
    """They word rules, and one may be found harmless. That the letter was flagged by it must not be read off the trail."""
    case = make_case(cast)
    _saved_rule(cast)
    raised = Event.objects.get(case=case, kind="flag_raised")
    assert raised.actor_id is None
    page = ada.get(f"{LIST}?kind__exact=flag_raised")
    shown = [page.context["cl"].model_admin.case_number(row) for row in page.context["cl"].result_list]
    assert shown == [None]
