"""CSV with a header line, and a folder of Markdown files with a head between two lines of `---`."""

import csv
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from django.utils.html import escape
from markdown_it import MarkdownIt

from ..machines import absolute
from ..models import Publication
from ..sanitize import clean_html
from .entries import Entry, Unusable, audience_of, day_of, split_post, tidy_answer, tidy_text

Row = tuple[str, Entry | Unusable]
COLUMNS = [
    "id", "title", "label", "intro", "question", "answer", "answered_by", "topics", "date", "address", "audience",
]  # fmt: skip
_NEEDED = ("title", "question", "answer", "date")


def read_csv(source: IO[str]) -> Iterator[Row]:
    """Every line, as an entry or the reason why not. Raises Unusable for a table without the needed columns."""
    csv.field_size_limit(min(sys.maxsize, 2**31 - 1))
    reader = csv.DictReader(source)
    if missing := [name for name in _NEEDED if name not in (reader.fieldnames or [])]:
        raise Unusable(f"The first line must name the columns; these are missing: {', '.join(missing)}.")
    for number, line in enumerate(reader, start=2):
        letter = line.get("question") or ""
        has_markup = "</p>" in letter or "<br" in letter
        line["question"] = letter if has_markup else escape(letter)
        yield f"line {number}", _entry(line, f"csv:{line.get('id') or number}")


def write_csv(target: IO[str], pages: Iterable[Publication]) -> int:
    writer = csv.DictWriter(target, COLUMNS)
    writer.writeheader()
    done = 0
    for page in pages:
        writer.writerow(_row(page))
        done += 1
    return done


def read_markdown(folder: Path) -> Iterator[Row]:
    """Every .md file of a folder, in the order of their names."""
    for path in sorted(folder.glob("*.md")):
        head, _, body = path.read_text(encoding="utf-8").removeprefix("---\n").partition("\n---\n")
        fields = {name.strip(): text.strip() for name, _, text in (line.partition(":") for line in head.splitlines())}
        try:
            letter, answer = split_post(MarkdownIt("commonmark", {"html": True}).render(body))
        except Unusable as reason:
            yield path.name, reason
            continue
        yield path.name, _entry({**fields, "question": letter, "answer": answer}, f"markdown:{path.stem}")


def write_markdown(folder: Path, pages: Iterable[Publication]) -> int:
    """One file a page. The answer keeps its HTML, which Markdown allows."""
    folder.mkdir(parents=True, exist_ok=True)
    done = 0
    for page in pages:
        row = _row(page)
        head = [f"{name}: {' '.join(row[name].split())}" for name in COLUMNS if name not in {"question", "answer"}]
        letter = "".join(f"<p>{escape(part)}</p>\n" for part in row["question"].split("\n\n") if part.strip())
        text = "\n".join(["---", *head, "---", "", letter, "", "<!--more-->", "", row["answer"], ""])
        (folder / f"{page.slug}.md").write_text(text, encoding="utf-8")
        done += 1
    return done


def _entry(line: dict[str, str], key: str) -> Entry | Unusable:
    try:
        return Entry(
            key=key,
            title=(line.get("title") or "").strip(),
            label=(line.get("label") or "").strip(),
            intro=(line.get("intro") or "").strip(),
            question=tidy_text(line.get("question") or ""),
            answer_html=tidy_answer(line.get("answer") or ""),
            answered_by=(line.get("answered_by") or "").strip(),
            answered_on=day_of(line.get("date") or ""),
            address=(line.get("address") or "").strip(),
            audience=audience_of(line.get("audience") or ""),
            topics=[name.strip() for name in (line.get("topics") or "").split("|") if name.strip()],
        )
    except Unusable as reason:
        return reason


def _row(page: Publication) -> dict[str, str]:
    return {
        "id": str(page.pk),
        "title": page.title,
        "label": page.label,
        "intro": page.intro,
        "question": page.question_text,
        "answer": clean_html(page.answer_html),
        "answered_by": page.answered_by,
        "topics": "|".join(topic.slug for topic in page.topics.all()),
        "date": page.answered_on.isoformat(),
        "address": absolute(page.get_absolute_url()),
        "audience": page.audience,
    }
