"""A mail is cast from a mould: its templates are rendered, and its styles inlined, once for each form it can take.

A form is a template with the same answers to every yes, no and how many. Texts (a link, a code) are poured in for each
mail: the mould is rendered with marks in their places. So a template may print a text or ask whether there is one; it
must not alter it with a filter. The finished bytes for an SMTP server are cast the same way.
"""

import re
from dataclasses import dataclass
from email.utils import formatdate
from functools import cache, lru_cache
from html import escape
from typing import Any

import css_inline
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context, Engine
from django.template.loader import render_to_string

MARK = "xqMARK"
PLAIN = re.compile(r"[\x21-\x7e]{0,900}")  # what may stand in a header or a line as it is


@dataclass(frozen=True)
class Form:
    """What makes two mails the same but for their texts. `texts`: the names of the texts; empty ones are not marked."""

    template: str
    answers: tuple[tuple[str, Any], ...]
    texts: frozenset[str]


@dataclass(frozen=True)
class Wording:
    """What a mail says."""

    subject: str
    text: str
    html: str


class Mail(EmailMultiAlternatives):
    """A mail that knows what it was cast from."""

    form: Form
    texts: dict[str, str]

    @classmethod
    def cast(cls, template: str, name: str, words: dict[str, Any], *, to: str, headers: dict[str, str]) -> "Mail":
        texts = {key: value for key, value in words.items() if isinstance(value, str)}
        answers = {"name": name, **{key: bool(value) if key in texts else value for key, value in words.items()}}
        form = Form(template, tuple(sorted(answers.items())), frozenset(texts))
        said = _mould(form)
        html = _pour(said.html, {_mark(key, "h"): escape(value) for key, value in texts.items()})
        plain = {_mark(key, "t"): value for key, value in texts.items()}
        mail = cls(_pour(said.subject, plain), _pour(said.text, plain), settings.MAIL_FROM, [to], headers=headers)
        mail.attach_alternative(html, "text/html")
        mail.form, mail.texts = form, texts
        return mail

    def wire(self) -> bytes | None:
        """The bytes for the server. None when something is too unusual to be poured: the library builds it then."""
        headers = {**self.extra_headers, "To": self.to[0], "Date": formatdate()}
        mould = _wire_mould(self.form, tuple(sorted(self.extra_headers)))
        if mould is None or not all(PLAIN.fullmatch(text.replace(" ", "")) for text in self._poured()):
            return None
        for name, value in headers.items():
            mould = mould.replace(_mark(name, "e").encode(), value.encode())
        for name, value in self.texts.items():
            mould = mould.replace(_mark(name, "h").encode(), escape(value).encode())
            mould = mould.replace(_mark(name, "t").encode(), value.encode())
        return mould

    def _poured(self) -> list[str]:
        return [*self.extra_headers.values(), *self.texts.values(), self.to[0]]


def _mark(name: str, place: str) -> str:
    """No template holds this, and nothing that renders, inlines or folds lines changes it."""
    return f"{MARK}{place}{name.replace('-', '')}KRAM"


def _pour(mould: str, texts: dict[str, str]) -> str:
    for mark, value in texts.items():
        mould = mould.replace(mark, value)
    return mould


def _marked(form: Form, place: str) -> dict[str, Any]:
    return {key: (_mark(key, place) if answer else "") if key in form.texts else answer for key, answer in form.answers}


@lru_cache(maxsize=512)
def _mould(form: Form) -> Wording:
    folder, words = f"emails/{form.template}", _marked(form, "t")
    subject = " ".join(_plain().get_template(f"{folder}/subject.txt").render(Context(words)).split())
    text = _plain().get_template(f"{folder}/body.txt").render(Context(words)).strip() + "\n"
    html = render_to_string(f"{folder}/body.html", {**_marked(form, "h"), "subject": subject})
    return Wording(subject, text, _inliner().inline(html))


@lru_cache(maxsize=512)
def _wire_mould(form: Form, headers: tuple[str, ...]) -> bytes | None:
    said = _mould(form)
    marks = {name: _mark(name, "e") for name in (*headers, "Date")}
    mail = EmailMultiAlternatives(said.subject, said.text, settings.MAIL_FROM, [_mark("To", "e")], headers=marks)
    mail.attach_alternative(said.html, "text/html")
    wire = mail.message().as_bytes(linesep="\r\n")  # type: ignore[call-arg]  # Django's own has it
    return None if MARK in said.subject or b"quoted-printable" in wire or b"base64" in wire else wire


@cache
def _plain() -> Engine:
    """Templates of plain text: nothing is escaped, because nothing is HTML."""
    return Engine(dirs=[str(settings.BASE_DIR / "templates")], autoescape=False)


@cache
def _inliner() -> css_inline.CSSInliner:
    return css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=True)
