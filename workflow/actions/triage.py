"""Triage: moderators read the letter, look after its dangers, de-identify it and pass it on."""

from collections.abc import Iterable, Mapping

from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from qa.models import Letter, Question, Topic

from .. import events
from ..events import Kind
from ..models import AS_IT_IS, Case, SafetyFlag, Wish
from ..models.flags import Source, Verdict
from ..safety.words import Category, Severity, Subject, Timing
from ..states import Act, State, Step
from ..transitions import Refused, Seen, acting, move
from . import asking, findings, handing, scanning, stories

QUESTION_FIELDS = ("title", "label", "intro", "text")


def open_letter(*, case_id: int, by: User) -> str:
    """The letter as sent. Every opening is recorded; the first one stops the clock of the first human read."""
    with acting(case_id, Act.READ_LETTER, by=by) as case:
        text: str = Letter.objects.get(pk=case.letter_id).text
        if case.first_read_at is None:
            case.first_read_at = timezone.now()
            case.save()
        handing.taken_up(case, by=by)
        events.record(Kind.LETTER_OPENED, case=case, by=by)
    return text


def raise_flag(
    *,
    case_id: int,
    by: User,
    category: Category,
    severity: Severity,
    subject: Subject,
    timing: Timing,
    note: str = "",
    seen: Seen | None = None,
) -> SafetyFlag:
    """A person saw a danger. It must be acknowledged like one from the scan, by its finder or another moderator."""
    with acting(case_id, Act.RAISE_FLAG, by=by, seen=seen) as case:
        flag = SafetyFlag.objects.create(
            case=case,
            category=category,
            severity=severity,
            subject=subject,
            timing=timing,
            source=Source.PERSON,
            note=note.strip(),
            raised_by=by,
        )
        _retier(case)
        events.record(Kind.FLAG_RAISED, case=case, by=by, data={"flag": flag.pk, "severity": severity})
    return flag


def acknowledge_flag(*, case_id: int, flag_id: int, by: User) -> SafetyFlag:
    """A moderator takes a danger on. Acknowledging twice changes nothing: the first person stays named."""
    with acting(case_id, Act.ACKNOWLEDGE_FLAG, by=by) as case:
        flag = _flag(case, flag_id)
        if flag.acknowledged_at is None:
            flag.acknowledged_at, flag.acknowledged_by = timezone.now(), by
            flag.save()
            case.version += 1
            case.save()
            events.record(Kind.FLAG_ACKNOWLEDGED, case=case, by=by, data={"flag": flag.pk})
    return flag


def close_flag(*, case_id: int, flag_id: int, by: User, outcome: str, verdict: str = "") -> SafetyFlag:
    """The danger is dealt with. What was done is required and kept with the flag; whether there was danger, if known.

    Who comes second is refused, so that what they typed is given back to them; the same words pressed twice are not.
    """
    with acting(case_id, Act.CLOSE_FLAG, by=by) as case:
        flag = _flag(case, flag_id)
        if flag.closed_by is not None:
            _require_same_closing(case, flag, by, outcome)
            return flag
        if flag.acknowledged_at is None:
            raise Refused("Acknowledge the flag first, then close it.", case=case)
        if not outcome.strip():
            raise Refused("Please write what was done before you close the flag.", case=case)
        flag.closed_at, flag.closed_by, flag.outcome = timezone.now(), by, outcome.strip()
        flag.verdict = Verdict(verdict)
        flag.save()
        _retier(case)
        events.record(Kind.FLAG_CLOSED, case=case, by=by, data={"flag": flag.pk, "verdict": flag.verdict})
    return flag


def save_question(
    *,
    case_id: int,
    by: User,
    seen: Seen | None,
    words: dict[str, str],
    topics: Iterable[Topic] | None = None,
    confirm: bool = False,
    ticked_by: User | None = None,
    mail: Wish = AS_IT_IS,
) -> Case:
    """Keep the de-identified words (title, label, intro, text). `confirm` vouches that nothing identifying is left.

    `ticked_by`: who read them as somebody near the family would, and ticked that nobody could be recognized. Only the
    person who confirms can have done so; it stays in the event.

    Once the case has left the moderators (any state after submitted) words can only be saved confirmed, because
    experts and the member see them. A change of words voids the member's consent; when they have the answer already,
    `mail` says what goes with the mail that asks them to look again.
    """
    act = Act.CONFIRM_QUESTION if confirm else Act.EDIT_QUESTION
    with acting(case_id, act, by=by, seen=seen) as case:
        if confirm and ticked_by != by:
            raise Refused("Read it once as somebody who knows them, then tick the box and confirm it.", case=case)
        if case.state != State.SUBMITTED and not confirm:
            raise Refused("Others can see this text already. Confirm that nothing in it identifies anybody.", case=case)
        question = case.question
        changed = _write_words(question, words)
        if topics is not None:
            question.topics.set(topics)
        if confirm:
            _require_words(question, case)
        is_clear = _is_clear(case, changed=changed)
        confirm = confirm and is_clear
        if confirm:
            question.confirmed_at, question.confirmed_by = timezone.now(), by
        elif changed:
            question.confirmed_at = question.confirmed_by = None
        question.save()
        data = {"nobody_recognized_says": ticked_by.pk} if confirm and ticked_by else {}
        _after_question(case, by, changed=changed, confirmed=confirm, data=data, mail=mail)
    return case


def _is_clear(case: Case, *, changed: bool) -> bool:
    """Look at the words again. Names found in them become findings; where others can see the text, it is refused."""
    if not findings.rescan(case, *findings.READER_FIELDS):
        return True
    if changed and case.state != State.SUBMITTED:
        raise Refused(
            "Something in these words names somebody. Others can see this text: take it out first.", case=case
        )
    return False


def set_topics(*, case_id: int, by: User, topics: Iterable[int], seen: Seen | None = None) -> Case:
    """File a question under topics, while only moderators see it; later they are part of what was confirmed."""
    with acting(case_id, Act.EDIT_QUESTION, by=by, seen=seen) as case:
        if case.state != State.SUBMITTED:
            raise Refused("Others can see this question already. Change its topics beside the letter.", case=case)
        case.question.topics.set(Topic.objects.filter(pk__in=topics))
        case.version += 1
        case.save()
        events.record(Kind.QUESTION_SAVED, case=case, by=by, data={"revision": case.question.revision})
    return case


def assign(*, case_id: int, by: User, expert: User | None, seen: Seen | None = None, reason: str = "") -> Case:
    """Name the expert of a case, or free it again for anybody to claim (expert=None); `reason` when it is taken over."""
    with acting(case_id, Act.ASSIGN, by=by, seen=seen) as case:
        give_to(case, expert)
        case.version += 1
        case.save()
        data = {"expert": expert.pk if expert else None}
        events.record(Kind.EXPERT_ASSIGNED, case=case, by=by, remark=reason, data=data)
    return case


def triage(*, case_id: int, by: User, seen: Seen | None, expert: User | None = None, mail: Wish = AS_IT_IS) -> Case:
    """Pass the confirmed question to the experts: to one by name, or to whoever claims it."""
    return move(
        case_id,
        Step.TRIAGE,
        by=by,
        seen=seen,
        mail=mail,
        prepare=lambda case: give_to(case, expert),
        data={"expert": expert.pk if expert else None},
    )


def decline(*, case_id: int, by: User, seen: Seen | None, reason: str, message: str, mail: Wish = AS_IT_IS) -> Case:
    """No answer from here. `message` is the kind text that the member reads on the status page; `reason` is internal."""
    if not message.strip():
        raise Refused("Please write a kind message to the member before you decline.")

    def prepare(case: Case) -> None:
        case.member_message = message.strip()
        asking.close(case)

    with stories.parting_twins(case_id):
        return move(case_id, Step.DECLINE, by=by, seen=seen, remark=reason, mail=mail, prepare=prepare)


def give_to(case: Case, expert: User | None) -> None:
    """Set or clear the expert on a locked case."""
    if expert is not None and not expert.holds(Role.EXPERT):
        raise Refused("Only an expert can be given a case.", case=case)
    if expert is not None and expert.is_away() and case.expert_id != expert.pk:
        raise Refused(f"{expert.staff_name} is away until {expert.away_until:%B %-d}. Choose somebody else.", case=case)
    case.hold(expert)


def _flag(case: Case, flag_id: int) -> SafetyFlag:
    flag = case.flags.filter(pk=flag_id).first()
    if flag is None:
        raise Refused("That flag is not part of this case.", case=case)
    return flag


def _require_same_closing(case: Case, flag: SafetyFlag, by: User, outcome: str) -> None:
    if flag.closed_by is None or (flag.closed_by == by and flag.outcome == outcome.strip()):
        return
    who = "You" if flag.closed_by == by else flag.closed_by.staff_name
    raise Refused(
        f"{who} closed this flag already. What you typed is below; keep it with the case as a note.", case=case
    )


def _retier(case: Case) -> None:
    scanning.retier(case)
    case.version += 1
    case.save()


def _write_words(question: Question, words: dict[str, str]) -> bool:
    changed = False
    for field in QUESTION_FIELDS:
        if field in words and words[field].strip() != getattr(question, field):
            setattr(question, field, words[field].strip())
            changed = True
    question.revision += changed
    return changed


def _require_words(question: Question, case: Case) -> None:
    if not question.title.strip() or not question.text.strip():
        raise Refused("Give the question a title and a text before you confirm it.", case=case)


def _after_question(
    case: Case, by: User, *, changed: bool, confirmed: bool, data: Mapping[str, int], mail: Wish
) -> None:
    voided = case.consents.filter(void_at__isnull=True).update(void_at=timezone.now()) if changed else 0
    case.version += 1
    is_told = case.state == State.REVIEWED and changed
    if is_told:
        case.publish_at = case.publish_by = None
    case.save()
    kind = Kind.QUESTION_CHANGED if is_told else Kind.QUESTION_CONFIRMED if confirmed else Kind.QUESTION_SAVED
    noted = {"revision": case.question.revision, "voided_consents": voided, **data}
    events.record(kind, case=case, by=by, data=noted, mail=mail if is_told else AS_IT_IS)
