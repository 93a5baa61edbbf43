"""Nothing hides a flag: over every filter, state, holder, kept list, habit and bulk act, what waits is on the board."""

import itertools
import os
import random
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cast import make_case, signed_in, topic
from workflow import queues
from workflow.actions import answering, habits, handing, intake, review, stories, triage
from workflow.models import Case, SafetyFlag
from workflow.safety.words import Category, Severity, Subject, Timing
from workflow.states import OPEN_STATES, State
from workflow.transitions import Refused
from workflow.worklist import DANGERS, NOBODY, enough_for

ALL = os.environ.get("ALLAY_FILTERS") == "all"  # `make prove PART=flags`: every filter and every pair of cases
HOLDERS = {
    State.SUBMITTED: ("free", "assigned"),
    State.TRIAGED: ("free", "assigned", "claimed", "run out"),
    State.DRAFTED: ("assigned", "in review"),
}
# letters a day, hours away from now (none: no quiet hours)
HABITS = {"usual": (None, False), "quiet": (None, True), "capped": (0, False), "quiet and capped": (0, True)}
PRESSING = (Severity.EMERGENCY, Severity.URGENT)


def flagged(cast, case, severity):
    """A flag raised whatever state the case is in, as an expert or a scan may have done before the last step."""
    return SafetyFlag.objects.create(
        case=case,
        category=Category.OVERDOSE,
        severity=severity,
        subject=Subject.CHILD,
        timing=Timing.NOW,
        source="person",
        raised_by=cast.dana,
    )


def held(cast, case, how):
    if how in {"free", "claimed"} and case.state == State.TRIAGED:
        triage.assign(case_id=case.pk, by=cast.mo, expert=None)
    if how == "assigned" and case.state != State.DRAFTED:
        triage.assign(case_id=case.pk, by=cast.mo, expert=cast.theo)
    if how == "claimed":
        answering.claim(case_id=case.pk, by=cast.theo)
    if how == "run out":
        Case.objects.filter(pk=case.pk).update(claim_until=timezone.now() - timedelta(hours=1))
    if how == "in review":
        review.start(case_id=case.pk, by=cast.dana)


@pytest.fixture(scope="module")
def lasting_flags(lasting_cast):
    return flags_of_every_kind(lasting_cast)


@pytest.fixture
def cast(lasting_flags, cast_of_the_file):
    return cast_of_the_file


@pytest.fixture
def waiting(lasting_flags, db):
    return list(SafetyFlag.objects.filter(pk__in=[flag.pk for flag in lasting_flags]).order_by("pk"))


def flags_of_every_kind(cast):
    """One flag of each pressing severity on a case of every state and holder; beside them some that must not show."""
    found = []
    for state in State:
        for how in HOLDERS.get(state, ("",)):
            case = make_case(cast, state=state)
            held(cast, case, how)
            found += [flagged(cast, case, severity) for severity in PRESSING]
    other = make_case(cast)
    flagged(cast, other, Severity.CONCERN)
    taken = flagged(cast, other, Severity.URGENT)
    triage.acknowledge_flag(case_id=other.pk, flag_id=taken.pk, by=cast.mo)
    return found


def filters(cast, part):
    """A quarter of the filters, mixed: together the four habits meet any two values that can be chosen at once."""
    every = list(all_filters(cast))
    random.Random(0).shuffle(every)
    chosen = every if ALL else list(with_every_pair(every))
    return chosen[part :: len(HABITS)]


def with_every_pair(rows):
    met = set()
    for row in rows:
        if new := set(itertools.combinations(row.items(), 2)) - met:
            met |= new
            yield row


def all_filters(cast):
    experts = ("", NOBODY, str(cast.erin.pk), str(cast.theo.pk))
    for state, danger, expert, about in itertools.product(
        ("", *OPEN_STATES), ("", *DANGERS), experts, ("", topic().slug)
    ):
        yield {"state": state, "danger": danger, "expert": expert, "topic": about}


def live_with(person, habit):
    letters, is_quiet = HABITS[habit]
    hour = timezone.now().astimezone(ZoneInfo(person.time_zone)).hour
    hours = {"works_from": (hour + 10) % 24, "works_until": (hour + 11) % 24} if is_quiet else {}
    habits.set_habits(person=person, keys={}, letters_a_day=letters, **hours)


def missing(response, flags):
    """Flags that the board of this page neither offers to take on nor leads to."""
    page = response.content.decode()
    start = page.index('class="board"')
    board = page[start : page.index("</section>", start)]
    return [flag for flag in flags if not any(way in board for way in ways_to(flag))]


def ways_to(flag):
    take_on = reverse("workflow:acknowledge_flag", args=[flag.case.public_id, flag.pk])
    return f'action="{take_on}"', f'href="{flag.case.get_absolute_url()}#flag-{flag.pk}"'


@pytest.mark.once
@pytest.mark.parametrize("habit", HABITS)
def test_it_shows_every_flag_under_every_filter_and_on_every_page(cast, waiting, habit):
    part = list(HABITS).index(habit)
    live_with(cast.mo, habit)
    assert bool(enough_for(cast.mo)) is (habit != "usual")
    browser = signed_in(cast.mo)
    for chosen in filters(cast, part):
        assert not missing(browser.get(reverse("workflow:queue"), chosen), waiting), chosen
    pages = [reverse(f"workflow:{name}") for name in ("queue", "cases", "board", "habits", "published", "colleagues")]
    pages += [reverse("workflow:case", args=[flag.case.public_id]) for flag in waiting[2 * part :: 8]]
    for page in pages:
        assert not missing(browser.get(page), waiting), page


def test_it_shows_every_flag_on_kept_lists_and_after_many_cases_changed_at_once(cast, waiting):
    browser = signed_in(cast.mo)
    for moderator in (cast.mo, cast.dana, cast.mora):
        assert set(queues.urgent_board(moderator)) == set(waiting)
    for number, query in enumerate(("?state=drafted", "?danger=2&expert=nobody", "?topic=none-of-them")):
        habits.keep_view(person=cast.mo, name=f"List {number}", query=query)
        assert not missing(browser.get(reverse("workflow:queue") + query), waiting)
    typed = {"case": [flag.case.public_id for flag in waiting], "topic": topic("families").pk, "expert": cast.theo.pk}
    for work in ("give", "tag"):
        assert not missing(browser.post(reverse("workflow:bulk"), {**typed, work: "yes"}, follow=True), waiting)
        assert set(queues.urgent_board(cast.mo)) == set(waiting)


@pytest.mark.once
def test_it_shows_every_flag_whatever_is_linked_merged_or_taken_out_of_a_story(cast, waiting):
    """Cases of every state and holder, each with others (all: with each, in both directions), and all of it undone again."""
    browser, done = signed_in(cast.mo), set()
    cases = list({flag.case_id: flag.case for flag in waiting}.values())
    for case in cases:
        Case.objects.filter(pk=case.pk).update(first_read_at=timezone.now())
    chance = random.Random(3)
    pairs = list(itertools.permutations(cases, 2))
    chance.shuffle(pairs)
    for number, (one, other) in enumerate(pairs if ALL else pairs[: 3 * len(cases)]):
        for act in (stories.link, stories.merge, stories.split, stories.unmerge):
            pair = {"other_id": other.pk} if act in {stories.link, stories.merge} else {}
            try:
                act(case_id=one.pk, by=cast.mo, **pair)
            except Refused:
                continue
            done.add(act)
            if act is stories.merge:
                assert Case.objects.filter(merged_into__isnull=False).exists()
            assert set(queues.urgent_board(cast.mo)) == set(waiting)
        if number % 12 == 0:
            pages = [reverse("workflow:queue"), one.get_absolute_url(), other.get_absolute_url()]
            assert all(not missing(browser.get(page), waiting) for page in pages)
    assert len(done) == 4


def test_it_shows_every_flag_after_any_case_was_handed_on_and_those_that_were_taken_on_again(cast, waiting):
    for number, flag in enumerate(waiting):
        if number % 2:
            triage.acknowledge_flag(case_id=flag.case_id, flag_id=flag.pk, by=cast.mo)
    cases = {flag.case_id: flag.case for flag in waiting if flag.case.state != State.WITHDRAWN}
    for case_id in cases:
        handing.hand_on(case_id=case_id, by=cast.mo)
    board = set(queues.urgent_board(cast.dana))
    assert board >= {flag for flag in waiting if flag.case_id in cases}
    browser = signed_in(cast.mo)
    assert not missing(browser.get(reverse("workflow:queue")), board)


def test_it_keeps_the_flag_of_a_letter_that_is_taken_back(cast):
    case = make_case(cast, danger="yes")
    before = [flag.case_id for flag in queues.urgent_board(cast.mo)]
    intake.withdraw(case_id=case.pk, by=cast.rosa)
    assert before.count(case.pk) == 1
    assert [flag.case_id for flag in queues.urgent_board(cast.mo)] == before
