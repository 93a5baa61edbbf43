"""What stands in an address belongs together: a number of another case, page or rule is as if it did not exist."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from notifications.models import Wording
from tests.cast import ANSWER, make_case
from tests.workflow.test_rules_pages import saved
from workflow.actions import answering, asking, pages, triage
from workflow.models.reports import Concern
from workflow.states import State

pytestmark = pytest.mark.once


def asks(who, name, *args, **posted):
    client = Client()
    client.force_login(who)
    address = reverse(f"workflow:{name}", args=[getattr(one, "public_id", one) for one in args])
    return client.post(address, posted) if posted else client.get(address)


@pytest.fixture
def two(cast):
    """One case with a single version of its answer; another with two, a reply of the member, and a flag."""
    one, other = make_case(cast, state=State.TRIAGED), make_case(cast, state=State.TRIAGED)
    for case, number in ((one, 0), (other, 0), (other, 1)):
        body = f"{ANSWER}<p>Version {number}.</p>"
        answering.save_answer(case_id=case.pk, by=cast.erin, body=body, based_on=number)
    return one, other


def test_an_expert_reads_and_compares_versions_of_this_answer_only(cast, two):
    one, other = two
    assert asks(cast.erin, "revision", other, 2).status_code == 200
    assert asks(cast.erin, "revision", one, 2).status_code == 404
    client = Client()
    client.force_login(cast.erin)
    for case, query, answer in ((other, "?from=1&to=2", 200), (one, "?from=1&to=2", 404), (one, "?from=2&to=1", 404)):
        assert client.get(reverse("workflow:compare", args=[case.public_id]) + query).status_code == answer, query


def test_nothing_is_compared_before_anything_is_written(cast):
    assert asks(cast.erin, "compare", make_case(cast, state=State.TRIAGED)).status_code == 404


def test_a_reply_is_read_and_written_under_its_own_case_only(cast, two):
    one, other = two
    inquiry = asking.ask(case_id=other.pk, by=cast.erin, text="Does he sleep at home?")
    for name in ("reply", "keep_reply"):
        assert asks(cast.rosa, name, one, inquiry.pk, text="Yes.", knows="0").status_code == 404
    assert asks(cast.mo, "pass_on_reply", other, inquiry.pk).status_code == 404, "it has not come yet"
    asking.reply(case_id=other.pk, by=cast.rosa, inquiry_id=inquiry.pk, text="Yes.")
    assert asks(cast.mo, "pass_on_reply", one, inquiry.pk).status_code == 404
    assert asks(cast.mo, "pass_on_reply", other, inquiry.pk).status_code == 200


def test_a_flag_is_changed_and_written_about_under_its_own_case_only(cast, two):
    danger = make_case(cast, danger="yes")
    flag = danger.flags.first()
    triage.acknowledge_flag(case_id=danger.pk, flag_id=flag.pk, by=cast.mo)
    triage.open_letter(case_id=danger.pk, by=cast.mo)
    for name in ("change_flag", "tell_member"):
        assert asks(cast.mo, name, two[0], flag.pk, text=" ").status_code == 404
        assert asks(cast.mo, name, danger, flag.pk, text=" ").status_code == 422


def test_who_does_not_hold_a_case_writes_nothing_beside_it(cast, two):
    one, _ = two
    for name, more in (("note", ()), ("resolve_comment", (1,)), ("ask_colleague", ()), ("ask_member", ())):
        assert asks(cast.theo, name, one, *more, note="Hello", text="Hello").status_code == 404, name
    assert asks(cast.theo, "presence", one, "write", unsaved="1").status_code == 404
    assert asks(cast.erin, "presence", one, "write", unsaved="1").status_code == 200
    assert asks(cast.erin, "presence", one, "elsewhere", unsaved="1").status_code == 404


def test_a_report_is_closed_on_its_own_page_only_and_none_is_on_a_page_that_is_gone(cast):
    one, other = (make_case(cast, state=State.PUBLISHED).question.publication for _ in range(2))
    pages.report(page=other, concern=Concern.RECOGNISED, words="The harbor.")
    report = other.reports.get()
    closing = {"do": "close", "report": report.pk, "outcome": "Looked."}
    assert asks(cast.mo, "page", one.pk, **closing).status_code == 404
    assert asks(cast.mo, "page", other.pk, **closing).status_code == 302
    one.withdraw()
    assert asks(cast.mo, "page", one.pk).status_code == 404
    assert Client().get(reverse("workflow:tell", args=["no-such-page"])).status_code == 404


def test_a_rule_goes_back_to_a_version_of_its_own_only(cast):
    first = saved(cast).rule
    second = saved(cast, name="Says that another patch was chewed").rule
    saved(cast, rule=second, based_on=1, severity="concern")
    assert asks(cast.ada, "rule_back", first.pk, version="2").status_code == 404
    assert asks(cast.ada, "rule_back", second.pk, version="2").status_code != 404
    assert asks(cast.ada, "rule", second.pk + 1).status_code == 404
    assert asks(cast.ada, "rule_switch", second.pk + 1, why="No.").status_code == 404


def test_words_are_compared_with_earlier_words_of_the_same_mail_only(cast):
    other = Wording.objects.create(template="ready", language="en", words={}, written_by=cast.ada)
    client = Client()
    client.force_login(cast.ada)
    for mail, answer in (("ready", 200), ("received", 404)):
        address = reverse("notifications:wording", args=[mail, "en"])
        assert client.get(f"{address}?with={other.pk}").status_code == answer
    for mail, language in (("no-such-mail", "en"), ("ready", "tlh")):
        assert client.get(reverse("notifications:wording", args=[mail, language])).status_code == 404
    for book, language in (("no-such-danger", "en"), ("overdose", "tlh")):
        assert client.get(reverse("workflow:playbook", args=[book, language])).status_code == 404


@pytest.mark.parametrize("name", ["flow_csv", "figures_csv"])
def test_there_is_no_table_by_any_other_name(cast, name):
    assert asks(cast.mo, name, "letters-by-member").status_code == 404


def test_who_also_administers_sees_nobodys_contact(cast):
    both = User.objects.create_user("both@people.example", roles=(Role.MODERATOR, Role.ADMINISTRATOR), called="Bo")
    assert asks(both, "contact", make_case(cast)).status_code == 403


def test_it_says_that_the_time_for_a_step_is_over_before_what_is_wrong_with_the_words(cast):
    published = make_case(cast, state=State.PUBLISHED)
    for name, person in (("ask_member", cast.mo), ("ask_colleague", cast.mo)):
        late = asks(person, name, published, text=" ")
        assert late.status_code == 409, name
        assert "This step is for a case that is" in late.content.decode()
    late = asks(cast.rosa, "consent", published, choice="change", wish="Our street is in it.")
    assert late.status_code == 409
    assert "The page is public already." in late.content.decode()
    assert "Our street is in it." in late.content.decode()


def test_a_turn_is_swapped_with_somebody_who_was_chosen(cast):
    swap = asks(cast.mo, "change_shift", 1, person="")
    assert swap.status_code == 409
    assert "Choose who takes the turn" in swap.content.decode()
