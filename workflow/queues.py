"""Reads: which cases a person may see, and in which order. Every function knows who asks; no other read path exists.

A row that is not yours does not exist (404), so views fetch only through these.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from django.db.models import Case as Case_
from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, When
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from qa.fulltext import index
from qa.identity import letters_of, without_letters, writer_of
from qa.models import AnswerRevision, HelpLine, Letter, LetterDraft, Publication, Question
from qa.words import tokens

from .anonymize import Known
from .events import Kind
from .models import Case, Consent, Event, Finding, Note, Report, SafetyFlag
from .models.cases import AT_REST
from .models.consents import Choice
from .models.findings import Place
from .models.reports import URGENT
from .safety.words import Severity
from .states import OPEN_STATES, State

_LIGHT = ("member_message",)
PAGE = 50
BOARD = 50
TRAIL = 200
RESTING = "at_rest"  # in an address: private answers that were delivered
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def of_member(member: User) -> QuerySet[Case]:
    """The member's own cases, newest first."""
    return Case.objects.filter(letter__in=letters_of(member)).order_by("-submitted_at", "-id")


def to_continue(member: User) -> QuerySet[Case]:
    """Earlier letters that a new one can go on from, newest first."""
    return of_member(member).exclude(state=State.WITHDRAWN).defer(*_LIGHT)


def own_letter(member: User, case: Case) -> Letter:
    """The member's own words, for their own pages only."""
    return Letter.objects.filter(pk__in=letters_of(member)).get(pk=case.letter_id)


def story_of(member: User) -> list[Known]:
    """Whom and what this member's earlier letters named, and how it was replaced there."""
    rows = Finding.objects.filter(
        case__letter__in=letters_of(member),
        decision="replaced",
        place=Place.LETTER,
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


def names_of_staff() -> list[str]:
    """What our own people are called: no secret of a family."""
    return list(
        User.objects.filter(grants__isnull=False).exclude(called="").values_list("called", flat=True).distinct()
    )


def draft_of(member: User) -> LetterDraft | None:
    """The member's unsent letter, if there is one; it may be empty."""
    return LetterDraft.objects.filter(member=member).first()


def of_moderator(moderator: User) -> QuerySet[Case]:
    """Every case, for a moderator; none for anybody else."""
    if not moderator.holds(Role.MODERATOR):
        return Case.objects.none()
    return Case.objects.all()


def of_expert(expert: User) -> QuerySet[Case]:
    """Cases an expert may see: free ones, those they hold and those they answered. Never before triage."""
    if not expert.holds(Role.EXPERT):
        return Case.objects.none()
    free = Q(state=State.TRIAGED) & (Q(expert__isnull=True) | Q(claim_until__lte=timezone.now()))
    held = Q(expert=expert) | Q(drafted_by=expert)
    reached = [State.TRIAGED, State.DRAFTED, State.REVIEWED, State.PUBLISHED]
    return Case.objects.filter(free | held, state__in=reached)


def in_order(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Danger first, then the longest waiting: the total order of every desk list. Never loads a letter."""
    return cases.select_related("expert").defer(*_LIGHT).order_by("tier", "submitted_at", "id")


def with_facts(cases: QuerySet[Case]) -> QuerySet[Case]:
    """What a row says besides its own columns, without a query per row: open_flags, is_confirmed, the member's reply."""
    confirmed = Question.objects.filter(letter=OuterRef("letter"), confirmed_at__isnull=False)
    replies = Consent.objects.filter(case=OuterRef("pk"), void_at__isnull=True)
    flags = SafetyFlag.objects.open().defer("note", "evidence", "outcome")
    return cases.annotate(
        is_confirmed=Exists(confirmed), reply=Subquery(replies.values("choice")[:1])
    ).prefetch_related(Prefetch("flags", queryset=flags, to_attr="open_flags"))


def open_queue(moderator: User, *, state: str = "") -> QuerySet[Case]:
    """The moderators' queue: everything open, or one state of it."""
    cases = of_moderator(moderator).filter(is_waiting=1)
    if state in OPEN_STATES:
        cases = cases.filter(state=state)
    return in_order(with_facts(cases))


def open_counts(moderator: User) -> dict[str, int]:
    """How many cases the queue holds, by state; in one read."""
    waiting = of_moderator(moderator).filter(is_waiting=1)
    found = dict(waiting.order_by().values_list("state").annotate(number=Count("pk")))
    return {state: found.get(state, 0) for state in OPEN_STATES}


def every_case(moderator: User, *, state: str = "") -> QuerySet[Case]:
    """Every case there is, or those of one state, or private answers that were delivered; newest letters first."""
    cases = with_facts(of_moderator(moderator)).select_related("expert").defer(*_LIGHT).order_by("-id")
    if state == RESTING:
        return cases.filter(AT_REST)
    return cases.filter(state=state) if state in set(State) else cases


def every_case_page(cases: QuerySet[Case], *, after: int | None = None) -> tuple[list[Case], str]:
    """One page of `every_case`, and the mark of its end for the next one (empty on the last page)."""
    found = list((cases.filter(pk__lt=after) if after else cases)[: PAGE + 1])
    return found[:PAGE], str(found[PAGE - 1].pk) if len(found) > PAGE else ""


def beside_the_queue(moderator: User) -> QuerySet[Case]:
    """Cases that are closed or at rest and still need a person: a flag nobody took on, or a wish of the member."""
    flagged = SafetyFlag.objects.unacknowledged().values("case")
    wishes = Consent.objects.filter(choice=Choice.CHANGE, void_at__isnull=True).values("case")
    needed = Q(pk__in=flagged) | (AT_REST & Q(pk__in=wishes))
    return in_order(with_facts(of_moderator(moderator).filter(needed, is_waiting=0)))


def page_of(cases: QuerySet[Case], *, after: str = "", size: int = PAGE) -> tuple[list[Case], str]:
    """One page of a list that is `in_order`, and the mark of its end for the next one (empty on the last page)."""
    if mark := _parse_mark(after):
        tier, sent, number = mark
        later = Q(tier=tier, submitted_at__gt=sent) | Q(tier=tier, submitted_at=sent, id__gt=number)
        cases = cases.filter(Q(tier__gt=tier) | later)
    found = list(cases[: size + 1])
    shown = found[:size]
    return shown, mark_of(shown[-1]) if len(found) > size else ""


def mark_of(case: Case) -> str:
    """Where a case stands in the order."""
    return f"{case.tier}.{(case.submitted_at - _EPOCH) // timedelta(microseconds=1)}.{case.pk}"


def _parse_mark(mark: str) -> tuple[int, datetime, int] | None:
    parts = mark.split(".")
    if len(parts) != 3 or not all(part.isascii() and part.isdigit() and len(part) < 17 for part in parts):
        return None
    tier, micros, number = map(int, parts)
    return min(tier, 9), _EPOCH + timedelta(microseconds=micros), number


def urgent_board(moderator: User) -> QuerySet[SafetyFlag]:
    """Open emergency and urgent flags nobody has acknowledged: pinned on every page of the moderators, unfiltered."""
    if not moderator.holds(Role.MODERATOR):
        return SafetyFlag.objects.none()
    waiting = SafetyFlag.objects.unacknowledged().filter(severity__in=[Severity.EMERGENCY, Severity.URGENT])
    return (
        waiting.select_related("case")
        .defer("case__member_message", "evidence", "note", "outcome")
        .order_by("severity", "raised_at", "id")  # "emergency" comes before "urgent" in the alphabet too
    )


def whole(cases: QuerySet[Case]) -> QuerySet[Case]:
    """What the page of one case needs beside `with_facts`: the people and the answer as it stands. Never the letter."""
    return with_facts(cases).select_related("expert", "draft__written_by", "drafted_by", "approved_by", "publish_by")


def trail_of(moderator: User, case: Case) -> QuerySet[Event]:
    """The audit trail of a case with the remarks, newest first; for moderators only."""
    if not moderator.holds(Role.MODERATOR):
        return Event.objects.none()
    return case.events.select_related("actor", "remark").order_by("-id")


def flags_of(moderator: User, case: Case) -> QuerySet[SafetyFlag]:
    """Every flag of a case: what still waits first, then what is open, then what is closed."""
    if not moderator.holds(Role.MODERATOR):
        return SafetyFlag.objects.none()
    people = ("raised_by", "acknowledged_by", "closed_by")
    return case.flags.select_related(*people).order_by(
        F("closed_at").asc(nulls_first=True), F("acknowledged_at").asc(nulls_first=True), "raised_at", "id"
    )


def wish_of(moderator: User, case: Case) -> str:
    """What the member wants changed, while that wish stands."""
    if not moderator.holds(Role.MODERATOR):
        return ""
    standing = case.consents.filter(choice=Choice.CHANGE, void_at__isnull=True).first()
    return standing.wish if standing else ""


def experts_named_in(moderator: User, trail: Iterable[Event]) -> dict[int, str]:
    """Names for the ids that the trail keeps instead of names."""
    ids = {event.data["expert"] for event in trail if event.data.get("expert")}
    if not moderator.holds(Role.MODERATOR) or not ids:
        return {}
    return {expert.pk: expert.staff_name for expert in User.objects.filter(pk__in=ids)}


def experts(moderator: User) -> QuerySet[User]:
    """Whom a moderator can give a case to."""
    if not moderator.holds(Role.MODERATOR):
        return User.objects.none()
    return User.objects.holding(Role.EXPERT).order_by("called", "pk")


def colleagues(expert: User) -> QuerySet[User]:
    """Other experts who are there today: whom a case can be handed to."""
    if not expert.holds(Role.EXPERT):
        return User.objects.none()
    today = timezone.localdate()
    away = Q(away_from__lte=today, away_until__gte=today)
    return User.objects.holding(Role.EXPERT).exclude(pk=expert.pk).exclude(away).order_by("called", "pk")


def run_out() -> QuerySet[Case]:
    """Cases whose expert has written nothing for as long as a claim lasts."""
    return Case.objects.filter(state=State.TRIAGED, expert__isnull=False, claim_until__lte=timezone.now())


def held_by_absent() -> QuerySet[Case]:
    """Urgent cases that wait for an expert who is away."""
    today = timezone.localdate()
    waiting = Case.objects.filter(state=State.TRIAGED, tier__lte=1)
    return waiting.filter(expert__away_from__lte=today, expert__away_until__gte=today)


def with_notes_for(person: User) -> QuerySet[Case]:
    """Cases whose notes this person may read: all for moderators, those they hold or answered for experts."""
    if person.holds(Role.MODERATOR):
        return of_moderator(person)
    return of_expert(person).filter(Q(expert=person) | Q(drafted_by=person))


def may_read_notes(person: User, case: Case) -> bool:
    return with_notes_for(person).filter(pk=case.pk).exists()


def notes_of(person: User, case: Case) -> QuerySet[Note]:
    """What colleagues noted, oldest first. The only reads of this table are here."""
    return Note.objects.filter(case__in=with_notes_for(person).filter(pk=case.pk)).select_related("by")


def notes_naming(person: User) -> QuerySet[Note]:
    """Notes of the last two weeks that name this person, on cases they may still see."""
    recent = Note.objects.filter(mentions=person, at__gt=timezone.now() - timedelta(days=14))
    return recent.filter(case__in=with_notes_for(person)).select_related("by", "case").order_by("-at", "-id")


def free_for(expert: User) -> QuerySet[Case]:
    """Cases any expert may claim."""
    free = Q(expert__isnull=True) | (Q(claim_until__lte=timezone.now()) & ~Q(expert=expert))
    return in_order(of_expert(expert).filter(free, state=State.TRIAGED))


def held_by(expert: User) -> QuerySet[Case]:
    """Cases that wait for this expert's answer."""
    return in_order(of_expert(expert).filter(state=State.TRIAGED, expert=expert))


def answered_by(expert: User) -> QuerySet[Case]:
    """Cases that this expert's answer has left the desk of: in review, with the member, or published; newest first."""
    done = [State.DRAFTED, State.REVIEWED, State.PUBLISHED]
    mine = of_expert(expert).filter(state__in=done).defer(*_LIGHT)
    return mine.order_by("-state_since", "-id")


def with_questions(cases: Iterable[Case]) -> list[Case]:
    """The cases, each with its question's title, label and topics at hand: two reads however many there are."""
    found = list(cases)
    letters = [case.letter_id for case in found]
    questions = Question.objects.filter(letter_id__in=letters).defer("intro", "text").prefetch_related("topics")
    by_letter = {question.letter_id: question for question in questions}
    for case in found:
        case.__dict__["question"] = by_letter[case.letter_id]
    return found


def returned_among(cases: Iterable[Case]) -> set[int]:
    """Which of these cases the reviewer sent back and nobody has sent in again since."""
    kinds = [Kind.DRAFT_SUBMITTED, Kind.CHANGES_REQUESTED]
    events = Event.objects.filter(case__in=[case.pk for case in cases], kind__in=kinds).order_by("id")
    last = dict(events.values_list("case_id", "kind"))
    return {case_id for case_id, kind in last.items() if case_id and kind == Kind.CHANGES_REQUESTED}


def dangers_of(case: Case) -> QuerySet[SafetyFlag]:
    """What is open on a case, without the words that were read in the letter: what an expert may know."""
    return case.flags.open().defer("note", "evidence", "outcome")


def revisions_of(case: Case) -> QuerySet[AnswerRevision]:
    """Every saved version of the answer, newest first, without its words."""
    return case.question.revisions.select_related("written_by").defer("body")


def last_remark(case: Case, *kinds: Kind) -> Event | None:
    """The latest of these steps, with the words that were typed with it."""
    return case.events.filter(kind__in=kinds).select_related("remark", "actor").order_by("id").last()


def standing_return(case: Case) -> Event | None:
    """The reviewer's comment that waits to be worked in; none once the answer was sent in again."""
    event = last_remark(case, Kind.CHANGES_REQUESTED, Kind.DRAFT_SUBMITTED)
    return event if event and event.kind == Kind.CHANGES_REQUESTED else None


def previous_round(case: Case) -> AnswerRevision | None:
    """The version that the last review saw, when this is not the first round."""
    rounds = case.events.filter(kind=Kind.DRAFT_SUBMITTED).order_by("-id").values_list("data__revision", flat=True)
    numbers = list(rounds[:2])
    return case.question.revisions.filter(number=numbers[1]).first() if len(numbers) == 2 else None


def never_came(*, before: datetime) -> QuerySet[User]:
    """Accounts made for an address that asked for a code, to which nobody ever signed in: no letter, no role."""
    return without_letters(User.objects.filter(last_login__isnull=True, joined_at__lt=before, grants__isnull=True))


def published_pages(moderator: User) -> QuerySet[Publication]:
    """Every page that readers can see, for moderators."""
    if not moderator.holds(Role.MODERATOR):
        return Publication.objects.none()
    return Publication.objects.filter(withdrawn_at__isnull=True).defer("words")


def open_reports(moderator: User) -> QuerySet[Report]:
    """What readers said is wrong and nobody has closed: what could hurt somebody first, then the oldest."""
    if not moderator.holds(Role.MODERATOR):
        return Report.objects.none()
    can_wait = Case_(When(concern__in=URGENT, then=0), default=1)
    waiting = Report.objects.filter(closed_at__isnull=True).select_related("page").defer("page__words")
    return waiting.order_by(can_wait, "at", "id")[:PAGE]


def pages_to_look_at(moderator: User) -> QuerySet[Publication]:
    """Answers whose day has come, the longest overdue first."""
    due = published_pages(moderator).filter(review_by__lte=timezone.localdate())
    return due.order_by("review_by", "pk")[:PAGE]


def pages_with_old_numbers(moderator: User) -> list[tuple[HelpLine, str, list[Publication]]]:
    """Help lines whose number changed, each with the answers that still name the earlier one."""
    found = []
    for line in HelpLine.objects.exclude(earlier_numbers=""):
        for number in line.earlier_numbers.splitlines():
            pages = [page for page in _holding(published_pages(moderator), number) if number in page.answer_html]
            if pages:
                found.append((line, number, pages))
    return found


def _holding(pages: QuerySet[Publication], number: str) -> QuerySet[Publication]:
    return pages.filter(place__in=index.newest([[token] for token in tokens(number)], PAGE * 10))


def case_of_page(moderator: User, page: Publication) -> Case | None:
    """The case a page came from; imported pages have none."""
    return of_moderator(moderator).filter(letter__question__publication=page).defer(*_LIGHT).first()


def earlier_parts(case: Case) -> list[Question]:
    """The confirmed questions of the letters that this one goes on from, oldest first, without a word of a letter."""
    story = Letter.objects.values_list("story", flat=True).get(pk=case.letter_id)
    if story is None:
        return []
    earlier = Letter.objects.filter(story=story, pk__lt=case.letter_id, erased_at__isnull=True).values("pk")
    return list(Question.objects.filter(letter__in=earlier, confirmed_at__isnull=False).order_by("letter_id"))
