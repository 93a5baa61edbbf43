"""`manage.py export_archive TARGET`: everything published, as a WordPress export, CSV or Markdown. See docs/archive.md."""

from argparse import ArgumentParser
from collections.abc import Callable, Iterable
from io import TextIOWrapper
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from qa.archive import tables, wordpress
from qa.models import Audience, Publication
from qa.progress import bar, stoppable

AT_ONCE = 500
Write = Callable[[TextIOWrapper, Iterable[Publication]], int]
FILES: dict[str, Write] = {".xml": wordpress.write, ".csv": tables.write_csv}


class Command(BaseCommand):
    help = "Write every published letter and answer to a file (.xml, .csv) or a folder of Markdown files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("target", type=Path)
        parser.add_argument("--members", action="store_true", help="also what only people who signed in may read")

    def handle(self, *args: object, target: Path, members: bool, **options: object) -> None:
        pages = Publication.objects.filter(withdrawn_at__isnull=True).prefetch_related("topics").order_by("pk")
        chosen = pages if members else pages.filter(audience=Audience.PUBLIC)
        kind = target.suffix.lower()
        rows = bar(chosen.iterator(chunk_size=AT_ONCE), chosen.count(), self.stderr)
        with stoppable("There is no new file." if kind in FILES else "Files that were written stay; run it again."):
            done = _whole(FILES[kind], target, rows) if kind in FILES else tables.write_markdown(target, rows)
        self.stdout.write(f"{done} letters are in {target}.")


def _whole(write: Write, target: Path, rows: Iterable[Publication]) -> int:
    """A file gets its name when it is whole: half an export never looks like one."""
    unfinished = target.with_name(f".unfinished-{target.name}")
    try:
        file = unfinished.open("x", encoding="utf-8", newline="")  # never into what somebody else put there
    except FileExistsError as fault:
        sentence = (
            f"{unfinished} is there: another export is writing, or one was cut off. Delete it, then run this again."
        )
        raise CommandError(sentence) from fault
    try:
        with file:
            done = write(file, rows)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return done
