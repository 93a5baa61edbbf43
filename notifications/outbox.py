"""Fan out: from events to messages, once, whatever dies when. An event without a Dispatch still has to be looked at."""

import logging
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts import grants
from accounts.models import User
from accounts.roles import Role
from workflow.events import Kind
from workflow.models import Event, PlaybookWords, WhyNot
from workflow.queues.helplines import changes_to_decide, proposed_changes
from workflow.queues.playbooks import LATELY, worded_lately
from workflow.queues.rules import proposed_rules, rules_to_decide
from workflow.queues.upkeep import things_to_look_after

from . import audience
from .emails import sealed_hash
from .failpoints import reached
from .models import RANK, Category, Dispatch, Message, Progress
from .rules import LINE_WAITS, PLAYBOOK_WORDED, ROLE_WAITS, RULE_WAITS, UPKEEP, Rule, reminding, rules_for

log = logging.getLogger("allay.mail")
AT_ONCE = 500  # events looked at in one go
DIGEST_HOUR = 7


def fan_out(*, event_id: int | None = None) -> int:
    """Turn events that nobody looked at yet into messages. Safe to run twice and at the same time."""
    waiting = Event.objects.filter(dispatch__isnull=True).order_by("id")
    if event_id is not None:
        waiting = waiting.filter(pk=event_id)
    done = 0
    for event in waiting.select_related("case", "mail_wish").defer("case__member_message")[:AT_ONCE]:
        done += _dispatch(event)
    return done


def announce_second_yes() -> None:
    """Every moderator who can decide on a waiting role or number hears of it once, of waiting rules once a day.

    Safe to run twice and at the same time.
    """
    today = timezone.localdate().isoformat()
    waits = grants.waiting().exists() or proposed_rules().exists() or proposed_changes().exists()
    messages = []
    for person in audience.moderators() if waits else []:
        messages += [_announcement(ROLE_WAITS, person, "role", one.pk) for one in grants.waiting_for(person)]
        messages += [_announcement(LINE_WAITS, person, "line", one.pk) for one in changes_to_decide(person)]
        if rules_to_decide(person).exists():  # one mail, however many an administrator proposes
            messages.append(_announcement(RULE_WAITS, person, "rules", today))
    Message.objects.bulk_create(messages, ignore_conflicts=True)


def announce_playbooks() -> None:
    """Every moderator hears of each new wording of a playbook, once. Safe to run twice and at the same time."""
    since = timezone.now() - LATELY
    if not PlaybookWords.objects.filter(written_at__gte=since).exists():
        return
    messages = [
        _announcement(PLAYBOOK_WORDED, person, "playbook", one.pk)
        for person in audience.moderators()
        for one in worded_lately(person)
    ]
    Message.objects.bulk_create(messages, ignore_conflicts=True)


def announce_upkeep() -> int:
    """While something is past its day (a help line, a rule that fails), each administrator hears of it once a day."""
    if not things_to_look_after():
        return 0
    people = User.objects.holding(Role.ADMINISTRATOR).prefetch_related("grants").order_by("pk")
    messages = [digest_for(person, UPKEEP) for person in people]
    return len(Message.objects.bulk_create(messages, ignore_conflicts=True))


def announce_mornings() -> int:
    """Moderators and experts hear each morning what waits. Whether anything does, and they are there, is asked then."""
    people = User.objects.holding(Role.MODERATOR, Role.EXPERT).prefetch_related("grants").order_by("pk")
    made = [digest_for(person, "work_digest") for person in people]
    return len(Message.objects.bulk_create(made, ignore_conflicts=True))


def _announcement(template: str, person: User, purpose: str, *what: object) -> Message:
    return Message(
        template=template,
        category=Category.SECURITY,
        rank=RANK[Category.SECURITY],
        person=person,
        key=sealed_hash(purpose, *what, person.pk),
    )


def _dispatch(event: Event) -> bool:
    """One event, all or nothing. A fault of one rule must not hold up the other events."""
    try:
        with transaction.atomic():
            Dispatch.objects.create(event=event)
            Message.objects.bulk_create(_messages(event), ignore_conflicts=True)
            reached("fanned_out")
    except IntegrityError:
        return False  # another process was a moment faster
    except Exception:
        log.exception("event %s could not be turned into mail; it is tried again", event.pk)
        return False
    reached("dispatched")
    return True


def _messages(event: Event) -> list[Message]:
    rules = [rule for rule in rules_for(event.kind) if rule.concerns(event) and not rule.is_late]
    return [_message(rule, event, person) for rule in rules for person in audience.people(rule.to, event)]


def _message(rule: Rule, event: Event, person: User | None) -> Message:
    if rule.category == Category.DIGEST and person:
        return digest_for(person, rule.template)
    now = timezone.now()
    wait = {Category.LETTER: settings.MAIL_HOLD * rule.is_decision, Category.WORK: settings.MAIL_WINDOW}
    who = person.pk if person else "member"
    held = {}
    if reason := _held_back(rule, event):
        held = {"state": Progress.SKIPPED, "reason": reason, "done_at": now}
    return _row(
        rule,
        event=event,
        person=person,
        key=sealed_hash("message", event.pk, rule.template, who),
        next_try_at=now + timedelta(seconds=wait.get(rule.category, 0)),
        **held,
    )


def _held_back(rule: Rule, event: Event) -> str:
    """Why the moderator who decided does not want the member to be mailed; what is not safe now is not safe later."""
    why = WhyNot(event.mail_wish.why_not) if hasattr(event, "mail_wish") and event.mail_wish.why_not else None
    if why is None or rule.category != Category.LETTER or (rule.is_late and why != WhyNot.UNSAFE):
        return ""
    return f"a moderator: {why.label.lower()}"


def _row(rule: Rule, **more: Any) -> Message:
    return Message(template=rule.template, category=rule.category, rank=RANK[rule.category], **more)


def digest_for(person: User, template: str) -> Message:
    """The digest of the person's next morning; there is one of each kind a day, however often it is asked for."""
    at = next_morning(person)
    return Message(
        template=template,
        category=Category.DIGEST,
        rank=RANK[Category.DIGEST],
        person=person,
        key=sealed_hash("digest", template, person.pk, at.date()),
        next_try_at=at,
    )


def next_morning(person: User) -> datetime:
    """The next seven o'clock where the person is."""
    zone = ZoneInfo(person.time_zone)
    now = timezone.now().astimezone(zone)
    day = now.date() if now.hour < DIGEST_HOUR else now.date() + timedelta(days=1)
    return datetime.combine(day, time(DIGEST_HOUR), tzinfo=zone)


def remind() -> int:
    """Say again what still waits: once for each case, mail, person and turn. After an outage only the present turn."""
    made: list[Message] = []
    for kind, rules in reminding().items():
        for rule in rules:
            made += _reminders(kind, rule)
    return len(Message.objects.bulk_create(made, ignore_conflicts=True))


def _reminders(kind: Kind, rule: Rule) -> list[Message]:
    if rule.remind is None:
        return []
    now = timezone.now()
    waiting = Event.objects.filter(kind=kind, at__lte=now - rule.remind.after, case__state__in=rule.remind.states)
    if rule.remind.once:  # after an outage that outlasts its time it is not said at all
        waiting = waiting.filter(at__gt=now - rule.remind.after - rule.remind.every)
    turn = "once" if rule.remind.once else int(now.timestamp() // rule.remind.every.total_seconds())
    made = []
    for event in waiting.select_related("case", "mail_wish").defer("case__member_message").order_by("-id"):
        if not rule.concerns(event) or event.case is None or _held_back(rule, event):
            continue
        for person in audience.people(rule.remind.to or rule.to, event):
            reader = person or audience.writer(event.case)
            if reader and rule.holds(event, event.case, reader):
                key = sealed_hash("reminder", event.case_id, rule.template, reader.pk, turn)
                made.append(_row(rule, event=event, person=person, key=key))
    return made
