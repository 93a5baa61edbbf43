"""Who wanted to see how a member can be reached, and whether a second person said yes. The address itself stands nowhere here."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from .cases import Case


class ContactQuerySet(models.QuerySet["ContactWish"]):
    """Reads of the wishes."""

    def waiting(self) -> "ContactQuerySet":
        return self.filter(decided_at__isnull=True)

    def standing(self) -> "ContactQuerySet":
        """Granted, or opened at once, and not over yet."""
        return self.filter(open_until__gt=timezone.now())


class ContactWish(models.Model):
    """A moderator's wish to see a contact; the reason is the remark of its event. `is_at_once`: opened without a second yes.

    `open_until` is set with the yes; without it the answer was no, or there is none yet.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="contact_wishes")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    is_at_once = models.BooleanField(default=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    open_until = models.DateTimeField(null=True, blank=True)

    objects = models.Manager.from_queryset(ContactQuerySet)()

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")), name="contact_takes_two_people"
            ),
            models.CheckConstraint(
                condition=Q(open_until__isnull=True) | Q(is_at_once=True) | Q(decided_by__isnull=False),
                name="contact_opened_by_somebody",
            ),
            models.UniqueConstraint(
                fields=["case", "asked_by"], condition=Q(decided_at__isnull=True), name="contact_asked_once"
            ),
        ]

    def __str__(self) -> str:
        return f"wish {self.pk} to see a contact of case {self.case_id}"
