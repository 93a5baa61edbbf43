"""How far a command is that takes longer than a second: a bar or a step on a terminal, nothing into a log or a pipe.

Whoever presses Ctrl-C gets a sentence about what stays, never a trace; each command leaves either the whole or what was before.
"""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import TypeVar

from django.core.management.base import CommandError, OutputWrapper

One = TypeVar("One")
Tell = Callable[[str], None]
BAR = 40  # characters
OFTEN = 0.1  # seconds between two looks of the bar


@contextmanager
def stoppable(stays: str) -> Iterator[None]:
    """Around work that Ctrl-C may stop. `stays`: what is left then, as a sentence."""
    try:
        yield
    except KeyboardInterrupt as stop:
        raise CommandError(f"Stopped. {stays}") from stop


def bar(rows: Iterable[One], total: int, into: OutputWrapper) -> Iterator[One]:
    """The same rows, with a bar of how many of `total` went by."""
    drawn = 0.0
    try:
        for done, row in enumerate(rows, start=1):
            yield row
            if into.isatty() and (done == total or monotonic() - drawn > OFTEN):
                drawn = monotonic()
                _draw(into, done, total)
    finally:
        if drawn:
            into.write("", str)


def _draw(into: OutputWrapper, done: int, total: int) -> None:
    full = BAR * min(done, total) // max(1, total)
    into.write(f"\r[{'#' * full}{'.' * (BAR - full)}] {done:,} of {total:,}", str, "")


def steps(names: Iterable[str], into: OutputWrapper) -> Tell:
    """For work that cannot be counted: says which of its steps begins, "2 of 3: sealing"."""
    order = list(names)

    def tell(name: str) -> None:
        if into.isatty():
            into.write(f"{order.index(name) + 1} of {len(order)}: {name} …", str)

    return tell
