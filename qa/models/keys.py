"""A key for each letter: everything written in it or about it is sealed under its own, so that erasing is destroying one row."""

from functools import cached_property
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q

from ..encryption import KEY_ID_CHARS, KEYS_TABLE, DataKey, new_key_id, new_wrapped_key


class LetterKey(models.Model):
    """The key of one letter, of a draft, or of a parked letter: 256 random bits, sealed under a master key of the settings."""

    id = models.CharField(primary_key=True, max_length=KEY_ID_CHARS, default=new_key_id, editable=False)
    wrapped = models.TextField(editable=False)
    letter = models.OneToOneField("qa.Letter", models.CASCADE, null=True, related_name="key")
    draft = models.OneToOneField("qa.LetterDraft", models.CASCADE, null=True, related_name="key")
    parked = models.OneToOneField("qa.ParkedLetter", models.CASCADE, null=True, related_name="key")

    class Meta:
        db_table = KEYS_TABLE
        constraints = [
            models.CheckConstraint(
                condition=Q(letter__isnull=False, draft__isnull=True, parked__isnull=True)
                | Q(letter__isnull=True, draft__isnull=False, parked__isnull=True)
                | Q(letter__isnull=True, draft__isnull=True, parked__isnull=False),
                name="key_of_one_letter",
            )
        ]

    def __str__(self) -> str:
        return f"key {self.pk}"

    @classmethod
    def fresh(cls, **holder: Any) -> "LetterKey":
        """A new key, not saved yet, for the `letter`, `draft` or `parked` letter."""
        key_id = new_key_id()
        return cls(id=key_id, wrapped=new_wrapped_key(key_id), **holder)

    def opened(self) -> DataKey:
        return DataKey.unwrap(self.id, self.wrapped)


class UnderLetterKey(models.Model):
    """Rows whose sealed columns are under the key of a letter. `key_path` leads to it, as a lookup does."""

    key_path: ClassVar[str]

    class Meta:
        abstract = True

    @property
    def letter_key(self) -> LetterKey | None:
        """As the row says that it belongs to. None: the letter has no key (any more), and a master key seals instead."""
        owner = getattr(self, self.key_path.partition("__")[0])
        return owner.letter_key if owner is not None else None


class BesideLetter(UnderLetterKey):
    """Rows that stand next to a letter: the key is found without loading the letter, once for all that stand together."""

    key_path = "letter__key"
    letter_id: int

    class Meta:
        abstract = True

    _beside: UnderLetterKey | None = None

    def stands_with(self, row: UnderLetterKey) -> None:
        """Of the same letter: the key is looked for there."""
        self._beside = row

    @property
    def letter_key(self) -> LetterKey | None:
        return self._beside.letter_key if self._beside else self._own_key

    def forget_key(self) -> None:
        """It was destroyed."""
        self._beside = None
        self.__dict__.pop("_own_key", None)

    @cached_property
    def _own_key(self) -> LetterKey | None:
        # An older release erases without destroying the key; nothing is written under one that is about to go.
        return LetterKey.objects.filter(letter=self.letter_id, letter__erased_at__isnull=True).first()


class HoldsKey(UnderLetterKey):
    """Letters, sent or not: a key comes into being with the first words."""

    key_path = "key"
    key_for: ClassVar[str]  # the column of LetterKey
    text: Any

    class Meta:
        abstract = True

    @property
    def letter_key(self) -> LetterKey | None:
        return getattr(self, "key", None)

    @transaction.atomic(savepoint=False)
    def save(self, *args: Any, **kwargs: Any) -> None:
        is_due = settings.LETTER_KEYS and self.text and self.letter_key is None
        key = LetterKey.fresh(**{self.key_for: self}) if is_due else None
        super().save(*args, **kwargs)
        if key:
            key.save(force_insert=True)
