"""`manage.py prepare`: everything a release needs before it serves, in one go: tables, cache, schedules. Safe to run again."""

from argparse import ArgumentParser

from django.core.management import call_command
from django.core.management.base import BaseCommand

from config import rotation

from .demo import words_of_greeting


class Command(BaseCommand):
    help = "Bring tables, cache table and schedules up to date."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--demo", metavar="URL", help="make the demo too, and print who can sign in at this address"
        )

    def handle(self, *args: object, demo: str = "", **options: object) -> None:
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        call_command("setup_schedules")
        if not demo and (old := rotation.waiting()):
            self.stdout.write(
                f"{old} values are under keys of before. Once no older release serves: manage.py rotate_keys"
            )
        if demo:
            call_command("demo", stdout=self.stderr)
            self.stdout.write(words_of_greeting(demo))
