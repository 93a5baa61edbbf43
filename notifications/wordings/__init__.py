"""What a mail says, apart from how it looks: one file a language (`en.toml`, `es.toml`), plain words, no template code.

A mail is a subject (one for each stream), a first sentence, more lines, the words of its button and a foot. The two
`fuller` fields are for members who allowed a little more. `{name}`, `{several}` and `{waiting}` are the only things
that are filled in. An administrator may write their own version of a mail (models.Wording); it has the same fields and
must pass `faults`. What does not pass is never sent: the shipped words go out instead.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent
SHIPPED = "en"
LIMITS = {
    "subject": 90,
    "first": 200,
    "rest": 600,
    "button": 40,
    "foot": 300,
    "fuller_subject": 90,
    "fuller_first": 200,
}
VARIABLES: dict[str, frozenset[str]] = dict.fromkeys(("work_digest", "upkeep_digest"), frozenset({"name", "waiting"}))
_ALWAYS = frozenset({"name"})
_BRACE = re.compile(r"\{(\w*)\}")
# Mail programs make a link of every word with a dot inside, whatever its ending: evil.io leads away as well as evil.com.
_ADDRESS = re.compile(r"\b[a-z]{3,9}:\S|www\.|\w{2}\.[a-z]{2,}|@|<[a-z!/]", re.IGNORECASE)


@dataclass(frozen=True)
class Words:
    """One mail in one language."""

    subject: str
    first: str
    rest: str = ""
    button: str = ""
    foot: str = ""
    fuller_subject: str = ""
    fuller_first: str = ""

    def as_fields(self) -> dict[str, str]:
        return asdict(self)


FIELDS = tuple(field.name for field in fields(Words))


@cache
def _file(language: str) -> dict[str, dict[str, str]]:
    return tomllib.loads((FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


@cache
def languages() -> dict[str, str]:
    """Each language that every mail is shipped in, by its own name."""
    return {path.stem: _file(path.stem)["common"]["language"] for path in sorted(FOLDER.glob("*.toml"))}


@cache
def common(language: str) -> dict[str, str]:
    """Words that several mails share: many things told together, how to stop them."""
    return _file(language)["common"]


@cache
def shipped(template: str, stream: str, language: str) -> Words:
    """The words as this release has them."""
    said = _file(language)
    subject, foot = said["subjects"][stream], said["feet"].get(stream, "")
    return Words(**{"subject": subject, "foot": foot, **said[template]})


def variables(template: str) -> frozenset[str]:
    """What may be filled in to this mail."""
    return VARIABLES.get(template, _ALWAYS)


def fill(text: str, values: Mapping[str, object]) -> str:
    """Put the values in. Nothing else in the text has a meaning."""
    return _BRACE.sub(lambda found: str(values.get(found[1], found[0])), text)


def faults(template: str, words: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with words that somebody wrote, by field, each with a sentence on how to mend it."""
    found = {name: _fault(template, name, str(words.get(name, ""))) for name in FIELDS}
    return {name: sentence for name, sentence in found.items() if sentence}


def _fault(template: str, field: str, text: str) -> str:
    if field in ("subject", "first") and not text.strip():
        return "A mail needs these words. Write them, or go back to the shipped ones."
    if len(text) > LIMITS[field]:
        return f"This is too long. Keep it under {LIMITS[field]} characters."
    if field != "rest" and "\n" in text.strip():
        return "Keep this on one line."
    unknown = [name for name in _BRACE.findall(text) if name not in variables(template)]
    if unknown:
        may = " or ".join(f"{{{name}}}" for name in sorted(variables(template)))
        return f"Nothing can be filled in for “{{{unknown[0]}}}” here. Write {may}, or plain words."
    if set(_BRACE.sub("", text)) & {"{", "}"}:
        return "There is a curly bracket alone. Close it, or leave it out."
    if "xqmark" in text.lower():
        return "“xqMARK” is a word that our own programs use. Please choose another."
    if _ADDRESS.search(text):
        return "No addresses and no code here: the button leads to the right page by itself."
    return ""
