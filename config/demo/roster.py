"""The demo's on-call roster: two weeks from today, with one evening that nobody took, so that a gap can be seen."""

from datetime import timedelta

from django.utils import timezone

from accounts.models import User
from workflow.actions.roster import give_turn

FROM, UNTIL, DAYS, GAP = 8, 22, 14, 9
ON_IT = ("mo", "dana", "isabel")


def make_roster(people: dict[str, User]) -> None:
    """Everybody in turn."""
    for ahead in range(DAYS):
        day = timezone.localdate() + timedelta(days=ahead)
        if ahead == GAP or (ahead == 0 and timezone.localtime().hour >= UNTIL):
            continue
        person = people[ON_IT[ahead % len(ON_IT)]]
        give_turn(by=people["ada"], person=person, day=day, from_hour=FROM, until_hour=UNTIL)
