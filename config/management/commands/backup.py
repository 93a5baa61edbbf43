"""`manage.py backup [--to FOLDER] [--keep-days N]`: one sealed, checked copy of the whole database. Run it every hour."""

from argparse import ArgumentParser
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.backups import files
from config.backups.databases import NotPossible
from config.backups.sealed import key_ring
from qa.progress import steps, stoppable


class Command(BaseCommand):
    help = "Write a sealed copy of the database, read it back, and delete backups that are too old."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--to", type=Path, default=settings.BACKUP_DIR or None, help="default: BACKUP_DIR")
        parser.add_argument("--keep-days", type=int, default=35)

    def handle(self, *args: object, to: Path | None = None, keep_days: int = 35, **options: object) -> None:
        if to is None or not settings.BACKUP_KEYS:
            raise CommandError("Say where to: --to FOLDER or BACKUP_DIR; and with which key: BACKUP_KEYS.")
        tell, keys = steps(files.STEPS, self.stderr), key_ring(settings.BACKUP_KEYS)
        try:
            with stoppable("There is no new backup; the older ones are as they were."):
                made = files.make(settings.DATABASES["default"], Path(to), keys=keys, tell=tell)
        except NotPossible as fault:
            raise CommandError(str(fault)) from fault
        dropped = files.drop_old(Path(to), days=keep_days)
        self.stdout.write(f"{made} ({made.stat().st_size:,} bytes), {dropped} old ones deleted")
