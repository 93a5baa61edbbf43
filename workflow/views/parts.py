"""What an expert can insert into an answer: parts, help lines of the registry, snippets."""

from dataclasses import dataclass

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localdate

from accounts.models import User
from qa import blocks
from qa.models import HelpLine, Snippet

from ..models import Case


@dataclass(frozen=True)
class Insert:
    """Something to insert: `warning` says when it must be looked at first."""

    key: str
    label: str
    html: str
    warning: str = ""


def inserts(person: User, case: Case) -> dict[str, list[Insert]]:
    """Everything there is, by kind, with the words of this person and case filled in.

    A help line whose check is overdue is not offered; a snippet comes with a warning and the name of its owner.
    """
    today = localdate()
    lines = [line for line in HelpLine.objects.all() if not line.is_overdue(today=today)]
    words = words_for(person, case)
    return {
        "Parts": [
            Insert("outline", "The parts of an answer", blocks.outline()),
            Insert("words", blocks.WORDS, blocks.words()),
        ],
        "Help lines": [Insert(f"line.{line.key}", line.name, blocks.help_line(line)) for line in lines],
        "Snippets": [
            Insert(f"snippet.{s.key}", s.title, s.filled(words), _overdue(s) if s.is_overdue(today=today) else "")
            for s in Snippet.objects.select_related("owner")
        ],
    }


def words_for(person: User, case: Case) -> dict[str, str]:
    """What the variables of snippets become for this person and case; each known one has words."""
    topic = case.question.topics.first()
    return {
        "expert": person.called or person.staff_name,
        "topic": topic.title if topic else "what you wrote about",
        "today": date_format(localdate(), "F j, Y"),
        "site": settings.SITE_NAME,
    }


def _overdue(snippet: Snippet) -> str:
    return f"not looked at since its day; read it well, or ask {snippet.owner.staff_name}"
