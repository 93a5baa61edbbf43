"""The workflow's own tables. Import them from here."""

from .cases import Case
from .checks import LineChange, LineCheck
from .comments import Comment
from .consents import Consent
from .contacts import ContactWish
from .events import Event, Remark
from .findings import Finding
from .flags import SafetyFlag
from .habits import DeskHabits
from .handed_on import HandedOn
from .inquiries import Inquiry
from .keeping import Hold, Keeping
from .notes import Note
from .presence import Presence
from .readings import Reading
from .reports import Report
from .roster import Shift
from .rules import LocalRule, RuleTrial, RuleTrouble, RuleVersion
from .seals import Seal
from .wishes import AS_IT_IS, MailWish, WhyNot, Wish
from .wordings import PlaybookWords, WordsVersion

__all__ = [
    "AS_IT_IS",
    "Case",
    "Comment",
    "Consent",
    "ContactWish",
    "DeskHabits",
    "Event",
    "Finding",
    "HandedOn",
    "Hold",
    "Inquiry",
    "Keeping",
    "LineChange",
    "LineCheck",
    "LocalRule",
    "MailWish",
    "Note",
    "PlaybookWords",
    "Presence",
    "Reading",
    "Remark",
    "Report",
    "RuleTrial",
    "RuleTrouble",
    "RuleVersion",
    "SafetyFlag",
    "Seal",
    "Shift",
    "WhyNot",
    "Wish",
    "WordsVersion",
]
