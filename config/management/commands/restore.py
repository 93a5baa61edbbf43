"""`manage.py restore FILE [--erasures LOG]`: a backup into an empty place; what was erased since is erased again."""

import re
from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from config.backups import files
from config.backups.databases import NotPossible
from config.backups.sealed import Unreadable, key_ring
from config.logs import ERASURES
from qa.progress import steps, stoppable
from workflow.actions.leaving import erase_again

# A line of the log of erasures (config/logs.py), whatever stands before it; inside another's message quotes are escaped.
ERASED = re.compile(rf'"logger": "{re.escape(ERASURES)}", "message": "erased (letter|person) ([0-9]{{1,18}})"')


class Command(BaseCommand):
    help = "Restore a backup into the empty database that DATABASE_URL names, and bring it up to this release."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--erasures", type=Path, help="the log since the backup, as it was written: its lines of allay.erasures"
        )

    def handle(self, *args: object, file: Path | None = None, erasures: Path | None = None, **options: object) -> None:
        if file is None or not file.is_file():
            raise CommandError("There is no such file.")
        tell, keys = steps(files.STEPS_BACK, self.stderr), key_ring(settings.BACKUP_KEYS)
        try:
            with stoppable("If something was put back already, empty the database before you try again."):
                manifest = files.restore(file, settings.DATABASES["default"], keys=keys, tell=tell)
        except (NotPossible, Unreadable) as fault:
            raise CommandError(str(fault)) from fault
        call_command("prepare", stdout=self.stdout)
        found = ERASED.findall(erasures.read_text(errors="replace")) if erasures else []
        done = sum(erase_again(what, int(number)) for what, number in found)
        rows = sum(manifest["rows"].values())
        self.stdout.write(f"Restored {rows:,} rows; lines of erasures in the log: {len(found)}; erased again: {done}.")
        if not erasures:
            self.stdout.write("Erase again what was erased since: --erasures LOG (docs/operations.md, Backups).")
