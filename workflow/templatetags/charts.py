"""Charts drawn on the server: an SVG of lines or of bars. No script, no style attribute; a table stands behind each."""

from collections.abc import Sequence
from typing import Any

from django import template

from ..drawing import MINUTES, Picture, bars, lines
from ..queues.told import drawn, duration, few, share, told

register = template.Library()
for _filter in (duration, share, few):
    register.filter(_filter)


@register.inclusion_tag("workflow/figures/_chart.html")
def chart(key: str, picture: Picture) -> dict[str, Any]:
    """A picture that was drawn elsewhere."""
    return {"key": key, "picture": picture}


@register.inclusion_tag("workflow/figures/_chart.html")
def lines_chart(key: str, title: str, weeks: Sequence[Any], first: str, second: str, names: str) -> dict[str, Any]:
    """Two lines by week. `first` and `second` are paths to minutes, e.g. "taken_on.median"; names are "A|B"."""
    values = [[_value(week, path) for week in weeks] for path in (first, second)]
    named = list(zip(names.split("|"), values, strict=True))
    return chart(key, lines(title, [week.start for week in weeks], named, duration, rounds=MINUTES))


@register.inclusion_tag("workflow/figures/_chart.html")
def bars_chart(key: str, title: str, weeks: Sequence[Any], paths: str, names: str) -> dict[str, Any]:
    """Stacked bars by week. Paths and names are lists with | between. Small counts are drawn as one height."""
    counts = [[drawn(int(_value(week, path) or 0)) for week in weeks] for path in paths.split("|")]
    named = list(zip(names.split("|"), counts, strict=True))
    return chart(key, bars(title, [week.start for week in weeks], named, lambda value: f"{value:g}", told))


def _value(week: Any, path: str) -> float | None:
    for name in path.split("."):
        week = getattr(week, name)
    return None if week is None else float(week)
