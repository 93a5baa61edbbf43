"""Notes between colleagues about a case. Nobody outside the house ever reads one, and no mail is sent of it."""

import re

from accounts.models import User
from accounts.roles import Role

from .. import queues
from ..models import Note
from ..states import Act
from ..transitions import Refused, acting

NOTE_CHARS = 4_000
_MENTION = re.compile(r"(?<!\w)@([\w'’-]+(?: [\w'’-]+)?)")


def write_note(*, case_id: int, by: User, text: str) -> Note:
    """Keep a note. `@Mo` names a colleague, who finds it on their desk if they may see the case."""
    if not text.strip():
        raise Refused("Write the note first.")
    if len(text) > NOTE_CHARS:
        raise Refused(f"Please keep a note under {NOTE_CHARS:,} characters.")
    with acting(case_id, Act.WRITE_NOTE, by=by) as case:
        note = Note.objects.create(case=case, by=by, text=text.strip())
        note.mentions.set(person for person in _named(text) if queues.may_read_notes(person, case))
    return note


def _named(text: str) -> list[User]:
    """Colleagues by the first words of the name that the desks call them by."""
    wanted = {words.lower() for words in _MENTION.findall(text)}
    wanted |= {words.split(" ")[0] for words in wanted}
    people = User.objects.filter(is_active=True, grants__role__in=[Role.EXPERT, Role.MODERATOR])
    return [person for person in people.distinct().prefetch_related("grants") if person.called.lower() in wanted]
