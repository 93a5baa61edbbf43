"""The safety scan becomes flags: at intake, after an edit, and when the rules have changed. A scan that fails flags."""

import json
import logging
import time
from dataclasses import asdict

import sentry_sdk
from django.conf import settings
from django.utils import timezone

from .. import events
from ..events import Kind
from ..models import Case, Reading, SafetyFlag
from ..models.cases import NO_DANGER, TIERS
from ..models.flags import Source
from ..safety import judge
from ..safety.report import RANK, Evidence, Flag, Report
from ..safety.scan import standard_scanner
from ..safety.words import Category, Severity
from .known import what_is_new
from .rulebook import note_trouble, read_by_all, rules_of_now

log = logging.getLogger("allay.safety")


def read_dangers(text: str) -> Report:
    """The scan under a time limit. A fault, a failed rule or a scan that took too long is reported and flags the letter."""
    standard_scanner().make_ready()
    start = time.monotonic()
    report = read_by_all(text)
    seconds = time.monotonic() - start
    if report.failed_rules:
        log.error("the safety scan failed in %s", ", ".join(report.failed_rules))
        sentry_sdk.capture_message("the safety scan failed")
        note_trouble(report.failed_rules)
    if seconds > settings.SAFETY_SCAN_SECONDS:
        log.error("the safety scan took %.1f s", seconds)
        sentry_sdk.capture_message("the safety scan took too long")
        if not report.flags:
            return judge.unread("The scan took too long on this letter.", report.version)
    return report


def pressing_in(text: str) -> list[Category]:
    """What the scan calls an emergency or urgent in words that are not sent yet; nothing of it is kept."""
    return [flag.category for flag in read_dangers(text).flags if RANK[flag.severity] >= RANK[Severity.URGENT]]


def rules_version() -> str:
    """The version of the rules by which letters are read now."""
    return rules_of_now().version


def flags_of(case: Case, report: Report) -> list[SafetyFlag]:
    """Unsaved flags: one for each urgent danger, and one for everything that is only a concern."""
    urgent = [flag for flag in report.flags if RANK[flag.severity] >= RANK[Severity.URGENT]]
    calm = [flag for flag in report.flags if flag not in urgent]
    made = [_flag(case, report, flag, list(flag.evidence)) for flag in urgent]
    if calm:
        made.append(_flag(case, report, calm[0], [item for flag in calm for item in flag.evidence]))
    return made


def retier(case: Case) -> None:
    """The case's tier is its highest open flag. The caller holds the case and saves it.

    What it is kept with, as the same letter, is as pressing as either of them.
    """
    case.tier = _tier_of(case)
    if case.merged_into_id is not None:
        kept = Case.objects.locked().get(pk=case.merged_into_id)
        kept.tier, kept.version = _tier_of(kept), kept.version + 1
        kept.save()


def _tier_of(case: Case) -> int:
    severities = case.flags_here().open().values_list("severity", flat=True)
    return min((TIERS[Severity(severity)] for severity in severities), default=NO_DANGER)


def rescan(case: Case, text: str) -> list[SafetyFlag]:
    """Read a letter again (the caller holds the case): what is new or graver is flagged; nothing is ever lowered.

    What people judged by the same words stays judged (known.py).
    """
    return raise_new(case, read_dangers(text))


def raise_new(case: Case, report: Report) -> list[SafetyFlag]:
    """Flag what a second reading of the letter found and no flag says yet (the caller holds the case)."""
    fresh = flags_of(case, what_is_new(report, case))
    _raise(case, fresh, "rescan")
    return fresh


def read_words(case: Case, text: str, note: str, *, is_again: bool = False) -> list[SafetyFlag]:
    """Read other words of a member (the caller holds the case): urgent and new or graver than what is open is flagged.

    The places of the evidence are not kept: they would point into the letter. `note` says where the words are; when
    they are read again, what was flagged with that note and closed since is known.
    """
    known: dict[str, int] = {}
    for flag in case.flags.all():
        if flag.closed_at is None or (is_again and flag.note == note):
            known[flag.category] = max(known.get(flag.category, 0), RANK[Severity(flag.severity)])
    found = [
        flag for flag in flags_of(case, read_dangers(text)) if RANK[Severity(flag.severity)] >= RANK[Severity.URGENT]
    ]
    fresh = [flag for flag in found if RANK[Severity(flag.severity)] > known.get(flag.category, 0)]
    for flag in fresh:
        flag.evidence, flag.note = "", note
    _raise(case, fresh, "words")
    return fresh


def keep_reading(case: Case, report: Report, *, raised: int, is_first: bool = False) -> None:
    """Remember by which rules the letter was read, so that it is read again when they change."""
    facts = {
        "rules_version": rules_version(),
        "read_at": timezone.now(),
        "raised": raised,
        "has_failed": bool(report.failed_rules) or not report.is_complete,
    }
    if is_first:
        Reading.objects.create(case=case, **facts)
    else:
        Reading.objects.update_or_create(case=case, defaults=facts)


def _raise(case: Case, fresh: list[SafetyFlag], source: str) -> None:
    for flag in fresh:
        flag.save()
        data = {"flag": flag.pk, "category": flag.category, "severity": flag.severity, "source": source}
        events.record(Kind.FLAG_RAISED, case=case, by=None, data=data)
    if fresh:
        retier(case)
        case.save()


def _flag(case: Case, report: Report, flag: Flag, evidence: list[Evidence]) -> SafetyFlag:
    words = {"evidence": [asdict(item) for item in evidence], "set_aside": [asdict(item) for item in report.set_aside]}
    return SafetyFlag(
        case=case,
        category=Category(flag.category),
        severity=flag.severity,
        subject=flag.subject,
        timing=flag.timing,
        source=Source.SCAN,
        evidence=json.dumps(words, ensure_ascii=False),
        rules=_rules_of(evidence, flag.severity),
        rules_version=report.version,
    )


def _rules_of(evidence: list[Evidence], severity: Severity) -> list[str]:
    """The rules that raised it as gravely as it is."""
    return sorted({item.rule for item in evidence if item.severity == severity})
