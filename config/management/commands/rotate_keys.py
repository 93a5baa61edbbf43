"""`manage.py rotate_keys [--count]`: seal everything under the first of FIELD_KEYS; older keys can go when none is left."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand

from config.rotation import count, newest_key, rotate


class Command(BaseCommand):
    help = "Seal every value again under the newest key, while the service runs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--count", action="store_true", help="only say how many values lie under which key")

    def handle(self, *args: object, **options: object) -> None:
        if not options["count"]:
            self.stdout.write(f"{rotate()} values sealed again under {newest_key()}.")
        found = count()
        for key, values in sorted(found.items()):
            self.stdout.write(f"{key}: {values}")
        if set(found) <= {newest_key()}:
            self.stdout.write("No other key is needed, but by older backups.")
