"""Intake: a letter comes in. Letter, writer, case, question, flags, findings and event in one transaction."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from qa.identity import record_writer
from qa.models import Audience, Danger, Letter, LetterDraft, Publication, Question

from .. import events
from ..events import Kind
from ..models import Case, SafetyFlag
from ..models.cases import NO_DANGER, TIERS
from ..models.flags import Source
from ..safety.words import Category, Severity, Subject, Timing
from ..states import Step
from ..transitions import Seen, move


@transaction.atomic
def submit_letter(*, by: User, text: str, danger: str, audience: str = Audience.PRIVATE) -> Case:
    """Take in a letter that passed qa.forms.LetterForm. The safety scan is part of the transaction; its failure flags."""
    letter = Letter.objects.create(text=text, danger=danger, audience=audience)
    record_writer(letter_id=letter.pk, member=by)
    Question.objects.create(letter=letter, text=text)
    case = Case.objects.create(letter=letter, audience=audience)
    flags = _flags_of_member(case, danger)
    SafetyFlag.objects.bulk_create(flags)
    case.tier = min((TIERS[Severity(flag.severity)] for flag in flags), default=NO_DANGER)
    case.save()
    LetterDraft.objects.filter(member=by).delete()
    events.record(Kind.CASE_SUBMITTED, case=case, by=by, data={"tier": case.tier, "flags": len(flags)})
    return case


def withdraw(*, case_id: int, by: User, seen: Seen | None = None) -> Case:
    """The member takes the letter back: the words are erased, the case stays as a tombstone, publication ends."""
    return move(case_id, Step.WITHDRAW, by=by, seen=seen, prepare=_erase_words)


def save_draft(*, member: User, text: str, danger: str = "", audience: str = "") -> LetterDraft:
    """Keep what the member has typed so far; one draft a member, the last save wins."""
    values = {"text": text, "danger": danger, "audience": audience, "updated_at": timezone.now()}
    draft, _ = LetterDraft.objects.update_or_create(member=member, defaults=values)
    return draft


def _flags_of_member(case: Case, danger: str) -> list[SafetyFlag]:
    """ "Is anyone in danger right now?": yes is an emergency, not sure is urgent (docs/safety.md)."""
    severity = {Danger.YES: Severity.EMERGENCY, Danger.UNSURE: Severity.URGENT}.get(Danger(danger))
    if severity is None:
        return []
    why = f"The member answered “{Danger(danger).label}” to “Is anyone in danger right now?”"
    return [
        SafetyFlag(
            case=case,
            category=Category.MEDICAL,
            severity=severity,
            subject=Subject.LOVED_ONE,
            timing=Timing.NOW,
            source=Source.MEMBER,
            note=why,
        )
    ]


def _erase_words(case: Case) -> None:
    letter = Letter.objects.get(pk=case.letter_id)
    letter.text, letter.erased_at = "", timezone.now()
    letter.save()
    case.findings.all().delete()
    case.flags.update(evidence="", note="")
    case.consents.filter(void_at__isnull=True).update(void_at=timezone.now())
    question = case.question
    question.title = question.label = question.intro = question.text = ""
    question.revision += 1
    question.save()
    question.revisions.update(body="")
    if publication := Publication.objects.filter(question=question).first():
        publication.withdraw(erase=True)
