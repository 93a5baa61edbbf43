"""The workflow's own tables. Import them from here."""

from .cases import Case
from .consents import Consent
from .events import Event, Remark
from .findings import Finding
from .flags import SafetyFlag

__all__ = ["Case", "Consent", "Event", "Finding", "Remark", "SafetyFlag"]
