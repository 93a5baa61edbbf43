"""Who wrote a letter, kept apart from the words. Only the files named in pyproject's import contract may import this."""

from django.conf import settings
from django.db import models

from accounts.models import User


class Authorship(models.Model):
    """Links a letter to the member who sent it. Deleting the person leaves the letter without a writer."""

    letter = models.OneToOneField("qa.Letter", on_delete=models.CASCADE, related_name="+", primary_key=True)
    member = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")

    class Meta:
        app_label = "qa"

    def __str__(self) -> str:
        return f"authorship of letter {self.letter_id}"


def record_writer(*, letter_id: int, member: User) -> None:
    """Remember who sent a letter."""
    Authorship.objects.create(letter_id=letter_id, member=member)


def writer_of(letter_id: int) -> User | None:
    """The member who sent a letter; None once the account or the link is erased."""
    row = Authorship.objects.select_related("member").filter(letter_id=letter_id).first()
    return row.member if row else None


def writers_of(letter_ids: list[int]) -> dict[int, User]:
    """The same for several letters at once, with their roles."""
    rows = Authorship.objects.filter(letter__in=letter_ids).select_related("member")
    found = {row.letter_id: row.member for row in rows}
    User.objects.know_roles(list(found.values()))
    return found


def letters_by(member_ids: list[int]) -> models.QuerySet[Authorship, tuple[int, int]]:
    """Letters of several members, each with its member."""
    return Authorship.objects.filter(member__in=member_ids).values_list("letter_id", "member_id")


def is_writer(*, letter_id: int, person_id: int) -> bool:
    return Authorship.objects.filter(letter_id=letter_id, member_id=person_id).exists()


def letters_of(member: User) -> models.QuerySet[Authorship, int]:
    """Ids of the member's letters, for use as a subquery."""
    return Authorship.objects.filter(member=member).values_list("letter_id", flat=True)


def without_standing_letters(people: models.QuerySet[User]) -> models.QuerySet[User]:
    """Those of the people of whom no word of a letter is kept any more."""
    return people.exclude(pk__in=Authorship.objects.filter(letter__erased_at__isnull=True).values("member"))


def without_letters(people: models.QuerySet[User]) -> models.QuerySet[User]:
    """Those of the people who never sent a letter."""
    return people.exclude(pk__in=Authorship.objects.values("member"))
