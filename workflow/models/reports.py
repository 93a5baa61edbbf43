"""Reports: what readers tell us about a page. No account is needed, and nothing about the reader is kept."""

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from qa.encryption import EncryptedTextField
from qa.models import Publication


class Concern(models.TextChoices):
    """What is wrong with a page, in readers' words."""

    RECOGNISED = "recognised", _("I recognize somebody in it, or it is about me")
    UNSAFE = "unsafe", _("It could hurt somebody who follows it")
    ERROR = "error", _("Something in it is wrong or out of date")


URGENT = (Concern.RECOGNISED, Concern.UNSAFE)


class Report(models.Model):
    """One report: what, in which words, an address for our reply if the reader gave one, and what came of it."""

    page = models.ForeignKey(Publication, on_delete=models.CASCADE, related_name="reports")
    concern = models.CharField(max_length=10, choices=Concern)
    words = EncryptedTextField(blank=True)
    reply_to = EncryptedTextField(blank=True)
    outcome = EncryptedTextField(blank=True)
    at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["at"], condition=Q(closed_at__isnull=True), name="report_open")]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True, closed_by__isnull=True)
                | Q(closed_at__isnull=False, closed_by__isnull=False),
                name="report_closed_who_and_when",
            )
        ]

    def __str__(self) -> str:
        return f"report {self.pk} on page {self.page_id}"
