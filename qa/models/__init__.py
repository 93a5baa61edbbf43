"""The nouns, one file each. Import them from here."""

from .helplines import HelpLine
from .letters import Audience, Danger, Letter, LetterDraft, ParkedLetter
from .publications import Publication
from .questions import AnswerRevision, Question
from .topics import Kind, Topic

__all__ = [
    "AnswerRevision",
    "Audience",
    "Danger",
    "HelpLine",
    "Kind",
    "Letter",
    "LetterDraft",
    "ParkedLetter",
    "Publication",
    "Question",
    "Topic",
]
