"""`manage.py confirm_roles ADDRESS`: for the first moderators, when there is nobody yet who could confirm their role."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from accounts.grants import confirm_from_the_server


class Command(BaseCommand):
    help = "Confirm the roles that an administrator granted to this address."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address")

    def handle(self, *args: object, address: str = "", **options: object) -> None:
        confirmed = confirm_from_the_server(address)
        if not confirmed:
            raise CommandError("No role waits for this address. Grant one under /admin/ first.")
        self.stdout.write(f"{confirmed} confirmed.")
