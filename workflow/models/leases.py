"""Leases: who works on a case now, and until when. Each is taken by one conditional UPDATE, so that of two people one wins.

An expert holds a case while they write (48 hours from the last save), a moderator while they review (30 minutes).
Leaving the state ends both. Nobody has to remember to let go.
"""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Case as Case_
from django.db.models import F, Q, Value, When
from django.utils import timezone

from accounts.models import User

from ..states import State
from .pauses import PATIENCE

DRAFTING = timedelta(hours=48)
REVIEWING = timedelta(minutes=30)


class LeaseQuerySet(models.QuerySet[Any]):
    """Taking and letting go, one statement each. True says that this call was the one that did it."""

    def take_draft(self, case_id: int, *, by: User) -> bool:
        now = timezone.now()
        free = self.filter(pk=case_id, state=State.TRIAGED, merged_into=None).filter(
            Q(expert=None) | Q(claim_until__lte=now)
        )
        until = Case_(
            When(paused_at__isnull=True, then=Value(now + DRAFTING)),
            default=F("paused_at") + Value(PATIENCE + DRAFTING),
            output_field=models.DateTimeField(),
        )
        return bool(free.update(expert=by, claimed_at=now, claim_until=until, version=F("version") + 1))

    def let_go_of_draft(self, case_id: int, *, held_by: int, expired_at: datetime | None = None) -> bool:
        held = self.filter(pk=case_id, state=State.TRIAGED, expert_id=held_by)
        if expired_at is not None:
            held = held.filter(claim_until__lte=expired_at)
        return bool(held.update(expert=None, claimed_at=None, claim_until=None, version=F("version") + 1))

    def take_review(self, case_id: int, *, by: User) -> bool:
        """Start a review nobody is at, or renew one's own."""
        now = timezone.now()
        free = Q(reviewer=None) | Q(reviewer=by) | Q(review_until__lte=now)
        waiting = self.filter(pk=case_id, state=State.DRAFTED).filter(free)
        return bool(waiting.update(reviewer=by, review_until=now + REVIEWING))

    def seize_review(self, case_id: int, *, by: User, held_by: int) -> bool:
        """Take a review from the person who was seen to hold it."""
        held = self.filter(pk=case_id, state=State.DRAFTED, reviewer_id=held_by)
        return bool(held.update(reviewer=by, review_until=timezone.now() + REVIEWING))


class Leased(models.Model):
    """The columns of both leases. `expert` stays named after the state is left: it is their answer."""

    expert = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    claimed_at = models.DateTimeField(null=True, blank=True)
    claim_until = models.DateTimeField(null=True, blank=True)
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    review_until = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def hold(self, expert: User | None) -> None:
        """Name the expert, with a fresh lease, or nobody."""
        self.expert = expert
        self.claimed_at = timezone.now() if expert else None
        self.claim_until = None
        self.renew_claim()

    def renew_claim(self) -> None:
        """Activity keeps a case: another 48 hours for who holds it; while the member is asked, from when we go on."""
        if self.expert_id and getattr(self, "state", "") == State.TRIAGED:
            self.claim_until = (getattr(self, "paused_until", None) or timezone.now()) + DRAFTING

    def turn_leases(self) -> None:
        """After a step: leases belong to the state that was left; arriving with an expert starts theirs."""
        self.reviewer, self.review_until, self.claim_until = None, None, None
        self.renew_claim()

    def is_claimed(self) -> bool:
        """An expert holds it, and the lease still runs."""
        return self.expert_id is not None and (self.claim_until is None or self.claim_until > timezone.now())

    def is_reviewed_by_another(self, person: User) -> bool:
        """Somebody else is at the review at this moment."""
        until = self.review_until
        return self.reviewer_id not in {None, person.pk} and until is not None and until > timezone.now()
