"""Answering: experts claim, write and send an answer for review. They never see the letter."""

from django.db import transaction

from accounts.models import User
from accounts.roles import Role
from qa.models import AnswerRevision
from qa.sanitize import clean_html, plain_text

from .. import events, policies
from ..events import Kind
from ..models import Case
from ..models.findings import Place
from ..states import Act, Step
from ..transitions import Refused, Seen, acting, move
from . import findings


class Overtaken(Refused):
    """Somebody (or another tab) saved a newer revision; both texts are kept and shown side by side."""

    def __init__(self, case: Case, *, newer: AnswerRevision, typed: str) -> None:
        super().__init__(
            "A newer version of this answer was saved meanwhile. Nothing is lost: compare both.", case=case
        )
        self.newer = newer
        self.typed = typed


@transaction.atomic
def claim(*, case_id: int, by: User, seen: Seen | None = None) -> Case:
    """Take a free case, by one conditional UPDATE. Two people at once: one gets it, the other is told."""
    free = Case.objects.filter(state=seen.state, version=seen.version) if seen else Case.objects.all()
    is_taken = by.holds(Role.EXPERT) and free.take_draft(case_id, by=by)
    case = Case.objects.get(pk=case_id)
    if not is_taken:
        raise Refused(policies.why_not(by, Act.CLAIM, case) or "A colleague was a moment faster.", case=case)
    events.record(Kind.CASE_CLAIMED, case=case, by=by)
    return case


def hold_again(*, case_id: int, by: User) -> bool:
    """Take a case back whose claim ran out while this person was writing, if nobody else has it. Nothing typed is lost."""
    case = Case.objects.get(pk=case_id)
    was_theirs = case.has_answer_by(by) or case.events.filter(kind=Kind.CLAIM_EXPIRED, data__expert=by.pk).exists()
    if case.expert_id == by.pk or not was_theirs or not policies.may(by, Act.CLAIM, case):
        return False
    claim(case_id=case_id, by=by)
    return True


def give_back(*, case_id: int, by: User, reason: str, seen: Seen | None = None) -> Case:
    """Return a case so that another expert can take it; what was written stays for them."""
    if not reason.strip():
        raise Refused("Please say in a few words why you give the case back.")
    with acting(case_id, Act.GIVE_BACK, by=by, seen=seen) as case:
        _pass_to(case, None)
        events.record(Kind.CASE_GIVEN_BACK, case=case, by=by, remark=reason)
    return case


def hand_over(*, case_id: int, by: User, to: User, reason: str = "", seen: Seen | None = None) -> Case:
    """Give a case to a colleague who is there; what was written goes with it."""
    with acting(case_id, Act.HAND_OVER, by=by, seen=seen) as case:
        if not to.holds(Role.EXPERT) or to.pk == by.pk:
            raise Refused("Choose a colleague who answers questions.", case=case)
        if to.is_away():
            raise Refused(f"{to.staff_name} is away until {to.away_until:%B %-d}. Choose somebody else.", case=case)
        _pass_to(case, to)
        events.record(Kind.CASE_HANDED_OVER, case=case, by=by, remark=reason, data={"expert": to.pk})
    return case


def _pass_to(case: Case, expert: User | None) -> None:
    case.hold(expert)
    case.version += 1
    case.save()


def save_answer(*, case_id: int, by: User, body: str, based_on: int) -> AnswerRevision:
    """Keep what the expert wrote as a new revision; the same words again make none.

    `based_on` is the number of the revision that the page was opened with (0 for an empty page). When another one
    became the answer since, the words are kept as a revision beside it and Overtaken is raised with both.
    """
    clean = clean_html(body)
    with acting(case_id, Act.WRITE_ANSWER, by=by) as case:
        standing = case.draft
        overtaken = standing is not None and standing.body != clean and standing.number != based_on
        revision = _kept(case, clean, by)
        if not overtaken:
            case.draft = revision
        case.renew_claim()
        case.save()
    if overtaken and standing is not None:
        raise Overtaken(case, newer=standing, typed=clean)
    return revision


def keep_words(*, case_id: int, by: User, mark: str, reason: str, body: str | None = None) -> Case:
    """Let words stay that the language help named; the reason is kept in the trail. `body`: what is being written."""
    if not reason.strip():
        raise Refused("Please say in a few words why this can stay.")
    with acting(case_id, Act.KEEP_WORDS, by=by) as case:
        found = next((advice for advice in case.wording(body) if advice.mark == mark), None)
        if found is None:
            raise Refused("Those words are not in the answer any more.", case=case)
        if mark not in case.kept_marks():
            events.record(Kind.WORDS_KEPT, case=case, by=by, remark=reason, data={"rule": found.key, "mark": mark})
    return case


def restore(*, case_id: int, by: User, number: int, based_on: int) -> AnswerRevision:
    """Make an older revision the answer again, as a new revision; nothing that was written since is lost."""
    with acting(case_id, Act.WRITE_ANSWER, by=by) as case:
        older = case.question.revisions.filter(number=number).first()
        if older is None:
            raise Refused("That version is not part of this answer.", case=case)
    return save_answer(case_id=case_id, by=by, body=older.body, based_on=based_on)


def submit_draft(*, case_id: int, by: User, body: str, based_on: int, seen: Seen | None) -> Case:
    """Save the words and send them to review in one go."""
    revision = save_answer(case_id=case_id, by=by, body=body, based_on=based_on)
    if not plain_text(revision.body):
        raise Refused("There is no answer text yet. Write the answer before you send it for review.")

    def prepare(case: Case) -> None:
        case.draft, case.drafted_by = revision, by
        case.approved_by, case.approved_at, case.approved_hash = None, None, ""
        findings.rescan(case, Place.ANSWER)

    return move(case_id, Step.SUBMIT_DRAFT, by=by, seen=seen, prepare=prepare, data={"revision": revision.number})


def _kept(case: Case, body: str, by: User) -> AnswerRevision:
    """The answer that stands or the last revision when they have these very words, else a new one."""
    last = case.question.revisions.first()
    for known in (case.draft, last):
        if known is not None and known.body == body:
            return known
    number = last.number + 1 if last else 1
    return AnswerRevision.objects.create(question=case.question, number=number, body=body, written_by=by)
