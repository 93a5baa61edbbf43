"""The nouns, one file each. Import them from here."""

from .helplines import HelpLine
from .house import CallToJoin, Pause
from .keys import LetterKey
from .letters import Audience, Danger, Letter, LetterDraft, ParkedLetter
from .publications import Correction, OldAddress, Publication
from .questions import AnswerRevision, Question
from .snippets import Snippet
from .topics import Kind, Topic

__all__ = [
    "AnswerRevision",
    "Audience",
    "CallToJoin",
    "Correction",
    "Danger",
    "HelpLine",
    "Kind",
    "Letter",
    "LetterDraft",
    "LetterKey",
    "OldAddress",
    "ParkedLetter",
    "Pause",
    "Publication",
    "Question",
    "Snippet",
    "Topic",
]
