"""docs/fields.md: every field that somebody can fill in, with its kind and limits, read from the forms themselves."""

import re
from collections.abc import Iterator

from django import forms
from django.conf import settings
from django.urls import get_resolver
from django.utils import translation

from .styleguide import SampleForm

OURS = ("accounts", "qa", "workflow", "notifications", "config")
SHOWN = 8  # values of a choice; of a longer list the number is said
ASKED_FOR = re.compile(r"""(?:GET|POST)(?:\.get|\.getlist)?[\[(]\s*["']([\w-]+)["']""")
WORDS = f"""# Fields and their limits

Text is Unicode (UTF-8); NUL is refused; space around it is taken off unless the table says that it is kept.
A request has at most {settings.DATA_UPLOAD_MAX_MEMORY_SIZE:,} bytes and {settings.DATA_UPLOAD_MAX_NUMBER_FIELDS} fields, and no file.
A letter has {settings.LETTER_MIN_CHARS} to {settings.LETTER_MAX_CHARS:,} characters. Rich text passes `qa/sanitize.py`.
What forms made for one person or case offer beside these (kinds of mail, findings, colleagues) are choices of what is offered.
`tests/proof/test_hostile.py` fills every one of them with hostile values.
"""
BESIDE = """
## Parameters that stand in no form

Numbers are at most 9 digits (`accounts/numbers.py`), marks and tokens are compared with what was given out, one of a list is
looked up in it; anything else is as if it were not there, or a 404.
"""


def fields_page() -> str:
    with translation.override("en"):
        rows = "\n".join(row for form in _forms() for row in _rows(form))
    plain = ", ".join(f"`{name}`" for name in _parameters())
    return f"{WORDS}\n| Form | Field | Kind | Needed | Limits |\n|---|---|---|---|---|\n{rows}\n{BESIDE}\n{plain}\n"


def _forms() -> list[type[forms.BaseForm]]:
    """All of ours; those of pages are known once the addresses are."""
    _ = get_resolver().url_patterns
    ours = tuple(f"{package}." for package in OURS)
    found = {form for form in below(forms.BaseForm) if form.__module__.startswith(ours)} - {SampleForm}
    return sorted(found, key=lambda form: (form.__module__, form.__qualname__))


def below(form: type[forms.BaseForm]) -> Iterator[type[forms.BaseForm]]:
    """Every form that is made of this one."""
    for one in form.__subclasses__():
        yield one
        yield from below(one)


def _rows(form: type[forms.BaseForm]) -> Iterator[str]:
    for name, field in getattr(form, "base_fields", {}).items():
        needed = "yes" if field.required else ""
        yield f"| {form.__module__}.{form.__qualname__} | `{name}` | {_kind(field)} | {needed} | {_limits(field)} |"


def _kind(field: forms.Field) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", type(field).__name__.removesuffix("Field")).lower()


def _limits(field: forms.Field) -> str:
    said = []
    for name, words in (("min_length", "from {} characters"), ("max_length", "to {} characters")):
        if (limit := getattr(field, name, None)) is not None:
            said.append(words.format(f"{limit:,}"))
    for name, words in (("min_value", "from {}"), ("max_value", "to {}")):
        if (limit := getattr(field, name, None)) is not None:
            said.append(words.format(limit))
    if isinstance(field, forms.ModelChoiceField):
        said.append("one of the rows it offers")
    elif isinstance(field, forms.ChoiceField):
        said.append(_values(field))
    if isinstance(field, forms.EmailField):
        said.append("kept in lower case")
    elif isinstance(field, forms.CharField) and not field.strip:
        said.append("kept as typed")
    elif isinstance(field, forms.CharField) and field.max_length is None:
        said.append("what the form's own check lets through")
    return ", ".join(said)


def _values(field: forms.ChoiceField) -> str:
    if callable(getattr(field, "_choices", None)):
        return "one of what is offered"
    values = [str(value) for value, _words in field.choices]  # type: ignore[union-attr,misc]
    return f"one of {len(values)}" if len(values) > SHOWN else "one of: " + ", ".join(f"`{value}`" for value in values)


def _parameters() -> list[str]:
    """Names that pages ask a request for, as their source says, without those that a form has."""
    source = [path.read_text("utf-8") for package in OURS for path in (settings.BASE_DIR / package).rglob("*.py")]
    named = {name for form in _forms() for name in getattr(form, "base_fields", {})}
    return sorted({name for text in source for name in ASKED_FOR.findall(text)} - named)
