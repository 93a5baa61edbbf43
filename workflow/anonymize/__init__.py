"""De-identification engine: finds what would identify a family, proposes natural replacements. Pure text: no database, no Django."""

from .engine import find
from .kinds import Identifier, Kind, Known
from .pages import fresh
from .replacements import apply, at_opening, compose

__all__ = ["Identifier", "Kind", "Known", "apply", "at_opening", "compose", "find", "fresh"]
