"""What an expert can insert into an answer: parts, help lines of the registry, snippets."""

from dataclasses import dataclass
from html import escape

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localdate
from django.utils.translation import override

from accounts.models import User
from qa import blocks
from qa.models import HelpLine, Snippet

from ..models import Case
from ..safety.blocks import Block
from ..safety.playbooks import LINE


@dataclass(frozen=True)
class Insert:
    """Something to insert: `warning` says when it must be looked at first."""

    key: str
    label: str
    html: str
    warning: str = ""


def inserts(person: User, case: Case) -> dict[str, list[Insert]]:
    """Everything there is, by kind, with the words of this person and case filled in.

    What the dangers of the case demand comes first. A help line whose check is overdue is not offered (911 and 988 are);
    a snippet comes with a warning and the name of its owner.
    """
    today = localdate()
    lines = lines_to_offer(case.language)
    words = words_for(person, case)
    return {
        "What this danger needs": as_inserts(case, case.demanded_blocks()),
        "Parts": [
            Insert("outline", "The parts of an answer", blocks.outline()),
            Insert("words", blocks.WORDS, blocks.words()),
        ],
        "Help lines": [Insert(f"line.{line.key}", line.name, blocks.help_line(line)) for line in lines],
        "Passages to insert": [
            Insert(f"snippet.{s.key}", s.title, s.filled(words), _overdue(s) if s.is_overdue(today=today) else "")
            for s in Snippet.objects.select_related("owner")
        ],
    }


def as_inserts(case: Case, demanded: list[Block]) -> list[Insert]:
    """Advice that a danger demands, in the language of the letter, with numbers and blocks from the registry.

    A paragraph that names a line which is not there, or overdue, is left out.
    """
    if not demanded:
        return []
    lines = {line.key: line for line in lines_to_offer(case.language)}
    return [Insert(f"needed.{block.key}", block.name, _drawn(block, case.language, lines)) for block in demanded]


def lines_to_offer(language: str) -> list[HelpLine]:
    """The lines of the registry that may be named, as they are read in this language."""
    today = localdate()
    with override(language):
        return [line.spoken() for line in HelpLine.objects.all() if line.may_be_offered(today=today)]


def _drawn(block: Block, language: str, lines: dict[str, HelpLine]) -> str:
    rows = [row for row in block.text(language).splitlines() if set(LINE.findall(row)) <= set(lines)]
    words = [LINE.sub(lambda found: lines[found[1]].number, row) for row in rows]
    return "".join(
        [*(f"<p>{escape(row)}</p>" for row in words), *(blocks.help_line(lines[k]) for k in block.lines if k in lines)]
    )


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
