"""When the rules change every open letter is read again: once, by whatever is left of a batch, and what people judged stays."""

import json
from datetime import timedelta
from threading import Thread

import pytest
from django.db import connection, connections
from django.utils import timezone

from qa.models import Letter
from tests.cast import LETTER, again, make_case, make_cast
from workflow.actions import intake, publication, rescanning, scanning, triage
from workflow.actions.severity import change_severity
from workflow.models import Case, Event, Reading, SafetyFlag
from workflow.safety import judge
from workflow.safety.report import Evidence, Flag, Report
from workflow.safety.words import Category, Severity, Subject, Timing
from workflow.states import State

pytestmark = pytest.mark.once

DANGER = "My son is on the bathroom floor and I cannot wake him. His lips are blue. He said he wants to die on Monday."


def send(cast, text=LETTER, danger="no"):
    return intake.submit_letter(by=cast.rosa, text=text, danger=danger)


def finding(*spans, severity=Severity.URGENT, category=Category.OVERDOSE):
    """A report of one danger that rests on these words of a letter."""
    evidence = tuple(
        Evidence(start, end, "rule.x", "Why.", "Book.", severity, Timing.NOW, Subject.LOVED_ONE) for start, end in spans
    )
    return Report((Flag(category, severity, Subject.LOVED_ONE, Timing.NOW, evidence),), (), "v9")


@pytest.fixture
def rules(monkeypatch):
    """The next version of the rules: what they say of every letter."""

    def become(report, version="v9"):
        monkeypatch.setattr(scanning, "read_dangers", lambda text: report)
        monkeypatch.setattr(rescanning, "read_dangers", lambda text: report)
        monkeypatch.setattr(scanning, "rules_version", lambda: version)
        monkeypatch.setattr(rescanning, "rules_version", lambda: version)

    return become


def close(cast, flag):
    triage.acknowledge_flag(case_id=flag.case_id, flag_id=flag.pk, by=cast.mo)
    triage.close_flag(case_id=flag.case_id, flag_id=flag.pk, by=cast.mo, outcome="Called them.")


def test_it_reads_nothing_again_while_the_rules_are_the_same(cast):
    case = send(cast)
    assert case.reading.rules_version == scanning.rules_version()
    assert rescanning.read_again() == 0


def test_it_reads_every_letter_once_when_the_rules_have_changed(cast, rules):
    cases = [send(cast) for _ in range(3)]
    spanish = Letter.objects.get(pk=cases[2].letter_id)  # from before cases knew their language: taken for English
    spanish.text = "No sé qué hacer con mi hijo, que no duerme y no come en la casa."
    spanish.save()
    rules(finding((3, 9)))
    assert rescanning.read_again() == 3
    assert rescanning.read_again() == 0
    assert [again(case).language for case in cases] == ["en", "en", "es"]
    for case in cases:
        assert again(case).tier == 1
        assert (case.flags.count(), Event.objects.filter(case=case, kind="flag_raised").count()) == (1, 1)
        assert Reading.objects.get(case=case).raised == 1


@pytest.mark.both
def test_it_goes_on_where_it_stopped(cast, rules):
    for _ in range(3):
        send(cast)
    rules(finding((3, 9)))
    assert rescanning.read_again(seconds=0) == 0
    assert rescanning.to_read("v9").count() == 3
    first = rescanning.to_read("v9").first()
    rescanning._read(first.pk, "v9")
    assert first not in rescanning.to_read("v9")
    assert rescanning.read_again() == 2


def test_it_reads_what_waits_however_old_and_else_ninety_days_back_and_never_what_was_taken_back(cast):
    long_ago = timezone.now() - timedelta(days=200)
    waiting, declined, old, gone = (
        make_case(cast),
        make_case(cast, state=State.DECLINED),
        make_case(cast, state=State.DECLINED),
        make_case(cast, state=State.WITHDRAWN),
    )
    Case.objects.filter(pk__in=[waiting.pk, old.pk]).update(submitted_at=long_ago)
    assert list(rescanning.to_read("v9")) == [waiting, declined]
    assert gone not in rescanning.to_read("v9")


def test_it_does_not_bring_back_a_flag_that_was_closed_for_the_same_words(cast, rules):
    case = send(cast, DANGER)
    for flag in list(case.flags.all()):
        close(cast, flag)
    before = case.flags.count()
    Reading.objects.all().delete()
    assert rescanning.read_again() == 1
    assert case.flags.count() == before
    assert not case.flags.open().exists()


@pytest.mark.parametrize(
    ("report", "raised"),
    [
        (finding((3, 9)), 0),  # the same words
        (finding((5, 12)), 0),  # nearly the same words, as another rule reads them
        (finding((3, 9), severity=Severity.CONCERN), 0),  # less
        (finding((40, 50)), 1),  # other words
        (finding((3, 9), severity=Severity.EMERGENCY), 1),  # graver
        (finding((3, 9), category=Category.CHILD), 1),  # another danger
    ],
)
def test_it_comes_back_for_other_words_for_more_and_for_another_danger_only(cast, rules, report, raised):
    case = send(cast)
    rules(finding((3, 9)))
    rescanning.read_again()
    close(cast, case.flags.get())
    rules(report, "v10")
    rescanning.read_again()
    assert case.flags.open().count() == raised


def test_it_says_only_the_new_words_of_a_danger_that_was_closed(cast, rules):
    case = send(cast)
    rules(finding((3, 9)))
    rescanning.read_again()
    close(cast, case.flags.get())
    rules(finding((3, 9), (40, 50)), "v10")
    rescanning.read_again()
    words = json.loads(case.flags.open().get().evidence)["evidence"]
    assert [(item["start"], item["end"]) for item in words] == [(40, 50)]


def test_it_leaves_a_flag_as_mild_as_a_moderator_made_it(cast, rules):
    case = send(cast)
    rules(finding((3, 9), severity=Severity.EMERGENCY))
    rescanning.read_again()
    flag = case.flags.get()
    triage.acknowledge_flag(case_id=case.pk, flag_id=flag.pk, by=cast.mo)
    change_severity(case_id=case.pk, flag_id=flag.pk, by=cast.mo, severity=Severity.CONCERN, reason="A film.")
    rules(finding((3, 9), severity=Severity.EMERGENCY), "v10")
    rescanning.read_again()
    assert again(case).tier == 2
    assert case.flags.count() == 1


def test_it_takes_a_colleagues_own_flag_for_a_reading_of_that_danger(cast, rules):
    case = send(cast)
    triage.raise_flag(
        case_id=case.pk,
        by=cast.mo,
        category=Category.MEDICAL,
        severity=Severity.EMERGENCY,
        subject=Subject.LOVED_ONE,
        timing=Timing.NOW,
        note="By hand.",
    )
    close(cast, case.flags.get())
    rules(finding((3, 9), category=Category.MEDICAL))
    rescanning.read_again()
    assert not case.flags.open().exists()


def test_it_does_not_take_the_members_own_flag_for_a_reading(cast, rules):
    case = send(cast, danger="yes")
    close(cast, case.flags.get())
    rules(finding((3, 9), category=Category.MEDICAL))
    rescanning.read_again()
    assert case.flags.open().get().source == "scan"


def test_it_reads_the_members_wish_again_and_knows_what_was_closed_of_it(cast, monkeypatch):
    case = make_case(cast, state=State.REVIEWED)
    publication.suggest_change(case_id=case.pk, by=cast.rosa, wish="Please change his age.")
    consent = case.consents.get(void_at__isnull=True)
    consent.wish = DANGER  # as if no rule had seen it when it was written
    consent.save()
    Reading.objects.all().delete()
    rescanning.read_again()
    assert {flag.note for flag in case.flags.open()} == {rescanning.WISH}
    for flag in case.flags.open():
        close(cast, flag)
    Reading.objects.all().delete()
    rescanning.read_again()
    assert not case.flags.open().exists()


def test_it_flags_a_letter_whose_scan_fails_once_and_goes_on(cast, rules):
    case, other = send(cast), send(cast)
    rules(judge.unread("The scan could not read this letter.", "v9"))
    assert rescanning.read_again() == 2
    rules(judge.unread("The scan could not read this letter.", "v10"), "v10")
    assert rescanning.read_again() == 2
    for one in (case, other):
        assert [flag.category for flag in one.flags.all()] == ["unread"]
        assert Reading.objects.get(case=one).has_failed


@pytest.mark.both
def test_it_flags_a_letter_that_cannot_be_opened(cast):
    case, other = send(cast), send(cast)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE qa_letter SET text = %s WHERE id = %s", ["a1:dev:AAAA", case.letter_id])
    Reading.objects.all().delete()
    assert rescanning.read_again() == 2
    assert case.flags.get().category == "unread"
    assert not other.flags.exists()


def test_it_does_not_let_one_fault_hold_up_the_others(cast, monkeypatch):
    cases = [send(cast) for _ in range(3)]
    Reading.objects.all().delete()

    def sometimes(case):
        if case.pk == cases[1].pk:
            raise RuntimeError("boom")
        return Report((), (), "v")

    monkeypatch.setattr(rescanning, "_report_of", sometimes)
    assert rescanning.read_again() == 2
    assert [case.pk for case in rescanning.to_read(scanning.rules_version())] == [cases[1].pk]


@pytest.mark.django_db(transaction=True)
@pytest.mark.both
def test_it_flags_once_when_two_workers_read_at_the_same_time():
    cast = make_cast()
    for _ in range(4):
        intake.submit_letter(by=cast.rosa, text=DANGER, danger="no")
    SafetyFlag.objects.all().delete()
    Reading.objects.all().delete()

    def work():
        rescanning.read_again()
        connections.close_all()

    workers = [Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [case.flags.count() for case in Case.objects.all()] == [2, 2, 2, 2]
