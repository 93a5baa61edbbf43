"""Words as search compares them: without accents, capitals and endings, so that everyday spelling finds its page."""

import re
import unicodedata

_ENDINGS = ("ingly", "edly", "ing", "ies", "ed", "es", "ly", "s", "e")
_TOKEN = re.compile(r"[^\W_]+")
_SHORTEST_STEM = 4
_MAY_STAY_DOUBLE = "lsfz"


def tokens(text: str) -> list[str]:
    """The words of a text in lower case, without accents and apostrophes; anything else only separates them."""
    kept = text.replace("'", "").replace("’", "")
    if not kept.isascii():
        plain = unicodedata.normalize("NFKD", kept)
        kept = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return _TOKEN.findall(kept.casefold())


def folded(*texts: str) -> str:
    """The words in a row, each with a space before it: what the database looks through."""
    return " ".join(["", *(word for text in texts for word in tokens(text)), ""])


def stem(word: str) -> str:
    """The beginning that a word shares with its other forms: overdosed, overdosing → overdos."""
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            word = word.removesuffix(ending)
            break
    doubled = len(word) > _SHORTEST_STEM and word[-1] == word[-2] and word[-1] not in _MAY_STAY_DOUBLE
    return word[:-1] if doubled else word
