"""The case: the workflow's record of one letter. Queues read this table and never load a letter."""

import secrets
from collections.abc import Callable, Collection, Mapping
from functools import cached_property
from typing import Any, cast

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django_fsm import FSMField, transition

from accounts.models import User
from qa.blocks import help_lines_in, names_number
from qa.encryption import EncryptedTextField
from qa.identity import is_writer
from qa.models import AnswerRevision, Audience, HelpLine, Letter, Question
from qa.models.keys import BesideLetter
from qa.models.questions import answer_hash, page_hash
from qa.sanitize import plain_text
from qa.tongues import ENGLISH

from .. import policies
from ..anonymize import Identifier, Known, fresh
from ..language import Advice, check
from ..safety.blocks import Block, demanded, hiding, missing
from ..safety.words import PRESSING, Severity
from ..states import BEFORE_AN_ANSWER, MACHINE, OPEN_STATES, State, Step
from .base import WorkflowModel
from .leases import Leased, LeaseQuerySet
from .pauses import Paused
from .stories import InStory

TIERS = {Severity.EMERGENCY: 0, Severity.URGENT: 1, Severity.CONCERN: 2}
NO_DANGER = 3
# A private answer that was delivered waits for nobody (docs/adr/0001).
AT_REST = Q(state=State.REVIEWED.value, audience=Audience.PRIVATE.value)
# What the queue holds. A column of its own, which the database keeps: no planner has to guess that a partial index fits.
# 1 or 0, because Django asks for a boolean in a way for which SQLite reads no index.
WAITING = Q(state__in=[state.value for state in OPEN_STATES], merged_into__isnull=True) & ~AT_REST


def new_public_id() -> str:
    """144 random bits: an address nobody guesses (and ownership is checked all the same)."""
    return secrets.token_urlsafe(18)


Body = Callable[[Any], None]


def _step(step: Step, field: FSMField) -> Callable[[Body], Body]:
    """django-fsm's decorator for one step, filled in from the machine's table and the one file of rules."""
    rule = policies.STEP_RULES[step]
    decorator = transition(
        field=field,
        source=[state.value for state in MACHINE[step].sources],
        target=MACHINE[step].target.value,
        conditions=[need.is_met for need in rule.needs],
        permission=lambda case, person: rule.allows(person, case),
    )
    return cast(Callable[[Body], Body], decorator)


class CaseQuerySet(LeaseQuerySet):
    """Reads that several floors need."""

    def locked(self) -> "CaseQuerySet":
        """Rows held until the end of the transaction; on SQLite the whole transaction is exclusive already."""
        return self.select_for_update(no_key=True, of=("self",))

    def open(self) -> "CaseQuerySet":
        return self.filter(state__in=OPEN_STATES)


class Case(Leased, Paused, InStory, BesideLetter, WorkflowModel):
    """One member's request: state, people, clocks. `version` grows with every change a decision could rest on.

    `tier` mirrors the highest open safety flag (0 emergency … 3 none) so that a queue is one indexed read.
    """

    public_id = models.CharField(max_length=24, unique=True, default=new_public_id, editable=False)
    letter = models.OneToOneField(Letter, on_delete=models.PROTECT, related_name="+")
    state = FSMField(default=State.SUBMITTED.value, choices=[(s.value, s.value) for s in State], protected=True)
    version = models.PositiveIntegerField(default=1)
    tier = models.PositiveSmallIntegerField(default=NO_DANGER)
    audience = models.CharField(max_length=7, choices=Audience, default=Audience.PRIVATE)
    language = models.CharField(max_length=8, default=ENGLISH, db_default=ENGLISH, editable=False)  # of the letter
    is_waiting = models.GeneratedField(
        expression=models.Case(models.When(WAITING, then=models.Value(1)), default=models.Value(0)),
        output_field=models.PositiveSmallIntegerField(),
        db_persist=True,
    )
    may_mail = models.BooleanField(default=True)  # the member: it is safe to write to me about this letter
    submitted_at = models.DateTimeField(default=timezone.now)
    state_since = models.DateTimeField(default=timezone.now)
    first_read_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    publish_at = models.DateTimeField(null=True, blank=True)
    publish_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    draft = models.ForeignKey(AnswerRevision, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True, blank=True)
    approved_hash = models.CharField(max_length=64, blank=True)
    approved_alone = models.BooleanField(default=False, db_default=False)  # by who wrote it, in an emergency

    member_message = EncryptedTextField(blank=True)  # what a declined member reads

    objects = CaseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=[s.value for s in State]), name="known_state"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | Q(drafted_by__isnull=True)
                | ~Q(approved_by=F("drafted_by"))
                | Q(approved_alone=True),
                name="four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(approved_alone=False)
                | (Q(approved_by__isnull=False, publish_at__isnull=True) & ~Q(state=State.PUBLISHED.value)),
                name="nothing_published_that_one_read_alone",
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True, approved_at__isnull=True, approved_hash="")
                | (Q(approved_by__isnull=False, approved_at__isnull=False) & ~Q(approved_hash="")),
                name="approved_who_when_and_what",
            ),
            models.CheckConstraint(
                condition=Q(publish_at__isnull=True, publish_by__isnull=True)
                | Q(publish_at__isnull=False, publish_by__isnull=False, state=State.REVIEWED.value),
                name="scheduled_who_and_when",
            ),
            models.CheckConstraint(
                condition=Q(claim_until__isnull=True) | Q(expert__isnull=False, state=State.TRIAGED.value),
                name="claim_of_a_holder",
            ),
            models.CheckConstraint(
                condition=Q(reviewer__isnull=True, review_until__isnull=True)
                | Q(reviewer__isnull=False, review_until__isnull=False, state=State.DRAFTED.value),
                name="review_of_a_holder",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[State.REVIEWED.value, State.PUBLISHED.value]) | Q(approved_by__isnull=False),
                name="nothing_delivered_without_approval",
            ),
            models.CheckConstraint(condition=Q(tier__lte=NO_DANGER), name="known_tier"),
            models.CheckConstraint(
                condition=Q(merged_into__isnull=True)
                | Q(state__in=[State.SUBMITTED.value, State.TRIAGED.value], claim_until__isnull=True),
                name="merged_while_nobody_answers_it",
            ),
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="merged_into_another"),
            models.CheckConstraint(
                condition=Q(paused_at__isnull=True) | Q(state__in=[state.value for state in BEFORE_AN_ANSWER]),
                name="paused_before_an_answer",
            ),
        ]
        indexes = [
            models.Index(fields=["is_waiting", "tier", "submitted_at", "id", "state"], name="case_queue"),
            models.Index(fields=["expert", "state", "tier", "submitted_at"], name="case_expert"),
            models.Index(fields=["drafted_by", "state_since", "id"], name="case_author"),
            # Beside the foreign key's: where hardly a case is merged, that one's statistics say that it is of no use.
            models.Index(fields=["merged_into"], condition=Q(merged_into__isnull=False), name="case_twins"),
            models.Index(fields=["claim_until"], condition=Q(claim_until__isnull=False), name="case_claim_ends"),
            models.Index(fields=["publish_at"], condition=Q(publish_at__isnull=False), name="case_scheduled"),
        ]

    def __str__(self) -> str:
        return f"case {self.pk}"

    def get_absolute_url(self) -> str:
        """The moderators' page."""
        return reverse("workflow:case", args=[self.public_id])

    # ---- the machine: bodies touch the case's own columns only; anything wider is the action's job -----------------
    @_step(Step.TRIAGE, state)
    def triage(self) -> None:
        """Hand the confirmed question to the experts."""

    @_step(Step.SUBMIT_DRAFT, state)
    def submit_draft(self) -> None:
        """The draft named by `draft` goes to review."""

    @_step(Step.REQUEST_CHANGES, state)
    def request_changes(self) -> None:
        """Back to the expert, with a comment."""

    @_step(Step.APPROVE, state)
    def approve(self) -> None:
        """The answer is vouched for and delivered privately."""
        self.answered_at = self.answered_at or timezone.now()

    @_step(Step.APPROVE_ALONE, state)
    def approve_alone(self) -> None:
        """Delivered privately on the word of whoever wrote it; never published so."""
        self.answered_at = self.answered_at or timezone.now()
        self.approved_alone = True

    @_step(Step.REOPEN, state)
    def reopen(self) -> None:
        """Approval is void; so is any schedule."""
        self.approved_by, self.approved_at, self.approved_hash, self.approved_alone = None, None, "", False
        self.publish_at = self.publish_by = None

    @_step(Step.PUBLISH, state)
    def publish(self) -> None:
        """Public from now on; the schedule, if any, is done."""
        self.publish_at = self.publish_by = None

    @_step(Step.UNPUBLISH, state)
    def unpublish(self) -> None:
        """The answer is private again."""

    @_step(Step.DECLINE, state)
    def decline(self) -> None:
        """No answer here; the member gets a kind message."""
        self.paused_at = None

    @_step(Step.WITHDRAW, state)
    def withdraw(self) -> None:
        """Only the tombstone stays."""
        self.paused_at = None
        self.publish_at = self.publish_by = None

    # ---- what is asked more than once -----------------------------------------------------------------------------
    @cached_property
    def question(self) -> Question:
        """The de-identified text, fetched without ever loading the letter."""
        question = Question.objects.get(letter_id=self.letter_id)
        question.stands_with(self)
        return question

    @cached_property
    def registry(self) -> list[HelpLine]:
        """The help lines, as they were when first asked."""
        return list(HelpLine.objects.all())

    # ---- facts that the policies ask about ------------------------------------------------------------------------
    def is_written_by(self, person: User) -> bool:
        return is_writer(letter_id=self.letter_id, person_id=person.pk)

    def has_unacknowledged_flags(self) -> bool:
        """Its own, and those of letters that are kept as the same as this one."""
        return bool(self.flags_here().unacknowledged().exists())

    def flags_here(self) -> Any:
        """The flags that count for this case: its own, and those of letters that are kept as the same as this one."""
        return self.flags.model.objects.seen_from(self)

    def is_read(self) -> bool:
        return self.first_read_at is not None

    def has_duplicates(self) -> bool:
        return self.duplicates.exists()

    def has_open_emergency(self) -> bool:
        return self.flags.filter(closed_at__isnull=True, severity=Severity.EMERGENCY).exists()

    def has_open_findings(self) -> bool:
        """In the letter or in words for readers; what a reply of the member names has a page of its own."""
        return self.findings.filter(decision="", inquiry__isnull=True).exists()

    def fresh_identifiers(self, *, only: Collection[str] = ()) -> list[tuple[str, Identifier]]:
        """What the engine finds now in the words for readers and no moderator has decided to keep: (field, identifier)."""
        words = self.readers_words()
        return self.identifiers_in({field: text for field, text in words.items() if not only or field in only})

    def identifiers_in(self, words: Mapping[str, str]) -> list[tuple[str, Identifier]]:
        """The same for other words that somebody is about to read, by a name each."""
        findings = self.findings.only("case", "place", "decision", "kind", "person", "text", "replacement")
        said = [phrase for line in self.registry for phrase in line.in_print()]
        ours = hiding(said, {line.key: line.number for line in self.registry})
        known = [
            Known(row.text, row.kind, row.replacement, row.person)
            for row in findings
            if row.place in {"letter", "reply"} and row.decision == "replaced" and row.text
        ]
        return fresh(
            {field: ours(text) for field, text in words.items()},
            known=known,
            kept=[row.text for row in findings if row.decision == "kept"],
            staff=User.objects.filter(grants__isnull=False).exclude(called="").values_list("called", flat=True),
            public=[line.number for line in self.registry],
        )

    def readers_words(self) -> dict[str, str]:
        """The words that others read, by field, as plain text."""
        question = self.question
        words = {field: getattr(question, field) for field in ("title", "label", "intro", "text")}
        return {**words, "answer": self.draft.words if self.draft else ""}

    def has_fresh_identifiers(self) -> bool:
        return bool(self.fresh_identifiers())

    def has_topic(self) -> bool:
        return self.question.topics.exists()

    def has_confirmed_question(self) -> bool:
        question = self.question
        return question.confirmed_at is not None and bool(question.text.strip()) and bool(question.title.strip())

    def has_draft(self) -> bool:
        return self.draft is not None and bool(self.draft.body.strip())

    def demanded_blocks(self) -> list[Block]:
        """The advice that every danger the case ever had, as grave as it ever was, demands of its answer.

        Only what was closed as a false alarm demands none.
        """
        return demanded(self.flags_here().believed().as_grave_as_ever())

    def lacking_blocks(self, body: str) -> list[Block]:
        """What of it these words (sanitized HTML) lack."""
        return missing(blocks, plain_text(body)) if (blocks := self.demanded_blocks()) else []

    def missing_safety_blocks(self) -> list[str]:
        """What of it the answer lacks, in words."""
        return [block.name for block in self.lacking_blocks(self.draft.body if self.draft else "")]

    def has_clean_language(self) -> bool:
        """Nothing in the answer is blocked, but what somebody kept with a reason."""
        found = [advice for advice in self.wording() if advice.is_block]
        return not found or {advice.mark for advice in found} <= self.kept_marks()

    def overdue_lines(self) -> list[str]:
        """Help lines that the answer names, as blocks or by their number, and that nobody has checked since their day.

        Never the emergency numbers: an answer may have to name them.
        """
        if self.draft is None:
            return []
        late = [line for line in self.registry if not line.may_be_offered(today=timezone.localdate())]
        text, blocks = self.draft.words if late else "", help_lines_in(self.draft.body)
        return [line.name for line in late if blocks & {line.name, line.name_es} or names_number(text, line.number)]

    def wording(self, body: str | None = None) -> list[Advice]:
        """What the language help says of the answer, or of these words."""
        text = body if body is not None else self.draft.body if self.draft else ""
        if not text:
            return []
        return check(text, registry=[way for line in self.registry for way in (line.number, line.also)])

    def kept_marks(self) -> set[str]:
        """What was kept with a reason (events of the kind words_kept)."""
        return set(self.events.filter(kind="words_kept").values_list("data__mark", flat=True))

    def has_open_comments(self) -> bool:
        """Somebody commented on the answer, and nobody has resolved it yet."""
        return bool(self.comments.filter(resolved_at__isnull=True).exists())

    def has_asked(self, person: User) -> bool:
        """Somebody at this case asked this person for a comment on the answer."""
        return bool(self.events.filter(kind="colleague_asked", data__colleague=person.pk).exists())

    def has_answer_by(self, person: User) -> bool:
        return self.question.revisions.filter(written_by=person).exists()

    def page_hash(self) -> str:
        """Fingerprint of the page as a reader would see it now; empty without an answer."""
        return page_hash(self.question, self.draft) if self.draft else ""

    def has_standing_approval(self) -> bool:
        """Approved, and the answer is still the very text that was approved."""
        return self.draft is not None and self.approved_hash == answer_hash(self.draft)

    def has_standing_consent(self) -> bool:
        """Agreed to these very words, and to these very readers."""
        return self.consents.standing().filter(page_hash=self.page_hash(), audience=self.audience).exists()

    def is_scheduled(self) -> bool:
        return self.publish_at is not None

    def allows_publication(self) -> bool:
        return self.audience != Audience.PRIVATE

    @property
    def severity(self) -> Severity | None:
        return next((severity for severity, tier in TIERS.items() if tier == self.tier), None)

    @property
    def is_pressing(self) -> bool:
        """An emergency or an urgent danger is open in it."""
        return self.severity in PRESSING
