"""What an expert can insert into an answer: parts, help lines of the registry, snippets."""

from dataclasses import dataclass

from django.utils.timezone import localdate

from qa import blocks
from qa.models import HelpLine, Snippet


@dataclass(frozen=True)
class Insert:
    """Something to insert: `warning` says when it must be looked at first."""

    key: str
    label: str
    html: str
    warning: str = ""


def inserts() -> dict[str, list[Insert]]:
    """Everything there is, by kind. A help line whose check is overdue is not offered; a snippet comes with a warning."""
    today = localdate()
    lines = [line for line in HelpLine.objects.all() if not line.is_overdue(today=today)]
    overdue = "not looked at since its day; read it well"
    return {
        "Parts": [
            Insert("outline", "The parts of an answer", blocks.outline()),
            Insert("words", blocks.WORDS, blocks.words()),
        ],
        "Help lines": [Insert(f"line.{line.key}", line.name, blocks.help_line(line)) for line in lines],
        "Snippets": [
            Insert(f"snippet.{s.key}", s.title, s.body, overdue if s.is_overdue(today=today) else "")
            for s in Snippet.objects.all()
        ],
    }
