"""Geometry of charts that are drawn on the server: lines by week, bars by week, bars lying on their side.

Everything is drawn twice, for a wide screen and for a phone, because letters in a picture that shrinks cannot be read;
the stylesheet shows one of them. No database, no templates: numbers in, coordinates out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

Tell = Callable[[float], str]
Values = Sequence[float | None]

MINUTES = (
    2,
    10,
    30,
    60,
    120,
    240,
    480,
    960,
    1440,
    2880,
    5760,
    14_400,
    28_800,
    43_200,
    86_400,
)  # round times for the top of a chart
_ROUND = (1, 2, 5)
_PARTS = (0, 0.5, 1)
_DOT = 14  # px that a point needs beside the next
_INSIDE = 26  # px that a number needs inside a bar
_DAY = 44  # px that the name of a day needs below the weeks


@dataclass(frozen=True)
class Canvas:
    """How large a drawing is, in units of its own, and where its axes lie."""

    name: str
    width: int
    height: int
    left: int
    most_days: int
    bottom: int = 34
    top: int = 16

    @property
    def floor(self) -> int:
        return self.height - self.bottom

    @property
    def text(self) -> int:
        return self.height - 10

    @property
    def label(self) -> int:
        return self.left - 8

    @property
    def room(self) -> int:
        return self.floor - self.top

    def y(self, value: float, top: float) -> float:
        return round(self.floor - self.room * value / top, 1)

    def x(self, at: float, slots: int) -> float:
        return round(self.left + (self.width - self.left) / max(1, slots) * at, 1)


CANVASES = (Canvas("wide", 640, 240, 72, 7), Canvas("narrow", 320, 220, 62, 4))


@dataclass(frozen=True)
class Mark:
    """A point of a line, or a piece of a bar. `inside` is written on a piece that has the room."""

    x: float
    y: float
    width: float
    height: float
    label: str
    inside: str = ""

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)


@dataclass(frozen=True)
class Series:
    """One line or one layer of bars: drawn in runs, because a week without a figure is a gap and not a zero."""

    name: str
    number: int
    marks: list[Mark]
    runs: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Drawing:
    """One size of a picture."""

    canvas: Canvas
    series: list[Series]
    ticks: list[tuple[float, str]]
    names: list[tuple[float, str]]  # below the weeks, or above the bars that lie
    promise: tuple[float, str] | None = None


@dataclass(frozen=True)
class Picture:
    """A chart: what it is called, what it says in words, and its drawings."""

    kind: str
    title: str
    said: str
    keys: list[tuple[int, str]]
    drawings: list[Drawing]

    @property
    def is_empty(self) -> bool:
        return not any(series.marks for drawing in self.drawings for series in drawing.series)


def lines(
    title: str,
    starts: Sequence[date],
    named: Sequence[tuple[str, Values]],
    tell: Tell,
    *,
    rounds: Sequence[int] = (),
    promise: tuple[float, str] | None = None,
) -> Picture:
    """One line for each name, by week. `promise`: a value to draw a dashed line at, and what it is called."""
    shown = [value for _, values in named for value in values if value is not None]
    highest = max([*shown, *([promise[0]] if promise and shown else [])], default=1.0)
    top = float(next((step for step in rounds if step >= highest), 0)) or top_of(highest)

    def draw(canvas: Canvas) -> Drawing:
        series = [
            _line(canvas, starts, name, number, values, top, tell)
            for number, (name, values) in enumerate(named if any(shown) else [], start=1)
        ]
        kept = (canvas.y(promise[0], top), promise[1]) if promise else None
        return Drawing(canvas, series, _ticks(canvas, top, tell), _days(canvas, starts), kept)

    said = " ".join(sentence for name, values in named if (sentence := _in_words(name, starts, values, tell)))
    return Picture("lines", title, said, _keys(named), [draw(canvas) for canvas in CANVASES])


def bars(title: str, starts: Sequence[date], named: Sequence[tuple[str, Values]], tell: Tell, few: Tell) -> Picture:
    """Bars by week, one layer on the other."""
    columns = [sum(value or 0 for value in column) for column in zip(*(values for _, values in named), strict=True)]
    top = top_of(max(columns, default=1.0))

    def draw(canvas: Canvas) -> Drawing:
        below = [0.0] * len(starts)
        series = [
            Series(name, number, _layer(canvas, starts, values, below, top, few))
            for number, (name, values) in enumerate(named, start=1)
        ]
        return Drawing(canvas, series, _ticks(canvas, top, tell), _days(canvas, starts))

    said = " ".join(sentence for name, values in named if (sentence := _in_words(name, starts, values, few)))
    return Picture("bars", title, said, _keys(named), [draw(canvas) for canvas in CANVASES])


def lying(title: str, names: Sequence[str], layers: Sequence[tuple[str, Sequence[float]]], tell: Tell) -> Picture:
    """One bar for each name, lying on its side, its pieces one after the other."""
    totals = [sum(layer[at] for _, layer in layers) for at in range(len(names))]
    longest = max([*totals, 1.0])

    def draw(frame: Canvas) -> Drawing:
        canvas = Canvas(frame.name, frame.width, 52 * len(names), 0, 0, bottom=0, top=0)
        beside = [0.0] * len(names)
        series = []
        for number, (layer, values) in enumerate(layers, start=1):
            marks = []
            for at, value in enumerate(values):
                if value:
                    width = round(canvas.width * value / longest, 1)
                    inside = tell(value) if width >= _INSIDE and tell(value).isdigit() else ""
                    mark = Mark(round(beside[at], 1), 52 * at + 22, width, 22, f"{names[at]}: {tell(value)}", inside)
                    marks.append(mark)
                    beside[at] += width
            series.append(Series(layer, number, marks))
        return Drawing(canvas, series, [], [(52 * at + 15, name) for at, name in enumerate(names)])

    said = " ".join(f"{name}: {tell(total) if total else 'none'}." for name, total in zip(names, totals, strict=True))
    return Picture("lying", title, said, _keys(layers), [draw(frame) for frame in CANVASES])


def top_of(highest: float) -> float:
    """A round number above everything: 1, 2 or 5 times a power of ten."""
    power = 1.0
    while power * _ROUND[-1] < highest:
        power *= 10
    return next(power * step for step in _ROUND if power * step >= highest)


def _line(
    canvas: Canvas, starts: Sequence[date], name: str, number: int, values: Values, top: float, tell: Tell
) -> Series:
    marks: list[Mark | None] = [
        None
        if value is None
        else Mark(canvas.x(at + 0.5, len(starts)), canvas.y(value, top), 0, 0, f"{_day(starts[at])}: {tell(value)}")
        for at, value in enumerate(values)
    ]
    return Series(name, number, _dots(marks, is_roomy=canvas.x(1, len(starts)) - canvas.left >= _DOT), _runs(marks))


def _dots(marks: Sequence[Mark | None], *, is_roomy: bool) -> list[Mark]:
    """Every point; where they would lie on each other, only the ends of each run."""
    beside = [None, *marks, None]
    return [
        mark
        for before, mark, after in zip(beside, marks, beside[2:], strict=False)
        if mark and (is_roomy or before is None or after is None)
    ]


def _layer(
    canvas: Canvas, starts: Sequence[date], values: Values, below: list[float], top: float, tell: Tell
) -> list[Mark]:
    """One layer of the bars; `below` grows by it."""
    marks, slots = [], len(starts)
    width = round((canvas.x(1, slots) - canvas.left) * 0.7, 1)
    for at, value in enumerate(values):
        if value:
            y = canvas.y(below[at] + value, top)
            height = round(canvas.y(below[at], top) - y, 1)
            marks.append(Mark(canvas.x(at + 0.15, slots), y, width, height, f"{_day(starts[at])}: {tell(value)}"))
            below[at] += value
    return marks


def _runs(marks: Sequence[Mark | None]) -> list[str]:
    runs: list[list[str]] = [[]]
    for mark in marks:
        if mark is None:
            runs.append([])
        else:
            runs[-1].append(f"{mark.x},{mark.y}")
    return [" ".join(run) for run in runs if len(run) > 1]


def _ticks(canvas: Canvas, top: float, tell: Tell) -> list[tuple[float, str]]:
    whole = [top * part for part in _PARTS if (top * part).is_integer()]  # no half letters
    return [(canvas.y(value, top), tell(value)) for value in whole]


def _days(canvas: Canvas, starts: Sequence[date]) -> list[tuple[float, str]]:
    every = max(1, -(-len(starts) // canvas.most_days))
    last = canvas.width - _DAY / 2
    shown = [(at, start) for at, start in enumerate(starts) if at % every == 0]
    return [(min(canvas.x(at + 0.5, len(starts)), last), _day(start)) for at, start in shown]


def _keys(named: Sequence[tuple[str, object]]) -> list[tuple[int, str]]:
    return [(number, name) for number, (name, _) in enumerate(named, start=1)]


def _in_words(name: str, starts: Sequence[date], values: Values, tell: Tell) -> str:
    """For who does not see the picture: the newest figure and the highest."""
    known = [(value, start) for value, start in zip(values, starts, strict=True) if value]
    if not known:
        return ""
    highest, when = max(known)
    newest, last = known[-1]
    return (
        f"{name}: most in the week of {_day(when)}, {tell(highest)}; last in the week of {_day(last)}, {tell(newest)}."
    )


def _day(start: date) -> str:
    return f"{start:%b} {start.day}"
