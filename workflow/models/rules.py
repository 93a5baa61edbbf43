"""Local rules: ways of saying danger that administrators added, in versions; trials of them on past letters; their troubles.

Nothing here holds a word of a letter: a trial counts. Examples are the administrator's own and sealed all the same.
"""

from django.conf import settings
from django.db import models
from django.utils import timezone

from qa.encryption import EncryptedTextField

from ..safety.words import CATEGORY_CHOICES, SEVERITY_CHOICES


class RuleWords(models.Model):
    """What a rule says: the same columns in a version and in a trial of one."""

    name = models.CharField(max_length=120)
    category = models.CharField(max_length=20, choices=CATEGORY_CHOICES)
    severity = models.CharField(max_length=10, choices=SEVERITY_CHOICES)
    ways = models.TextField()  # one a line, in the language of workflow/safety/ways.py
    unless = models.TextField(blank=True)
    examples = EncryptedTextField()
    not_examples = EncryptedTextField()
    source = models.CharField(max_length=200)

    class Meta:
        abstract = True


WORDS = ("name", "category", "severity", "ways", "unless", "examples", "not_examples", "source")


class LocalRule(models.Model):
    """One rule; what it says is in its newest version."""

    made_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return f"local.{self.pk}"


class RuleVersionQuerySet(models.QuerySet["RuleVersion"]):
    def newest(self) -> "RuleVersionQuerySet":
        """The version of each rule that holds now."""
        later = RuleVersion.objects.filter(rule=models.OuterRef("rule"), number__gt=models.OuterRef("number"))
        return self.filter(~models.Exists(later))


class RuleVersion(RuleWords):
    """One state of a rule: never changed, only followed by the next."""

    rule = models.ForeignKey(LocalRule, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    is_on = models.BooleanField(default=True)
    why = models.CharField(max_length=200, blank=True)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # Who gave the second yes to these words; nobody for versions from before it was asked for.
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    saved_at = models.DateTimeField(default=timezone.now)

    objects = RuleVersionQuerySet.as_manager()

    class Meta:
        ordering = ["rule", "-number"]
        constraints = [models.UniqueConstraint(fields=["rule", "number"], name="rule_version_once")]

    def __str__(self) -> str:
        return f"local.{self.rule_id} version {self.number}"


class RuleTrialQuerySet(models.QuerySet["RuleTrial"]):
    def waiting(self) -> "RuleTrialQuerySet":
        """Proposed, and nobody has said yes or no."""
        return self.filter(proposed_at__isnull=False, decided_at__isnull=True)


class RuleTrial(RuleWords):
    """What a rule would change on past letters, counted in the background: how far it is, and the counts.

    When it is proposed a second person, a moderator, decides; with their yes it becomes a version and reads letters.
    """

    rule = models.ForeignKey(LocalRule, on_delete=models.CASCADE, null=True, blank=True, related_name="trials")
    based_on = models.PositiveIntegerField(default=0)  # the version that was the newest when this was typed
    started_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField(default=timezone.now)
    cursor = models.PositiveBigIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    raised = models.PositiveIntegerField(default=0)  # letters without any flag that would get one
    graver = models.PositiveIntegerField(default=0)  # letters whose flags say less than this rule
    same = models.PositiveIntegerField(default=0)  # letters that have a flag at least as grave
    lost = models.PositiveIntegerField(default=0)  # letters that the version of now finds and this one does not
    failed = models.PositiveIntegerField(default=0)  # letters in which the rule failed or took too long
    finished_at = models.DateTimeField(null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=200, blank=True)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    proposed_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    refusal = models.CharField(max_length=200, blank=True)  # why not; empty with a yes
    saved_at = models.DateTimeField(null=True, blank=True)

    objects = RuleTrialQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True)
                | (~models.Q(decided_by=models.F("proposed_by")) & ~models.Q(decided_by=models.F("started_by"))),
                name="rule_decided_by_another",
            ),
        ]
        indexes = [
            models.Index(
                fields=["started_at"],
                condition=models.Q(finished_at__isnull=True, cancelled_at__isnull=True),
                name="trial_running",
            )
        ]

    def __str__(self) -> str:
        return f"trial {self.pk}"

    @property
    def is_running(self) -> bool:
        return self.finished_at is None and self.cancelled_at is None

    @property
    def is_waiting(self) -> bool:
        """For a moderator's yes or no."""
        return self.proposed_at is not None and self.decided_at is None


class RuleTrouble(models.Model):
    """A rule that failed or took too long, counted by day: administrators see it; the letters were flagged."""

    rule = models.CharField(max_length=60)
    day = models.DateField()
    times = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-day", "rule"]
        constraints = [models.UniqueConstraint(fields=["rule", "day"], name="rule_trouble_once_a_day")]

    def __str__(self) -> str:
        return f"{self.rule} on {self.day}"
