"""Upkeep: what the service does by itself, by the clock. Safe to run twice and at the same time."""

from datetime import timedelta

from django.utils import timezone

from qa.models import LetterDraft, ParkedLetter

DRAFT_DAYS = 14
PARKED_HOURS = 24


def drop_old_drafts() -> int:
    """Delete unsent letters 14 days after their last change. Returns how many."""
    deleted, _ = LetterDraft.objects.filter(updated_at__lt=timezone.now() - timedelta(days=DRAFT_DAYS)).delete()
    return deleted


def drop_parked_letters() -> int:
    """Delete what was parked at an expired sign-in and not fetched within a day. Returns how many."""
    deleted, _ = ParkedLetter.objects.filter(parked_at__lt=timezone.now() - timedelta(hours=PARKED_HOURS)).delete()
    return deleted
