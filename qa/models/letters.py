"""The letter as the member sent it, and the draft of one not yet sent. Private; nothing public reads these tables.

Who wrote a letter is not here: it is kept apart in qa/identity.py.
"""

import hashlib
import json
import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from ..encryption import EncryptedTextField
from .keys import HoldsKey


class Danger(models.TextChoices):
    """The member's own reply to "Is anyone in danger right now?" """

    NO = "no", _("No")
    UNSURE = "unsure", _("I am not sure")
    YES = "yes", _("Yes")


class Audience(models.TextChoices):
    """Who may one day read the de-identified question and its answer, if the member agrees to the exact words."""

    PRIVATE = "private", _("Only me")
    MEMBERS = "members", _("People who have signed in here")
    PUBLIC = "public", _("Anyone, so that other families can find it")


class Letter(HoldsKey):
    """What the member sent, verbatim: 40 to 25,000 characters of plain text, never edited, erased on withdrawal.

    `sent_from` is the save of the draft that was sent (LetterDraft.page): however often Send is pressed, one letter.
    """

    key_for = "letter"
    text = EncryptedTextField(blank=True)
    danger = models.CharField(max_length=6, choices=Danger)
    audience = models.CharField(max_length=7, choices=Audience, default=Audience.PRIVATE)
    sent_at = models.DateTimeField(default=timezone.now)
    story = models.UUIDField(null=True, blank=True, db_index=True, editable=False)  # shared by letters that go on
    sent_from = models.UUIDField(unique=True, null=True, blank=True, editable=False)
    erased_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(erased_at__isnull=True) | models.Q(text=""), name="erased_letter_is_empty"
            )
        ]

    def __str__(self) -> str:
        return f"letter {self.pk}"


class LetterDraft(HoldsKey):
    """The one unsent letter of a member, saved while they type. Expires 14 days after the last change.

    `page` names the open page that saved last, so that a second window, or a save that arrives late, never overwrites
    unseen. A draft that was sent or wiped stays as an empty row with a new `page`, for the same reason.
    """

    key_for = "draft"
    member = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="letter_draft")
    text = EncryptedTextField(blank=True)
    danger = models.CharField(max_length=6, choices=Danger, blank=True)
    audience = models.CharField(max_length=7, choices=Audience, blank=True)
    page = models.UUIDField(default=uuid.uuid4, editable=False)
    updated_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"draft of person {self.member_id}"

    def fingerprint(self) -> str:
        """What the member saw when they checked their answers; sending is bound to it (SHA-256, hex)."""
        words = [str(self.page), self.text, self.danger, self.audience]
        return hashlib.sha256(json.dumps(words, ensure_ascii=False).encode()).hexdigest()


class ParkedLetter(HoldsKey):
    """What somebody typed whose sign-in had run out, kept for a day: for that member, in that browser, and nobody else.

    The secret is in the browser's session; here is only its SHA-256.
    """

    key_for = "parked"
    member = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    secret_hash = models.CharField(max_length=64)
    text = EncryptedTextField(blank=True)
    danger = models.CharField(max_length=6, choices=Danger, blank=True)
    audience = models.CharField(max_length=7, choices=Audience, blank=True)
    parked_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"parked letter of person {self.member_id}"
