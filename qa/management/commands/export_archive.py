"""`manage.py export_archive TARGET`: everything published, as a WordPress export, CSV or Markdown. See docs/archive.md."""

from argparse import ArgumentParser
from pathlib import Path

from django.core.management.base import BaseCommand

from qa.archive import tables, wordpress
from qa.models import Audience, Publication

AT_ONCE = 500


class Command(BaseCommand):
    help = "Write every published letter and answer to a file (.xml, .csv) or a folder of Markdown files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("target", type=Path)
        parser.add_argument("--members", action="store_true", help="also what only people who signed in may read")

    def handle(self, *args: object, target: Path, members: bool, **options: object) -> None:
        pages = Publication.objects.filter(withdrawn_at__isnull=True).prefetch_related("topics").order_by("pk")
        chosen = pages if members else pages.filter(audience=Audience.PUBLIC)
        rows = chosen.iterator(chunk_size=AT_ONCE)
        if target.suffix.lower() == ".xml":
            with target.open("w", encoding="utf-8") as file:
                done = wordpress.write(file, rows)
        elif target.suffix.lower() == ".csv":
            with target.open("w", encoding="utf-8", newline="") as file:
                done = tables.write_csv(file, rows)
        else:
            done = tables.write_markdown(target, rows)
        self.stdout.write(f"{done} letters are in {target}.")
