"""The path of a letter in plain words, for the member who sent it: from the state that staff see, never their notes."""

from dataclasses import dataclass, replace
from datetime import datetime

from django import template
from django.utils.translation import gettext_lazy as _

from qa.tongues import promise as promises

from ..events import Kind
from ..models import Case
from ..states import State

register = template.Library()

ORDER = [State.SUBMITTED, State.TRIAGED, State.DRAFTED, State.REVIEWED]
# state → what the station is called while it lies ahead or is reached, and once it is done
STATIONS = {
    State.SUBMITTED: (_("A person reads your letter"), _("A person has read your letter")),
    State.TRIAGED: (_("An expert writes your answer"), _("An expert has written an answer")),
    State.DRAFTED: (_("A second person checks the answer"), _("A second person has checked the answer")),
    State.REVIEWED: (_("Your answer is here"), _("Your answer is here")),
}
MEANWHILE = {
    State.SUBMITTED: _("One of us reads it and takes out names and places. Then it goes to an expert."),
    State.TRIAGED: _("The expert sees your question without names and places, and never the letter itself."),
    State.DRAFTED: _("A colleague who did not write it reads the answer. Then you get it."),
    State.REVIEWED: _("Only you can read it. You decide whether it stays that way."),
}
PUBLISHED = _("You can read it here at any time. Others can read it too, without names.")
SHORT = {
    State.SUBMITTED: _("We have it. A person will read it."),
    State.TRIAGED: _("An expert is on it."),
    State.DRAFTED: _("The answer is being checked."),
    State.REVIEWED: _("Your answer is here."),
    State.PUBLISHED: _("Your answer is here. Others can read it too."),
    State.DECLINED: _("We could not answer this one."),
    State.WITHDRAWN: _("You took this letter back."),
}
BEING_READ = _("We have it. A person is reading it.")
TOGETHER = _("We read it together with another letter of yours.")
ASKED = _("We have asked you something. You do not have to reply.")


@dataclass(frozen=True)
class Station:
    """One stop on the way of a letter: `place` is done, here or ahead."""

    title: str
    place: str
    at: datetime | None
    meanwhile: str


@register.filter
def short_state(case: Case) -> str:
    """Where it is now, in one short sentence."""
    if case.is_paused and case.merged_into_id is None:
        return str(ASKED)
    if case.merged_into_id is not None:
        return str(TOGETHER)
    is_opened = case.state == State.SUBMITTED and case.is_read()
    return str(BEING_READ if is_opened else SHORT[State(case.state)])


@register.filter
def stations(case: Case) -> list[Station]:
    """The way of a letter from arrival to answer, with the times when each stop was reached or done."""
    state = State.REVIEWED if case.state == State.PUBLISHED else State(case.state)
    if state not in ORDER:
        return []
    position, reached = ORDER.index(state), _times(case)
    arrived = Station(str(_("Your letter has arrived")), "done", case.submitted_at, "")
    way = [arrived, *(_station(number, position, reached) for number in range(len(ORDER)))]
    return [*way[:-1], replace(way[-1], meanwhile=str(PUBLISHED))] if case.state == State.PUBLISHED else way


def _station(number: int, position: int, reached: dict[str, datetime]) -> Station:
    state = ORDER[number]
    ahead, done = STATIONS[state]
    if number < position:
        return Station(str(done), "done", reached.get(ORDER[number + 1]), "")
    if number > position:
        return Station(str(ahead), "ahead", None, "")
    return Station(str(ahead), "here", reached.get(state), str(MEANWHILE[state]))


def _times(case: Case) -> dict[str, datetime]:
    """When each state was last reached, but the letter has been read once: an answer sent back is no new reading,
    and a page that was taken down is no new answer.
    """
    steps = case.events.exclude(to_state="").exclude(kind=Kind.CASE_UNPUBLISHED).order_by("id")
    reached = list(steps.values_list("to_state", "at"))
    times = {State.SUBMITTED: case.submitted_at, **dict(reached)}
    if case.state != State.TRIAGED and State.TRIAGED in times:
        times[State.TRIAGED] = dict(reversed(reached))[State.TRIAGED]
    return times


@register.filter
def is_back_in_review(case: Case) -> bool:
    """The member had the answer once and it was taken back to be looked at again."""
    return case.answered_at is not None and case.state in {State.TRIAGED, State.DRAFTED}


@register.simple_tag
def promise(name: str) -> str:
    """What we say about when: read, answer."""
    return promises()[name]
