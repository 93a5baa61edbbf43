"""What belongs to one member: their cases, their letters, their draft; and what their story has told already."""

from datetime import datetime

from django.db.models import QuerySet

from accounts.models import User
from accounts.roles import Role
from qa.identity import letters_of, without_letters, without_standing_letters, writer_of
from qa.models import Letter, LetterDraft, Publication, Question

from ..anonymize import Known
from ..models import Case, Finding
from ..models.findings import Place
from ..states import State
from .order import LIGHT, PAGE


def of_member(member: User) -> QuerySet[Case]:
    """The member's own cases, newest first."""
    return Case.objects.filter(letter__in=letters_of(member)).order_by("-submitted_at", "-id")


def to_continue(member: User) -> QuerySet[Case]:
    """Earlier letters that a new one can go on from, newest first."""
    return of_member(member).exclude(state=State.WITHDRAWN).defer(*LIGHT)


def own_letter(member: User, case: Case) -> Letter:
    """The member's own words, for their own pages only."""
    return Letter.objects.filter(pk__in=letters_of(member)).get(pk=case.letter_id)


def story_of(member: User) -> list[Known]:
    """Whom and what this member's earlier letters named, and how it was replaced there."""
    rows = Finding.objects.filter(
        case__letter__in=letters_of(member),
        decision="replaced",
        place__in=[Place.LETTER, Place.REPLY],
        kind__in=["PERSON", "PLACE", "ORG"],
    )
    return [Known(row.text, row.kind, row.replacement, row.person) for row in rows.order_by("id") if row.replacement]


def published_before(case: Case) -> list[Publication]:
    """Standing publications of other letters by the same member; empty once nobody is linked to the letter."""
    writer = writer_of(case.letter_id)
    if writer is None:
        return []
    others = Publication.objects.filter(question__letter__in=letters_of(writer), withdrawn_at__isnull=True)
    return list(others.exclude(question__letter=case.letter_id))


def sender(case: Case) -> User | None:
    """Who sent the letter; for the house itself, when it takes a letter back in their name."""
    return writer_of(case.letter_id)


def draft_of(member: User) -> LetterDraft | None:
    """The member's unsent letter, if there is one; it may be empty."""
    return LetterDraft.objects.filter(member=member).first()


def never_came(*, before: datetime) -> QuerySet[User]:
    """Accounts made for an address that asked for a code, to which nobody ever signed in: no letter, no role."""
    return without_letters(User.objects.filter(last_login__isnull=True, joined_at__lt=before, grants__isnull=True))


def idle(*, before: datetime) -> QuerySet[User]:
    """Members of whom we keep no word and who have not signed in since; rows emptied for good are not among them."""
    return without_standing_letters(User.objects.filter(last_login__lt=before, grants__isnull=True))


def earlier_parts(case: Case) -> list[Question]:
    """The confirmed questions of the letters that this one goes on from, oldest first, without a word of a letter."""
    if case.story is None:
        return []
    reached = [State.TRIAGED, State.DRAFTED, State.REVIEWED, State.PUBLISHED]  # confirmed alone is not passed on
    earlier = Case.objects.filter(story=case.story, letter__lt=case.letter_id, state__in=reached).values("letter")
    return list(Question.objects.filter(letter__in=earlier, confirmed_at__isnull=False).order_by("letter_id"))


def hold_letters_of_writer(case: Case) -> list[int]:
    """Ids of all letters of who wrote this one, held until the end of the transaction; empty once nobody is linked to it."""
    writer = writer_of(case.letter_id)
    return list(letters_of(writer).select_for_update()) if writer else []


def others_of_member(moderator: User, case: Case) -> list[Case]:
    """Other letters of the same member, newest first, for moderators; never who that is."""
    writer = writer_of(case.letter_id) if moderator.holds(Role.MODERATOR) else None
    if writer is None:
        return []
    others = Case.objects.filter(letter__in=letters_of(writer)).exclude(pk=case.pk).defer(*LIGHT)
    return list(others.order_by("-submitted_at", "-id")[:PAGE])
