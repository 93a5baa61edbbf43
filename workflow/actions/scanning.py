"""The safety scan becomes flags: at intake, after an edit, and when the rules have changed. A scan that fails flags."""

import json
import logging
import time
from dataclasses import asdict

import sentry_sdk
from django.conf import settings

from .. import events
from ..events import Kind
from ..models import Case, SafetyFlag
from ..models.cases import NO_DANGER, TIERS
from ..models.flags import Source
from ..safety import judge
from ..safety.report import RANK, Evidence, Flag, Report
from ..safety.scan import scan, standard_scanner
from ..safety.words import Category, Severity

log = logging.getLogger("allay.safety")


def read_dangers(text: str) -> Report:
    """The scan under a time limit. A fault, a failed rule or a scan that took too long is reported and flags the letter."""
    scanner = standard_scanner()
    scanner.make_ready()
    start = time.monotonic()
    report = scan(text, scanner)
    seconds = time.monotonic() - start
    if report.failed_rules:
        log.error("the safety scan failed in %s", ", ".join(report.failed_rules))
        sentry_sdk.capture_message("the safety scan failed")
    if seconds > settings.SAFETY_SCAN_SECONDS:
        log.error("the safety scan took %.1f s", seconds)
        sentry_sdk.capture_message("the safety scan took too long")
        if not report.flags:
            return judge.unread("The scan took too long on this letter.", report.version)
    return report


def flags_of(case: Case, report: Report) -> list[SafetyFlag]:
    """Unsaved flags: one for each urgent danger, and one for everything that is only a concern."""
    urgent = [flag for flag in report.flags if RANK[flag.severity] >= RANK[Severity.URGENT]]
    calm = [flag for flag in report.flags if flag not in urgent]
    made = [_flag(case, report, flag, list(flag.evidence)) for flag in urgent]
    if calm:
        made.append(_flag(case, report, calm[0], [item for flag in calm for item in flag.evidence]))
    return made


def retier(case: Case) -> None:
    """The case's tier is its highest open flag. The caller holds the case and saves it."""
    open_flags = case.flags.open().values_list("severity", flat=True)
    case.tier = min((TIERS[Severity(severity)] for severity in open_flags), default=NO_DANGER)


def rescan(case: Case, text: str) -> list[SafetyFlag]:
    """Read a letter again (the caller holds the case): what is new or graver is flagged; nothing is ever lowered."""
    known: dict[str, int] = {}
    for category, severity in case.flags.values_list("category", "severity"):
        known[category] = max(known.get(category, 0), RANK[Severity(severity)])
    fresh = [
        flag
        for flag in flags_of(case, read_dangers(text))
        if RANK[Severity(flag.severity)] > known.get(flag.category, 0)
    ]
    for flag in fresh:
        flag.save()
        data = {"flag": flag.pk, "category": flag.category, "severity": flag.severity, "source": "rescan"}
        events.record(Kind.FLAG_RAISED, case=case, by=None, data=data)
    if fresh:
        retier(case)
        case.save()
    return fresh


def read_words(case: Case, text: str, note: str) -> list[SafetyFlag]:
    """Read other words of a member (the caller holds the case): urgent and new or graver than what is open is flagged.

    The places of the evidence are not kept: they would point into the letter. `note` says where the words are.
    """
    known: dict[str, int] = {}
    for category, severity in case.flags.open().values_list("category", "severity"):
        known[category] = max(known.get(category, 0), RANK[Severity(severity)])
    found = [
        flag for flag in flags_of(case, read_dangers(text)) if RANK[Severity(flag.severity)] >= RANK[Severity.URGENT]
    ]
    fresh = [flag for flag in found if RANK[Severity(flag.severity)] > known.get(flag.category, 0)]
    for flag in fresh:
        flag.evidence, flag.note = "", note
        flag.save()
        data = {"flag": flag.pk, "category": flag.category, "severity": flag.severity, "source": "words"}
        events.record(Kind.FLAG_RAISED, case=case, by=None, data=data)
    if fresh:
        retier(case)
        case.save()
    return fresh


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
        rules_version=report.version,
    )
