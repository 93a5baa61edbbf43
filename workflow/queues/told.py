"""How figures are told: as people say times, and so that a small number never points at single letters."""

FEW = 5  # below it neither a share nor a time is told


def duration(minutes: float | None) -> str:
    """A time as people say it; nothing told when there are too few."""
    if minutes is None:
        return "too few"
    if minutes < 1:
        return "under a minute" if minutes else "0"
    if minutes < 60:
        return f"{minutes:.0f} min"
    if minutes < 48 * 60:
        return f"{minutes / 60:.1f} h".replace(".0 h", " h")
    return f"{minutes / 1440:.1f} days".replace(".0 days", " days")


def share(part: float | None) -> str:
    return "too few" if part is None else f"{part:.0%}"


def drawn(count: int) -> float:
    """The height of a count in a chart; all that are too few to be told have the same."""
    return FEW / 2 if 0 < count < FEW else float(count)


def told(height: float) -> str:
    """What a height in a chart stands for."""
    return "fewer than 5" if 0 < height < FEW else f"{height:g}"


def few(number: int) -> str:
    """A count, unless it would speak of single letters."""
    return "fewer than 5" if 0 < number < FEW else str(number)
