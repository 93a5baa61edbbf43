"""One local rule as an administrator would have written it, with two versions, so that the page has something to show."""

from accounts.models import User
from workflow.actions import rules
from workflow.models import RuleVersion

WORDS = {
    "name": "Says that a patch meant for the skin was chewed or licked.",
    "category": "overdose",
    "severity": "urgent",
    "ways": "(chew*|licked|sucked) ~ (patch|patches)",
    "unless": "nicotine",
    "examples": "He chewed a fentanyl patch on the porch.\nShe licked the patches that were for her grandmother.",
    "not_examples": "He chewed a nicotine patch once by mistake.\nShe sewed a patch on his coat.",
    "source": "A near miss in spring: the letter was found by a person.",
}


def make_rule(by: User, second: User) -> RuleVersion:
    """Tried, confirmed by a moderator, made more careful after false alarms; and one that waits for the second yes."""
    first = rules.try_rule(by=by, words={**WORDS, "unless": "", **_WIDER}, rule=None, based_on=0)
    rules.count_trial(first.pk, seconds=30)
    rules.propose(trial_id=first.pk, by=by, why="A near miss.")
    version = rules.confirm(trial_id=first.pk, by=second)
    again = rules.try_rule(by=by, words=WORDS, rule=version.rule, based_on=version.number)
    rules.count_trial(again.pk, seconds=30)
    rules.propose(trial_id=again.pk, by=by, why="Nicotine patches raised it.")
    version = rules.confirm(trial_id=again.pk, by=second)
    waiting = rules.try_rule(by=by, words={**WORDS, "severity": "emergency"}, rule=version.rule, based_on=2)
    rules.count_trial(waiting.pk, seconds=30)
    rules.propose(trial_id=waiting.pk, by=by, why="Two of them were found too late.")
    return version


_WIDER = {"not_examples": "She sewed a patch on his coat.\nHe put a patch on the roof."}
