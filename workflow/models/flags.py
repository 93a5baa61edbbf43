"""Safety flags: a danger found by the scan, by the member or by a person, until somebody acknowledges and closes it."""

from collections import defaultdict
from collections.abc import Collection
from typing import NamedTuple

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from qa.encryption import EncryptedTextField
from qa.models.keys import UnderLetterKey

from ..safety.report import RANK
from ..safety.words import Category, Severity, Subject, Timing
from ..states import State
from .cases import Case
from .events import Event


def _choices(enum: type[Category] | type[Severity] | type[Subject] | type[Timing]) -> list[tuple[str, str]]:
    return [(member.value, member.value.replace("_", " ").capitalize()) for member in enum]


def _rank(severity: str) -> int:
    return RANK[Severity(severity)]


class Source(models.TextChoices):
    """Who raised a flag."""

    SCAN = "scan", "The scan"
    MEMBER = "member", "The member"
    PERSON = "person", "A colleague"


class Verdict(models.TextChoices):
    """What the person who closed a flag found, so that the figures can say how often the scan is right."""

    DANGER = "danger", "Yes, there was"
    FALSE_ALARM = "false_alarm", "No, a false alarm"
    UNKNOWN = "", "Cannot say"


# What is said of a case in which no danger is open any more, by what was found; the gravest finding stands for all.
CALM_WORDS = {
    Verdict.DANGER: "Danger looked after",
    Verdict.UNKNOWN: "Danger looked into and closed",
    Verdict.FALSE_ALARM: "Looked into: a false alarm",
}
NEVER_FLAGGED = "No danger seen"


def calm_words(verdicts: Collection[str]) -> str:
    """What is true of a case without an open flag: what came of those that were closed, or that there never was one."""
    return next((words for verdict, words in CALM_WORDS.items() if verdict in verdicts), NEVER_FLAGGED)


class Danger(NamedTuple):
    """A danger as grave as it ever was taken for, and the rules that named it."""

    category: str
    severity: str
    rules: list[str]


def _opened() -> Exists:
    """Somebody opened the member's words since the flag was raised, or whoever raised it by hand had read them."""
    openings = Event.objects.filter(case=OuterRef("case"), kind__in=["letter_opened", "reply_opened"])
    return Exists(openings.filter(Q(at__gte=OuterRef("raised_at")) | Q(actor=OuterRef("raised_by"))))


class FlagQuerySet(models.QuerySet["SafetyFlag"]):
    def open(self) -> "FlagQuerySet":
        return self.filter(closed_at__isnull=True)

    def believed(self) -> "FlagQuerySet":
        """Open or closed, but not closed as a false alarm."""
        return self.exclude(closed_at__isnull=False, verdict=Verdict.FALSE_ALARM)

    def as_grave_as_ever(self) -> list[Danger]:
        """Whoever makes a flag milder says that it can wait, not that the letter never spoke of it. At most two reads."""
        rows = list(self.values_list("pk", "case", "category", "severity", "rules"))
        changes = Event.objects.filter(kind="flag_changed", case__in={case for _, case, *_ in rows}) if rows else ()
        was = defaultdict(list)
        for change in changes:
            was[change.data["flag"]].append(change.data["from"])
        return [
            Danger(category, max([severity, *was[pk]], key=_rank), rules) for pk, _, category, severity, rules in rows
        ]

    def unacknowledged(self) -> "FlagQuerySet":
        return self.open().filter(acknowledged_at__isnull=True)

    def taken_unopened(self) -> "FlagQuerySet":
        """Open and taken on, and nobody has opened the letter since. Of one that was taken back nothing is left to open."""
        taken = self.open().filter(acknowledged_at__isnull=False).exclude(case__state=State.WITHDRAWN)
        return taken.exclude(_opened())

    def noting_openings(self) -> "FlagQuerySet":
        """With `is_opened`: whether the letter was."""
        return self.annotate(is_opened=_opened())

    def seen_from(self, case: Case) -> "FlagQuerySet":
        """Of a case, and of the letters that are kept as the same as it."""
        same = Case.objects.filter(
            Q(pk=case.pk) | Q(merged_into=case)
        )  # apart: joined, every flag there is would be read
        return self.filter(case__in=same.values("pk"))


class SafetyFlag(UnderLetterKey):
    """One danger: what, how badly, for whom, when; why it was raised; who took it on and what was done."""

    key_path = "case__letter__key"
    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="flags")
    category = models.CharField(max_length=20, choices=_choices(Category))
    severity = models.CharField(max_length=10, choices=_choices(Severity))
    subject = models.CharField(max_length=10, choices=_choices(Subject))
    timing = models.CharField(max_length=6, choices=_choices(Timing))
    source = models.CharField(max_length=6, choices=Source)
    note = EncryptedTextField(blank=True)
    evidence = EncryptedTextField(blank=True)  # JSON of the scan: spans, rules, reasons
    rules = models.JSONField(default=list, blank=True, editable=False)  # ids of the rules it rests on, gravest first
    rules_version = models.CharField(max_length=40, blank=True)
    raised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    raised_at = models.DateTimeField(default=timezone.now)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = EncryptedTextField(blank=True)
    verdict = models.CharField(max_length=11, blank=True, choices=Verdict)

    objects = models.Manager.from_queryset(FlagQuerySet)()

    class Meta:
        ordering = ["raised_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(acknowledged_by__isnull=True, acknowledged_at__isnull=True)
                | Q(acknowledged_by__isnull=False, acknowledged_at__isnull=False),
                name="flag_acknowledged_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(closed_by__isnull=True, closed_at__isnull=True)
                | Q(closed_by__isnull=False, closed_at__isnull=False, acknowledged_at__isnull=False),
                name="flag_closed_after_acknowledged",
            ),
        ]
        indexes = [
            models.Index(
                fields=["severity", "raised_at"],
                condition=Q(acknowledged_at__isnull=True, closed_at__isnull=True),
                name="flag_waiting",
            ),
            models.Index(
                fields=["severity", "acknowledged_at"],
                condition=Q(acknowledged_at__isnull=False, closed_at__isnull=True),
                name="flag_taken_on",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.severity} {self.category} flag of case {self.case_id}"
