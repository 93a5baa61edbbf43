"""Every read asks who reads: the desk it is for gets something of a full house, nobody else gets anything."""

import pytest
from django.utils import timezone

from accounts.models import RoleGrant
from accounts.roles import Role
from notifications.lines import mails_of
from notifications.outbox import fan_out
from qa.models import HelpLine
from tests.cast import make_case
from tests.workflow.test_rules_pages import proposed, saved
from workflow import queues
from workflow.actions import answering, asking, pages, playbook, publication, triage
from workflow.actions.asked import ask_colleague
from workflow.actions.helplines import propose
from workflow.models import RuleTrouble
from workflow.models.reports import Concern
from workflow.queues import helplines, playbooks, roster, rules
from workflow.states import State

pytestmark = pytest.mark.once


@pytest.fixture
def house(cast):
    """Something of everything: dangers, an answer at work, a question to the member, a page, rules and words."""
    make_case(cast, danger="yes")
    taken = make_case(cast, danger="yes")
    triage.acknowledge_flag(case_id=taken.pk, flag_id=taken.flags.get().pk, by=cast.mo)
    danger = make_case(cast, danger="yes")
    flag = danger.flags.first()
    triage.acknowledge_flag(case_id=danger.pk, flag_id=flag.pk, by=cast.mo)
    triage.open_letter(case_id=danger.pk, by=cast.mo)
    playbook.tick_step(case_id=danger.pk, flag_id=flag.pk, by=cast.mo, step="read")
    playbook.tell_member(case_id=danger.pk, flag_id=flag.pk, by=cast.mo, text="Please call 988 today.")
    asked = make_case(cast, state=State.TRIAGED)
    inquiry = asking.ask(case_id=asked.pk, by=cast.erin, text="Does he sleep at home?")
    asking.reply(case_id=asked.pk, by=cast.rosa, inquiry_id=inquiry.pk, text="Yes.")
    answering.give_back(case_id=asked.pk, by=cast.erin, reason="I am ill.")
    ask_colleague(case_id=make_case(cast, state=State.DRAFTED).pk, by=cast.mo, colleague=cast.theo)
    answered = make_case(cast, state=State.REVIEWED)
    publication.suggest_change(case_id=answered.pk, by=cast.rosa, wish="Our street is in it.")
    page = make_case(cast, state=State.PUBLISHED).question.publication
    pages.report(page=page, concern=Concern.RECOGNISED, words="The harbor.")
    playbook.word_playbook(key="overdose", language="en", words={"title": "Words"}, by=cast.ada)
    RuleTrouble.objects.create(rule="local.1", day=timezone.localdate(), times=1)
    rule = saved(cast).rule_id
    proposed(cast, name="Says that another patch was chewed")
    propose(line=HelpLine.objects.get(key="samhsa"), by=cast.ada, after={"also": "Text 435748"})
    while fan_out():
        pass
    return {"danger": danger, "asked": asked, "answered": answered, "rule": rule}


ANSWERS = {Role.EXPERT}
MODERATES = {Role.MODERATOR}
ADMINISTERS = {Role.ADMINISTRATOR}
QUEUES = [
    (ANSWERS, lambda who, house: queues.of_expert(who)),
    (ANSWERS, lambda who, house: queues.colleagues(who)),
    (MODERATES | ANSWERS, lambda who, house: queues.asked_to_comment(who)),
    (MODERATES, lambda who, house: queues.of_moderator(who)),
    (MODERATES, lambda who, house: queues.urgent_board(who)),
    (MODERATES, lambda who, house: queues.taken_unopened(who)),
    (MODERATES, lambda who, house: queues.experts(who)),
    (MODERATES, lambda who, house: queues.published_pages(who)),
    (MODERATES, lambda who, house: queues.open_reports(who)),
    (MODERATES, lambda who, house: queues.trail_of(who, house["danger"])),
    (MODERATES, lambda who, house: queues.flags_of(who, house["danger"])),
    (MODERATES, lambda who, house: queues.ticked_in(who, house["danger"])),
    (MODERATES, lambda who, house: queues.told_about(who, house["danger"])),
    (MODERATES, lambda who, house: queues.replies_of(who, house["asked"])),
    (MODERATES, lambda who, house: queues.wish_of(who, house["answered"])),
    (MODERATES, lambda who, house: queues.experts_named_in(who, house["answered"].events.all())),
    (MODERATES, lambda who, house: mails_of(who, house["answered"])),
    (MODERATES, lambda who, house: playbooks.worded_lately(who)),
    (MODERATES, lambda who, house: rules.rules_to_decide(who)),
    (ADMINISTERS, lambda who, house: rules.local_rules(who)),
    (ADMINISTERS, lambda who, house: rules.local_rule_versions(who, house["rule"])),
    (ADMINISTERS, lambda who, house: rules.trials_of_rules(who)),
    (ADMINISTERS, lambda who, house: rules.troubles_of_rules(who)),
    (MODERATES, lambda who, house: helplines.changes_to_decide(who)),
    (MODERATES | ADMINISTERS, lambda who, house: helplines.entries(who)),
    (MODERATES | ADMINISTERS, lambda who, house: roster.may_take_turns(who)),
]


def test_every_read_is_for_its_desk_and_for_nobody_else(cast, house):
    wrong = []
    for number, (roles, read) in enumerate(QUEUES):
        seen = {name for name, who in cast.everybody().items() if read(who, house)}
        of_the_desk = {name for name, who in cast.everybody().items() if any(who.holds(role) for role in roles)}
        if not seen or not seen <= of_the_desk:
            wrong.append((number, sorted(seen - of_the_desk)))
    assert wrong == []


def test_who_answers_no_more_sees_neither_what_they_wrote_nor_what_they_were_asked(cast, house):
    assert queues.asked_to_comment(cast.theo)
    assert queues.of_expert(cast.erin)
    RoleGrant.objects.filter(user__in=[cast.theo, cast.erin]).delete()
    theo, erin = type(cast.theo).objects.get(pk=cast.theo.pk), type(cast.erin).objects.get(pk=cast.erin.pk)
    assert not queues.asked_to_comment(theo)
    assert not queues.of_expert(erin)
