"""Publication: the member decides about the exact words; moderators publish, schedule and take down."""

import logging
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import User
from qa.models import Audience, Letter, Publication

from .. import events
from ..events import Kind
from ..models import AS_IT_IS, Case, Consent, Wish
from ..models.consents import Choice
from ..states import Act, Step
from ..transitions import Refused, Seen, acting, move
from . import findings, scanning

log = logging.getLogger("allay.workflow")


def consent(
    *,
    case_id: int,
    by: User,
    page_hash: str,
    audience: str,
    may_index: bool = False,
    has_teaser: bool = False,
) -> Consent:
    """The member agrees to the page whose fingerprint they were shown, for members or for everybody.

    `may_index`: search engines may show a public page. `has_teaser`: strangers may see the title of a members' page.
    """
    if audience not in {Audience.MEMBERS, Audience.PUBLIC}:
        raise Refused(gettext("Choose who may read it."))
    with acting(case_id, Act.CONSENT, by=by) as case:
        if page_hash != case.page_hash():
            raise Refused(
                gettext("The text changed since you opened this page. Please read the new words first."), case=case
            )
        given = _reply(case, Choice.AGREED, audience=audience)
        given.may_index = may_index and audience == Audience.PUBLIC
        given.has_teaser = has_teaser and audience == Audience.MEMBERS
        given.save()
        case.audience = audience
        _note(case, by, Kind.CONSENT_GIVEN)
    return given


def refuse_consent(*, case_id: int, by: User) -> Consent:
    """Keep it private. The private answer is not touched by this."""
    with acting(case_id, Act.REFUSE_CONSENT, by=by) as case:
        given = _reply(case, Choice.PRIVATE)
        case.audience = Audience.PRIVATE
        case.publish_at = case.publish_by = None
        _note(case, by, Kind.CONSENT_REFUSED)
    return given


def suggest_change(*, case_id: int, by: User, wish: str) -> Consent:
    """The member says what still identifies somebody, or is wrong; it comes back to the moderators."""
    if not wish.strip():
        raise Refused(gettext("Please write what you would like changed."))
    with acting(case_id, Act.SUGGEST_CHANGE, by=by) as case:
        given = _reply(case, Choice.CHANGE, wish=wish.strip())
        findings.remember_wish(case, wish.strip())
        scanning.read_words(case, wish.strip(), "Read in what the member wants changed.")
        case.publish_at = case.publish_by = None
        _note(case, by, Kind.CHANGE_SUGGESTED)
    return given


@transaction.atomic
def publish(*, case_id: int, by: User, seen: Seen | None, mail: Wish = AS_IT_IS) -> Case:
    """Make the page public, all checks run again in the same transaction."""
    case = move(case_id, Step.PUBLISH, by=by, seen=seen, mail=mail)
    _make_page(case)
    return case


def schedule(*, case_id: int, by: User, seen: Seen | None, at: datetime, mail: Wish = AS_IT_IS) -> Case:
    """Publish later, by `publish_due`. All checks run now and once more then; `mail` is kept for that moment."""
    if at <= timezone.now():
        raise Refused("Choose a time that is still to come.")
    with acting(case_id, Act.SCHEDULE, by=by, seen=seen) as case:
        case.publish_at, case.publish_by = at, by
        _note(case, by, Kind.PUBLICATION_SCHEDULED, data={"at": at.isoformat()}, mail=mail)
    return case


def unschedule(*, case_id: int, by: User, seen: Seen | None) -> Case:
    """Cancel a scheduled publication."""
    with acting(case_id, Act.UNSCHEDULE, by=by, seen=seen) as case:
        case.publish_at = case.publish_by = None
        _note(case, by, Kind.PUBLICATION_UNSCHEDULED)
    return case


def unpublish(*, case_id: int, by: User, seen: Seen | None, reason: str) -> Case:
    """Take the page down at once; its address says 410. The member's consent is void; the private answer stays."""

    def prepare(case: Case) -> None:
        case.consents.filter(void_at__isnull=True).update(void_at=timezone.now())
        for publication in Publication.objects.filter(question=case.question):
            publication.withdraw()

    return move(case_id, Step.UNPUBLISH, by=by, seen=seen, remark=reason, prepare=prepare)


def publish_due() -> int:
    """Publish what is scheduled and due, each in its own transaction; what fails its checks is stopped and reported.

    A fault in one case is logged and holds up no other; that one is tried again the next minute.
    """
    due = Case.objects.filter(publish_at__lte=timezone.now()).order_by("publish_at")
    return sum(_publish_scheduled(case_id) for case_id in due.values_list("pk", flat=True))


def _publish_scheduled(case_id: int) -> bool:
    case = Case.objects.select_related("publish_by").get(pk=case_id)
    if case.publish_by is None:
        return False
    try:
        publish(case_id=case_id, by=case.publish_by, seen=Seen.of(case), mail=_wish_of_schedule(case))
    except Refused as refusal:
        _stop(case_id, refusal.sentence)
        return False
    except Exception:
        log.exception("case %s could not be published as scheduled; it is tried again", case_id)
        return False
    return True


def _wish_of_schedule(case: Case) -> Wish:
    """What the moderator who scheduled it last wanted of the mail."""
    scheduled = case.events.filter(kind=Kind.PUBLICATION_SCHEDULED).select_related("mail_wish").order_by("-id").first()
    wish = getattr(scheduled, "mail_wish", None)
    return Wish(wish.added, wish.why_not) if wish else AS_IT_IS


@transaction.atomic
def _stop(case_id: int, why: str) -> None:
    case = Case.objects.locked().get(pk=case_id)
    if case.publish_at is None:
        return
    case.publish_at = case.publish_by = None
    case.version += 1
    case.save()
    events.record(Kind.PUBLICATION_STOPPED, case=case, by=None, remark=why)


def page_words(case: Case) -> dict[str, object]:
    """Everything a reader will see of a case, as fields of a Publication; the preview and the page share it."""
    question = case.question
    return {
        "title": question.title,
        "label": question.label,
        "intro": question.intro,
        "question_text": question.text,
        "answer_html": case.draft.body if case.draft else "",
        "answered_by": case.drafted_by.public_line if case.drafted_by else "",
        "audience": case.audience,
        "answered_on": timezone.localdate(case.draft.written_at) if case.draft and case.approved_at else None,
        "reviewed_on": timezone.localdate(case.approved_at) if case.approved_at and not case.approved_alone else None,
    }


def _make_page(case: Case) -> None:
    """Write the public snapshot of a case that was just published; an earlier page keeps its address."""
    question = case.question
    words = {**page_words(case), **_terms_of(case), "withdrawn_at": None, "published_at": timezone.now()}
    page = Publication.objects.filter(question=question).first()
    if page is None:
        page = Publication(question=question, slug=Publication.free_slug(question.title))
    for field, value in words.items():
        setattr(page, field, value)
    page.save(topics=question.topics.all())


def _terms_of(case: Case) -> dict[str, object]:
    """What goes with a page besides its words: until when it stands, what the member agreed to, its story."""
    agreed = case.consents.standing().first()
    return {
        "review_by": timezone.localdate() + timedelta(days=round(settings.PAGE_REVIEW_MONTHS * 365 / 12)),
        "may_index": agreed is not None and agreed.may_index,
        "has_teaser": agreed is not None and agreed.has_teaser,
        "story": Letter.objects.values_list("story", flat=True).get(pk=case.letter_id),
    }


def _reply(case: Case, choice: Choice, *, audience: str = "", wish: str = "") -> Consent:
    case.consents.filter(void_at__isnull=True).update(void_at=timezone.now())
    return Consent.objects.create(case=case, page_hash=case.page_hash(), choice=choice, audience=audience, wish=wish)


def _note(case: Case, by: User, kind: Kind, *, data: dict[str, object] | None = None, mail: Wish = AS_IT_IS) -> None:
    case.version += 1
    case.save()
    events.record(kind, case=case, by=by, data=data, mail=mail)
