"""`manage.py demo`: fills an empty installation with people and letters in every state. Never in production."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from config.demo import clock, letters, people, roster, rules, snippets, stories
from config.logs import ERASURES
from notifications.models import Dispatch
from workflow.models import Event


class Command(BaseCommand):
    help = "Make the demo's people and letters, once."

    def handle(self, *args: object, **options: object) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo has known passwords. It does not run in production.")
        if not User.objects.filter(email=people.STAFF[0].email).exists():
            self.stdout.write("Making the demo (once) …")
            with _erasures_unsaid(), transaction.atomic(), clock.before_the_trail_is_closed():
                make_demo()


@contextmanager
def _erasures_unsaid() -> Iterator[None]:
    """The demo's letter that was taken back is in no backup, so no restore needs its line; in a terminal it looks like a fault."""
    log = logging.getLogger(ERASURES)
    level = log.level
    log.setLevel(logging.WARNING)
    try:
        yield
    finally:
        log.setLevel(level)


def make_demo() -> None:
    """People, topics and letters. Mail about what is long past is marked as sent, so that the mailbox starts readable."""
    letters.make_topics()
    everybody = people.make_people()
    snippets.make_snippets(everybody)
    snippets.look_at_lines()
    cases = {}
    roster.make_roster(everybody)
    for number, letter in enumerate(letters.read_letters()):
        cases[letter["file"]] = letters.walk(letter, everybody, number)
        clock.backdate(cases[letter["file"]], days_ago=letter["days_ago"])
    stories.join(cases, by=everybody["dana"])
    rules.make_rule(everybody["ada"], everybody["mo"])
    stories.hand_on(cases, by=everybody["mo"])
    old = Event.objects.filter(at__lt=timezone.now() - timedelta(days=2))
    Dispatch.objects.bulk_create([Dispatch(event=event) for event in old])


def words_of_greeting(url: str) -> str:
    """What `make run` prints."""
    staff = "\n".join(f"    {colleague.email:<28}{' and '.join(colleague.roles)}" for colleague in people.STAFF)
    return f"""
  {settings.SITE_NAME} is running at  {url}
  Mail arrives at          {url}/mailbox/

  Sign in as staff at {url}/sign-in/password/
  with the password  “{people.PASSWORD}”:
{staff}

  Sign in as a member at {url}/sign-in/
  with any address, or {people.MEMBERS[0]}@{people.DOMAIN}, who has letters here;
  the six-digit code is in the mailbox.

  Ctrl-C ends everything.  `make demo-reset` starts afresh.
"""
