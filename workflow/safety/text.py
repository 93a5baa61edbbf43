"""Makes plain words out of what people type, and keeps where each word stands in the letter (in code points).

Lower case, no accents, no apostrophes or hidden characters, digits and signs used as letters read as letters, known
misspellings and slang put right. Commas and quotation marks stay as tokens of their own; sentences are kept apart.
"""

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate, repeat

MOST_TOKENS_IN_A_SENTENCE = 60
LONG = 28  # words; from here on a sentence ends where it turns
LONGEST_WORD = 20
MOST_REMEMBERED = 20_000  # words whose reading is kept from letter to letter, in memory only
MOST_WORDS = 6_000
MOST_SENTENCES = 1_500
MOST_PICTURES = 40
_JOINS = "'’‘ʼ`´′\u200b\u200c\u200d\u2060\ufeff\u00ad"  # apostrophes and invisible characters
_WORD = rf"(?:(?=.\.)(?:[^\W\d_]\.){{2,}}(?:[{_JOINS}]?[dD]\b)?|[\w$]++(?:[{_JOINS}!@*]++[\w$]++)*+)"
_RUN = re.compile(rf"{_WORD}(?: {_WORD})*+")  # of words with a single space between: most of a letter
_JOIN = re.compile(rf"[{_JOINS}._]")
_SIGN = re.compile(r"[!@$*]")
_LETTERS = str.maketrans("0134578!@$", "oieastbias")
_LOOKALIKES = str.maketrans("аеорсухіѕјԁһԛѡ", "aeopcyxisjdhqw")
_LONG_DRAWN = re.compile(r"(.)\1{2,}")
_STOP = re.compile(r"[.!?…]|\n[ \t\r]*\n")
_PAUSE = re.compile(r"[,;:()\[\]–—/]|\s-+\s|--")
_QUOTE = re.compile('["“”«»„]')
_PICTURES = {"💊": "pills", "🔫": "gun", "🔪": "knife", "🗡": "knife", "💉": "needle", "🩸": "blood", "⚰": "coffin"}
_SHORT_FORM = re.compile(r"o\.?d\.?['’]?e?['’]d", re.IGNORECASE)  # od'd
_UNIT = re.compile(r"(\d{1,4})(yo|yr|yrs|year|years|mo|mos|am|pm|mg|mgs|wk|wks|days|day|hrs|hr|min|mins|months|weeks)")
_TITLES = frozenset({"dr", "mr", "mrs", "ms", "st", "jr", "sr", "vs", "approx", "apt", "no"})
_TURNS = frozenset({"and", "but", "so", "then", "because", "i", "now", "he", "she", "they", "also", "pero", "y"})


@dataclass(slots=True)
class Sentence:
    """One sentence: its words joined by single spaces (with one at each end), and where each begins and ends.

    Of most sentences nobody asks where their words stand: only the runs are kept of which that can be told.
    """

    words: list[str] = field(default_factory=list)
    runs: list[tuple[int, list[str]]] = field(default_factory=list)  # where each begins, and its tokens as typed
    opens_paragraph: bool = False
    text: str = ""
    starts: Sequence[int] = ()
    known_spans: list[tuple[int, int]] | None = None

    @property
    def spans(self) -> list[tuple[int, int]]:
        """Where each word begins and ends in the letter."""
        if self.known_spans is None:
            self.known_spans = spans = []
            for start, typed in self.runs:
                for token in typed:
                    end = start + len(token)
                    spans.append((start, end))
                    start = end + 1
        return self.known_spans

    def add(self, word: str, start: int, typed: str) -> None:
        """One word more, and what was typed for it where."""
        self.words.append(word)
        self.runs.append((start, [typed]))

    def close(self) -> "Sentence":
        self.text = f" {' '.join(self.words)} "
        return self

    def word_at(self, place: int) -> int:
        """The index of the word that covers a place in `text`."""
        if not self.starts:
            self.starts = list(accumulate((len(word) + 1 for word in self.words[:-1]), initial=1))
        return max(0, bisect_right(self.starts, place) - 1)

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Where words first..last (inclusive) stand in the letter."""
        return self.spans[first][0], self.spans[last][1]

    def around(self, first: int, last: int) -> str:
        """The words first..last (clamped) as matchable text."""
        return f" {' '.join(self.words[max(0, first) : last + 1])} "


class Speller:
    """Puts misspellings and slang right: a table, and one wrong letter in long words that matter."""

    def __init__(self, table: dict[str, str], near: frozenset[str], real: frozenset[str]) -> None:
        self.table = table
        self.near = near
        self.real = real | near
        self.initials = frozenset(word[0] for word in near)
        self.letters = frozenset(word for word in table if len(word) == 1)
        self.read: dict[str, str] = {}  # tokens met before that are one word, and that word
        self.deletes: dict[str, str] = {}
        for word in sorted(near):
            for shorter in _shortened(word):
                self.deletes.setdefault(shorter, word)

    def __call__(self, word: str) -> str:
        found = self.table.get(word)
        if found is not None and len(word) > 1:
            return found
        if not 6 <= len(word) <= LONGEST_WORD or word in self.real or word[0] not in self.initials:
            return word
        near = self.deletes.get(word)
        if near is None:
            near = next(
                (hit for cut in _shortened(word) if (hit := cut if cut in self.near else self.deletes.get(cut))), None
            )
        return near if near and near[0] == word[0] else word

    def knows(self, word: str) -> bool:
        return word in self.near or word in self.table


def _shortened(word: str) -> list[str]:
    return [word[:index] + word[index + 1 :] for index in range(len(word))]


def _plain(token: str) -> str:
    if not token.isascii():
        token = unicodedata.normalize("NFKC", token)
        token = "".join(mark for mark in unicodedata.normalize("NFD", token) if not unicodedata.combining(mark))
        token = token.lower().translate(_LOOKALIKES)
    return _LONG_DRAWN.sub(r"\1", _JOIN.sub("", token.lower()))


def _read(token: str, spell: Speller) -> list[tuple[str, int, int]]:
    """The words of a token and where they stand in it: usually one; signs used as letters are tried before they divide."""
    if token.isalpha() and token.isascii():
        return [(spell(_LONG_DRAWN.sub(r"\1", token.lower())), 0, len(token))]
    if _SHORT_FORM.fullmatch(token):
        return [("overdosed", 0, len(token))]
    plain = _plain(token)
    if unit := _UNIT.fullmatch(plain):
        middle = len(unit.group(1))
        return [(unit.group(1), 0, middle), (unit.group(2), middle, len(token))]
    if plain.isalpha():
        return [(spell(plain), 0, len(token))]
    decoded = plain.translate(_LETTERS)
    if not plain.isdigit() and decoded.isalpha():
        right = spell(decoded)
        if spell.knows(right) or right in spell.real:
            return [(right, 0, len(token))]
    if not _SIGN.search(token):
        return [(spell(plain), 0, len(token))] if plain else []
    words = []
    for part in re.finditer(r"[^!@$*]+", token):
        if word := _plain(part.group()):
            words.append((spell(word), part.start(), part.end()))
    return words


def _words_of(token: str, spell: Speller) -> list[tuple[str, int, int]]:
    """The same, and what is one word is remembered."""
    if known := spell.read.get(token):
        return [(known, 0, len(token))]
    words = _read(token, spell)
    if len(words) == 1 and words[0][1:] == (0, len(token)) and len(token) <= LONGEST_WORD:
        spell.read[token] = words[0][0]
    return words


def sentences(text: str, spell: Speller) -> list[Sentence]:
    """The letter's sentences in order. Linear in the length of the text."""
    made: list[Sentence] = []
    known = spell.read.get
    if len(spell.read) > MOST_REMEMBERED:
        spell.read.clear()
    current = Sentence(opens_paragraph=True)
    end = number = 0
    for run in _RUN.finditer(text):
        if number == MOST_WORDS or len(made) >= MOST_SENTENCES:
            break
        start = run.start()
        current = _after_gap(text[end:start], end, text, current, made)
        tokens = run.group().split(" ")[: MOST_WORDS - number]
        number += len(tokens)
        words = list(map(known, tokens, repeat("")))
        if "" in words or len(current.words) + len(words) > LONG or number == MOST_WORDS:
            current, end = _one_by_one(tokens, start, spell, current, made)
            continue
        current.words += words
        current.runs.append((start, tokens))
        end = run.end()
    current = _after_gap(text[end:], end, text, current, made)
    _end(current, made)
    return [_joined(sentence, spell).close() for sentence in made]


def _one_by_one(
    tokens: list[str], start: int, spell: Speller, current: Sentence, made: list[Sentence]
) -> tuple[Sentence, int]:
    """Tokens that may be several words, or more than a sentence holds: the sentence at their end, and where they end."""
    for token in tokens:
        for word, first, last in _words_of(token, spell):
            if len(current.words) >= LONG and _too_long(current, word):
                current = _end(current, made)
            current.add(word, start + first, token[first:last])
        start += len(token) + 1
    return current, start - 1


def _too_long(sentence: Sentence, word: str) -> bool:
    length = len(sentence.words)
    return length >= MOST_TOKENS_IN_A_SENTENCE or (length >= LONG and word in _TURNS)


def _end(sentence: Sentence, made: list[Sentence], *, paragraph: bool = False) -> Sentence:
    if sentence.words:
        made.append(sentence)
        return Sentence(opens_paragraph=paragraph)
    sentence.opens_paragraph |= paragraph
    return sentence


def _after_gap(gap: str, start: int, text: str, sentence: Sentence, made: list[Sentence]) -> Sentence:
    """What stands between two words: the end of a sentence, a pause, a quotation mark, a picture, or nothing."""
    if gap == ", ":  # this and the next are the commonest by far
        if sentence.words:
            sentence.add(",", start, ",")
        return sentence
    if gap == ". ":
        return sentence if _is_a_title(sentence) else _end(sentence, made)
    for offset, sign in enumerate(gap[:MOST_PICTURES]):
        if sign in _PICTURES:
            sentence.add(_PICTURES[sign], start + offset, sign)
    quoted = _QUOTE.search(gap)
    if quoted and sentence.words and not gap.startswith((" ", "\n")):
        sentence.add('"', start + quoted.start(), quoted.group())
        quoted = None
    if _ends(gap, start, text, sentence):
        sentence = _end(sentence, made, paragraph=gap.count("\n") > 1)
    elif (pause := _PAUSE.search(gap)) and sentence.words:
        sentence.add(",", start + pause.start(), pause.group())
    if quoted:
        sentence.add('"', start + quoted.start(), quoted.group())
    return sentence


def _ends(gap: str, start: int, text: str, sentence: Sentence) -> bool:
    if gap == " ." and text[start + 2 : start + 3].isdigit():
        return False  # "my .38": no end of a sentence
    if stop := _STOP.search(gap):
        if stop.group() == "." and gap.startswith("."):
            after = start + len(gap)
            if len(gap) == 1 and after < len(text) and text[after].islower():
                return len(sentence.words) > 0 and len(sentence.words[-1]) > 2
            return not _is_a_title(sentence)
        return True
    if "\n" in gap:
        after = start + len(gap)
        line = start - text.rfind("\n", 0, start)
        return not (line > 50 and after < len(text) and text[after].islower())
    return any(unicodedata.category(sign) == "So" for sign in gap)


def _is_a_title(sentence: Sentence) -> bool:
    """Whether the full stop after a sentence's last word belongs to that word: "Dr." """
    return bool(sentence.words) and sentence.words[-1] in _TITLES


def _joined(sentence: Sentence, spell: Speller) -> Sentence:
    """Words typed with a space between all letters are put together when they make a word that matters."""
    letters = [word for word in sentence.words if len(word) == 1 and word.isalpha()]
    if len(letters) > 2:
        _put_together(sentence.words, sentence.spans, spell)
    if not spell.letters.isdisjoint(letters):
        sentence.words = [spell.table.get(word, word) if len(word) == 1 else word for word in sentence.words]
    return sentence


def _put_together(words: list[str], spans: list[tuple[int, int]], spell: Speller) -> None:
    index = 0
    while index < len(words):
        run = index
        while run < len(words) and len(words[run]) == 1 and words[run].isalpha() and run - index < 14:
            run += 1
        whole = "".join(words[index:run]) if run - index >= 3 else ""
        if run - index >= 3 and (spell.knows(whole) or whole in spell.real):
            words[index:run] = [spell(whole)]
            spans[index:run] = [(spans[index][0], spans[run - 1][1])]
        index = max(run, index + 1)
