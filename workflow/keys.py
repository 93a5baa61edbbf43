"""The keys of the moderators' desk: what each does, and its usual letter. Off until a person wants them.

A key marks, opens, takes on or saves. None publishes, declines, deletes or vouches: there a key only leads to the
button, which is then pressed as always. Pages mark their parts with `data-does` (pressed) or `data-goes` (led to).
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Key:
    """What a key does, in words, and the letter it has unless the person chose another."""

    words: str
    usual: str


KEYS: dict[str, Key] = {
    "down": Key("Mark the next row", "j"),
    "up": Key("Mark the row above", "k"),
    "open": Key("Open what is marked", "o"),
    "following": Key("Open the next thing to do", "n"),
    "queue": Key("Back to the queue", "q"),
    "acknowledge": Key("Take on the flag", "a"),
    "letter": Key("Letter and question", "l"),
    "title": Key("Go to the title of the question", "t"),
    "save": Key("Save", "s"),
    "confirm": Key("Go to “Save and confirm”", "c"),
    "assign": Key("Go to who answers", "g"),
    "undo": Key("Undo the last thing", "u"),
    "help": Key("Show these keys", "?"),
}


def keys_of(chosen: Mapping[str, str]) -> dict[str, str]:
    """What each key does for a person: action → letter."""
    return {does: chosen.get(does) or key.usual for does, key in KEYS.items()}
