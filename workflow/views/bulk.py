"""Several cases at once: only what can be undone (who answers, a topic). Each case goes through the one door by itself."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from accounts.models import User
from accounts.numbers import whole_number
from accounts.roles import Role
from qa.models import Topic

from .. import queues
from ..actions import triage
from ..decorators import desk, person
from ..models import Case
from ..transitions import Refused, Seen
from .undo import Thing, expert_before, offer, topics_before
from .worklist import LAST_LIST


@desk(Role.MODERATOR)
@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """Give the ticked cases to an expert, or a topic to their questions. Those that refuse are named, the others go through."""
    who = person(request)
    cases = list(queues.of_moderator(who).filter(public_id__in=request.POST.getlist("case"))[: queues.PAGE])
    work = _work(request, who) if cases else None
    if not cases:
        messages.warning(request, "Tick at least one case first.")
    elif work is None:
        messages.warning(request, "Choose an expert or a topic first.")
    else:
        _do(request, cases, *work)
    return redirect(f"{reverse('workflow:queue')}{request.session.get(LAST_LIST, '')}")


Work = Callable[[Case], Thing]


def _work(request: HttpRequest, who: User) -> tuple[str, Work] | None:
    """What was asked for, in words, and how to do it to one case."""
    if "give" in request.POST and (expert := queues.experts(who).filter(pk=_number(request, "expert")).first()):
        return f"given to {expert.staff_name}", lambda case: expert_before(
            case, triage.assign(case_id=case.pk, by=who, expert=expert, seen=Seen.of(case))
        )
    if "tag" in request.POST and (topic := Topic.objects.filter(pk=_number(request, "topic")).first()):
        return f"filed under “{topic}”", lambda case: _file(who, case, topic)
    return None


def _file(who: User, case: Case, topic: Topic) -> Thing:
    before = list(case.question.topics.values_list("pk", flat=True))
    after = triage.set_topics(case_id=case.pk, by=who, topics=[*before, topic.pk], seen=Seen.of(case))
    return topics_before(case, before, after)


def _do(request: HttpRequest, cases: list[Case], words: str, work: Work) -> None:
    done: list[Thing] = []
    for case in cases:
        try:
            done.append(work(case))
        except Refused as refusal:
            messages.warning(request, f"Case {case.pk} was left as it is. {refusal.sentence}")
    if done:
        offer(request, f"{len(done)} {'case' if len(done) == 1 else 'cases'} {words}.", done)


def _number(request: HttpRequest, name: str) -> int:
    typed = request.POST.get(name, "")
    return whole_number(typed)
