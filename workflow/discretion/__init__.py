"""What may stand in a mail: the words that would tell whoever shares the phone what it is about, in each language.

Pure text: no database, no Django. Used for what administrators and moderators write into mails.
"""

import re
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
FULLER = frozenset({"question", "answer", "pregunt", "respuesta"})  # what members may allow


@cache
def _stems() -> tuple[frozenset[str], tuple[str, ...]]:
    """Whole words, and beginnings."""
    lines = [line for path in sorted(_FOLDER.glob("*.txt")) for line in path.read_text(encoding="utf-8").splitlines()]
    entries = {word for line in lines if not line.startswith("#") for word in line.split()}
    whole = frozenset(word[1:] for word in entries if word.startswith("="))
    return whole, tuple(sorted(word for word in entries if not word.startswith("=")))


def telling(text: str, *, is_fuller: bool = False) -> list[str]:
    """The words of a text that give something away, in either language; each once, as written.

    `is_fuller`: for members who allowed that a mail names their question and its answer.
    """
    whole, beginnings = _stems()
    allowed = FULLER if is_fuller else frozenset()
    found = [
        word
        for word in _WORD.findall(text)
        if word.lower() in whole or any(word.lower().startswith(stem) for stem in beginnings if stem not in allowed)
    ]
    return list(dict.fromkeys(found))
