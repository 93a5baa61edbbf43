"""Charts drawn on the server: an SVG of lines or of stacked bars. No script, no style attribute; a table stands behind each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django import template

from ..queues.told import FEW, duration, few, share

register = template.Library()
for _filter in (duration, share, few):
    register.filter(_filter)
WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 640, 240, 64, 34, 14
_STEPS = (1, 2, 5)
_MINUTES = (2, 10, 30, 60, 120, 240, 480, 960, 1440, 2880, 5760, 14_400, 28_800)  # round times for the top of a chart


@dataclass(frozen=True)
class Mark:
    """A point of a line, or a piece of a bar."""

    x: float
    y: float
    width: float
    height: float
    label: str


@dataclass(frozen=True)
class Series:
    """One line or one layer of bars: drawn in runs, because a week without a figure is a gap and not a zero."""

    name: str
    number: int
    runs: list[str]
    marks: list[Mark]


@register.inclusion_tag("workflow/figures/_lines.html")
def lines_chart(key: str, title: str, weeks: Sequence[Any], first: str, second: str, names: str) -> dict[str, Any]:
    """Two lines by week. `first` and `second` are paths to minutes, e.g. "taken_on.median"; names are "A|B"."""
    values = [[_value(week, path) for week in weeks] for path in (first, second)]
    highest = max((value for line in values for value in line if value is not None), default=1.0)
    top = float(next((minutes for minutes in _MINUTES if minutes >= highest), highest))
    slot = (WIDTH - LEFT) / max(1, len(weeks))
    series = []
    for number, (name, line) in enumerate(zip(names.split("|"), values, strict=True), start=1):
        points = [
            None if value is None else (round(LEFT + slot * (at + 0.5), 1), _y(value, top))
            for at, value in enumerate(line)
        ]
        marks = [
            Mark(point[0], point[1], 0, 0, f"{week.start:%b} {week.start.day}: {duration(value)}")
            for point, value, week in zip(points, line, weeks, strict=True)
            if point and value is not None
        ]
        series.append(Series(name, number, _runs(points), marks))
    return _frame(
        key, title, weeks, series, [(_y(top * part, top), duration(top * part)) for part in (0, 0.5, 1)], slot
    )


@register.inclusion_tag("workflow/figures/_bars.html")
def bars_chart(key: str, title: str, weeks: Sequence[Any], paths: str, names: str) -> dict[str, Any]:
    """Stacked bars by week. Paths and names are lists with | between. Small counts are drawn as one height."""
    counts = [[_shown(int(_value(week, path) or 0)) for week in weeks] for path in paths.split("|")]
    top = _top([sum(column) for column in zip(*counts, strict=True)])
    slot = (WIDTH - LEFT) / max(1, len(weeks))
    below = [0.0] * len(weeks)
    series = []
    for number, (name, line) in enumerate(zip(names.split("|"), counts, strict=True), start=1):
        marks = []
        for at, count in enumerate(line):
            if count:
                y = _y(below[at] + count, top)
                said = "fewer than 5" if count < FEW else str(int(count))
                label = f"{weeks[at].start:%b} {weeks[at].start.day}: {said}"
                x = LEFT + slot * (at + 0.15)
                marks.append(Mark(round(x, 1), y, round(slot * 0.7, 1), round(_y(below[at], top) - y, 1), label))
                below[at] += count
        series.append(Series(name, number, [], marks))
    return _frame(key, title, weeks, series, [(_y(top * part, top), f"{top * part:g}") for part in (0, 0.5, 1)], slot)


def _shown(count: int) -> float:
    return FEW / 2 if 0 < count < FEW else count


def _value(week: Any, path: str) -> float | None:
    for name in path.split("."):
        week = getattr(week, name)
    return None if week is None else float(week)


def _top(values: Sequence[float]) -> float:
    """A round number above everything: 1, 2 or 5 times a power of ten."""
    highest = max(values, default=1.0)
    power = 1.0
    while power * 5 < highest:
        power *= 10
    return next(power * step for step in _STEPS if power * step >= highest or step == _STEPS[-1])


def _y(value: float, top: float) -> float:
    return round(HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * value / top, 1)


def _runs(points: Sequence[tuple[float, float] | None]) -> list[str]:
    runs: list[list[str]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(f"{point[0]},{point[1]}")
    return [" ".join(run) for run in runs if len(run) > 1]


def _frame(
    key: str, title: str, weeks: Sequence[Any], series: list[Series], ticks: list[tuple[float, str]], slot: float
) -> dict[str, Any]:
    every = max(1, -(-len(weeks) // 7))
    days = [
        (round(LEFT + slot * (at + 0.5), 1), f"{week.start:%b} {week.start.day}")
        for at, week in enumerate(weeks)
        if at % every == 0
    ]
    frame = {"width": WIDTH, "height": HEIGHT, "left": LEFT, "floor": HEIGHT - BOTTOM, "text": HEIGHT - 10}
    is_empty = not any(one.marks for one in series)
    return {
        "key": key,
        "title": title,
        "series": series,
        "is_empty": is_empty,
        "ticks": ticks,
        "days": days,
        "frame": frame,
    }
