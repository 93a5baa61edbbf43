"""The page a letter is typed on: what ties the words to one person and one open window."""

import uuid
from dataclasses import dataclass

from django.core import signing

from accounts.models import User
from qa.models import LetterDraft

_SALT = "sheet of a letter"


@dataclass(frozen=True)
class Sheet:
    """Who opened the page, the name of the page, and the save that it began with. Travels signed, as one hidden field."""

    member_id: int
    page: uuid.UUID
    based_on: uuid.UUID

    @classmethod
    def opened(cls, member: User, draft: LetterDraft | None) -> "Sheet":
        """For a page that is shown now, with this draft in it."""
        page = uuid.uuid4()
        return cls(member.pk, page, draft.page if draft else page)

    @classmethod
    def read(cls, token: str) -> "Sheet | None":
        """From the hidden field; nothing when it was not made by us."""
        try:
            member_id, page, based_on = signing.loads(token, salt=_SALT)
        except signing.BadSignature:
            return None
        return cls(member_id, uuid.UUID(page), uuid.UUID(based_on))

    def __str__(self) -> str:
        return signing.dumps([self.member_id, self.page.hex, self.based_on.hex], salt=_SALT)

    @property
    def knows(self) -> set[uuid.UUID]:
        """The saves that this page has seen."""
        return {self.page, self.based_on}


@dataclass(frozen=True)
class Checked:
    """Which save of the draft the member read on the check page, word for word."""

    page: uuid.UUID
    fingerprint: str

    @classmethod
    def of(cls, draft: LetterDraft) -> "Checked":
        return cls(draft.page, draft.fingerprint())

    @classmethod
    def read(cls, token: str) -> "Checked | None":
        """From the hidden field `checked`; nothing when it makes no sense."""
        page, _, fingerprint = token.partition(".")
        try:
            return cls(uuid.UUID(page), fingerprint)
        except ValueError:
            return None

    def __str__(self) -> str:
        return f"{self.page}.{self.fingerprint}"
