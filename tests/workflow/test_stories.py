"""Letters of one member: linked to a story, taken out of it, kept as the same letter; each undone exactly."""

import random

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from qa.models import Letter, Publication
from tests.cast import LETTER, again, make_case, settle
from tests.workflow.test_triage_pages import at, flagged
from workflow import queues
from workflow.actions import answering, intake, publication, stories, triage
from workflow.events import Kind
from workflow.models import Case, Event
from workflow.states import State
from workflow.templatetags.workflow_words import event_words
from workflow.transitions import Refused, Seen, Stale

pytestmark = pytest.mark.once

FIELDS = [field.attname for field in Case._meta.concrete_fields if field.name not in {"version", "is_waiting"}]


def rows():
    """Everything the table of cases holds, but for the counter of changes."""
    return list(Case.objects.order_by("pk").values(*FIELDS, "is_waiting"))


def read(case, who):
    triage.open_letter(case_id=case.pk, by=who)
    return again(case)


@pytest.fixture
def mo(cast):
    browser = Client()
    browser.force_login(cast.mo)
    return browser


@pytest.fixture
def pair(cast):
    """Two letters of rosa's, both read by a moderator; nothing decided."""
    return read(make_case(cast), cast.mo), read(make_case(cast), cast.mo)


def press(browser, name, case, **typed):
    typed = {"seen": str(Seen.of(again(case))), **typed}
    return browser.post(reverse(f"workflow:{name}", args=[case.public_id]), typed, follow=True)


def test_it_links_two_letters_shows_the_story_on_both_pages_and_undoes_it(cast, mo, pair):
    first, second = pair
    before = rows()
    page = press(mo, "link", second, other=first.public_id).content.decode()
    assert f"Case {second.pk} and case {first.pk} are one story now." in page
    assert again(first).story == again(second).story is not None
    for one, other in (pair, reversed(pair)):
        page = mo.get(at("case", one)).content.decode()
        assert "One story" in page
        assert event_words(one.events.last()) == f"Put into one story with case {other.pk}"
    mo.post(reverse("workflow:undo"))
    assert rows() == before
    assert [case.events.last().kind for case in pair] == [Kind.STORY_RESTORED] * 2


def test_it_joins_whole_stories_and_parts_them_again_as_they_were(cast):
    cases = [make_case(cast) for _ in range(5)]
    stories.link(case_id=cases[0].pk, other_id=cases[1].pk, by=cast.mo)
    stories.link(case_id=cases[2].pk, other_id=cases[3].pk, by=cast.mo)
    before = rows()
    was = stories.link(case_id=cases[1].pk, other_id=cases[2].pk, by=cast.mo)
    assert len({again(case).story for case in cases[:4]}) == 1
    assert again(cases[4]).story is None
    stories.restore(was=stories.Was.read(was.kept()), by=cast.mo)
    assert rows() == before


def test_it_undoes_nothing_that_a_colleague_changed_since(cast, mo, pair):
    first, second = pair
    press(mo, "link", second, other=first.public_id)
    third = make_case(cast)
    stories.split(case_id=first.pk, by=cast.dana)
    stories.link(case_id=first.pk, other_id=third.pk, by=cast.dana)
    before = rows()
    assert "The story was changed since." in mo.post(reverse("workflow:undo"), follow=True).content.decode()
    assert rows() == before


def test_it_shows_the_expert_the_earlier_question_of_a_linked_letter(cast):
    first, second = make_case(cast, state=State.TRIAGED), make_case(cast, state=State.TRIAGED)
    assert queues.earlier_parts(second) == []
    stories.link(case_id=second.pk, other_id=first.pk, by=cast.mo)
    assert queues.earlier_parts(again(second)) == [first.question]
    assert queues.earlier_parts(again(first)) == []


def test_it_changes_nothing_that_readers_see_when_colleagues_link(cast):
    published, second = make_case(cast, state=State.PUBLISHED), make_case(cast, state=State.REVIEWED)
    stories.link(case_id=second.pk, other_id=published.pk, by=cast.mo)
    publication.consent(case_id=second.pk, by=cast.rosa, page_hash=again(second).page_hash(), audience="public")
    publication.publish(case_id=second.pk, by=cast.mo, seen=None)
    assert set(Publication.objects.values_list("story", flat=True)) == {None}
    assert set(Letter.objects.values_list("story", flat=True)) == {None}


def test_it_takes_a_part_out_of_the_members_own_story_for_readers_too_and_puts_it_back(cast, mo):
    published = make_case(cast, state=State.PUBLISHED)
    second = intake.submit_letter(by=cast.rosa, text=LETTER, danger="no", continues=published.letter_id)
    story = again(published).story
    assert story == again(second).story == Letter.objects.get(pk=published.letter_id).story is not None
    before, page = rows(), Publication.objects.get()
    press(mo, "split", published)
    assert again(published).story is None
    assert again(second).story == story
    assert Letter.objects.get(pk=published.letter_id).story is Publication.objects.get().story is None
    mo.post(reverse("workflow:undo"))
    assert rows() == before
    assert Letter.objects.get(pk=published.letter_id).story == Publication.objects.get().story == page.story == story


def test_it_sets_the_later_of_two_same_letters_aside_whichever_page_one_is_on(cast, mo, pair):
    first, second = pair
    page = press(mo, "merge", first, other=second.public_id).content.decode()
    assert f"Case {second.pk} is set aside as the same letter as case {first.pk}." in page
    assert (again(first).merged_into_id, again(second).merged_into_id) == (None, first.pk)
    assert list(queues.open_queue(cast.mo)) == [first]
    assert queues.open_counts(cast.mo)[State.SUBMITTED] == 1
    assert (
        f'This is the same letter as <a href="{first.get_absolute_url()}">'
        in mo.get(at("case", second)).content.decode()
    )
    assert [event_words(case.events.last()) for case in pair] == [
        f"The same letter came twice; kept here, and set aside: case {second.pk}",
        f"Set aside as the same letter as case {first.pk}",
    ]


@pytest.mark.both
def test_it_undoes_a_merge_exactly_at_once_and_later(cast, mo, pair):
    first, second = pair
    flagged(cast, second)
    before = rows()
    press(mo, "merge", second, other=first.public_id)
    assert rows() != before
    mo.post(reverse("workflow:undo"))
    assert rows() == before
    press(mo, "merge", second, other=first.public_id)
    press(mo, "unmerge", second)
    assert rows() == before


def test_it_keeps_the_higher_tier_and_the_earlier_clock_and_every_flag_in_sight(cast, mo, pair):
    first, second = pair
    flag = flagged(cast, second)
    assert (again(first).tier, again(second).tier) == (3, 1)
    stories.merge(case_id=second.pk, other_id=first.pk, by=cast.mo)
    kept = again(first)
    assert (kept.tier, kept.submitted_at) == (1, first.submitted_at)
    assert list(queues.urgent_board(cast.mo)) == [flag]
    page = mo.get(at("case", first)).content.decode()
    assert f'action="{reverse("workflow:acknowledge_flag", args=[second.public_id, flag.pk])}"' in page
    row = mo.get(reverse("workflow:queue")).context["rows"][0]
    assert (row.case, row.flags, row.next.what) == (first, [flag], "Take on the safety flag")
    settle(first, by=cast.mo)
    with pytest.raises(Refused, match="safety flag"):
        triage.triage(case_id=first.pk, by=cast.mo, seen=None)
    triage.acknowledge_flag(case_id=second.pk, flag_id=flag.pk, by=cast.mo)
    triage.close_flag(case_id=second.pk, flag_id=flag.pk, by=cast.mo, outcome="Called; all is well.")
    assert again(first).tier == again(second).tier == 3
    assert triage.triage(case_id=first.pk, by=cast.mo, seen=None).state == State.TRIAGED


def test_it_demands_the_advice_that_a_flag_of_the_twin_demands(cast, pair):
    first, second = pair
    flagged(cast, second)
    stories.merge(case_id=second.pk, other_id=first.pk, by=cast.mo)
    assert again(first).missing_safety_blocks() == again(second).missing_safety_blocks() != []


def test_it_sets_nothing_aside_that_nobody_read_that_an_expert_holds_or_that_is_answered(cast, pair):
    first, second = pair
    unread = make_case(cast)
    held = make_case(cast, state=State.TRIAGED)
    drafted = make_case(cast, state=State.DRAFTED)
    read(held, cast.mo)
    for case, why in (
        (unread, "Nobody has read"),
        (held, "An expert has this case"),
        (drafted, "is for a case that is"),
    ):
        with pytest.raises(Refused, match=why):
            stories.merge(case_id=case.pk, other_id=first.pk, by=cast.mo)
    stories.merge(case_id=second.pk, other_id=first.pk, by=cast.mo)
    with pytest.raises(Refused, match=f"same letter as case {first.pk}"):
        stories.merge(case_id=second.pk, other_id=first.pk, by=cast.mo)
    answering_free = read(make_case(cast), cast.mo)
    with pytest.raises(Refused, match=f"same letter as case {first.pk}"):
        stories.merge(case_id=answering_free.pk, other_id=second.pk, by=cast.mo)


def test_it_links_nothing_twice_and_keeps_nothing_with_a_letter_that_was_declined(cast, pair):
    first, second = pair
    stories.link(case_id=second.pk, other_id=first.pk, by=cast.mo)
    before = rows()
    with pytest.raises(Refused, match="one story already"):
        stories.link(case_id=first.pk, other_id=second.pk, by=cast.mo)
    assert rows() == before
    for flag in first.flags.all():
        triage.acknowledge_flag(case_id=first.pk, flag_id=flag.pk, by=cast.mo)
    triage.decline(case_id=first.pk, by=cast.mo, seen=None, reason="Not for us.", message="We are sorry.")
    with pytest.raises(Refused, match="nobody would answer this one"):
        stories.merge(case_id=second.pk, other_id=first.pk, by=cast.mo)
    assert again(second).merged_into is None


def test_it_leaves_only_what_is_safe_to_a_letter_that_is_set_aside(cast, pair):
    first, second = pair
    stories.merge(case_id=second.pk, other_id=first.pk, by=cast.mo)
    why = "Go on there"
    with pytest.raises(Refused, match=why):
        triage.assign(case_id=second.pk, by=cast.mo, expert=cast.erin)
    with pytest.raises(Refused, match=why):
        triage.decline(case_id=second.pk, by=cast.mo, seen=None, reason="No", message="We are sorry.")
    with pytest.raises(Refused, match=why):
        settle(second, by=cast.mo)
    assert triage.open_letter(case_id=second.pk, by=cast.mo) == LETTER
    assert flagged(cast, second).case == second


def test_it_offers_no_expert_a_letter_that_is_set_aside(cast, pair):
    _, second = pair
    settle(second, by=cast.mo)
    triage.triage(case_id=second.pk, by=cast.mo, seen=None)
    assert list(queues.free_for(cast.erin)) == [second]
    stories.merge(case_id=second.pk, other_id=pair[0].pk, by=cast.mo)
    assert not queues.free_for(cast.erin).exists()
    with pytest.raises(Refused):
        answering.claim(case_id=second.pk, by=cast.erin)


@pytest.mark.parametrize("ending", ["withdraw", "decline"])
def test_it_lets_a_twin_wait_for_itself_again_when_the_kept_letter_ends(cast, pair, ending):
    first, second = pair
    stories.merge(case_id=second.pk, other_id=first.pk, by=cast.mo)
    if ending == "withdraw":
        intake.withdraw(case_id=first.pk, by=cast.rosa)
    else:
        triage.decline(case_id=first.pk, by=cast.mo, seen=None, reason="Not for us", message="We are sorry.")
    assert again(second).merged_into_id is None
    assert list(queues.open_queue(cast.mo)) == [second]


def test_it_lets_a_member_take_back_a_letter_that_is_set_aside(cast, pair):
    first, second = pair
    flagged(cast, second)
    stories.merge(case_id=second.pk, other_id=first.pk, by=cast.mo)
    assert again(first).tier == 1
    gone = intake.withdraw(case_id=second.pk, by=cast.rosa)
    assert (gone.state, again(second).merged_into_id, again(first).tier) == (State.WITHDRAWN, None, 3)


def test_it_joins_nothing_of_two_members_and_tells_nothing(cast, mo):
    mine = read(make_case(cast), cast.mo)
    hers = intake.submit_letter(by=cast.bela, text=LETTER, danger="no")
    read(hers, cast.mo)
    before, events = rows(), Event.objects.count()
    told = set()
    for name in ("link", "merge"):
        for other in (hers.public_id, "no-such-case"):
            response = press(mo, name, mine, other=other)
            told.add((response.status_code, response.content.decode().count(other)))
    assert told == {(404, 1)}, "the page gives back what was sent, and nothing else"
    for act in (stories.link, stories.merge):
        said = set()
        for other_id in (hers.pk, 999_999):
            with pytest.raises(Refused) as refusal:
                act(case_id=mine.pk, other_id=other_id, by=cast.mo)
            said.add(refusal.value.sentence)
        assert len(said) == 1
    assert (rows(), Event.objects.count()) == (before, events)
    assert hers.public_id not in mo.get(at("case", mine)).content.decode()


def test_it_joins_nothing_once_nobody_is_linked_to_a_letter(cast, pair):
    cast.rosa.delete()
    with pytest.raises(Refused, match="same member"):
        stories.link(case_id=pair[0].pk, other_id=pair[1].pk, by=cast.mo)


def test_it_is_for_moderators_and_refuses_what_changed_meanwhile(cast, pair):
    first, second = pair
    for who in (cast.erin, cast.rosa, cast.ada):
        with pytest.raises(Refused, match=r"for a moderator|cannot be done now"):  # members learn of no role
            stories.link(case_id=first.pk, other_id=second.pk, by=who)
    seen = Seen.of(again(second))
    flag = flagged(cast, second)
    triage.acknowledge_flag(case_id=second.pk, flag_id=flag.pk, by=cast.dana)
    for act in (stories.link, stories.merge):
        with pytest.raises(Stale):
            act(case_id=second.pk, other_id=first.pk, by=cast.mo, seen=seen)


def test_it_asks_for_the_other_letter_when_none_was_chosen(mo, pair):
    assert "Choose the other letter first." in press(mo, "link", pair[0], other="").content.decode()


def test_it_tells_the_member_where_the_answer_comes(cast, pair):
    first, second = pair
    stories.merge(case_id=second.pk, other_id=first.pk, by=cast.mo)
    rosa = Client()
    rosa.force_login(cast.rosa)
    page = rosa.get(reverse("workflow:status", args=[second.public_id])).content.decode()
    assert "we answer both in one place" in page
    assert f'href="{reverse("workflow:status", args=[first.public_id])}"' in page
    assert (
        "We read it together with another letter of yours." in rosa.get(reverse("workflow:my_cases")).content.decode()
    )


def test_it_undoes_any_walk_of_links_splits_and_merges_step_by_step_exactly(cast):
    """300 random steps over six letters; each is undone and done again, and no flag is ever off the board."""
    cases = [read(make_case(cast), cast.mo) for _ in range(6)]
    flags = {flagged(cast, case) for case in cases[::2]}
    chance, done = random.Random(6), 0
    for _ in range(300):
        one, other = chance.sample(cases, 2)
        how = chance.choice(["link", "split", "merge", "unmerge"])
        before = rows()
        try:
            undo = step(cast, how, one, other)
        except Refused:
            assert rows() == before
            continue
        done += 1
        assert set(queues.urgent_board(cast.mo)) == flags
        if undo is not None:
            undo()
            assert rows() == before
            if chance.random() < 0.7:
                step(cast, how, one, other)
    assert done > 100


def step(cast, how, one, other):
    if how == "link":
        was = stories.link(case_id=one.pk, other_id=other.pk, by=cast.mo)
        return lambda: stories.restore(was=was, by=cast.mo)
    if how == "split":
        was = stories.split(case_id=one.pk, by=cast.mo)
        return lambda: stories.restore(was=was, by=cast.mo)
    if how == "merge":
        twin = stories.merge(case_id=one.pk, other_id=other.pk, by=cast.mo)
        return lambda: stories.unmerge(case_id=twin.pk, by=cast.mo)
    stories.unmerge(case_id=one.pk, by=cast.mo)
    return None


def test_it_reads_the_case_page_with_as_many_reads_for_many_letters_as_for_few(cast, mo, pair):
    def reads():
        with CaptureQueriesContext(
            connection,
        ) as found:
            mo.get(at("case", pair[0]))
        return len(found)

    stories.link(case_id=pair[0].pk, other_id=pair[1].pk, by=cast.mo)
    few = reads()
    for _ in range(4):
        stories.link(case_id=pair[0].pk, other_id=make_case(cast).pk, by=cast.mo)
    assert reads() == few


@pytest.mark.parametrize("state", [State.SUBMITTED, State.DECLINED])
def test_it_shows_an_expert_no_earlier_question_that_was_never_passed_on(cast, state):
    """Confirmed is not passed on: the moderator may still hold the letter back, or decline it."""
    earlier, second = make_case(cast, state=state), make_case(cast, state=State.TRIAGED)
    question = earlier.question
    question.confirmed_at, question.confirmed_by, question.text = timezone.now(), cast.mo, "Held back."
    question.save()
    stories.link(case_id=second.pk, other_id=earlier.pk, by=cast.mo)
    assert queues.earlier_parts(again(second)) == []
