"""What a moderator decided about the mail that tells the member of a decision: lines of their own, or not to send it."""

from typing import NamedTuple

from django.db import models
from django.db.models import Q

from qa.encryption import EncryptedTextField
from qa.models.keys import UnderLetterKey

from .events import Event


class WhyNot(models.TextChoices):
    """Why a mail to a member is held back. No words are kept here."""

    OTHERWISE = "otherwise", "Told in another way"
    MISTAKE = "mistake", "It was a mistake"
    UNSAFE = "unsafe", "It would not be safe"


class Wish(NamedTuple):
    """The same, on its way to the event of the decision. Empty: the mail goes as it is."""

    added: str = ""
    why_not: str = ""


AS_IT_IS = Wish()


class MailWish(UnderLetterKey):
    """Belongs to one decision, and so to one mail. `added` is sealed; it goes when the letter is taken back."""

    key_path = "event__case__letter__key"
    event = models.OneToOneField(Event, on_delete=models.PROTECT, related_name="mail_wish")
    added = EncryptedTextField(blank=True)
    why_not = models.CharField(max_length=10, choices=WhyNot, blank=True)

    class Meta:
        verbose_name_plural = "mail wishes"
        constraints = [
            models.CheckConstraint(condition=Q(why_not__in=["", *WhyNot.values]), name="mail_wish_known_reason")
        ]

    def __str__(self) -> str:
        return f"mail wish of event {self.event_id}"
