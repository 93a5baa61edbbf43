"""Widgets of forms in every room."""

from collections.abc import Mapping
from typing import Any

from django import forms


class Sentence(forms.Textarea):
    """A field for one line of text that may be long: it grows with what is typed and cuts nothing off. Line breaks become spaces."""

    def __init__(self, **attributes: object) -> None:
        super().__init__(attrs={"rows": 2, "class": "sentence", **attributes})

    def value_from_datadict(self, data: Mapping[str, Any], files: Any, name: str) -> Any:
        typed = super().value_from_datadict(data, files, name)
        return " ".join(typed.split()) if isinstance(typed, str) else typed
