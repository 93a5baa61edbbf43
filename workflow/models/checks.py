"""Who checked a help line, when and how; and what waits for a second person before members are led elsewhere by it."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from qa.models import HelpLine


class LineCheck(models.Model):
    """One check of one entry of the registry."""

    line = models.ForeignKey(HelpLine, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    checked_on = models.DateField()
    review_by = models.DateField()
    source = models.CharField(max_length=200)

    class Meta:
        ordering = ["-checked_on", "-pk"]

    def __str__(self) -> str:
        return f"check of line {self.line_id}"


class LineChangeQuerySet(models.QuerySet["LineChange"]):
    def waiting(self) -> "LineChangeQuerySet":
        """Nobody has said yes or no."""
        return self.filter(decided_at__isnull=True)


class LineChange(models.Model):
    """Numbers that an administrator wants an entry to have: field by field, before and after (docs/adr/0019)."""

    line = models.ForeignKey(HelpLine, on_delete=models.CASCADE, related_name="changes")
    before = models.JSONField()
    after = models.JSONField()
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField(default=timezone.now)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    is_agreed = models.BooleanField(default=False)

    objects = LineChangeQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["line"], condition=models.Q(decided_at__isnull=True), name="line_change_waits_once"
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True) | ~models.Q(decided_by=models.F("proposed_by")),
                name="line_change_decided_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"change {self.pk} of line {self.line_id}"

    @property
    def is_waiting(self) -> bool:
        return self.decided_at is None

    def said(self) -> list[tuple[str, str, str]]:
        """Each field by its name for people, as it was and as it shall be."""
        return [(LABELS.get(name, name), self.before.get(name, ""), text) for name, text in self.after.items()]


# The fields of an entry as people call them, on its form and beside a change.
LABELS = {
    "key": "What cards and playbooks call it",
    "name": "Name",
    "short_name": "Short name",
    "number": "Number, as it is shown",
    "tel": "What a tap dials",
    "when": "When to use it",
    "details": "More about it",
    "also": "Other ways to reach it",
    "hours": "Hours",
    "languages": "Languages",
    "audience": "Who it is for",
    "is_not": "What it is not",
    "country": "Country, two letters",
    "sources": "Where we know it from",
    "certainty": "How sure we are",
    "verified_on": "Last checked",
    "review_by": "To be checked again by",
    "order": "Place in the list",
    "in_strip": "Show it at the top of every page",
    "name_es": "Name, in Spanish",
    "short_name_es": "Short name, in Spanish",
    "number_es": "Number, as it is shown in Spanish",
    "press_es": "What to press for Spanish",
    "when_es": "When to use it, in Spanish",
    "details_es": "More about it, in Spanish",
    "also_es": "Other ways to reach it, in Spanish",
    "hours_es": "Hours, in Spanish",
    "languages_es": "Languages, in Spanish",
    "is_not_es": "What it is not, in Spanish",
}
