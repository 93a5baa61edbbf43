"""A letter with one finding that nobody decided: no route, no person, no direct call takes it to experts, approval or readers."""

from datetime import timedelta

import pytest
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from django_fsm import TransitionNotAllowed

from qa.models import Publication
from tests.cast import QUESTION, again, make_case, topic
from tests.walks import Visitor
from workflow.actions import findings, publication, review, triage
from workflow.models import Case, Finding
from workflow.models.findings import Place
from workflow.states import State, Step
from workflow.transitions import Refused, Seen, move

pytestmark = pytest.mark.once

PEOPLE = ["rosa", "bela", "erin", "theo", "mo", "dana", "mora", "ada"]
ONWARD = {State.SUBMITTED: Step.TRIAGE, State.DRAFTED: Step.APPROVE, State.REVIEWED: Step.PUBLISH}
PLACES = [Place.LETTER, Place.TITLE, Place.TEXT, Place.ANSWER]


def unresolved(cast, state, place=Place.LETTER, *, is_hint=False):
    """A case that could go on but for one finding."""
    case = make_case(cast, state=state)
    if state == State.SUBMITTED:
        findings.decide_rest(case_id=case.pk, by=cast.mo, hints=False)
        findings.decide_rest(case_id=case.pk, by=cast.mo, hints=True, reason="Common.")
        words = {"title": "When he comes home", "label": "", "intro": "", "text": QUESTION}
        triage.save_question(
            case_id=case.pk, by=cast.mo, seen=None, words=words, topics=[topic()], confirm=True, ticked_by=cast.mo
        )
    if state == State.REVIEWED:
        publication.consent(case_id=case.pk, by=cast.rosa, page_hash=case.page_hash(), audience="public")
    row = Finding.objects.create(
        case=case, start=0, end=2, kind="PERSON", place=place, text="My", suggested="x", is_hint=is_hint
    )
    return again(case), row


STEPS = {
    Step.TRIAGE: lambda who: triage.triage(**who),
    Step.APPROVE: lambda who: review.approve(**who),
    Step.PUBLISH: lambda who: publication.publish(**who),
}


@pytest.mark.parametrize("is_hint", [False, True], ids=["sure", "hint"])
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("state", ONWARD, ids=lambda state: state.value)
def test_it_refuses_everybody_the_step_onward_and_takes_it_once_decided(cast, state, place, is_hint):
    case, row = unresolved(cast, state, place, is_hint=is_hint)
    step = ONWARD[state]
    for name in PEOPLE:
        by = getattr(cast, name)
        with pytest.raises(Refused):
            STEPS[step]({"case_id": case.pk, "by": by, "seen": Seen.of(again(case))})
        with pytest.raises(Refused):
            move(case.pk, step, by=by, seen=None)
    with pytest.raises(Refused, match="could identify the family"):
        STEPS[step]({"case_id": case.pk, "by": cast.mo, "seen": None})
    assert again(case).state == state
    row.delete()
    assert STEPS[step]({"case_id": case.pk, "by": cast.mo, "seen": None}).state != state


@pytest.mark.parametrize("state", ONWARD, ids=lambda state: state.value)
def test_it_refuses_the_bare_method_of_the_machine(cast, state):
    case, _ = unresolved(cast, state)
    with pytest.raises(TransitionNotAllowed):
        getattr(case, ONWARD[state].value)()


def test_it_refuses_to_confirm_and_to_schedule(cast):
    case, _ = unresolved(cast, State.REVIEWED)
    with pytest.raises(Refused, match="could identify the family"):
        publication.schedule(case_id=case.pk, by=cast.mo, seen=None, at=timezone.now() + timedelta(hours=1))
    case, _ = unresolved(cast, State.SUBMITTED)
    words = {"title": "Other words", "text": QUESTION}
    with pytest.raises(Refused):
        triage.save_question(case_id=case.pk, by=cast.mo, seen=None, words=words, confirm=True, ticked_by=cast.mo)


def test_it_does_not_publish_by_the_clock(cast):
    case = make_case(cast, state=State.REVIEWED)
    publication.consent(case_id=case.pk, by=cast.rosa, page_hash=case.page_hash(), audience="public")
    publication.schedule(case_id=case.pk, by=cast.mo, seen=None, at=timezone.now() + timedelta(hours=1))
    Finding.objects.create(case=case, start=0, end=2, kind="PERSON", text="My")
    Case.objects.filter(pk=case.pk).update(publish_at=timezone.now() - timedelta(minutes=1))
    publication.publish_due()
    assert (again(case).state, Publication.objects.count()) == (State.REVIEWED, 0)


def names(resolver=None, prefix=""):
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver) and pattern.namespace != "admin":
            yield from names(pattern, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)
        elif isinstance(pattern, URLPattern) and pattern.name and "public_id" in str(pattern.pattern):
            yield f"{prefix}{pattern.name}", str(pattern.pattern)


EVERYTHING = {
    "confirm": "on",
    "tick": "on",
    "recognition": "on",
    "read_as_family": "on",
    "title": "When he comes home",
    "label": "A mother",
    "text": QUESTION,
    "body": "<p>You are doing a great deal already.</p>",
    "based_on": "1",
    "reason": "Because.",
    "comment": "Fine.",
    "when": "now",
    "audience": "public",
    "choice": "yes",
    "checked": ["1", "2", "3"],
    "cases": [],
}


@pytest.mark.parametrize("who", ["mo", "mora", "erin", "rosa", "ada"])
@pytest.mark.parametrize("state", ONWARD, ids=lambda state: state.value)
def test_it_is_moved_on_by_no_address_whatever_is_sent_to_it(cast, state, who):
    """Every address that takes a case, with every field filled; what decides the finding itself is left out."""
    case, row = unresolved(cast, state)
    forward = {State.SUBMITTED: {"triaged"}, State.DRAFTED: {"reviewed"}, State.REVIEWED: {"published"}}[state]
    visitor, walked = Visitor(getattr(cast, who)), 0
    for name, pattern in sorted(names()):
        if name in {"workflow:findings", "workflow:undo"}:
            continue
        values = {
            "public_id": case.public_id,
            "flag_id": 1,
            "number": 1,
            "part": 0,
            "key": "1",
            "message_id": 1,
            "page": "case",
        }
        wanted = {key: value for key, value in values.items() if f":{key}>" in pattern or f"<{key}>" in pattern}
        fields = {**EVERYTHING, "seen": str(Seen.of(again(case))), "cases": [case.public_id]}
        visitor.ask(reverse(name, kwargs=wanted), "post", data=fields)
        now = again(case)
        assert now.state not in forward, name
        walked += 1
        if now.state != state:  # declined, reopened, withdrawn: not onward; start again
            case, row = unresolved(cast, state)
    assert walked > 30
    assert Finding.objects.filter(pk=row.pk, decision="").exists()
