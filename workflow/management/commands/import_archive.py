"""`manage.py import_archive FILE`: shows what an archive would become; with --write it becomes that. See docs/archive.md.

Lives here and not in qa because letters are looked through for names first, which only workflow can.
"""

import csv
from argparse import ArgumentParser, BooleanOptionalAction
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from qa.archive import tables, wordpress
from qa.archive.bring_in import Importer, Report
from qa.archive.entries import Entry, Unusable
from qa.progress import bar, stoppable
from qa.sanitize import plain_text
from workflow import anonymize

Rows = Iterator[tuple[str, Entry | Unusable]]
STAYS = "What was written stays; run it again, and nothing is doubled."
KINDS = {
    anonymize.Kind.PERSON: "a person's name",
    anonymize.Kind.PLACE: "a place",
    anonymize.Kind.ORG: "an organisation",
    anonymize.Kind.DATE: "a date",
    anonymize.Kind.CONTACT: "an address or number",
    anonymize.Kind.ID: "a number of a document",
    anonymize.Kind.AGE: "a great age",
    anonymize.Kind.QUASI: "something rare",
}


class Command(BaseCommand):
    help = "Bring in letters and answers from a WordPress export (.xml), a CSV file or a folder of Markdown files."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", type=Path)
        parser.add_argument("--write", action="store_true", help="write; without it nothing is changed (a dry run)")
        parser.add_argument("--topics", type=Path, help="CSV of two columns: their category, our topic's slug")
        parser.add_argument("--report", type=Path, help="where the report goes; without it into imports/ of var")
        parser.add_argument(
            "--hold",
            action=BooleanOptionalAction,
            default=True,
            help="leave out entries that may name somebody (as without the option); --no-hold publishes them all",
        )
        parser.add_argument(
            "--looked-at", type=Path, help="CSV whose first column names entries a person has read; they are not held"
        )

    def handle(self, *args: object, source: Path, write: bool, topics: Path | None, **options: object) -> None:
        try:
            fine = _first_column(options.get("looked_at"))
            importer = Importer(
                topics=_mapping(topics), dry=not write, look=_looker(fine) if options["hold"] else _all_fine
            )
        except (OSError, UnicodeDecodeError) as fault:
            raise CommandError(str(fault)) from fault
        try:
            with _rows(source) as rows:
                total = sum(1 for _ in rows)
            with _rows(source) as rows, stoppable(STAYS):
                deque(bar(importer.take(rows), total, self.stderr), maxlen=0)
        except (Unusable, OSError, UnicodeDecodeError) as fault:
            raise CommandError(str(fault)) from fault
        finally:  # also of what was done before somebody stopped it
            if importer.report.counts:
                self._keep(importer.report, source, options.get("report"), dry=not write)

    def _keep(self, report: Report, source: Path, given: object, *, dry: bool) -> None:
        self._tell(report, dry=dry)
        path = _write_report(given if isinstance(given, Path) else _usual_place(source), report)
        self.stdout.write(f"The report is kept in {path}")

    def _tell(self, report: Report, *, dry: bool) -> None:
        for name, reason in report.skipped:
            self.stdout.write(f"  skipped  {name}: {reason}")
        for name, reason in report.held:
            self.stdout.write(f"  held     {name}: {reason}")
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


def _first_column(path: object) -> frozenset[str]:
    if not isinstance(path, Path):
        return frozenset()
    with path.open(encoding="utf-8-sig", newline="") as file:
        return frozenset(row[0].strip() for row in csv.reader(file) if row)


def _looker(fine: frozenset[str]) -> Callable[[str, Entry], str]:
    return lambda name, entry: "" if name.strip() in fine else _may_name(entry)


def _all_fine(name: str, entry: Entry) -> str:
    return ""


def _may_name(entry: Entry) -> str:
    """Which kinds of identifiers the entry seems to hold. Says what and how often, never the words: reports travel."""
    counts: Counter[anonymize.Kind] = Counter()
    for text in (entry.title, entry.label, entry.intro, entry.question, plain_text(entry.answer_html)):
        counts.update(found.kind for found in anonymize.find(text) if not found.is_hint)
    if not counts:
        return ""
    what = ", ".join(f"{KINDS[kind]} ({times})" for kind, times in counts.most_common())
    return f"It may tell who somebody is: {what}. Read it, mend it or list it under --looked-at."


def _usual_place(source: Path) -> Path:
    """A new file for every run, so that one can come back to each."""
    folder: Path = settings.VAR_DIR / "imports"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{timezone.localtime():%Y-%m-%d-%H%M%S}-{source.stem}.csv"


def _write_report(path: Path, report: Report) -> Path:
    rows = [(name, "skipped", why) for name, why in report.skipped]
    rows += [(name, "held", why) for name, why in report.held]
    rows += [(name, "topic unknown", f"{times} times") for name, times in report.unknown_topics.most_common()]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["entry", "what became of it", "why"])
        writer.writerows(rows)
        writer.writerow(["", "in all", str(report)])
    return path
