"""Publications: the only table the reading room reads, so that an unpublished letter cannot leak by a missing filter."""

import re
from typing import Any

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac

from ..sanitize import plain_text
from ..words import folded
from .letters import Audience
from .questions import Question
from .topics import Topic

_ERASED = re.compile(r"gone_[0-9a-f]{40}")


def erased_slug(slug: str) -> str:
    """What is kept in place of an erased page's address: enough to say 410 to who asks for it, and nothing to read."""
    return "gone_" + salted_hmac("address of an erased page", slug, algorithm="sha256").hexdigest()[:40]


class Publication(models.Model):
    """The public snapshot of one question and its approved answer. Withdrawn ones keep their address and say 410."""

    slug = models.SlugField(max_length=80, unique=True)
    question = models.OneToOneField(
        Question, on_delete=models.SET_NULL, null=True, blank=True, related_name="publication"
    )
    title = models.CharField(max_length=160)
    label = models.CharField(max_length=80, blank=True)
    intro = models.TextField(blank=True)
    question_text = models.TextField()
    answer_html = models.TextField()
    answered_by = models.CharField(max_length=160, blank=True)
    words = models.TextField(blank=True, editable=False, help_text="What search looks through; written by save()")
    topics = models.ManyToManyField(Topic, blank=True, related_name="publications")
    audience = models.CharField(max_length=7, choices=[(Audience.MEMBERS, "Members"), (Audience.PUBLIC, "Public")])
    answered_on = models.DateField()
    reviewed_on = models.DateField()
    published_at = models.DateTimeField(default=timezone.now)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-published_at", "-id"]
        indexes = [
            models.Index(
                fields=["-published_at", "-id"],
                condition=models.Q(withdrawn_at__isnull=True),
                name="publication_shown",
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(audience__in=[Audience.MEMBERS, Audience.PUBLIC]), name="publication_audience"
            )
        ]

    def __str__(self) -> str:
        return self.title

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Keeps `words` in step with what the page says."""
        self.words = folded(self.title, self.label, self.intro, self.question_text, plain_text(self.answer_html))
        super().save(*args, **kwargs)

    def get_absolute_url(self) -> str:
        return reverse("qa:publication", args=[self.slug])

    def withdraw(self, *, erase: bool = False) -> None:
        """Take the page down: its address says 410 from now on, and its words are here no more; the sealed question
        and answer keep them for the member. With `erase` the address goes too, which is made of the title's words.
        """
        self.withdrawn_at = self.withdrawn_at or timezone.now()
        self.title = self.label = self.intro = self.question_text = self.answer_html = ""
        if erase and not _ERASED.fullmatch(self.slug):
            self.slug = erased_slug(self.slug)
            self.topics.clear()
        self.save()
