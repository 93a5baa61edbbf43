"""Who checked a help line, when and how: the history behind "last checked"."""

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
