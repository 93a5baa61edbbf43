"""Letters of one demo member that belong together, one that was sent twice, and one that a colleague handed on."""

from collections.abc import Mapping

from accounts.models import User
from workflow.actions import handing, stories, triage
from workflow.models import Case

# the letters' files: a later part and the part before it
ONE_STORY = [("35-tell-the-school", "23-where-is-mommy"), ("23-where-is-mommy", "04-two-little-ones")]
HANDED_ON = "30-the-whole-story"
TWICE = [("44-quick-one-again", "31-quick-one")]


def join(cases: Mapping[str, Case], *, by: User) -> None:
    """As a moderator does it on the page of a case."""
    for later, earlier in ONE_STORY:
        stories.link(case_id=cases[later].pk, other_id=cases[earlier].pk, by=by)
    for later, earlier in TWICE:
        triage.open_letter(case_id=cases[later].pk, by=by)
        stories.merge(case_id=cases[later].pk, other_id=cases[earlier].pk, by=by)


def hand_on(cases: Mapping[str, Case], *, by: User) -> None:
    """As somebody does who would rather not have this one today."""
    handing.hand_on(case_id=cases[HANDED_ON].pk, by=by)
