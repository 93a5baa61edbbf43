"""A page with what a letter and its answer need."""

from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.models import Page


class LetterPage(Page):
    """One letter and its answer."""

    question = models.TextField()
    answer = models.TextField(blank=True)

    content_panels = [*Page.content_panels, FieldPanel("question"), FieldPanel("answer")]
