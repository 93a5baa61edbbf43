"""`manage.py work`: background workers, mail and schedules, until SIGTERM or Ctrl-C. Run one or more per installation."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from config.supervisor import Supervisor


class Command(BaseCommand):
    help = "Run the background worker and the mail, and keep them running."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--grace", type=float, default=10.0, help="seconds a task in hand may take to finish")

    def handle(self, *args: object, grace: float = 10.0, **options: object) -> None:
        Supervisor(grace=grace).run()
