"""The case page: everything about one case that a moderator needs, and the next thing to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.models import User
from accounts.roles import Role

from .. import policies, queues, timeline
from ..decorators import desk, person
from ..forms.answering import DangerForm
from ..forms.mail import MailForm
from ..forms.severity import SeverityForm
from ..forms.triage import CloseForm, ExpertForm
from ..hours import Turns
from ..models import Case, SafetyFlag
from ..queues.playbooks import steps_left, untouched
from ..states import MACHINE, Act, Step
from ..transitions import Seen
from ..waiting import Clock, Next, Steps, clock_of, next_thing, waits_for_urgent_reading

# Where a step is taken, when not on the case page itself.
PAGES = {
    Step.DECLINE: "workflow:decline",
    Step.APPROVE: "workflow:review",
    Step.APPROVE_ALONE: "workflow:review",
    Step.REQUEST_CHANGES: "workflow:review",
    Step.REOPEN: "workflow:review",
    Step.PUBLISH: "workflow:preview",
    Step.UNPUBLISH: "workflow:preview",
}


@dataclass(frozen=True)
class Row:
    """A case on a list: with its next thing, its clock, and whether that is overdue."""

    case: Case
    flags: list[SafetyFlag]
    next: Next
    clock: Clock | None
    is_late: bool


@dataclass(frozen=True)
class Option:
    """A step a moderator may take from here, with what is still missing for it."""

    label: str
    url: str
    needs: list[str]


def rows_of(cases: Iterable[Case]) -> list[Row]:
    """Rows from cases that were read `with_facts`. The roster is asked once, and only where a danger is unread."""
    shown = list(cases)
    urgent = [case.submitted_at for case in shown if waits_for_urgent_reading(case)]
    turns = queues.turns_from(min(urgent)) if urgent else []
    steps = steps_left(shown)
    return [_row(case, turns, steps.get(case.pk)) for case in shown]


def _row(case: Case, turns: Turns, steps: Steps | None) -> Row:
    facts = vars(case)
    flags = queues.open_flags(case)
    clock = clock_of(case, turns)
    asked = {"is_confirmed": facts["is_confirmed"], "reply": facts["reply"] or "", "has_reply": facts["has_reply"]}
    upcoming = next_thing(case, flags, **asked, steps=steps)
    return Row(case, flags, upcoming, clock, bool(clock and clock.is_late(timezone.now())))


def case_for(request: HttpRequest, public_id: str) -> Case:
    """The case, if this person may see it."""
    return get_object_or_404(queues.of_moderator(person(request)), public_id=public_id)


@desk(Role.MODERATOR)
@require_safe
def case(request: HttpRequest, public_id: str) -> HttpResponse:
    """Facts, danger, question, answer, steps and history of one case."""
    return case_page(request, public_id)


_FORMS = ("close_form", "severity_form", "tell_form")


def case_page(request: HttpRequest, public_id: str, *, status: int = 200, **typed: Any) -> HttpResponse:
    """The page; `typed` brings back the form of a refused one: flag_form, or close_form, severity_form or tell_form with its flag."""
    who = person(request)
    shown = get_object_or_404(queues.whole(queues.of_moderator(who)), public_id=public_id)
    flags = list(queues.flags_of(who, shown))
    idle = untouched(flags)
    happened = timeline.timeline_of(who, shown, flags)
    context = {
        "case": shown,
        "row": rows_of([shown])[0],
        "seen": Seen.of(shown),
        "question": shown.question,
        "topics": shown.question.topics.all(),
        "wish": queues.wish_of(who, shown),
        "flags": [_with_form(flag, idle.get(flag.pk, 0), typed) for flag in flags],
        "flag_form": typed.get("flag_form") or DangerForm(auto_id="raise-%s"),
        "expert_form": typed.get("expert_form")
        or ExpertForm(experts=queues.experts(who), initial={"expert": shown.expert_id}),
        "mail_form": typed.get("mail_form") or MailForm(None, case=shown),
        "options": options_for(who, shown),
        "may": {act.value: policies.may(who, act, shown) for act in Act},
        "may_triage": policies.may(who, Step.TRIAGE, shown),
        "triage_needs": policies.unmet_needs(Step.TRIAGE, shown),
        "others": queues.others_of_member(who, shown),
        "timeline": happened,
        "typed": typed,
        "refused_forms": [typed[name] for name in _FORMS if typed.get(name)],
        "timeline_is_cut": len(happened) == timeline.SHOWN,
    }
    return render(request, "workflow/records/case.html", context, status=status)


def options_for(who: User, case: Case) -> list[Option]:
    """The steps this person can take on other pages, and an approval that is somebody else's to give."""
    steps = [step for step in Step if step in PAGES and case.state in MACHINE[step].sources]
    return [
        Option(MACHINE[step].label, reverse(PAGES[step], args=[case.public_id]), _needs(who, step, case))
        for step in steps
        if policies.may(who, step, case) or step == Step.APPROVE
    ]


def _needs(who: User, step: Step, case: Case) -> list[str]:
    if not policies.may(who, step, case):
        return [policies.why_not(who, step, case)]
    return policies.unmet_needs(step, case)


def _with_form(flag: SafetyFlag, idle: int, typed: dict[str, Any]) -> tuple[SafetyFlag, CloseForm, SeverityForm]:
    close = typed.get("close_form") if typed.get("close_flag") == flag.pk else None
    severity = typed.get("severity_form") if typed.get("severity_flag") == flag.pk else None
    return flag, close or CloseForm(auto_id=f"flag-{flag.pk}-%s", untouched=idle), severity or SeverityForm.of(flag)
