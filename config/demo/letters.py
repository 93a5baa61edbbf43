"""Reads the demo's letters (config/demo/letters/*.toml) and walks each to its state through the real actions."""

import tomllib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

from accounts.models import User
from qa.models import Topic
from workflow.actions import answering, findings, intake, publication, review, triage
from workflow.models import Case
from workflow.models.flags import Verdict
from workflow.safety.words import Category, Severity, Subject, Timing
from workflow.transitions import Seen

from . import asking, commenting
from .people import member_address

FOLDER = Path(__file__).resolve().parent
# The states a file can name, in the order a case passes through them.
PATH = ["submitted", "triaged", "drafted", "reviewed", "published"]
STOPS = {"changes_requested": "drafted", "scheduled": "reviewed", "declined": "submitted", "withdrawn": "submitted"}


@dataclass(frozen=True)
class Hands:
    """Who takes the steps of one case."""

    member: User
    moderator: User
    reviewer: User
    expert: User


def make_topics() -> None:
    for row in tomllib.loads((FOLDER / "topics.toml").read_text(encoding="utf-8"))["topic"]:
        Topic.objects.update_or_create(slug=row["slug"], defaults={key: row[key] for key in row if key != "slug"})


def read_letters() -> list[dict[str, Any]]:
    """Oldest first, as they came in."""
    files = sorted((FOLDER / "letters").glob("*.toml"))
    letters = [{**tomllib.loads(path.read_text(encoding="utf-8")), "file": path.stem} for path in files]
    return sorted(letters, key=lambda letter: -letter["days_ago"])


def walk(letter: dict[str, Any], people: dict[str, User], number: int) -> Case:
    """Make one case and take it to the state its file names."""
    experts = [people["laurie"], people["dominique"]]
    hands = Hands(
        member=User.objects.get(email=member_address(letter["member"])),
        moderator=people["mo" if number % 2 else "dana"],
        reviewer=people["dana" if number % 2 else "mo"],
        expert=experts[number % len(experts)],
    )
    case = intake.submit_letter(
        by=hands.member, text=letter["letter"].strip(), danger=letter["danger"], audience=letter["audience"]
    )
    reach = PATH.index(STOPS.get(letter["state"], letter["state"]))
    _look_after_flags(case, letter, hands)
    for step in (_triage, _draft, _approve, _publish)[:reach]:
        step(case, letter, hands)
    _leave(case, letter, hands)
    if asking_for := letter.get("colleague"):
        colleague = people["laurie"] if hands.expert != people["laurie"] else people["dominique"]
        commenting.ask_colleague(case, asking_for, by=hands.expert, colleague=colleague)
    if exchange := letter.get("asked"):
        asking.ask_and_reply(case, exchange, asker=hands.expert, member=hands.member, moderator=hands.moderator)
    return Case.objects.get(pk=case.pk)


def _look_after_flags(case: Case, letter: dict[str, Any], hands: Hands) -> None:
    raised = []
    for flag in letter.get("flags", []):
        made = triage.raise_flag(
            case_id=case.pk,
            by=hands.moderator,
            category=Category(flag["category"]),
            severity=Severity(flag["severity"]),
            subject=Subject(flag["subject"]),
            timing=Timing(flag["timing"]),
            note=flag.get("note", ""),
        )
        raised.append((made.pk, flag))
    moves_on = letter["state"] != "submitted"
    done = next((flag["done"] for _, flag in raised if flag.get("done")), "Read and looked after; see the notes.")
    ours = dict(raised)
    for found in case.flags.all():
        file = ours.get(found.pk, {})
        if moves_on or file.get("acknowledged"):
            triage.acknowledge_flag(case_id=case.pk, flag_id=found.pk, by=hands.moderator)
        if letter["state"] in {"published", "reviewed", "scheduled"} or file.get("closed"):
            words = {"outcome": file.get("done") or done, "verdict": file.get("verdict", Verdict.DANGER)}
            triage.close_flag(case_id=case.pk, flag_id=found.pk, by=hands.moderator, **words)


def _triage(case: Case, letter: dict[str, Any], hands: Hands) -> None:
    triage.open_letter(case_id=case.pk, by=hands.moderator)
    findings.decide_rest(case_id=case.pk, by=hands.moderator, hints=False)
    findings.decide_rest(case_id=case.pk, by=hands.moderator, hints=True, reason="Common; nobody is singled out by it.")
    triage.save_question(
        case_id=case.pk,
        by=hands.moderator,
        seen=None,
        words={
            "title": letter["title"],
            "label": letter.get("label", ""),
            "intro": letter.get("intro", ""),
            "text": letter["question"],
        },
        topics=list(Topic.objects.filter(slug__in=letter["topics"])),
        confirm=True,
        ticked_by=hands.moderator,
    )
    is_free = letter["state"] == "triaged" and letter["days_ago"] < 3
    triage.triage(case_id=case.pk, by=hands.moderator, seen=None, expert=None if is_free else hands.expert)


def _draft(case: Case, letter: dict[str, Any], hands: Hands) -> None:
    now = Case.objects.get(pk=case.pk)
    answering.submit_draft(case_id=case.pk, by=hands.expert, body=letter["answer"], based_on=0, seen=Seen.of(now))


def _approve(case: Case, letter: dict[str, Any], hands: Hands) -> None:
    review.approve(case_id=case.pk, by=hands.reviewer, seen=None)


def _publish(case: Case, letter: dict[str, Any], hands: Hands) -> None:
    _consent(case, letter, hands)
    publication.publish(case_id=case.pk, by=hands.reviewer, seen=None)


def _consent(case: Case, letter: dict[str, Any], hands: Hands) -> None:
    shown = Case.objects.get(pk=case.pk).page_hash()
    agreed = {name: letter.get(name, True) for name in ("may_index", "has_teaser")}
    publication.consent(case_id=case.pk, by=hands.member, page_hash=shown, audience=letter["audience"], **agreed)


def _leave(made: Case, letter: dict[str, Any], hands: Hands) -> None:
    """The last step of cases that ended off the main path."""
    match letter["state"]:
        case "changes_requested":
            commenting.comment(made, letter.get("comments", []), reviewer=hands.reviewer)
            review.request_changes(case_id=made.pk, by=hands.reviewer, seen=None, comment=letter["comment"])
        case "scheduled":
            _consent(made, letter, hands)
            at = timezone.now() + timedelta(days=2)
            publication.schedule(case_id=made.pk, by=hands.reviewer, seen=None, at=at)
        case "declined":
            reason = letter.get("reason", "Not something this service can answer well.")
            triage.decline(case_id=made.pk, by=hands.moderator, seen=None, reason=reason, message=letter["comment"])
        case "withdrawn":
            intake.withdraw(case_id=made.pk, by=hands.member)
