"""`manage.py verify_audit_log [--head POSITION:HASH …]`: is the audit trail whole? Exits with 1 when it is not.

A head is what the log noted at some hour ("audit head 1234:…"): with it, a chain that was rewritten from the start is found too.
"""

import re
from argparse import ArgumentParser, ArgumentTypeError

from django.core.management.base import BaseCommand, CommandError

from qa.progress import bar, stoppable
from workflow.actions.sealing import faults, seal_events
from workflow.models.seals import Seal


def head(text: str) -> tuple[int, str]:
    """Position and hash as the log notes them."""
    if not re.fullmatch(r"[0-9]{1,18}:[0-9a-f]{64}", text):
        raise ArgumentTypeError("a head is written POSITION:HASH, as the log notes it")
    position, _, noted = text.partition(":")
    return int(position), noted


class Command(BaseCommand):
    help = "Check the chain over the audit trail and that the database refuses to change it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--head", type=head, action="append", default=[], help="POSITION:HASH noted earlier")

    def handle(self, *args: object, **options: object) -> None:
        heads = options["head"]
        with stoppable("The trail is as it was; what was looked at so far is not told. Run it again."):
            seal_events()
            total = Seal.objects.count()
            noted = tuple(heads) if isinstance(heads, list) else ()
            found = list(faults(noted, passing=lambda seals: bar(seals, total, self.stdout)))
        for fault in found:
            self.stderr.write(f"{fault.where}: {fault.what}")
        if found:
            raise CommandError(f"The audit trail is not whole: {len(found)} faults.")
        last = Seal.objects.order_by("-position").first()
        self.stdout.write(f"The audit trail is whole. Head {last.position}:{last.hash}" if last else "Nothing yet.")
