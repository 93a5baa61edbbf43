"""How one person works at the desks: keys, lists kept by name, and how much is good for them in a day."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class DeskHabits(models.Model):
    """Without a row: no keys, no kept lists, no limits.

    `keys` holds only what differs from the usual ones (workflow.keys); `views` are [name, query] pairs of the queue.
    Outside the hours from–until (of the person's own clock) only what is urgent is offered to them.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="desk_habits"
    )
    uses_keys = models.BooleanField(default=False)
    keys = models.JSONField(default=dict, blank=True)
    views = models.JSONField(default=list, blank=True)
    letters_a_day = models.PositiveSmallIntegerField(null=True, blank=True)
    works_from = models.PositiveSmallIntegerField(null=True, blank=True)
    works_until = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "desk habits"
        constraints = [
            models.CheckConstraint(
                condition=Q(works_from__isnull=True, works_until__isnull=True)
                | Q(works_from__lte=23, works_until__lte=23),
                name="working_hours_are_hours",
            )
        ]

    def __str__(self) -> str:
        return f"desk habits of person {self.person_id}"
