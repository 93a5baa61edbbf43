"""`manage.py rotate_keys [--count]`: a key for every letter, all under the first of FIELD_KEYS; older ones can go then."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from accounts.master_keys import newest_key
from config.rotation import OF_A_LETTER, count, parts, waiting
from qa.progress import bar, stoppable


class Command(BaseCommand):
    help = "Give every letter its key and seal all of them under the newest master key, while the service runs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--count", action="store_true", help="only say how many values lie under which key")

    def handle(self, *args: object, **options: object) -> None:
        with stoppable("What was sealed anew stays so, the rest is as it was and can be read. Run it again to go on."):
            if not options["count"]:
                self.stdout.write(f"{self._rotate()} values and keys sealed again under {newest_key()}.")
            self._count()

    def _rotate(self) -> int:
        done = 0
        for name, total, turns in parts():
            if total and self.stdout.isatty():
                self.stdout.write(f"{name.capitalize()} …")
            done += sum(bar(turns, total, self.stdout))
        return done

    def _count(self) -> None:
        found = count(lambda values, total: bar(values, total, self.stdout))
        for key, values in sorted(found.items()):
            self.stdout.write(f"{key}: {values}")
        if left := waiting():
            self.stdout.write(f"Still to be sealed again: {left}.")
        elif set(found) <= {newest_key(), OF_A_LETTER}:
            self.stdout.write("No other key is needed, but by older backups.")
