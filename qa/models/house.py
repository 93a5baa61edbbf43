"""What the organisation says about itself on readers' pages. It always comes after free help."""

from django.core.exceptions import ValidationError
from django.db import models

from ..sanitize import is_safe_link


class CallToJoin(models.Model):
    """One invitation at the end of letters, in plain words: a group, a membership, a donation."""

    heading = models.CharField(max_length=80)
    text = models.TextField(max_length=600)
    button = models.CharField(max_length=40, help_text="What the button says")
    address = models.URLField(help_text="Where it leads")
    is_shown = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "calls to join"

    def __str__(self) -> str:
        return self.heading

    def clean(self) -> None:
        if not is_safe_link(self.address):
            raise ValidationError({"address": "Give a web address that starts with https://."})
