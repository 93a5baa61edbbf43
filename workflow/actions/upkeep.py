"""Upkeep: what the service does by itself, by the clock. Safe to run twice and at the same time."""

from datetime import timedelta

from django.utils import timezone

from qa.models import LetterDraft

DRAFT_DAYS = 14


def drop_old_drafts() -> int:
    """Delete unsent letters 14 days after their last change. Returns how many."""
    deleted, _ = LetterDraft.objects.filter(updated_at__lt=timezone.now() - timedelta(days=DRAFT_DAYS)).delete()
    return deleted
