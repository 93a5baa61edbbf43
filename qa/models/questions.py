"""The de-identified question and the expert's answer to it, kept as revisions. Encrypted until published."""

import hashlib
import json
from functools import cached_property

from django.conf import settings
from django.db import models
from django.utils import timezone

from ..encryption import EncryptedTextField
from ..sanitize import plain_text
from .keys import BesideLetter, UnderLetterKey
from .letters import Letter
from .topics import Topic


class Question(BesideLetter):
    """The de-identified text of a letter: what experts see and what may be published.

    `revision` grows with every change of its words; `confirmed_at` says that a moderator vouched for exactly these.
    """

    letter = models.OneToOneField(Letter, on_delete=models.PROTECT, related_name="question")
    title = EncryptedTextField(blank=True)
    label = EncryptedTextField(blank=True)
    intro = EncryptedTextField(blank=True)
    text = EncryptedTextField(blank=True)
    topics = models.ManyToManyField(Topic, blank=True, related_name="+")
    revision = models.PositiveIntegerField(default=1)
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(confirmed_at__isnull=True, confirmed_by__isnull=True)
                | models.Q(confirmed_at__isnull=False, confirmed_by__isnull=False),
                name="question_confirmed_who_and_when",
            )
        ]

    def __str__(self) -> str:
        return f"question {self.pk}"


class AnswerRevision(UnderLetterKey):
    """One saved version of an answer: sanitized HTML (qa/sanitize.py), never changed afterwards."""

    key_path = "question__letter__key"
    question = models.ForeignKey(Question, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    body = EncryptedTextField(blank=True)
    written_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["question", "number"], name="revision_number_once")]

    @cached_property
    def words(self) -> str:
        """Without markup; they never change."""
        return plain_text(self.body)

    def __str__(self) -> str:
        return f"revision {self.number} of question {self.question_id}"


def answer_hash(answer: AnswerRevision) -> str:
    """Fingerprint of an answer's words; an approval is bound to it (SHA-256, hex)."""
    return hashlib.sha256(answer.body.encode()).hexdigest()


def page_hash(question: Question, answer: AnswerRevision) -> str:
    """Fingerprint of every word a reader would see; a consent is bound to it (SHA-256, hex)."""
    words = [question.title, question.label, question.intro, question.text, answer.body]
    return hashlib.sha256(json.dumps(words, ensure_ascii=False).encode()).hexdigest()
