"""Intake: a letter comes in. Letter, writer, case, question, flags, findings and event in one transaction."""

import hashlib
import logging
import secrets
import uuid
from collections.abc import Collection
from functools import partial

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import User
from qa import keyring
from qa.identity import record_writer
from qa.models import Audience, Danger, Letter, LetterDraft, LetterKey, ParkedLetter, Pause, Publication, Question
from qa.tongues import ENGLISH, written_in

from .. import events, queues
from ..events import Kind
from ..models import Case, MailWish, Remark, SafetyFlag
from ..models.cases import NO_DANGER, TIERS
from ..models.flags import Source
from ..safety.words import Category, Severity, Subject, Timing
from ..states import Act, Step
from ..transitions import Refused, Seen, acting, move
from . import findings, scanning, stories

log = logging.getLogger(
    "allay.erasures"
)  # kept elsewhere, so that a restored backup can be cleaned of what was erased since


class SavedElsewhere(Exception):
    """The draft was saved, sent or wiped in another window since this page was opened. Carries it as it is now."""

    def __init__(self, draft: LetterDraft) -> None:
        super().__init__("saved elsewhere")
        self.draft = draft


@transaction.atomic
def submit_letter(
    *,
    by: User,
    text: str,
    danger: str,
    audience: str = Audience.PRIVATE,
    sent_from: uuid.UUID | None = None,
    may_mail: bool = True,
    continues: int | None = None,
) -> Case:
    """Take in a letter that passed qa.forms.LetterForm. Both scans are part of the transaction; their failure flags."""
    if Pause.standing():
        raise Refused(gettext("We take no new letters just now. Nothing was sent; what you wrote is kept for you."))
    story = _story_of(continues)
    letter = Letter.objects.create(text=text, danger=danger, audience=audience, sent_from=sent_from, story=story)
    record_writer(letter_id=letter.pk, member=by)
    case = Case(letter=letter, audience=audience, may_mail=may_mail, language=written_in(text))
    if continues is not None and story is not None:
        stories.go_on(case, earlier_letter=continues, story=story)
    case.stands_with(letter)
    report = scanning.read_dangers(text)
    flags = [*_flags_of_member(case, danger), *scanning.flags_of(case, report)]
    case.tier = min((TIERS[Severity(flag.severity)] for flag in flags), default=NO_DANGER)
    case.save()
    SafetyFlag.objects.bulk_create(flags)
    scanning.keep_reading(case, report, raised=len(flags), is_first=True)
    words = findings.scan_letter(case, text, story=queues.story_of(by), staff=queues.names_of_staff())
    question = Question(letter=letter, text=words)
    question.stands_with(letter)
    question.save()
    events.record(Kind.CASE_SUBMITTED, case=case, by=by, data={"tier": case.tier, "flags": len(flags)})
    return case


def choose_mail(*, case_id: int, by: User, may_mail: bool) -> Case:
    """The member says whether it is safe to write to them about this letter. Mail that already waits obeys it too."""
    with acting(case_id, Act.CHOOSE_MAIL, by=by) as case:
        if case.may_mail != may_mail:
            case.may_mail = may_mail
            case.save()
            events.record(Kind.MAIL_CHOSEN, case=case, by=by, data={"may_mail": may_mail})
    return case


def withdraw(*, case_id: int, by: User, seen: Seen | None = None) -> Case:
    """The member takes the letter back: the words are erased, the case stays as a tombstone, publication ends."""
    with stories.parting_twins(case_id):
        return move(case_id, Step.WITHDRAW, by=by, seen=seen, prepare=erase_words)


@transaction.atomic
def send_draft(
    *, by: User, page: uuid.UUID, fingerprint: str, may_mail: bool = True, continues: int | None = None
) -> Case | None:
    """Send the draft exactly as the member checked it. Pressed twice, also at once, it is one letter: the second
    press gets the first one's case. None when the draft is not the one that was checked.
    """
    draft = LetterDraft.objects.select_for_update().filter(member=by, page=page).first()
    if draft is None:
        return queues.of_member(by).filter(letter__sent_from=page).first()
    if draft.fingerprint() != fingerprint:
        return None
    words = {"text": draft.text.strip(), "danger": draft.danger, "audience": draft.audience}
    case = submit_letter(by=by, sent_from=page, may_mail=may_mail, continues=continues, **words)
    _empty_draft(by)
    return case


@transaction.atomic
def save_draft(
    *,
    member: User,
    text: str,
    danger: str = "",
    audience: str = "",
    page: uuid.UUID | None = None,
    knows: Collection[uuid.UUID] | None = None,
) -> LetterDraft:
    """Keep what the member has typed so far; one draft a member.

    `page` names this save, `knows` the saves that the open page has seen. Raises SavedElsewhere when another window
    saved in between; the member is shown both. Without `knows` the save always counts.
    """
    page = page or uuid.uuid4()
    draft, is_new = LetterDraft.objects.select_for_update().get_or_create(member=member, defaults={"page": page})
    if not is_new and knows is not None and draft.page not in knows and draft.text != text:
        raise SavedElsewhere(draft)
    draft.text, draft.danger, draft.audience = text, danger, audience
    draft.page, draft.updated_at = page, timezone.now()
    draft.save()
    if not text:
        LetterKey.objects.filter(draft=draft).delete()  # and with it every copy of what stood there
    return draft


def wipe_draft(*, member: User) -> None:
    """Erase all unsent words of a member."""
    _empty_draft(member)
    keyring.drop(ParkedLetter.objects.filter(member=member))


def park_letter(*, member: User, text: str, danger: str = "", audience: str = "") -> str:
    """Keep for a day what a member sent after their sign-in ran out. Returns the secret that fetches it again."""
    secret = secrets.token_urlsafe(32)
    values = {"text": text, "danger": danger, "audience": audience, "parked_at": timezone.now()}
    ParkedLetter.objects.update_or_create(member=member, defaults={**values, "secret_hash": _digest(secret)})
    return secret


def parked_letter(*, member: User, secret: str) -> ParkedLetter | None:
    """What was parked for this member from the browser that holds the secret; nobody else gets anything."""
    return ParkedLetter.objects.filter(member=member, secret_hash=_digest(secret)).first()


def forget_parked(*, member: User, secret: str) -> None:
    """The parked words are safe in the draft now."""
    keyring.drop(ParkedLetter.objects.filter(member=member, secret_hash=_digest(secret)))


def _story_of(letter_id: int | None) -> uuid.UUID | None:
    """The story that a letter belongs to; its first follow-up begins it, also for a page that is there already."""
    if letter_id is None:
        return None
    earlier = Letter.objects.filter(pk=letter_id, erased_at__isnull=True)
    if not earlier.exists():
        return None
    earlier.filter(story__isnull=True).update(story=uuid.uuid4())
    story = earlier.values_list("story", flat=True).get()
    Publication.objects.filter(question__letter=letter_id, withdrawn_at__isnull=True).update(story=story)
    return story


@transaction.atomic
def _empty_draft(member: User) -> None:
    """The empty row stays under a new name, so that a save still under way cannot bring the words back."""
    empty = {"text": "", "danger": "", "audience": "", "page": uuid.uuid4(), "updated_at": timezone.now()}
    LetterDraft.objects.update_or_create(member=member, defaults=empty)
    LetterKey.objects.filter(draft__member=member).delete()


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


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


def erase_words(case: Case) -> None:
    """Everything that anybody wrote in it or about it; who did what and when stays."""
    letter = Letter.objects.get(pk=case.letter_id)
    letter.text, letter.erased_at, letter.story = "", timezone.now(), None
    letter.save()
    stories.let_go(case, by=None)
    case.member_message, case.story, case.language = "", None, ENGLISH  # as every case begins: it tells nothing
    case.findings.all().delete()
    case.notes.all().delete()
    case.comments.all().delete()
    case.inquiries.all().delete()
    case.holds.all().delete()
    case.flags.update(evidence="", note="", outcome="")
    case.consents.filter(void_at__isnull=True).update(void_at=timezone.now())
    case.consents.update(wish="")
    Remark.objects.filter(event__case=case).delete()
    MailWish.objects.filter(event__case=case).update(added="")
    _erase_pages(case.question)
    keyring.destroy(case)  # and with it every copy of all this
    transaction.on_commit(partial(log.info, "erased letter %s", letter.pk))


def _erase_pages(question: Question) -> None:
    question.title = question.label = question.intro = question.text = ""
    question.revision += 1
    question.save()
    question.topics.clear()
    question.revisions.update(body="")
    if publication := Publication.objects.filter(question=question).first():
        publication.withdraw(erase=True)
