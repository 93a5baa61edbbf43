"""The index behind search and lists: PostgreSQL's full text and trigrams, SQLite's FTS5, one face for both.

A page stands in it at its place (qa.models.publications.place_of), so that "newest first" is the order of the index
itself. Its terms are words, `=word` (in the title), `#7` (topic 7), `@public` or `@members`, and `@es` (in Spanish). Written in the
transaction that publishes; what is withdrawn is out of it in the same moment. `near` knows the words of shown pages.
"""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any

from django.db import connection, transaction

Terms = frozenset[str]
Wanted = Sequence[Sequence[str]]  # every group must be held; any term of a group holds it; "over*" is a beginning
LONGEST_TERM = 60
MANY = 2_000  # pages with words of one beginning, above which they are asked for word by word
WRITTEN_OUT = 40  # words of one beginning; those on most pages
# PostgreSQL's planner, left alone, reads the whole table for a rare word.
FENCE = "SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off"


class Postgres:
    """A tsvector under a GIN index; words under a trigram index.

    Its full-text index gives every page with a word before the newest can be told from the others: seconds, where a
    million pages hold it. So the newest pages are looked through first, RECENT for each one that is wanted (7 ms for 13,000);
    only a word that is rarer than that is looked up in the index.
    """

    RECENT = 64

    get = "SELECT array_to_string(tsvector_to_array(terms), ' ') FROM qa_index WHERE place = %s"
    add = """INSERT INTO qa_index (place, terms) VALUES (%s, array_to_tsvector(string_to_array(%s, ' ')))
             ON CONFLICT (place) DO UPDATE SET terms = excluded.terms"""
    remove = "DELETE FROM qa_index WHERE place = %s"
    recent = """SELECT ARRAY(SELECT place FROM (SELECT place, terms FROM qa_index WHERE place < %(before)s
                                               ORDER BY place DESC LIMIT %(recent)s) AS newest
                              WHERE terms @@ %(query)s::tsquery ORDER BY place DESC LIMIT %(most)s),
                       (SELECT place FROM qa_index WHERE place < %(before)s ORDER BY place DESC OFFSET %(recent)s LIMIT 1)"""
    # Materialized: otherwise the planner may walk all places instead of asking the full-text index.
    older = """WITH hits AS MATERIALIZED (SELECT place FROM qa_index WHERE terms @@ %s::tsquery)
              SELECT place FROM hits WHERE place <= %s ORDER BY place DESC LIMIT %s"""
    begins, rest = "word LIKE %s", "%"
    near = "SELECT word FROM qa_word WHERE word %% %s ORDER BY word <-> %s, pages DESC LIMIT %s"
    forget: tuple[str, ...] = ()  # dead rows are the vacuum's

    @classmethod
    def newest(cls, query: str, before: int, most: int) -> list[int]:
        asked: dict[str, str | int] = {"query": query, "before": before, "most": most, "recent": most * cls.RECENT}
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(cls.recent, asked)
            found: list[int]
            found, next_older = cursor.fetchone()
            if len(found) < most and next_older is not None:
                cursor.execute(FENCE)
                cursor.execute(cls.older, [query, next_older, most - len(found)])
                found += [row[0] for row in cursor.fetchall()]
        return found

    @staticmethod
    def query(wanted: Wanted) -> str:
        def term(text: str) -> str:
            return f"'{text[:-1]}':*" if text.endswith("*") else f"'{text}'"

        return " & ".join("(" + " | ".join(term(text) for text in group) + ")" for group in wanted)

    @staticmethod
    def near_values(word: str, most: int) -> list[Any]:
        return [word, word, most]


class Sqlite:
    """An FTS5 table whose row number is the place; words in a trigram FTS5 table."""

    get = "SELECT terms FROM qa_index WHERE rowid = %s"
    add = "INSERT OR REPLACE INTO qa_index (rowid, terms) VALUES (%s, %s)"
    remove = "DELETE FROM qa_index WHERE rowid = %s"
    find = "SELECT rowid FROM qa_index WHERE qa_index MATCH %s AND rowid < %s ORDER BY rowid DESC LIMIT %s"
    begins, rest = "word GLOB %s", "*"  # a pattern that is put together in the statement is not looked up in an index
    near = "SELECT word FROM qa_word_grams WHERE qa_word_grams MATCH %s ORDER BY rank LIMIT %s"
    # FTS5 only marks what is deleted; its words stay in the segments until these are merged.
    forget = (
        "INSERT INTO qa_index (qa_index) VALUES ('optimize')",
        "INSERT INTO qa_word_grams (qa_word_grams) VALUES ('optimize')",
    )

    @classmethod
    def newest(cls, query: str, before: int, most: int) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute(cls.find, [query, before, most])
            return [row[0] for row in cursor.fetchall()]

    @staticmethod
    def query(wanted: Wanted) -> str:
        def term(text: str) -> str:
            return f'"{text[:-1]}"*' if text.endswith("*") else f'"{text}"'

        return " AND ".join("(" + " OR ".join(term(text) for text in group) + ")" for group in wanted)

    @staticmethod
    def near_values(word: str, most: int) -> list[Any]:
        grams = dict.fromkeys(word[at : at + 3] for at in range(len(word) - 2))
        return [" OR ".join(f'"{gram}"' for gram in grams), most]


class Index:
    """What the rest of the package asks and tells."""

    FIRST = 2**63 - 1

    @cached_property
    def _sql(self) -> Any:
        return Postgres if connection.vendor == "postgresql" else Sqlite

    @transaction.atomic(savepoint=False)
    def replace(self, old: int | None, new: int | None, terms: Terms = frozenset()) -> Terms:
        """Take the page from its old place and put it at its new one, if any. Returns the terms it had before."""
        before = self._terms(old) if old is not None else frozenset()
        with connection.cursor() as cursor:
            if old is not None:
                cursor.execute(self._sql.remove, [old])
            if new is not None:
                cursor.execute(self._sql.add, [new, " ".join(sorted(terms))])
        self._count_words(terms - before if new is not None else frozenset(), before - terms if new else before)
        return before

    def forget(self) -> None:
        """Leave no byte of pages that were taken out. Seconds on a very large index, and as rare as an erasure."""
        with connection.cursor() as cursor:
            for statement in self._sql.forget:
                cursor.execute(statement)

    def newest(self, wanted: Wanted, most: int, *, before: int = FIRST) -> list[int]:
        """The places of pages that hold every group, newest first."""
        if not wanted or not all(wanted):
            return []
        found: list[int] = self._sql.newest(self._sql.query(wanted), min(before, self.FIRST), most)
        return found

    def written_out(self, wanted: Wanted) -> list[list[str]]:
        """The same, with the words in place of a beginning that many pages hold.

        A word's pages are read newest first and no further than is wanted; those of a beginning are put together first.
        """
        beginnings = sorted({term[:-1] for group in wanted for term in group if term.endswith("*")})
        words = self._beginning_with(beginnings)
        out = {}
        for begin in beginnings:
            known = [row for row in words if row[0].startswith(begin)]
            if sum(pages for _, pages in known) > MANY:
                out[f"{begin}*"] = [word for word, _ in known[:WRITTEN_OUT]]
        return [[word for term in group for word in out.get(term, [term])] for group in wanted]

    def _beginning_with(self, beginnings: list[str]) -> list[tuple[str, int]]:
        """Words of shown pages, each with the number of its pages; those on most pages first."""
        if not beginnings:
            return []
        each = " OR ".join([self._sql.begins] * len(beginnings))
        patterns = [f"{begin}{self._sql.rest}" for begin in beginnings]
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT word, pages FROM qa_word WHERE {each} ORDER BY pages DESC, word", patterns)  # noqa: S608 (only what stands above)  # nosec B608
            return list(cursor.fetchall())

    def near(self, word: str, most: int = 30) -> list[str]:
        """Words of shown pages that are written much like this one."""
        if len(word) < 3:
            return []
        with connection.cursor() as cursor:
            cursor.execute(self._sql.near, self._sql.near_values(word[:LONGEST_TERM], most))
            return [row[0] for row in cursor.fetchall()]

    def pages_with(self, words: Iterable[str]) -> dict[str, int]:
        """On how many shown pages each of these words stands; words on none are left out."""
        asked = sorted(set(words))[:500]
        if not asked:
            return {}
        marks = ", ".join(["%s"] * len(asked))
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT word, pages FROM qa_word WHERE word IN ({marks})", asked)  # noqa: S608 (only %s)  # nosec B608
            return dict(cursor.fetchall())

    @transaction.atomic
    def rebuild(self, entries: Iterable[tuple[int, Terms]]) -> int:
        """Everything afresh, in one transaction. Returns how many pages stand in it."""
        pages: dict[str, int] = {}
        done = 0
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM qa_index")
            cursor.execute("DELETE FROM qa_word")
            for place, terms in entries:
                cursor.execute(self._sql.add, [place, " ".join(sorted(terms))])
                done += 1
                for word in _plain(terms):
                    pages[word] = pages.get(word, 0) + 1
            cursor.executemany("INSERT INTO qa_word (word, pages) VALUES (%s, %s)", sorted(pages.items()))
        return done

    def _terms(self, place: int) -> Terms:
        with connection.cursor() as cursor:
            cursor.execute(self._sql.get, [place])
            row = cursor.fetchone()
        return frozenset(row[0].split()) if row else frozenset()

    def _count_words(self, more: Terms, fewer: Terms) -> None:
        """In the order of the alphabet, so that two publications at once never wait for each other."""
        with connection.cursor() as cursor:
            if gained := [(word,) for word in _plain(more)]:
                cursor.executemany(
                    "INSERT INTO qa_word (word, pages) VALUES (%s, 1) "
                    "ON CONFLICT (word) DO UPDATE SET pages = qa_word.pages + 1",
                    gained,
                )
            if lost := [(word,) for word in _plain(fewer)]:
                cursor.executemany("UPDATE qa_word SET pages = pages - 1 WHERE word = %s", lost)
                cursor.executemany("DELETE FROM qa_word WHERE word = %s AND pages < 1", lost)


def _plain(terms: Terms) -> list[str]:
    """The words among the terms that a spelling could be mended to."""
    return sorted(term for term in terms if term.isalpha() and 4 <= len(term) <= 24)


index = Index()
