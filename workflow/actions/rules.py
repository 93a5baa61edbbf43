"""Local rules: tried on past letters first (counts only), proposed, and a version once a moderator said yes (ADR 0013).

The count takes the letters in small steps and keeps how far it is, so that it may run in the page's request for a
second, go on in the background, be cancelled, and be come back to. Two workers never count a letter twice: a step
counts only if the trial still stands where the step began.
"""

import logging
import time
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django_q.tasks import async_task

from accounts.models import User

from .. import events
from ..events import Kind
from ..models import LocalRule, RuleTrial, RuleVersion, SafetyFlag
from ..models.rules import WORDS
from ..queues.rules import rules_to_decide
from ..safety.local import LocalScanner, misread, rank_of
from ..safety.report import RANK
from ..safety.rules_file import Rule, standard_book
from ..safety.scan import scan
from ..safety.ways import WrongWay
from ..safety.words import Severity
from ..transitions import Refused
from .rescanning import count_letters, letters_before
from .rulebook import rule_from

log = logging.getLogger("allay.safety")
STEP = 40  # letters
AT_ONCE = 1.0  # seconds in the request of the page
MOST_LETTERS = 10_000
MOST_RULES = 100
MOST_TRIALS_A_DAY = 60


def try_rule(*, by: User, words: dict[str, Any], rule: LocalRule | None, based_on: int) -> RuleTrial:
    """Begin to count what these words would change. What takes longer than a second goes on in the background."""
    today = RuleTrial.objects.filter(started_by=by, started_at__gte=timezone.now() - timedelta(days=1))
    if today.count() >= MOST_TRIALS_A_DAY:
        raise Refused("That is enough trying for a day: each count tells a little about letters. Go on tomorrow.")
    total = min(count_letters(), MOST_LETTERS)
    with transaction.atomic():
        trial = RuleTrial.objects.create(rule=rule, based_on=based_on, started_by=by, total=total, **words)
        _note(Kind.RULE_TRIED, trial, by=by)
    if not count_trial(trial.pk, seconds=AT_ONCE):
        transaction.on_commit(_ring, robust=True)
    return trial


def count_trials(seconds: float = 45.0) -> int:
    """Go on with every count that is not finished; how many ended. By the schedule, and when a worker is woken."""
    running = RuleTrial.objects.filter(finished_at__isnull=True, cancelled_at__isnull=True)
    until = time.monotonic() + seconds
    ids = list(running.order_by("pk").values_list("pk", flat=True))
    return sum(count_trial(pk, seconds=max(0.0, until - time.monotonic())) for pk in ids)


def count_trial(trial_id: int, *, seconds: float) -> bool:
    """Count for at most so long; whether it came to its end."""
    until = time.monotonic() + seconds
    scanners: tuple[Any, Any] | None = None
    while True:
        trial = RuleTrial.objects.get(pk=trial_id)
        if not trial.is_running:
            return trial.finished_at is not None
        if time.monotonic() >= until:
            return False
        scanners = scanners or (_scanner_of(trial), _scanner_of(_before(trial)))
        _step(trial, *scanners)


def cancel_trial(*, trial_id: int) -> None:
    """Stop counting. What was counted so far stays to be seen."""
    RuleTrial.objects.filter(pk=trial_id, finished_at__isnull=True).update(cancelled_at=timezone.now())


@transaction.atomic
def propose(*, trial_id: int, by: User, why: str = "") -> RuleTrial:
    """Ask for a second person's yes to the tried words. Until then no letter is read by them."""
    trial = RuleTrial.objects.select_for_update(of=("self",)).get(pk=trial_id)
    if trial.proposed_at is not None:
        raise Refused("This was proposed already. You find it in the list of rules.")
    if trial.is_running:
        raise Refused("The count is not finished. Wait for it, or cancel it, then propose the rule.")
    _refuse_if_wrong(trial)
    trial.proposed_by, trial.proposed_at, trial.why = by, timezone.now(), why
    trial.save()
    _note(Kind.RULE_PROPOSED, trial, by=by)
    return trial


@transaction.atomic
def confirm(*, trial_id: int, by: User) -> RuleVersion:
    """The second yes: the proposed words are the newest version of the rule, turned on. Letters are read again."""
    trial = _to_decide(trial_id, by)
    _refuse_if_wrong(trial)
    # Held first: of two proposals of one rule the second waits, and then finds that the rule was changed.
    rules = LocalRule.objects.select_for_update()
    rule = rules.get(pk=trial.rule_id) if trial.rule_id else rules.create()
    newest = rule.versions.first()
    if (newest.number if newest else 0) != trial.based_on:
        raise Refused("This rule was changed after it was proposed so. Refuse this one; they can try it again.")
    if RuleVersion.objects.newest().filter(is_on=True).exclude(rule=rule).count() >= MOST_RULES:
        raise Refused(f"There are {MOST_RULES} rules already. Turn one off first, or ask for one to be shipped.")
    trial.rule, trial.decided_by, trial.decided_at = rule, by, timezone.now()
    trial.saved_at = trial.decided_at
    trial.save()
    words = {name: getattr(trial, name) for name in WORDS}
    version = _next(rule, newest, by=trial.proposed_by, confirmed_by=by, why=trial.why, is_on=True, **words)
    _note(Kind.RULE_CONFIRMED, trial, by=by, version=version.number)
    return version


@transaction.atomic
def refuse(*, trial_id: int, by: User, why: str) -> None:
    """No, and why: the administrator reads it with their proposal. What read letters before goes on reading them."""
    trial = _to_decide(trial_id, by)
    trial.decided_by, trial.decided_at, trial.refusal = by, timezone.now(), why
    trial.save()
    _note(Kind.RULE_REFUSED, trial, by=by)


def _to_decide(trial_id: int, by: User) -> RuleTrial:
    trial = RuleTrial.objects.select_for_update(of=("self",)).get(pk=trial_id)
    if not rules_to_decide(by).filter(pk=trial_id).exists():
        raise Refused("This does not wait any more: somebody else decided it, or it is not yours to decide.")
    return trial


def _note(kind: Kind, trial: RuleTrial, *, by: User, **more: object) -> None:
    """Into the audit trail: numbers only."""
    events.record(kind, case=None, by=by, data={"trial": trial.pk, "rule": trial.rule_id, **more})


@transaction.atomic
def switch(*, rule_id: int, by: User, is_on: bool, why: str) -> RuleVersion:
    """Turn a rule off, or on again as it was: a version like any other."""
    rule = LocalRule.objects.select_for_update().get(pk=rule_id)
    newest = rule.versions.first()
    if newest is None or newest.is_on == is_on:
        raise Refused("It is like that already.")
    if not why.strip():
        raise Refused("Please write why, in a few words.")
    if is_on:
        _refuse_if_wrong(newest)
        if newest.confirmed_by is None:
            raise Refused("Nobody else has said yes to these words yet. Try them again, and propose them.")
    words = {name: getattr(newest, name) for name in WORDS}
    version = _next(rule, newest, by=by, confirmed_by=newest.confirmed_by, why=why.strip(), is_on=is_on, **words)
    facts = {"rule": rule.pk, "version": version.number, "is_on": is_on}
    events.record(Kind.RULE_SWITCHED, case=None, by=by, data=facts)
    return version


def _next(rule: LocalRule, newest: RuleVersion | None, **values: Any) -> RuleVersion:
    by = values.pop("by")
    number = newest.number + 1 if newest else 1
    return RuleVersion.objects.create(rule=rule, number=number, saved_by=by, **values)


def _refuse_if_wrong(words: RuleTrial | RuleVersion) -> None:
    """Looked at again at the last moment: a release may have changed what the words mean."""
    try:
        rule = rule_from(words, "local.new")
    except WrongWay as wrong:
        raise Refused(str(wrong)) from wrong
    if any(misread(rule, standard_book())):
        raise Refused("The rule gets its own examples wrong. Change it, and try it again.")


def _before(trial: RuleTrial) -> RuleVersion | None:
    """The version of now, when it is on."""
    version = trial.rule.versions.first() if trial.rule else None
    return version if version and version.is_on else None


def _scanner_of(words: RuleTrial | RuleVersion | None) -> tuple[LocalScanner, Rule] | None:
    if words is None:
        return None
    try:
        rule = rule_from(words, "local.tried")
    except WrongWay:
        return None
    return LocalScanner([rule], standard_book()), rule


def _step(trial: RuleTrial, tried: tuple[LocalScanner, Rule] | None, before: Any) -> None:
    """The next letters. Nothing is written if the trial moved on or was cancelled meanwhile."""
    room = min(STEP, trial.total - trial.done)
    found = letters_before(trial.cursor, room) if tried and room > 0 else []
    counts = dict.fromkeys(("raised", "graver", "same", "lost", "failed"), 0)
    ranks = _ranks([case_id for case_id, _ in found])
    for case_id, text in found:
        for name in _changes(text, ranks.get(case_id, 0), tried, before):
            counts[name] += 1
    facts: dict[str, Any] = {name: F(name) + number for name, number in counts.items()}
    facts["done"] = F("done") + len(found)
    if found:
        facts["cursor"] = found[-1][0]
    else:
        facts["finished_at"] = timezone.now()
    still = RuleTrial.objects.filter(pk=trial.pk, cursor=trial.cursor, done=trial.done)
    still.filter(finished_at__isnull=True, cancelled_at__isnull=True).update(**facts)


def _changes(text: str, known: int, tried: Any, before: Any) -> list[str]:
    """What this rule would change about one letter, by the names of the counts."""
    scanner, rule = tried
    report = scan(text, scanner)
    rank = rank_of(report, rule)
    names = ["failed"] if report.failed_rules else []
    if rank:
        names.append("same" if known >= rank else "graver" if known else "raised")
    elif before and rank_of(scan(text, before[0]), before[1]):
        names.append("lost")
    return names


def _ranks(case_ids: list[int]) -> dict[int, int]:
    """The gravest that any flag ever said of each case."""
    ranks: dict[int, int] = {}
    for case_id, severity in SafetyFlag.objects.filter(case__in=case_ids).values_list("case_id", "severity"):
        ranks[case_id] = max(ranks.get(case_id, 0), RANK[Severity(severity)])
    return ranks


def _ring() -> None:
    """Wake a worker; the schedule is what guarantees."""
    try:
        async_task("workflow.tasks.count_trials")
    except Exception:
        log.exception("the doorbell is broken; the schedule will count")
