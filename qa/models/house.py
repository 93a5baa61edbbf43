"""What the organisation says about itself on readers' pages. It always comes after free help."""

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone

from ..sanitize import is_safe_link
from ..tongues import SPANISH, speaking


class CallToJoin(models.Model):
    """One invitation at the end of letters, in plain words: a group, a membership, a donation."""

    heading = models.CharField(max_length=80)
    text = models.TextField(max_length=600)
    button = models.CharField(max_length=40, help_text="What the button says")
    address = models.URLField(help_text="Where it leads")
    heading_es = models.CharField(max_length=80, blank=True, help_text="In Spanish; empty: Spanish pages show none")
    text_es = models.TextField(max_length=600, blank=True)
    button_es = models.CharField(max_length=40, blank=True)
    is_shown = models.BooleanField(default=False)

    class Meta:
        verbose_name = "invitation to join"
        verbose_name_plural = "invitations to join"

    def __str__(self) -> str:
        return self.heading

    @classmethod
    def on_this_page(cls) -> "CallToJoin | None":
        """The one that is shown, in the language of the page."""
        shown = cls.objects.filter(is_shown=True).first()
        if shown and speaking() == SPANISH:
            shown.heading, shown.text, shown.button = shown.heading_es, shown.text_es, shown.button_es
        return shown if shown and shown.heading and shown.button else None

    def clean(self) -> None:
        if not is_safe_link(self.address):
            raise ValidationError({"address": "Give a web address that starts with https://."})


class Pause(models.Model):
    """While one stands, no new letter is taken: nobody shall wait for an answer that cannot come. Help lines always stay."""

    words = models.TextField(
        max_length=600, help_text="What members read: why, in plain words. Help lines are shown with it by themselves."
    )
    words_es = models.TextField(max_length=600, blank=True, help_text="The same in Spanish")
    until = models.DateField(null=True, blank=True, help_text="The day letters are taken again, if you know it")
    began_at = models.DateTimeField(default=timezone.now, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=models.Q(ended_at__isnull=True), name="one_pause_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"Paused on {self.began_at:%d %b %Y}" + ("" if self.ended_at is None else " (over)")

    @property
    def said(self) -> str:
        """Why, in the language of the page; in Spanish nothing more than that there is a pause, while nobody wrote it."""
        return self.words_es if speaking() == SPANISH else self.words

    @classmethod
    def standing(cls) -> "Pause | None":
        """The pause that stands now."""
        return cls.objects.filter(ended_at__isnull=True).first()
