"""A mail that is due and has nothing to say, or nobody to say it to, is not made: asked again at the very moment."""

from datetime import timedelta

import pytest
from django.utils import timezone

from notifications.contents import prepare
from notifications.facts import Facts
from notifications.models import Category, Message
from notifications.rules import LINE_WAITS, PLAYBOOK_WORDED, ROLE_WAITS, RULE_WAITS, SIGN_IN_NOTICES, UPKEEP
from notifications.timing import Skip
from qa.models import HelpLine
from tests.cast import make_case

pytestmark = pytest.mark.once


def made(person, template, category):
    """What a mail of this kind would be now."""
    message = Message.objects.create(
        key=template, template=template, category=category, rank=1, person=person, sealed="{}"
    )
    return prepare(message, Facts([message]))


def skipped(*asked):
    with pytest.raises(Skip) as skip:
        made(*asked)
    return skip.value.reason


def test_it_tells_each_morning_only_who_is_there_and_only_when_something_waits(cast):
    digest = ("work_digest", Category.DIGEST)
    assert skipped(cast.mo, *digest) == "nothing waits"
    make_case(cast)
    today = timezone.localdate()
    cast.dana.away_from, cast.dana.away_until = today, today + timedelta(days=3)
    cast.dana.save()
    Message.objects.all().delete()
    assert skipped(cast.dana, *digest) == "away"
    Message.objects.all().delete()
    assert made(cast.mo, *digest).to == cast.mo.email


def test_it_tells_only_administrators_what_to_look_after_and_only_while_there_is_something(cast):
    HelpLine.objects.update(review_by=timezone.localdate() + timedelta(days=90))
    assert skipped(cast.ada, UPKEEP, Category.DIGEST) == "nothing waits"
    HelpLine.objects.filter(key="988").update(review_by=timezone.localdate() - timedelta(days=1))
    Message.objects.all().delete()
    assert skipped(cast.mo, UPKEEP, Category.DIGEST) == "nothing waits"
    Message.objects.all().delete()
    assert made(cast.ada, UPKEEP, Category.DIGEST)


@pytest.mark.parametrize("template", [ROLE_WAITS, RULE_WAITS, LINE_WAITS, PLAYBOOK_WORDED])
def test_it_tells_no_moderator_of_a_second_yes_that_nobody_waits_for(cast, template):
    assert skipped(cast.mo, template, Category.WORK) == "overtaken"
    Message.objects.all().delete()
    assert skipped(None, template, Category.WORK) == "overtaken"


def test_it_tells_nobody_of_signing_in_who_is_not_there_any_more(cast):
    assert skipped(None, sorted(SIGN_IN_NOTICES)[0], Category.SECURITY) == "nobody to hear it"
    cast.erin.is_active = False
    cast.erin.save()
    assert skipped(cast.erin, "sign_in_code", Category.SECURITY) == "nobody to hear it"
