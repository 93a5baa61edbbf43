"""Language help: what in an answer may hurt a reader, and what to say instead. Pure: no database, no Django.

It never changes a word. It leaves quotations and proper names alone, but for details that are dangerous wherever they stand.
"""

from .check import Advice, check, reading_grade

__all__ = ["Advice", "check", "reading_grade"]
