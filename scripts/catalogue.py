"""The words of pages in other languages: finds every marked sentence, keeps locale/*/django.po whole, and makes the .mo.

    python scripts/catalogue.py           write the .po and the .mo
    python scripts/catalogue.py --check   say what is missing, doubtful or out of date, and fail

Needs no GNU gettext: Babel reads and writes both. A sentence that is not marked any more is dropped.
"""

import io
import sys
from collections.abc import Iterable
from pathlib import Path

import django
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
CODE = ("accounts", "config", "notifications", "qa", "workflow")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
LANGUAGES = ("es",)


def marked() -> Catalog:
    """Every sentence that is marked in code and templates, with the files it stands in."""
    found = Catalog()
    for path in sorted(path for room in CODE for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts):
        _take(found, path, path.read_text(encoding="utf-8"))
    for path in sorted((ROOT / "templates").rglob("*.*")):
        text = path.read_text(encoding="utf-8")
        if "i18n" in text or "_(" in text:
            _take(found, path, _as_code(text))
    return found


def _as_code(template: str) -> str:
    from django.utils.translation.template import templatize  # noqa: PLC0415 (wants settings)

    return "\n".join(line.lstrip() for line in templatize(template).splitlines())


def _take(found: Catalog, path: Path, code: str) -> None:
    where = str(path.relative_to(ROOT))
    for _line, message, _comments, context in extract("python", io.BytesIO(code.encode()), keywords=KEYWORDS):
        found.add(message, locations=[(where, 0)], context=context)


def kept(language: str) -> Catalog:
    """What stands in the .po now."""
    with file_of(language).open("rb") as file:
        return read_po(file, locale=language, charset="utf-8")


def file_of(language: str) -> Path:
    return ROOT / "locale" / language / "LC_MESSAGES" / "django.po"


def renewed(language: str) -> Catalog:
    """The marked sentences, each with the translation it has; order and places as they are found."""
    old, new = kept(language), marked()
    fresh = Catalog(locale=language, charset="utf-8", fuzzy=False, header_comment=old.header_comment)
    fresh.mime_headers = [
        (name, value)
        for name, value in old.mime_headers
        if name in {"Language", "Plural-Forms", "MIME-Version", "Content-Type", "Content-Transfer-Encoding"}
    ]
    for message in new:
        if message.id:
            before = old.get(message.id, message.context)
            said = before.string if before else ""
            files = sorted({(name, 0) for name, _ in message.locations})
            fresh.add(message.id, said, locations=files, context=message.context)
    return fresh


def as_po(catalogue: Catalog) -> bytes:
    text = io.BytesIO()
    write_po(text, catalogue, width=0, omit_header=False, include_lineno=False)
    return text.getvalue()


def as_mo(catalogue: Catalog) -> bytes:
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    return compiled.getvalue()


def faults(language: str) -> list[str]:
    """What is not as it should be, each in a line."""
    fresh, old = renewed(language), kept(language)
    said = [f"not translated: {message.id!r}" for message in fresh if message.id and not _is_whole(message.string)]
    said += [f"doubtful: {message.id!r}" for message in old if message.id and message.fuzzy]
    said += [f"{error}: {message.id!r}" for message in fresh for error in message.check(fresh)]
    gone = {str(message.id) for message in old if message.id} - {str(message.id) for message in fresh}
    said += [f"not on any page: {text}" for text in sorted(gone)]
    if not said and file_of(language).with_suffix(".mo").read_bytes() != as_mo(old):
        said.append("the .mo is not made from this .po: run scripts/catalogue.py")
    return said


def _is_whole(string: Iterable[str] | None) -> bool:
    return bool(string) if isinstance(string, str) or not string else all(string)


def main() -> None:
    django.setup()
    for language in LANGUAGES:
        if "--check" in sys.argv:
            if said := faults(language):
                sys.exit("\n".join(said))
        else:
            fresh = renewed(language)
            file_of(language).write_bytes(as_po(fresh))
            file_of(language).with_suffix(".mo").write_bytes(as_mo(fresh))
            print(f"{language}: {sum(1 for message in fresh if message.id)} sentences")


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    sys.path.insert(0, str(ROOT))
    main()
