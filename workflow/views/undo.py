"""Undo, instead of “are you sure”: the last thing that can be taken back, kept in the person's own session.

Only what leaves no trace outside can be undone: who answers, topics, links between cases, a kept list. A case that
somebody changed since stays as they left it.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.roles import Role

from .. import queues
from ..actions import habits, handing, stories, triage
from ..decorators import desk, person
from ..models import Case
from ..transitions import Refused, Seen

OFFER = "undo"  # in the session
LASTS = timedelta(minutes=10)
Thing = dict[str, Any]


def offer(request: HttpRequest, said: str, things: list[Thing]) -> None:
    """Say what was done, and keep how to take it back; the offer before is gone."""
    request.session[OFFER] = {"said": said, "things": things, "until": (timezone.now() + LASTS).timestamp()}


def expert_before(case: Case, after: Case) -> Thing:
    """How to give a case back to who had it."""
    return {"does": "expert", "case": case.pk, "expert": case.expert_id, "seen": str(Seen.of(after))}


def topics_before(case: Case, topics: list[int], after: Case) -> Thing:
    """How to give a question the topics it had."""
    return {"does": "topics", "case": case.pk, "topics": topics, "seen": str(Seen.of(after))}


@desk(Role.MODERATOR)
@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Take back the last thing; what others changed meanwhile stays, and is named."""
    kept = request.session.pop(OFFER, None)
    if not kept or kept["until"] < timezone.now().timestamp():
        messages.warning(request, "There is nothing to undo any more.")
        return redirect("workflow:queue")
    refused = [words for thing in kept["things"] if (words := _take_back(person(request), thing))]
    if len(refused) < len(kept["things"]):
        messages.success(request, "Undone.")
    for words in refused:
        messages.warning(request, words)
    return redirect(_back(person(request), kept["things"]))


def _take_back(who: User, thing: Thing) -> str:
    """Do it; or say why not."""
    try:
        _WAYS[thing["does"]](who, thing)
    except Refused as refusal:
        of = f"Case {thing['case']}: " if "case" in thing else ""
        return f"{of}{refusal.sentence} It stays as it is."
    return ""


def _expert(who: User, thing: Thing) -> None:
    expert = queues.experts(who).filter(pk=thing["expert"]).first() if thing["expert"] else None
    if thing["expert"] and expert is None:
        raise Refused("Who had it is not an expert any more.")
    triage.assign(case_id=thing["case"], by=who, expert=expert, seen=Seen.parse(thing["seen"]))


def _topics(who: User, thing: Thing) -> None:
    triage.set_topics(case_id=thing["case"], by=who, topics=thing["topics"], seen=Seen.parse(thing["seen"]))


def _view(who: User, thing: Thing) -> None:
    habits.keep_view(person=who, name=thing["name"], query=thing["query"])


def _story(who: User, thing: Thing) -> None:
    stories.restore(was=stories.Was.read(thing["was"]), by=who)


def _merge(who: User, thing: Thing) -> None:
    stories.unmerge(case_id=thing["case"], by=who, seen=Seen.parse(thing["seen"]))


def _hand_on(who: User, thing: Thing) -> None:
    handing.take_back(case_id=thing["case"], by=who)


_WAYS: dict[str, Callable[[User, Thing], None]] = {
    "expert": _expert,
    "topics": _topics,
    "view": _view,
    "story": _story,
    "merge": _merge,
    "hand_on": _hand_on,
}


def _back(who: User, things: list[Thing]) -> str:
    """The case it was about; the list when there were several."""
    if len(things) == 1 and "case" in things[0]:
        case = queues.of_moderator(who).filter(pk=things[0]["case"]).first()
        if case is not None:
            return case.get_absolute_url()
    return "workflow:queue"
