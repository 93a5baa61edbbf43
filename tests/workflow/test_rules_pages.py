"""Rules in the browser: tried on past letters in counts, saved in versions, turned off and back; letters are read by them."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import RoleGrant
from notifications.contents import prepare
from notifications.facts import Facts
from notifications.models import Message
from notifications.outbox import announce_second_yes
from notifications.timing import CODES_AN_HOUR, Skip, check_code
from tests.cast import LETTER, MARKER, again, make_case
from workflow.actions import intake, rescanning, rulebook, rules, scanning
from workflow.models import Case, Event, LocalRule, RuleTrial, RuleTrouble, RuleVersion
from workflow.safety.scan import standard_scanner
from workflow.states import State
from workflow.tasks import count_trials
from workflow.transitions import Refused

pytestmark = pytest.mark.once

# Neither the shipped rules nor the model see anything in it.
PATCH = "My uncle bought a patch for his garden and chewed the patch over with us at supper. What can we plant for him there?"
WORDS = {
    "name": "Says that a patch was chewed",
    "category": "overdose",
    "severity": "urgent",
    "ways": "(chew*|licked) ~ (patch|patches)",
    "unless": "",
    "examples": "He chewed a patch and now he nods.\nShe licked patches all day long.",
    "not_examples": "He never chewed a patch.\nShe sewed a patch on his coat.",
    "source": "A near miss in March.",
}


@pytest.fixture
def ada(cast):
    client = Client()
    client.force_login(cast.ada)
    return client


def send(cast, text=PATCH):
    return intake.submit_letter(by=cast.rosa, text=text, danger="no")


def tried(cast, **changed):
    rule = changed.pop("rule", None)
    based_on = changed.pop("based_on", 0)
    return rules.try_rule(by=cast.ada, words={**WORDS, **changed}, rule=rule, based_on=based_on)


def proposed(cast, **changed):
    trial = tried(cast, **changed)
    rules.count_trials()  # what a slow machine left for later
    return rules.propose(trial_id=trial.pk, by=cast.ada)


def saved(cast, **changed):
    return rules.confirm(trial_id=proposed(cast, **changed).pk, by=cast.mo)


def test_it_tries_first_and_saves_then(cast, ada):
    case = send(cast)
    assert case.tier == 3
    response = ada.post(reverse("workflow:new_rule"), WORDS)
    trial = RuleTrial.objects.get()
    assert response.headers["Location"] == reverse("workflow:rule_trial", args=[trial.pk])
    assert not RuleVersion.objects.exists()
    assert (trial.raised, trial.done, trial.is_running) == (1, 1, False)
    page = ada.get(response.headers["Location"]).content.decode()
    assert "fewer than 5" in page
    assert "over with us at supper" not in page
    ada.post(reverse("workflow:propose_rule", args=[trial.pk]), {"why": "A near miss."})
    assert not RuleVersion.objects.exists()
    assert scanning.read_dangers(PATCH).severity == "none", "no letter is read by it before the second yes"
    rules.confirm(trial_id=trial.pk, by=cast.mo)
    version = RuleVersion.objects.get()
    assert (version.number, version.is_on, version.saved_by, version.why) == (1, True, cast.ada, "A near miss.")
    assert version.name.endswith(".")
    assert rescanning.read_again() == 1
    assert again(case).tier == 1
    assert '"rule": "local.' in case.flags.get().evidence
    assert send(cast).tier == 1


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"ways": "(patch|patches)"}, "should leave this alone and finds it: “She sewed a patch on his coat.”"),
        ({"ways": "chewed ~ patch"}, "does not find: “She licked patches all day long.”"),
        ({"ways": "(chewed"}, "A bracket is not closed."),
        ({"ways": "{dragons} chewed"}, "There is no group of words called {dragons}."),
        ({"ways": "he ~~ he ~~ he ~~ he ~~ nodded"}, "takes too long"),
        ({"examples": "He chewed a patch."}, "Write at least 2 sentences"),
        ({"source": ""}, "Say how we know"),
        ({"ways": "chewed " * 60}, "This line is too long"),
    ],
)
def test_it_says_beside_the_field_what_is_wrong_and_keeps_what_was_typed(cast, ada, changed, said, monkeypatch):
    if said == "takes too long":
        monkeypatch.setattr("workflow.safety.local.MOST_AT_SAVING", 0.006)  # a fast machine takes a tenth of it
    response = ada.post(reverse("workflow:new_rule"), {**WORDS, **changed})
    page = response.content.decode()
    assert response.status_code == 422
    assert said in page.replace("&#x27;", "'")
    assert "A near miss in March." in page or "source" in changed
    assert not RuleTrial.objects.exists()


def test_it_takes_what_people_type_for_ways(cast, ada):
    ada.post(
        reverse("workflow:new_rule"), {**WORDS, "ways": "(Chew*|LICKED) ~ (patch|patches)\r\n\r\ncan’t chew a patch"}
    )
    assert RuleTrial.objects.get().ways == "(chew*|licked) ~ (patch|patches)\ncant chew a patch"


def test_it_counts_what_a_change_would_find_and_lose(cast):
    for _ in range(2):
        send(cast)
    send(cast, f"{LETTER} He licked patches all day long.")
    first = saved(cast)
    rescanning.read_again()
    graver = tried(cast, rule=first.rule, based_on=1, severity="emergency")
    assert (graver.raised, graver.graver, graver.same, graver.lost) == (0, 0, 0, 0)
    graver = RuleTrial.objects.get(pk=graver.pk)
    assert (graver.raised, graver.graver, graver.same, graver.lost, graver.done) == (0, 3, 0, 0, 3)
    narrow = RuleTrial.objects.get(pk=tried(cast, rule=first.rule, based_on=1, ways="chew* ~ (patch|patches)").pk)
    assert (narrow.same, narrow.lost) == (2, 1)


def test_it_counts_in_the_background_can_be_stopped_and_come_back_to(cast, ada, monkeypatch):
    monkeypatch.setattr(rules, "AT_ONCE", 0.0)
    monkeypatch.setattr(rules, "STEP", 2)
    for _ in range(5):
        send(cast)
    trial = tried(cast)
    assert RuleTrial.objects.get().is_running
    page = ada.get(reverse("workflow:rule_trial", args=[trial.pk])).content.decode()
    assert "Counting: 0 of 5 letters" in page
    assert 'data-poll="' in page
    monkeypatch.setattr(rules, "_scanner_of", lambda words: None if words is None else (object(), object()))
    monkeypatch.setattr(rules, "_changes", lambda *args: ["raised"])
    rules._step(RuleTrial.objects.get(), (object(), object()), None)
    assert RuleTrial.objects.get().done == 2
    part = ada.get(reverse("workflow:trial_count", args=[trial.pk])).content.decode()
    assert "Counting: 2 of 5" in part
    assert "would get one" not in part, "counts of a part, compared, point at single letters"
    count_trials()
    done = RuleTrial.objects.get()
    assert (done.done, done.raised, done.is_running) == (5, 5, False)
    assert "about 5" in ada.get(reverse("workflow:trial_count", args=[trial.pk])).content.decode()
    other = tried(cast)
    ada.post(reverse("workflow:cancel_trial", args=[other.pk]))
    count_trials()
    other = RuleTrial.objects.get(pk=other.pk)
    assert other.cancelled_at
    assert other.done == 0
    assert "would get one" not in ada.get(reverse("workflow:trial_count", args=[other.pk])).content.decode()


def test_it_does_not_count_a_letter_twice_when_two_workers_count(cast):
    for _ in range(3):
        send(cast)
    trial = RuleTrial.objects.create(started_by=cast.ada, total=3, **WORDS)
    stale = RuleTrial.objects.get(pk=trial.pk)
    scanner = rules._scanner_of(trial)
    rules._step(trial, scanner, None)
    rules._step(stale, scanner, None)
    assert RuleTrial.objects.get(pk=trial.pk).done == 3
    assert RuleTrial.objects.get(pk=trial.pk).raised == 3


def test_it_looks_at_the_examples_once_more_before_a_rule_reads_letters(cast, monkeypatch):
    """A release may have come between the trial and the second yes, and read the words otherwise."""
    trial = proposed(cast)
    monkeypatch.setattr(rules, "misread", lambda rule, book: (["He chewed a patch and now he nods."], []))
    with pytest.raises(Refused, match="gets its own examples wrong"):
        rules.confirm(trial_id=trial.pk, by=cast.mo)
    assert not RuleVersion.objects.exists()


def test_it_saves_nothing_while_it_counts_nor_over_somebody_elses_version(cast):
    send(cast)
    running = RuleTrial.objects.create(started_by=cast.ada, total=1, **WORDS)
    with pytest.raises(Refused, match="not finished"):
        rules.propose(trial_id=running.pk, by=cast.ada)
    first = saved(cast)
    mine = proposed(cast, rule=first.rule, based_on=1)
    saved(cast, rule=first.rule, based_on=1, severity="concern")
    with pytest.raises(Refused, match="changed after it was proposed"):
        rules.confirm(trial_id=mine.pk, by=cast.mo)
    with pytest.raises(Refused, match="proposed already"):
        rules.propose(trial_id=mine.pk, by=cast.ada)


def test_it_turns_a_rule_off_with_a_reason_and_on_again(cast, ada):
    version = saved(cast)
    address = reverse("workflow:rule_switch", args=[version.rule_id])
    assert ada.post(address, {"why": " "}).status_code == 422
    assert scanning.read_dangers(PATCH).severity == "urgent"
    ada.post(address, {"why": "Too many false alarms."})
    assert scanning.read_dangers(PATCH).severity == "none"
    assert scanning.rules_version() == standard_scanner().book.version
    ada.post(address, {"why": "We need it."})
    assert scanning.read_dangers(PATCH).severity == "urgent"
    assert [(v.number, v.is_on) for v in version.rule.versions.all()] == [(3, True), (2, False), (1, True)]


def test_it_goes_back_to_an_earlier_version_by_trying_it_again(cast, ada):
    first = saved(cast)
    saved(cast, rule=first.rule, based_on=1, severity="concern", ways="licked ~ (patch|patches)\nchewed a patch")
    response = ada.post(reverse("workflow:rule_back", args=[first.rule_id]), {"version": "1"})
    trial = RuleTrial.objects.order_by("-pk").first()
    assert response.headers["Location"] == reverse("workflow:rule_trial", args=[trial.pk])
    ada.post(reverse("workflow:propose_rule", args=[trial.pk]))
    rules.confirm(trial_id=trial.pk, by=cast.mo)
    newest = first.rule.versions.first()
    assert (newest.number, newest.severity, newest.ways) == (3, "urgent", WORDS["ways"])
    assert ada.post(reverse("workflow:rule_back", args=[first.rule_id]), {"version": "x"}).status_code == 404


def test_it_brings_back_what_was_tried_to_change_it_once_more(cast, ada):
    trial = tried(cast, source="Typed once.")
    page = ada.get(reverse("workflow:new_rule"), {"trial": trial.pk}).content.decode()
    assert "Typed once." in page


def test_it_cannot_make_less_of_the_shipped_rules(cast):
    """Even with the same words at a lower severity, and "unless" everything."""
    text = "My son is on the bathroom floor and I cannot wake him. His lips are blue."
    before = scanning.read_dangers(text).severity
    saved(
        cast,
        severity="concern",
        ways="cannot wake him",
        unless="his lips",
        examples="I cannot wake him at all.\nWe cannot wake him now.",
        not_examples="He wakes early.\nWe let him sleep.",
    )
    assert scanning.read_dangers(text).severity == before == "emergency"


def test_it_flags_the_letter_and_tells_administrators_when_a_rule_fails(cast, ada, monkeypatch):
    version = saved(cast)
    monkeypatch.setattr("workflow.safety.local.ALL_SECONDS", 0.0)
    rulebook._built = None
    case = send(cast)
    assert {flag.category for flag in case.flags.all()} == {"unread"}
    trouble = RuleTrouble.objects.get()
    assert (trouble.rule, trouble.times >= 1) == (f"local.{version.rule_id}", True)
    assert f"local.{version.rule_id}" in ada.get(reverse("workflow:rules")).content.decode()
    rulebook._built = None


def test_it_sends_every_letter_to_a_person_while_a_rule_cannot_be_read(cast, ada):
    version = saved(cast)
    RuleVersion.objects.filter(pk=version.pk).update(
        ways="{dragons} chewed", saved_at=timezone.now() + timedelta(seconds=1)
    )
    assert [flag.category for flag in send(cast, LETTER).flags.all()] == ["unread"]
    assert "cannot read 1 of your rules" in ada.get(reverse("workflow:rules")).content.decode()


def test_it_gives_the_browser_pressing_rules_without_their_examples(cast, client):
    saved(cast)
    client.force_login(cast.rosa)
    page = client.get(reverse("workflow:ask")).content.decode()
    assert "data-more-rules" in page
    assert "(?:patch|patches)" in page
    assert "sewed a patch" not in page


def test_it_tells_no_word_of_a_letter_and_no_small_number(cast, ada):
    make_case(cast, state=State.TRIAGED)
    trial = tried(
        cast,
        ways=MARKER.lower(),
        examples=f"It is {MARKER}.\nHe is {MARKER}.",
        not_examples="No.\nHe is well.",
    )
    page = ada.get(reverse("workflow:rule_trial", args=[trial.pk])).content.decode()
    assert RuleTrial.objects.get().raised == 1
    assert page.count("fewer than 5") == 3
    assert "Gloucester" not in page
    monthly = [tried(cast) for _ in range(3)]
    assert all(one.started_by == cast.ada for one in monthly)


def test_it_ends_trying_after_many_counts_a_day(cast, ada, monkeypatch):
    monkeypatch.setattr(rules, "MOST_TRIALS_A_DAY", 1)
    tried(cast)
    response = ada.post(reverse("workflow:new_rule"), WORDS, follow=True)
    assert "enough trying for a day" in response.content.decode()


def test_it_asks_the_database_the_same_number_of_times_however_many_rules(cast, ada, django_assert_max_num_queries):
    for _ in range(12):
        saved(cast)
    send(cast)
    with django_assert_max_num_queries(14):
        ada.get(reverse("workflow:rules"))
    rulebook.rules_of_now()
    with django_assert_max_num_queries(1):
        scanning.read_dangers(LETTER)


def test_it_leaves_no_rule_behind_that_was_only_tried(cast):
    send(cast)
    tried(cast)
    assert not LocalRule.objects.exists()
    assert Case.objects.get().tier == 3


def test_a_moderator_sees_what_is_proposed_and_says_yes(cast, ada):
    send(cast)
    trial = proposed(cast)
    mo, page = Client(), reverse("workflow:rule_proposal", args=[trial.pk])
    mo.force_login(cast.mo)
    assert page in mo.get(reverse("workflow:colleagues")).content.decode()
    shown = mo.get(page).content.decode()
    for said in (
        "(chew*|licked) ~ (patch|patches)",
        "She sewed a patch on his coat.",
        "fewer than 5",
        "1 time in the last",
    ):
        assert said in shown
    assert "over with us at supper" not in shown
    assert "until a moderator says yes" in ada.get(reverse("workflow:rule_trial", args=[trial.pk])).content.decode()
    for decision in ({}, {"decision": ""}, {"decision": "Confirm"}):
        assert mo.post(page, decision).status_code == 422, "no yes but the one that was pressed"
    assert not RuleVersion.objects.exists()
    mo.post(page, {"decision": "confirm"})
    version = RuleVersion.objects.get()
    assert (version.saved_by, version.confirmed_by, version.is_on) == (cast.ada, cast.mo, True)
    assert scanning.read_dangers(PATCH).severity == "urgent"
    assert "with the yes of Mo" in ada.get(reverse("workflow:rule", args=[version.rule_id])).content.decode()
    assert mo.get(page).status_code == 404, "decided"
    trail = Event.objects.filter(case__isnull=True).order_by("pk").values_list("kind", "actor")
    assert list(trail) == [
        ("rule_tried", cast.ada.pk),
        ("rule_proposed", cast.ada.pk),
        ("rule_confirmed", cast.mo.pk),
    ]


def test_a_moderator_says_no_with_a_reason_and_what_read_before_goes_on(cast, ada):
    first = saved(cast)
    trial = proposed(cast, rule=first.rule, based_on=1, severity="emergency")
    mo, page = Client(), reverse("workflow:rule_proposal", args=[trial.pk])
    mo.force_login(cast.mo)
    assert mo.post(page, {"decision": "refuse", "why": " "}).status_code == 422
    mo.post(page, {"decision": "refuse", "why": "It names one family."})
    assert RuleVersion.objects.count() == 1
    assert scanning.read_dangers(PATCH).severity == "urgent"
    told = ada.get(reverse("workflow:rule_trial", args=[trial.pk])).content.decode()
    assert "said no" in told
    assert "It names one family." in told
    with pytest.raises(Refused):
        rules.confirm(trial_id=trial.pk, by=cast.dana)
    two = [proposed(cast, rule=first.rule, based_on=1) for _ in range(2)]
    with CaptureQueriesContext(connection) as asked:
        rules.confirm(trial_id=two[0].pk, by=cast.mo)
    if connection.features.has_select_for_update:  # else the whole database is held
        assert any("FOR UPDATE" in one["sql"] and 'FROM "workflow_localrule"' in one["sql"] for one in asked)
    with pytest.raises(Refused, match="changed after it was proposed"):
        rules.confirm(trial_id=two[1].pk, by=cast.dana)


def test_nobody_gives_the_second_yes_to_their_own_rule(cast):
    trial = proposed(cast)
    both = cast.ada
    RoleGrant.objects.create(user=both, role="moderator", confirmed_at=timezone.now(), confirmed_by=cast.mo)
    for who in (type(both).objects.get(pk=both.pk), cast.erin):
        with pytest.raises(Refused):
            rules.confirm(trial_id=trial.pk, by=who)
        with pytest.raises(Refused):
            rules.refuse(trial_id=trial.pk, by=who, why="No.")
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleTrial.objects.filter(pk=trial.pk).update(decided_by=both)
    with pytest.raises(IntegrityError), transaction.atomic():
        RuleTrial.objects.filter(pk=trial.pk).update(started_by=cast.mo, decided_by=cast.mo)


def test_whoever_may_decide_a_proposed_rule_sees_that_it_waits_and_nobody_else(cast, ada):
    send(cast)
    trial = proposed(cast)
    page, queue = reverse("workflow:rule_proposal", args=[trial.pk]), reverse("workflow:queue")
    mo, boss = Client(), Client()
    mo.force_login(cast.mo)
    RoleGrant.objects.create(user=cast.dana, role="administrator", confirmed_at=timezone.now())
    boss.force_login(cast.dana)
    for browser in (mo, boss):
        assert "1 rule for seeing danger waits for a moderator’s yes or no." in browser.get(queue).content.decode()
    assert page in boss.get(reverse("workflow:rules")).content.decode()
    assert trial.name in (seen := ada.get(reverse("workflow:rules")).content.decode())
    assert page not in seen, "it waits, but not for her"
    rules.confirm(trial_id=trial.pk, by=cast.mo)
    assert "yes or no" not in mo.get(queue).content.decode()


def test_moderators_are_told_of_a_proposed_rule_once_a_day_while_it_waits(cast):
    trial = proposed(cast)
    second = proposed(cast)
    told = Message.objects.filter(template="rule_waits")
    announce_second_yes()
    announce_second_yes()
    assert {message.person for message in told.all()} == {cast.mo, cast.dana, cast.mora}
    assert told.count() == 3
    with time_machine.travel(timezone.now() + timedelta(days=1), tick=False):
        announce_second_yes()
    assert told.count() == 6, "one mail a day, however many wait"
    noise = {"template": "rule_waits", "category": "security", "rank": 0, "person": cast.mo, "state": "sending"}
    Message.objects.bulk_create([Message(key=str(number), **noise) for number in range(CODES_AN_HOUR)])
    check_code(Message(template="sign_in_code", category="security", person=cast.mo), cast.mo)
    assert prepare(told.first(), Facts([told.first()])).words().subject == "Please look at Allay", "not of signing in"
    for waiting in (trial, second):
        rules.refuse(trial_id=waiting.pk, by=cast.mo, why="No.")
    with pytest.raises(Skip):
        prepare(told.first(), Facts([told.first()]))


def test_a_rule_from_before_the_second_yes_is_not_turned_on_again_without_one(cast):
    version = saved(cast)
    RuleVersion.objects.filter(pk=version.pk).update(confirmed_by=None)
    rules.switch(rule_id=version.rule_id, by=cast.ada, is_on=False, why="Off.")
    with pytest.raises(Refused, match="Nobody else has said yes"):
        rules.switch(rule_id=version.rule_id, by=cast.ada, is_on=True, why="On.")


def test_it_keeps_no_more_rules_than_can_be_read_and_switches_none_without_a_reason(cast, monkeypatch):
    version = saved(cast)
    monkeypatch.setattr(rules, "MOST_RULES", 1)
    second = proposed(cast, name="Says that another patch was chewed")
    with pytest.raises(Refused, match="There are 1 rules already"):
        rules.confirm(trial_id=second.pk, by=cast.mo)
    for is_on, why, says in ((True, "On.", "like that already"), (False, " ", "Please write why")):
        with pytest.raises(Refused, match=says):
            rules.switch(rule_id=version.rule_id, by=cast.ada, is_on=is_on, why=why)
    assert RuleVersion.objects.count() == 1
