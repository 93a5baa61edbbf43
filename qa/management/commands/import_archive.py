"""`manage.py import_archive FILE`: shows what an archive would become; with --write it becomes that. See docs/archive.md."""

import csv
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from qa.archive import tables, wordpress
from qa.archive.bring_in import Importer, Report
from qa.archive.entries import Entry, Unusable

Rows = Iterator[tuple[str, Entry | Unusable]]
BAR = 40


class Command(BaseCommand):
    help = "Bring in letters and answers from a WordPress export (.xml), a CSV file or a folder of Markdown files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", type=Path)
        parser.add_argument("--write", action="store_true", help="write; without it nothing is changed (a dry run)")
        parser.add_argument("--topics", type=Path, help="CSV of two columns: their category, our topic's slug")
        parser.add_argument("--report", type=Path, help="write what was skipped and why to this CSV file")

    def handle(self, *args: object, source: Path, write: bool, topics: Path | None, **options: object) -> None:
        importer = Importer(topics=_mapping(topics), dry=not write)
        try:
            with _rows(source) as rows:
                total = sum(1 for _ in rows)
            with _rows(source) as rows:
                for done, _ in enumerate(importer.take(rows), start=1):
                    self._progress(done, total)
        except (Unusable, OSError, UnicodeDecodeError) as fault:
            raise CommandError(str(fault)) from fault
        self._tell(importer.report, dry=not write)
        report = options.get("report")
        if isinstance(report, Path):
            _write_report(report, importer.report)

    def _progress(self, done: int, total: int) -> None:
        if self.stderr.isatty() or done == total:
            full = BAR * done // max(1, total)
            self.stderr.write(f"\r[{'#' * full}{'.' * (BAR - full)}] {done} of {total}", ending="")
            if done == total:
                self.stderr.write("")

    def _tell(self, report: Report, *, dry: bool) -> None:
        for name, reason in report.skipped:
            self.stdout.write(f"  skipped  {name}: {reason}")
        for name, times in report.unknown_topics.most_common():
            self.stdout.write(f"  no topic here for their category “{name}” ({times} times); map it with --topics")
        self.stdout.write(f"{'Would be' if dry else 'Done'}: {report}.")
        if dry:
            self.stdout.write("Nothing was written. Run it again with --write when this is what you want.")


@contextmanager
def _rows(source: Path) -> Iterator[Rows]:
    """The entries of a file or folder; which form it is, its name says."""
    if source.is_dir():
        yield tables.read_markdown(source)
    elif source.suffix.lower() == ".csv":
        with source.open(encoding="utf-8-sig", newline="") as file:
            yield tables.read_csv(file)
    else:
        with source.open("rb") as file:
            yield wordpress.read(file)


def _mapping(path: Path | None) -> dict[str, str]:
    if path is None:
        return {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {row[0].strip(): row[1].strip() for row in csv.reader(file) if len(row) >= 2}


def _write_report(path: Path, report: Report) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["entry", "why it was skipped"])
        writer.writerows(report.skipped)
