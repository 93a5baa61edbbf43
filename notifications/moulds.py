"""A mail is cast from a mould: it is laid out, and its styles inlined, once for each form it can take.

A form is the words of a mail with the same answers to every yes, no and how many. Texts (a link, a code) are poured in
for each mail: the mould is rendered with marks in their places. So the layout may print a text or ask whether there is
one; it must not alter it with a filter. The finished bytes for an SMTP server are cast the same way.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import formatdate, parseaddr
from functools import cache, lru_cache
from html import escape
from typing import Any

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context, Engine
from django.template.loader import render_to_string

from .wordings import Words, common, fill

MARK = "xqMARK"
PLAIN = re.compile(r"[\x20-\x7e]{0,900}")  # what may stand in a header or a line as it is
_MARKS = re.compile(rb"xqMARK([eht][A-Za-z_]+)KRAM")


@dataclass(frozen=True)
class Form:
    """What makes two mails the same but for their texts. `texts`: the names of those that are not empty."""

    words: Words
    language: str
    answers: tuple[tuple[str, Any], ...]
    texts: frozenset[str]


@dataclass(frozen=True)
class Said:
    """What a mail says."""

    subject: str
    text: str
    html: str


@dataclass
class Mail:
    """A mail that knows what it was cast from; `whole` is what the mail library and its providers want."""

    form: Form
    texts: dict[str, str]
    to: str
    headers: dict[str, str] = field(default_factory=dict)
    key: str = ""  # the name under which a provider's reports come back
    ready: bytes | None = None  # the bytes for the server, cast ahead
    said: str = ""  # a note of whose words these are, kept with the message

    def words(self) -> Said:
        """Subject, text and HTML with the texts in them."""
        said = _mould(self.form)
        plain = {_mark(name, "t"): value for name, value in self.texts.items()}
        html = _pour(said.html, {_mark(name, "h"): escape(value) for name, value in self.texts.items()})
        return Said(_pour(said.subject, plain), _pour(said.text, plain), html)

    def whole(self) -> EmailMultiAlternatives:
        said = self.words()
        mail = EmailMultiAlternatives(said.subject, said.text, settings.MAIL_FROM, [self.to], headers=self.headers)
        mail.attach_alternative(said.html, "text/html")
        mail.metadata = {"allay": self.key}  # type: ignore[attr-defined]
        mail.track_opens = mail.track_clicks = False  # type: ignore[attr-defined]
        return mail

    def wire(self) -> bytes | None:
        """The bytes for the server. None when something is too unusual to be poured: the library builds it then."""
        if self.ready is not None:
            return self.ready
        mould = _wire_mould(self.form, tuple(self.headers))
        poured = [*self.headers.values(), *self.texts.values(), self.to]
        if mould is None or not all(map(PLAIN.fullmatch, poured)):
            return None
        values = {"eTo": self.to, "eDate": formatdate()}
        values |= {f"e{_bare(name)}": value for name, value in self.headers.items()}
        for name, value in self.texts.items():
            values[f"t{name}"], values[f"h{name}"] = value, escape(value)
        return b"".join([part if place else values[str(part)].encode() for place, part in mould])  # type: ignore[misc]


def cast(words: Words, language: str, values: Mapping[str, Any], *, to: str, headers: dict[str, str]) -> Mail:
    """A mail with these values: texts are poured, everything else is part of its form."""
    texts = {name: value for name, value in values.items() if isinstance(value, str) and value}
    answers = tuple(sorted((name, value) for name, value in values.items() if not isinstance(value, str)))
    return Mail(Form(words, language, answers, frozenset(texts)), texts, to, headers)


@cache
def bare_address(named: str) -> str:
    """The address of "Allay <hello@allay.example>"."""
    return parseaddr(named)[1]


def _bare(name: str) -> str:
    return name.replace("-", "")


def _mark(name: str, place: str) -> str:
    """No words hold this, and nothing that renders, inlines or folds lines changes it."""
    return f"{MARK}{place}{_bare(name)}KRAM"


def _pour(mould: str, texts: dict[str, str]) -> str:
    for mark, value in texts.items():
        mould = mould.replace(mark, value)
    return mould


@lru_cache(maxsize=512)
def _mould(form: Form) -> Said:
    answers = {"name": settings.MAIL_NEUTRAL_NAME, **dict(form.answers)}
    shared = common(form.language)
    said = {name: fill(text, answers).strip() for name, text in _chosen(form.words, answers, shared).items()}
    subject = " ".join(said["subject"].split())
    values = {**answers, **said, "language": form.language, "stop_words": shared["stop"], "subject": subject}
    text = _plain().get_template("emails/mail.txt").render(Context({**values, **_marked(form, "t")})).strip() + "\n"
    html = render_to_string("emails/mail.html", {**values, **_marked(form, "h")})
    return Said(subject, text, _inliner().inline(html))


def _chosen(words: Words, answers: Mapping[str, Any], shared: dict[str, str]) -> dict[str, str]:
    """Which of the words this form of the mail speaks."""
    said = words.as_fields()
    if answers.get("fuller"):
        said["subject"] = words.fuller_subject or words.subject
        said["first"] = words.fuller_first or words.first
    if answers.get("several"):
        said["first"], said["rest"] = shared["several"], ""
    return said


def _marked(form: Form, place: str) -> dict[str, str]:
    return {name: _mark(name, place) for name in form.texts}


@lru_cache(maxsize=512)
def _wire_mould(form: Form, headers: tuple[str, ...]) -> list[tuple[bool, bytes | str]] | None:
    """The bytes, cut at the marks: (True, bytes as they are) and (False, the name of what is poured in there)."""
    said = _mould(form)
    marks = {name: _mark(name, "e") for name in (*headers, "Date")}
    mail = EmailMultiAlternatives(said.subject, said.text, settings.MAIL_FROM, [_mark("To", "e")], headers=marks)
    mail.attach_alternative(said.html, "text/html")
    wire = mail.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]  # Django's own has it
    if MARK in said.subject or b"quoted-printable" in wire or b"base64" in wire:
        return None
    parts = _MARKS.split(wire)
    return [(number % 2 == 0, part if number % 2 == 0 else part.decode()) for number, part in enumerate(parts)]


@cache
def _plain() -> Engine:
    """Layout of plain text: nothing is escaped, because nothing is HTML."""
    return Engine(dirs=[str(settings.BASE_DIR / "templates")], autoescape=False)


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=True)
