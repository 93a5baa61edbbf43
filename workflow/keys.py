"""The keys of the desks: what each does, and its usual letter. Off until a person wants them.

A key marks, opens, takes on or saves. None publishes, declines, deletes or vouches: there a key only leads to the
button, which is then pressed as always. Pages mark their parts with `data-does` (pressed) or `data-goes` (led to).
Beside a letter some letters do something else than on other pages; they are listed apart (`place`).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from accounts.roles import Role


class Place(StrEnum):
    """Where a key is heard: two keys of one place never share a letter."""

    DESK = "desk"
    LETTER = "letter"


PLACE_WORDS = {Place.DESK: "At the desks", Place.LETTER: "Beside a letter"}
_MODERATOR, _EXPERT = (Role.MODERATOR,), (Role.EXPERT,)
_BOTH = (Role.MODERATOR, Role.EXPERT)


@dataclass(frozen=True)
class Key:
    """What a key does, in words, the letter it has unless the person chose another, and who has use for it."""

    words: str
    usual: str
    roles: Collection[Role] = _MODERATOR
    place: Place = Place.DESK


KEYS: dict[str, Key] = {
    "down": Key("Mark the next row", "j", _BOTH),
    "up": Key("Mark the row above", "k", _BOTH),
    "open": Key("Open what is marked", "o", _BOTH),
    "following": Key("Open the next thing to do", "n"),
    "queue": Key("Back to the list", "q", _BOTH),
    "acknowledge": Key("Take on the flag", "a"),
    "flag": Key("Raise a safety flag at once", "f"),
    "letter": Key("Letter and question", "l"),
    "title": Key("Go to the title of the question", "t"),
    "save": Key("Save", "s", _BOTH),
    "confirm": Key("Go to “Save and confirm”", "c"),
    "assign": Key("Go to who answers", "g"),
    "pass_on": Key("Go to “Pass to the experts”", "p"),
    "hand_on": Key("Go to “Hand this to someone else”", "h"),
    "editor": Key("Go to the answer; Esc leaves it", "e", _EXPERT),
    "insert": Key("Go to what can be inserted", "i", _EXPERT),
    "preview": Key("Preview", "v", _EXPERT),
    "send": Key("Go to “Send for review”", "w", _EXPERT),
    "comment": Key("Go to the next comment", "m", _BOTH),
    "compare": Key("Go to what changed, or compare versions", "d", _BOTH),
    "review": Key("Say that you are reviewing it", "b"),
    "return": Key("Go to the comment for the expert", "r"),
    "approve": Key("Go to “Approve the answer”", "y"),
    "undo": Key("Undo the last thing", "u"),
    "help": Key("Show these keys", "?", _BOTH),
    "finding_next": Key("Next finding", "n", place=Place.LETTER),
    "finding_previous": Key("Finding before", "p", place=Place.LETTER),
    "finding_replace": Key("Replace it", "r", place=Place.LETTER),
    "finding_keep": Key("Keep it, and say why", "k", place=Place.LETTER),
    "finding_words": Key("Change the words for it", "e", place=Place.LETTER),
    "finding_undo": Key("Undo my last decision", "u", place=Place.LETTER),
}


def keys_for(roles: Collection[str]) -> dict[str, Key]:
    """The keys that somebody with these roles has use for."""
    return {does: key for does, key in KEYS.items() if any(role in roles for role in key.roles)}


def keys_of(chosen: Mapping[str, str]) -> dict[str, str]:
    """What each key does for a person: action → letter."""
    return {does: chosen.get(does) or key.usual for does, key in KEYS.items()}
