"""`manage.py rotate_keys [--count]`: a key for every letter, all under the first of FIELD_KEYS; older ones can go then."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from accounts.master_keys import newest_key
from config.rotation import OF_A_LETTER, count, rotate, waiting


class Command(BaseCommand):
    help = "Give every letter its key and seal all of them under the newest master key, while the service runs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--count", action="store_true", help="only say how many values lie under which key")

    def handle(self, *args: object, **options: object) -> None:
        if not options["count"]:
            self.stdout.write(f"{rotate()} values and keys sealed again under {newest_key()}.")
        found = count()
        for key, values in sorted(found.items()):
            self.stdout.write(f"{key}: {values}")
        if left := waiting():
            self.stdout.write(f"Still to be sealed again: {left}.")
        elif set(found) <= {newest_key(), OF_A_LETTER}:
            self.stdout.write("No other key is needed, but by older backups.")
