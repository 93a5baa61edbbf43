"""Which language a letter is in, by its commonest words: enough to know whether the rules can read it."""

from collections.abc import Mapping
from itertools import chain

from .text import Sentence

FEWEST = 12  # fewer words say nothing about the language
ENOUGH = 0.16  # English prose has 35 to 55 of these words in a hundred


def language_of(sentences: list[Sentence], common: Mapping[str, frozenset[str]]) -> str:
    """ "en", "es", or "" when it is neither, or cannot be told from nothing."""
    words = list(filter(str.isalpha, chain.from_iterable(sentence.words for sentence in sentences)))
    if len(words) < FEWEST:
        return "en" if any(word in common["en"] for word in words) or not words else ""
    shares = {name: sum(map(known.__contains__, words)) / len(words) for name, known in common.items()}
    best = max(sorted(shares), key=lambda name: shares[name])
    return best if shares[best] >= ENOUGH else ""
