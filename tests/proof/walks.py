"""Random walks: every step is taken by the product and by the reference model (model.py), and both must agree.

A walk is a letter and some hundred steps by random people, many of them not allowed, some on a page that is stale.
After each one that is taken the whole case is read from the database and compared. Refused means refused: no event, and
nothing else that the next comparison would find.
"""

import copy
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine
from django.db import transaction

from qa.models import Publication
from tests.cast import Cast, topic
from tests.proof.model import DAY, EXPERTS, HOUR, MODERATORS, WRITER, Flag, Model
from workflow.actions import (
    alone,
    answering,
    asked,
    asking,
    comments,
    findings,
    handing,
    holding,
    intake,
    publication,
    review,
    triage,
)
from workflow.models import Case
from workflow.models.comments import CommentKind
from workflow.safety.words import Category, Severity, Subject, Timing
from workflow.transitions import Refused, Seen

LETTER = "My son came home a few days ago. I am so tired and I do not know what to say to him at night."
WORDS = [
    {},
    {
        "title": "When he comes home at night",
        "label": "A mother",
        "intro": "",
        "text": "What do I say to him at night?",
    },
    {
        "title": "When he is home again",
        "label": "A parent",
        "intro": "",
        "text": "How do I speak with him in the evening?",
    },
]
ANSWERS = [
    "<p>You are doing a great deal already. Choose a calm hour.</p>",
    "<p>Speak with him in the morning. Call 911 if he cannot be woken. You can call 988 at any hour.</p>",
    "<p>Say what you saw, and nothing else. Call 911 at once in danger. You can call 988 yourself.</p>",
]
EVERYBODY = ["rosa", "bela", "erin", "theo", "mo", "dana", "mora", "ada"]
BEGAN = datetime(2026, 3, 3, 15, 0, tzinfo=UTC)
Taken = tuple[str, Callable[[Model], Any], Callable[[], object]]


class Difference(AssertionError):
    """The product and the model do not agree; says after which steps."""


@dataclass
class Walk:
    """One letter, walked in the product and in the model."""

    cast: Cast
    dice: random.Random
    clock: Any
    counts: Counter[str]

    def __post_init__(self) -> None:
        self.trail: list[str] = []
        danger = self.dice.choice(["no", "no", "yes", "unsure"])
        audience = self.dice.choice(["private", "members", "public"])
        self.case = intake.submit_letter(by=self.cast.rosa, text=LETTER, danger=danger, audience=audience)
        flags = [Flag(flag.severity) for flag in self.case.flags.all()]
        for found in self.case.flags.exclude(category=Category.MEDICAL):  # what the scan makes of it is not asked here
            raise Difference(f"the letter of the walk is flagged as {found.category}")
        for flag in flags:
            flag.severity = "medical" if flag.severity == "urgent" else flag.severity
        self.model = Model(audience=audience, flags=flags)
        self.names = {person.pk: name for name, person in self.cast.everybody().items()}
        self.events = self._events()

    # ---- one step -----------------------------------------------------------------------------------------------
    def step(self) -> None:
        self.counts["steps"] += 1
        self.counts[f"in {self.model.state}"] += 1
        if self.dice.random() < 0.04:
            self._let_time_pass()
            self.compare()
        elif self._try():
            self.compare()

    def _try(self) -> bool:
        """Whether it happened. What a refused step changed all the same is found when the next one that happens is compared."""
        names, in_model, in_product = self._next()
        self.trail.append(f"{names} at {self.model.now} min")
        expected = bool(in_model(self.model))
        try:
            in_product()
            happened = True
        except Refused:
            happened = False
        self.counts["taken" if happened else "refused"] += 1
        if happened != expected:
            raise Difference(f"{self._said()}: the product says {happened}, the model {expected}")
        if not happened and not names.startswith(("save_answer", "submit_draft")) and self._events() != self.events:
            raise Difference(f"{self._said()}: refused, and yet there is an event")
        return happened

    def _let_time_pass(self) -> None:
        minutes = self.dice.choice([5, 31, 31, 6 * HOUR, 49 * HOUR, 8 * DAY])
        self.trail.append(f"{minutes} minutes pass")
        self.clock.shift(timedelta(minutes=minutes))
        holding.tend()
        asking.go_on_without()
        publication.publish_due()
        self.model.wait(minutes)
        self.counts["time"] += 1

    def _next(self) -> Taken:
        """Any step by anybody, or (half of the time) one that the model takes: a walk of refusals would not get far."""
        wanted = self.dice.random()
        onward = FORWARD.get(self.model.state, []) if wanted < 0.35 else []
        for _ in range(12 if wanted < 0.6 else 0):
            chosen = self._choose(onward or list(STEPS))
            if chosen[1](copy.deepcopy(self.model)):
                return chosen
        return self._choose(list(STEPS))

    def _choose(self, names: list[str]) -> Taken:
        """A step, by one of those who may be able to or by anybody; a tenth on a page that is stale."""
        name = self.dice.choice(names)
        if name in RARE and self.dice.random() < RARE[name]:
            name = "save_answer"
        likely = STEPS[name]
        who = self.dice.choice(sorted(likely) if self.dice.random() < 0.7 else EVERYBODY)
        if name in {"triage", "submit_draft", "approve", "publish"} and self.dice.random() < 0.1:
            return self._stale(name, who)
        taken: Taken = getattr(self, f"_{name}")(who)
        return taken

    def _now(self) -> Case:
        return Case.objects.get(pk=self.case.pk)

    def _stale(self, name: str, who: str) -> Taken:
        """What was on the screen is not there any more: refused, whoever it is and whatever the case."""
        by, seen = self._person(who), Seen("submitted", 0)
        words: dict[str, Any] = {"case_id": self.case.pk, "by": by, "seen": seen}
        if name == "submit_draft":
            body = self.dice.choice(ANSWERS)
            standing = self.model.draft
            return (
                f"submit_draft by {who}, stale",
                lambda model: model.submit_draft(who, body, standing, is_stale=True),
                lambda: answering.submit_draft(**words, body=body, based_on=standing),
            )
        steps: dict[str, Callable[..., object]] = {
            "triage": triage.triage,
            "approve": review.approve,
            "publish": publication.publish,
        }
        step = steps[name]
        return f"{name} by {who}, stale", lambda model: False, lambda: step(**words)

    def _person(self, who: str) -> Any:
        return getattr(self.cast, who)

    def _take(self, name: str, who: str, real: Callable[..., object], *given: Any, **more: Any) -> Taken:
        """`given` goes to the model's method of that name, `more` to the product's action."""
        words = {"case_id": self.case.pk, "by": self._person(who), **more}
        return f"{name} by {who} {given}", lambda model: getattr(model, name)(who, *given), lambda: real(**words)

    def _seen(self) -> dict[str, Seen]:
        return {"seen": Seen(self.model.state, self.model.version)}

    # ---- the steps ----------------------------------------------------------------------------------------------
    def _open_letter(self, who: str) -> Taken:
        return self._take("open_letter", who, triage.open_letter)

    def _raise_flag(self, who: str) -> Taken:
        severity = self.dice.choice(["emergency", "urgent", "concern"])
        kind = Category.MEDICAL if severity == "emergency" else Category.SELF_HARM
        about = {"subject": Subject.LOVED_ONE, "timing": Timing.NOW, "category": kind, "severity": Severity(severity)}
        return self._take("raise_flag", who, triage.raise_flag, severity, **about)

    def _number(self, things: list[Any]) -> int:
        return self.dice.randrange(len(things)) if things else -1

    def _flag_id(self, number: int) -> int:
        return list(self.case.flags.order_by("id").values_list("id", flat=True))[number]

    def _take_flag(self, who: str) -> Taken:
        if (number := self._number(self.model.flags)) < 0:
            return self._raise_flag(who)
        return self._take("take_flag", who, triage.acknowledge_flag, number, flag_id=self._flag_id(number))

    def _close_flag(self, who: str) -> Taken:
        if (number := self._number(self.model.flags)) < 0:
            return self._raise_flag(who)
        more = {"flag_id": self._flag_id(number), "outcome": "They are safe."}
        return self._take("close_flag", who, triage.close_flag, number, **more)

    def _hand_on(self, who: str) -> Taken:
        return self._take("hand_on", who, handing.hand_on)

    def _write_words(self, who: str) -> Taken:
        number, confirm = self.dice.choice([1, 1, 2]), self.dice.random() < 0.7
        more = {"case_id": self.case.pk, "by": self._person(who), "words": WORDS[number], **self._seen()}
        tick: dict[str, Any] = {
            "topics": [topic()],
            "confirm": confirm,
            "ticked_by": self._person(who) if confirm else None,
        }
        return (
            f"write_words by {who} {number} {confirm}",
            lambda model: model.write_words(who, number, confirm=confirm),
            lambda: triage.save_question(**more, **tick),
        )

    def _settle_wish(self, who: str) -> Taken:
        row = self.case.findings.filter(decision="").first()
        if row is None:
            return self._wish_change(who)
        more = {"finding_id": row.pk, "decision": "kept", "reason": "Nobody is named."}
        return self._take("settle_wish", who, findings.decide, **more)

    def _assign(self, who: str) -> Taken:
        expert = self.dice.choice(["erin", "theo", "mora", "", "mo"])
        return self._take("assign", who, triage.assign, expert, expert=self._person(expert) if expert else None)

    def _triage(self, who: str) -> Taken:
        expert = self.dice.choice(["erin", "theo", "mora", ""])
        more = {"expert": self._person(expert) if expert else None, **self._seen()}
        return self._take("triage", who, triage.triage, expert, **more)

    def _decline(self, who: str) -> Taken:
        reason = self.dice.choice(["Not for us.", ""])
        return self._take(
            "decline", who, triage.decline, reason, reason=reason, message="We are sorry.", **self._seen()
        )

    def _claim(self, who: str) -> Taken:
        return self._take("claim", who, answering.claim)

    def _give_back(self, who: str) -> Taken:
        reason = self.dice.choice(["No time.", ""])
        return self._take("give_back", who, answering.give_back, reason, reason=reason)

    def _hand_over(self, who: str) -> Taken:
        to = self.dice.choice(EVERYBODY)
        return self._take("hand_over", who, answering.hand_over, to, to=self._person(to))

    def _save_answer(self, who: str) -> Taken:
        body, based_on = self.dice.choice(ANSWERS), self.dice.choice([self.model.draft, self.model.draft, 0, 1])
        return self._take("save_answer", who, answering.save_answer, body, based_on, body=body, based_on=based_on)

    def _submit_draft(self, who: str) -> Taken:
        body, based_on, seen = self.dice.choice(ANSWERS), self.model.draft, self._seen()
        words = {"case_id": self.case.pk, "by": self._person(who), "body": body, "based_on": based_on, **seen}
        return (
            f"submit_draft by {who}",
            lambda model: model.submit_draft(who, body, based_on, is_stale=False),
            lambda: answering.submit_draft(**words),
        )

    def _start_review(self, who: str) -> Taken:
        return self._take("start_review", who, review.start)

    def _take_over_review(self, who: str) -> Taken:
        reason = self.dice.choice(["She had to leave.", ""])
        return self._take("take_over_review", who, review.take_over, reason, reason=reason)

    def _request_changes(self, who: str) -> Taken:
        reason = self.dice.choice(["Please add a source.", ""])
        return self._take("request_changes", who, review.request_changes, reason, comment=reason, **self._seen())

    def _approve(self, who: str) -> Taken:
        return self._take("approve", who, review.approve, **self._seen())

    def _approve_alone(self, who: str) -> Taken:
        reason = "Nobody else is here, and he may die."
        return self._take("approve_alone", who, alone.approve_alone, reason=reason, **self._seen())

    def _reopen(self, who: str) -> Taken:
        reason = self.dice.choice(["A mistake.", ""])
        return self._take("reopen", who, review.reopen, reason, reason=reason, **self._seen())

    def _comment(self, who: str) -> Taken:
        return self._take("comment", who, comments.comment, text="Say it more softly.")

    def _ask_colleague(self, who: str) -> Taken:
        colleague = self.dice.choice(EVERYBODY)
        return self._take("ask_colleague", who, asked.ask_colleague, colleague, colleague=self._person(colleague))

    def _comment_as_asked(self, who: str) -> Taken:
        kind = CommentKind.COLLEAGUE
        return self._take("comment_as_asked", who, comments.comment, text="It reads well.", kind=kind)

    def _resolve_comment(self, who: str) -> Taken:
        if (number := self._number(self.model.comments)) < 0:
            return self._comment(who)
        comment_id = list(self.case.comments.order_by("id").values_list("id", flat=True))[number]
        return self._take("resolve_comment", who, comments.resolve, number, comment_id=comment_id)

    def _withdraw(self, who: str) -> Taken:
        return self._take("withdraw", who, intake.withdraw)

    def _agree(self, who: str) -> Taken:
        audience, read_now = self.dice.choice(["members", "public", "private"]), self.dice.random() < 0.8
        page_hash = self._now().page_hash() if read_now else "0" * 64
        words = {"case_id": self.case.pk, "by": self._person(who), "page_hash": page_hash, "audience": audience}
        return (
            f"agree by {who} {audience} {read_now}",
            lambda model: model.agree(who, audience, read_now=read_now),
            lambda: publication.consent(**words),
        )

    def _keep_private(self, who: str) -> Taken:
        return self._take("keep_private", who, publication.refuse_consent)

    def _wish_change(self, who: str) -> Taken:
        return self._take("wish_change", who, publication.suggest_change, wish="Please change the second line.")

    def _ask_member(self, who: str) -> Taken:
        return self._take("ask_member", who, asking.ask, text="Does he sleep at home?")

    def _inquiry(self, number: int) -> dict[str, int]:
        return {"inquiry_id": list(self.case.inquiries.order_by("id").values_list("id", flat=True))[number]}

    def _take_back(self, who: str) -> Taken:
        if (number := self._number(self.model.inquiries)) < 0:
            return self._ask_member(who)
        return self._take("take_back", who, asking.take_back, number, **self._inquiry(number))

    def _reply(self, who: str) -> Taken:
        if (number := self._number(self.model.inquiries)) < 0:
            return self._ask_member(who)
        text = self.dice.choice(["Yes, most nights.", "No, he does not."])
        return self._take("reply", who, asking.reply, number, text, text=text, **self._inquiry(number))

    def _pass_reply_on(self, who: str) -> Taken:
        if (number := self._number(self.model.inquiries)) < 0:
            return self._ask_member(who)
        ticked = self.dice.random() < 0.8
        words = {"words": "Yes, most nights.", "ticked_by": self._person(who) if ticked else None}
        act = {"case_id": self.case.pk, "by": self._person(who), **words, **self._inquiry(number)}
        return (
            f"pass_reply_on by {who} {number} {ticked}",
            lambda model: model.pass_reply_on(who, number, ticked=ticked),
            lambda: asking.settle(**act),
        )

    def _publish(self, who: str) -> Taken:
        return self._take("publish", who, publication.publish, **self._seen())

    def _schedule(self, who: str) -> Taken:
        minutes = self.dice.choice([-5, 60, 3 * DAY])
        at = BEGAN + timedelta(minutes=self.model.now + minutes)
        return self._take("schedule", who, publication.schedule, self.model.now + minutes, at=at, **self._seen())

    def _unschedule(self, who: str) -> Taken:
        return self._take("unschedule", who, publication.unschedule, **self._seen())

    def _unpublish(self, who: str) -> Taken:
        reason = self.dice.choice(["Somebody was recognized.", ""])
        return self._take("unpublish", who, publication.unpublish, reason, reason=reason, **self._seen())

    # ---- comparing ----------------------------------------------------------------------------------------------
    def _events(self) -> int:
        """How many there are: a refused step leaves none."""
        return self.case.events.count()

    def compare(self) -> None:
        here, there = self._in_product(), self._in_model()
        if different := {key: (here[key], there[key]) for key in here if here[key] != there[key]}:
            raise Difference(f"{self._said()}: product and model differ in {different}")
        self.events = self._events()

    def _said(self) -> str:
        return "after " + " → ".join(self.trail[-12:])

    def _in_product(self) -> dict[str, object]:
        case = Case.objects.select_related("draft").get(pk=self.case.pk)
        names: dict[int | None, str] = self.names
        page = Publication.objects.filter(question=case.question).values_list("withdrawn_at").first()
        agreed = case.consents.filter(void_at__isnull=True).values_list("choice", "audience").first()
        flags = case.flags.order_by("id").values_list("acknowledged_by", "closed_by")
        inquiries = case.inquiries.order_by("id").only("ending", "reply", "settled_at")
        return {
            "state": case.state,
            "version": case.version,
            "expert": names.get(case.expert_id, ""),
            "claim": _minutes(case.claim_until),
            "reviewer": names.get(case.reviewer_id, ""),
            "review": _minutes(case.review_until),
            "drafted by": names.get(case.drafted_by_id, ""),
            "approved by": names.get(case.approved_by_id, ""),
            "alone": case.approved_alone,
            "audience": case.audience,
            "scheduled": (_minutes(case.publish_at), names.get(case.publish_by_id, "")),
            "paused": _minutes(case.paused_at),
            "draft": case.draft.number if case.draft else 0,
            "body": case.draft.body if case.draft else "",
            "revisions": case.question.revisions.count(),
            "title": case.question.title,
            "confirmed": case.question.confirmed_at is not None,
            "consent": agreed,
            "page": "" if page is None else "down" if page[0] else "live",
            "flags": [(names.get(taker, ""), names.get(closer, "")) for taker, closer in flags],
            "wishes": case.findings.filter(decision="").count(),
            "comments": [at is not None for at in case.comments.order_by("id").values_list("resolved_at", flat=True)],
            "inquiries": [(row.ending, row.reply, row.settled_at is not None) for row in inquiries],
        }

    def _in_model(self) -> dict[str, object]:
        model = self.model
        return {
            "state": model.state,
            "version": model.version,
            "expert": model.expert,
            "claim": model.claim_until,
            "reviewer": model.reviewer,
            "review": model.review_until,
            "drafted by": model.drafted_by,
            "approved by": model.approved_by,
            "alone": model.is_alone,
            "audience": model.audience,
            "scheduled": (model.publish_at, model.publish_by),
            "paused": model.paused_at,
            "draft": model.draft,
            "body": model.body(),
            "revisions": len(model.revisions),
            "title": WORDS[model.words].get("title", ""),
            "confirmed": model.is_confirmed,
            "consent": (model.consent[0], model.consent[3]) if model.consent else None,
            "page": model.page,
            "flags": [(flag.taken_by, flag.closed_by) for flag in model.flags],
            "wishes": model.wishes,
            "comments": model.comments,
            "inquiries": [(one.ending, one.reply, one.is_settled) for one in model.inquiries],
        }


WRITERS, AUTHORS = {WRITER}, {"mora"}
# Every step, and who is likely to be able to take it.
STEPS = {
    **dict.fromkeys(["open_letter", "take_flag", "close_flag", "hand_on", "write_words", "settle_wish"], MODERATORS),
    **dict.fromkeys(["assign", "triage", "decline", "start_review", "take_over_review", "request_changes"], MODERATORS),
    **dict.fromkeys(["approve", "reopen", "comment", "pass_reply_on", "publish", "schedule", "unschedule"], MODERATORS),
    **dict.fromkeys(["claim", "give_back", "hand_over", "save_answer", "submit_draft"], EXPERTS),
    **dict.fromkeys(["withdraw", "agree", "keep_private", "wish_change", "reply"], WRITERS),
    **dict.fromkeys(["ask_member", "take_back", "unpublish", "raise_flag", "ask_colleague"], MODERATORS | EXPERTS),
    **dict.fromkeys(["comment_as_asked", "resolve_comment"], MODERATORS | EXPERTS),
    "approve_alone": AUTHORS,
}


FORWARD = {
    "submitted": ["take_flag", "write_words", "triage", "triage"],
    "triaged": [
        "claim",
        "submit_draft",
        "submit_draft",
        "resolve_comment",
        "reply",
        "pass_reply_on",
        "take_back",
        "close_flag",
    ],
    "drafted": ["approve", "approve", "approve_alone", "resolve_comment", "take_flag", "close_flag", "settle_wish"],
    "reviewed": ["agree", "publish", "publish", "schedule", "settle_wish", "take_flag", "close_flag"],
    "published": ["unpublish"],
}
RARE = {"withdraw": 0.97, "decline": 0.97, "raise_flag": 0.7, "hand_on": 0.7}  # or no letter would get far
LINGER = 12  # steps tried on a case that has ended


def _minutes(at: datetime | None) -> int | None:
    return None if at is None else round((at - BEGAN).total_seconds() / 60)


def walk(cast: Cast, *, seed: int, steps: int, counts: Counter[str]) -> Model:
    """One walk in a transaction of its own, taken back at its end. It ends soon after the case has."""
    with time_machine.travel(BEGAN, tick=False) as clock, transaction.atomic():
        going, left = Walk(cast, random.Random(seed), clock, counts), steps
        while left > 0:
            going.step()
            left -= 1
            if going.model.state in {"declined", "withdrawn"}:
                left = min(left, LINGER)
        going.compare()
        transaction.set_rollback(True)
    return going.model
