"""From the scan to flags on a case: at intake, on a failure, on a rescan."""

import json
from types import SimpleNamespace

import pytest

from tests.cast import LETTER, again, make_case
from workflow.actions import intake, publication, scanning, triage
from workflow.models import Event, SafetyFlag
from workflow.safety import scan as scan_module
from workflow.states import State

pytestmark = pytest.mark.once

DANGER = "My son is on the bathroom floor and I cannot wake him. His lips are blue. He said he wants to die on Monday."


def send(cast, text, danger="no"):
    return intake.submit_letter(by=cast.rosa, text=text, danger=danger)


@pytest.mark.both
def test_it_flags_what_the_scan_finds_with_its_evidence(cast):
    case = send(cast, DANGER)
    assert case.tier == 0
    flags = {flag.category: flag for flag in case.flags.all()}
    assert flags["overdose"].severity == "emergency"
    assert flags["suicide"].severity == "urgent"
    words = json.loads(flags["overdose"].evidence)
    quoted = {DANGER[item["start"] : item["end"]] for item in words["evidence"]}
    assert "cannot wake" in quoted
    assert all(item["reason"] and item["rule"] for item in words["evidence"])
    assert flags["overdose"].rules_version == scan_module.standard_scanner().book.version


def test_it_makes_the_rules_ready_before_the_clock_of_a_letter_runs(monkeypatch):
    done = []
    monkeypatch.setattr(scanning, "standard_scanner", scan_module.standard_scanner)
    monkeypatch.setattr(scan_module.Scanner, "make_ready", lambda scanner: done.append("made ready"))
    monkeypatch.setattr(scanning, "time", SimpleNamespace(monotonic=lambda: done.append("clock") or 0.0))
    monkeypatch.setattr(scanning, "read_by_all", lambda text: done.append("read") or scan_module.scan(text))
    scanning.read_dangers(DANGER)
    assert done == ["made ready", "clock", "read", "clock"]


def test_it_leaves_a_letter_without_danger_alone(cast):
    case = make_case(cast)
    assert case.tier == 3
    assert not case.flags.exists()


def test_it_makes_one_flag_of_everything_that_is_only_a_concern(cast):
    case = send(cast, LETTER + " He was in detox and uses fentanyl, he screams at me and I cry every day.")
    assert [flag.severity for flag in case.flags.all()] == ["concern"]
    assert case.tier == 2


def test_it_takes_the_letter_and_flags_it_when_the_scan_breaks(cast, monkeypatch):
    def broken(*args, **kwargs):
        raise RuntimeError("boom")

    monkeypatch.setattr(scan_module, "sentences", broken)
    case = send(cast, LETTER)
    assert case.flags.get().category == "unread"
    assert case.tier == 2


def test_it_flags_a_letter_whose_scan_took_too_long(cast, monkeypatch, settings):
    settings.SAFETY_SCAN_SECONDS = -1
    case = send(cast, LETTER)
    assert case.flags.get().category == "unread"


def test_it_flags_only_what_is_new_or_graver_when_it_reads_again(cast):
    case = send(cast, LETTER)
    assert scanning.rescan(case, LETTER) == []
    fresh = scanning.rescan(case, DANGER)
    assert {flag.category for flag in fresh} == {"overdose", "suicide"}
    assert again(case).tier == 0
    assert scanning.rescan(case, DANGER) == []
    assert scanning.rescan(case, LETTER) == []
    assert again(case).tier == 0
    assert Event.objects.filter(case=case, kind="flag_raised").count() == 2
    assert SafetyFlag.objects.filter(case=case).count() == 2


def test_it_reads_what_a_member_wants_changed_and_never_counts_a_closed_flag_as_known(cast):
    case = make_case(cast, state=State.REVIEWED)
    publication.suggest_change(case_id=case.pk, by=cast.rosa, wish="Please change his age.")
    assert not case.flags.exists()
    for number in (1, 2):
        publication.suggest_change(case_id=case.pk, by=cast.rosa, wish=DANGER)
        publication.suggest_change(case_id=case.pk, by=cast.rosa, wish=DANGER)
        assert again(case).tier == 0
        flags = case.flags.open()
        assert (len(flags), case.flags.count()) == (2, 2 * number)
        assert {flag.note for flag in flags} == {"Read in what the member wants changed."}
        for flag in flags:
            triage.acknowledge_flag(case_id=case.pk, flag_id=flag.pk, by=cast.mo)
            triage.close_flag(case_id=case.pk, flag_id=flag.pk, by=cast.mo, outcome="Called.")
