"""De-identification engine: finds what would identify a family, proposes natural replacements. Pure text: no database, no Django."""

from .engine import find
from .kinds import Identifier, Kind, Known
from .replacements import apply

__all__ = ["Identifier", "Kind", "Known", "apply", "find"]
