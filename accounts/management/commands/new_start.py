"""`manage.py new_start ADDRESS`: takes a lost second step away, when there is no second person who could agree to it."""

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.new_starts import take_away


class Command(BaseCommand):
    help = "Take second step and password of this address away. They set both anew, by a code from their mailbox."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("address")

    def handle(self, *args: object, address: str = "", **options: object) -> None:
        person = User.objects.on_team_at(address.lower())
        if person is None:
            raise CommandError("Nobody who works here has this address.")
        take_away(person)
        self.stdout.write("Done. They set a new password and a new second step when they sign in next.")
