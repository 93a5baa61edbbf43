"""Every mail, for every event that causes it, gives nothing away: subject, sender, preheader, body, links, headers."""

import re
from contextlib import contextmanager
from copy import copy
from email import message_from_bytes
from email.utils import parsedate_to_datetime

import pytest
from django.core import mail
from django.core.mail import BadHeaderError
from django.db import transaction
from django.utils.html import strip_tags

from accounts.models import User
from notifications.contents import prepare
from notifications.delivery import deliver
from notifications.facts import Facts
from notifications.models import RANK, Category, Message
from notifications.moulds import Mail
from notifications.rules import DIGESTS, RULES, SECURITY, TO_MODERATORS, templates
from notifications.sign_in import queue_security_mail
from notifications.wordings import faults, languages, shipped
from tests.cast import MARKER, make_case, make_cast
from tests.notifications.words import TELLING, TELLING_ES
from workflow import discretion
from workflow.events import Kind, record
from workflow.states import State

pytestmark = pytest.mark.once

CAUSES = [(kind, rule) for kind, rules in RULES.items() for rule in rules]
ENGLISH = [pytest.param(kind, rule, "en", id=f"{kind}-{rule.template}") for kind, rule in CAUSES]
EVERY = [
    pytest.param(kind, rule, language, id=f"{kind}-{rule.template}-{language}")
    for kind, rule in CAUSES
    for language in ("en", "es")
]
SUBJECTS = {
    "en": {
        Category.SECURITY: "Signing in at Allay",
        Category.SAFETY: "Please look now at Allay",
        Category.LETTER: "There is news for you at Allay",
        Category.WORK: "Something waits for you at Allay",
        Category.DIGEST: "Your day at Allay",
    },
    "es": {
        Category.SECURITY: "Para entrar en Allay",
        Category.SAFETY: "Por favor, mire ahora en Allay",
        Category.LETTER: "Hay novedades para usted en Allay",
        Category.WORK: "Algo le espera en Allay",
        Category.DIGEST: "Su día en Allay",
    },
}


def mail_about(case, person, kind, rule, language="en"):
    """The mail as it would go out, whatever the case looks like at the moment."""
    User.objects.update(language=language)
    person.language = language
    event = record(
        kind, case=case, by=None, remark=f"Because {MARKER} said so", data={"tier": 0, "expert": case.expert_id}
    )
    message = Message.objects.create(
        event=event,
        template=rule.template,
        category=rule.category,
        rank=RANK[rule.category],
        person=None if rule.category == Category.LETTER else person,
        key="k" * 64,
    )
    return prepare(message, Facts([message]))


@contextmanager
def always_true():
    """Rules are frozen; put their predicates back afterwards."""
    before = [(rule, rule.holds) for _, rule in CAUSES]
    for rule, _ in before:
        object.__setattr__(rule, "holds", lambda *args: True)
    try:
        yield
    finally:
        for rule, holds in before:
            object.__setattr__(rule, "holds", holds)


@pytest.fixture(scope="module")
def mails(django_db_setup, django_db_blocker):
    """Every mail in every language, about one published case: made once, looked at by many tests, then taken back."""
    with django_db_blocker.unblock(), transaction.atomic(), always_true():
        cast = make_cast()
        make_case(cast)  # so that something waits at the desk
        case = make_case(cast, state=State.PUBLISHED)
        made = {}
        for kind, rule in CAUSES:
            for language in ("en", "es"):
                Message.objects.all().delete()
                made[kind, rule.template, language] = mail_about(case, cast.mo, kind, rule, language)
        transaction.set_rollback(True)
    return made


def parts(sent):
    headers = sent.headers if isinstance(sent, Mail) else sent.extra_headers
    sent = sent.whole() if isinstance(sent, Mail) else sent
    html = sent.alternatives[0][0]
    return {
        "subject": sent.subject,
        "sender": sent.from_email,
        "text": sent.body,
        "html": strip_tags(re.sub(r"<style.*?</style>", "", html, flags=re.S)),
        "links": " ".join(re.findall(r"https?://\S+?(?=[\"\s]|$)", html + sent.body)),
        "headers": " ".join(map(str, headers.values())),
    }


def telling(text):
    words = re.findall(r"[\w'’-]+", re.sub(r"/go/[\w-]{24}/|<[0-9a-f]{40}@|/stop/\S+", " ", text.lower()))
    return [word for word in words for stem in TELLING | TELLING_ES if _tells(word, stem)]


def _tells(word, stem):
    return word == stem or (len(stem) > 3 and word.startswith(stem))


def test_it_would_notice(cast):
    assert telling("About your son's overdose: an expert answered your question") == [
        "overdose", "expert", "answered", "question",
    ]  # fmt: skip
    assert telling("Sobre la sobredosis de su hijo: un experto") == ["sobredosis", "hijo", "experto", "experto"]


def test_the_product_refuses_every_word_that_these_tests_know():
    assert [word for word in TELLING | TELLING_ES if not discretion.telling(word)] == []


@pytest.mark.parametrize(("kind", "rule", "language"), EVERY)
def test_it_gives_nothing_away(mails, kind, rule, language):
    sent = mails[kind, rule.template, language]
    secrets = [MARKER, "Mikey", "Gloucester", "comes home at night", "early-recovery", "Rosa", "Erin", "counselor"]
    for part, text in parts(sent).items():
        assert not telling(text), part
        assert not [word for word in secrets if word.lower() in text.lower()], part


@pytest.mark.parametrize(("kind", "rule", "language"), EVERY)
def test_it_has_the_neutral_subject_of_its_stream(mails, kind, rule, language):
    sent = mails[kind, rule.template, language].whole()
    assert sent.subject == SUBJECTS[language][rule.category]
    assert sent.from_email == "Allay <hello@allay.example>"


@pytest.mark.parametrize(("kind", "rule", "language"), EVERY)
def test_it_is_complete_as_text_and_small_as_html(mails, kind, rule, language):
    sent = mails[kind, rule.template, language].whole()
    html, mimetype = sent.alternatives[0]
    assert f'<html lang="{language}">' in html
    assert mimetype == "text/html"
    assert len(html) < 8_000
    assert not re.search(r"<img|<script|<link|@import|url\(|<iframe|\bsrc=", html), "nothing remote, nothing that runs"
    assert "prefers-color-scheme: dark" in html
    link = re.search(r"http://localhost:8000/[\w/-]+", sent.body).group()
    assert link in html
    said = [line for line in sent.body.splitlines() if len(line) > 20 and not line.startswith("http")]
    words = re.sub(r"\s+", " ", strip_tags(html))
    assert all(line in words or line.rstrip(":") in words for line in said)


@pytest.mark.parametrize(("kind", "rule", "language"), EVERY)
def test_it_casts_the_bytes_that_the_library_would_build(mails, kind, rule, language):
    sent = mails[kind, rule.template, language]
    cast_, built = message_from_bytes(sent.wire()), sent.whole().message()
    volatile = {"Date", "Content-Type"}  # the moment, and the boundary
    assert {name: text for name, text in cast_.items() if name not in volatile} == {
        name: str(text).replace("\n", "") for name, text in built.items() if name not in volatile
    }
    assert parsedate_to_datetime(cast_["Date"])
    for one, other in zip(cast_.get_payload(), built.get_payload(), strict=True):
        assert one["Content-Type"] == other["Content-Type"]
        assert one.get_payload(decode=True).replace(b"\r\n", b"\n") == other.get_payload(decode=True)
    assert b"xqMARK" not in sent.wire()


def test_it_pours_nothing_into_a_header_that_could_end_it(mails):
    sent = copy(next(iter(mails.values())))
    sent.to = "rosa@people.example\r\nBcc: all@people.example"
    assert sent.wire() is None, "the library looks at it, and refuses"
    with pytest.raises(BadHeaderError):
        sent.whole().message()


@pytest.mark.parametrize(("kind", "rule", "language"), ENGLISH)
def test_it_tells_machines_what_it_is(mails, kind, rule, language):
    headers = mails[kind, rule.template, language].whole().message()
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["X-Auto-Response-Suppress"] == "All"
    assert re.fullmatch(r"<[0-9a-z]{40}@allay\.example>", headers["Message-ID"])
    if rule.category != Category.DIGEST:
        assert headers["References"] == headers["In-Reply-To"] != headers["Message-ID"]


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("template", [template for template in SECURITY if template not in TO_MODERATORS])
def test_it_says_little_about_signing_in(cast, settings, template, language):
    User.objects.update(language=language)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    address = "rosa@people.example" if template != "sign_in_unknown" else "new@people.example"
    queue_security_mail(template, email=address, code="424242", language=language)
    deliver()
    (sent,) = mail.outbox
    assert sent.subject == SUBJECTS[language][Category.SECURITY]
    assert sent.to == [address]
    for part, text in parts(sent).items():
        assert not telling(text), part
    assert ("424242" in sent.body) == template.endswith("_code")
    assert "424242" not in sent.subject, "a subject shows on a locked phone"


def test_it_has_one_subject_a_stream_and_renders_every_mail():
    assert {rule.template for _, rule in CAUSES} | set(SECURITY) | set(DIGESTS) == set(templates())
    assert {language: set(said) for language, said in SUBJECTS.items()} == {
        language: set(Category) for language in languages()
    }


@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize(("template", "stream"), templates().items())
def test_it_ships_words_that_an_administrator_could_have_written(template, stream, language):
    words = shipped(template, stream, language).as_fields()
    assert faults(template, words) == {}
    for field, text in words.items():
        assert not discretion.telling(text, is_fuller=field.startswith("fuller")), field


@pytest.mark.parametrize(("template", "stream"), templates().items())
def test_it_says_as_much_in_every_language(template, stream):
    said = [shipped(template, stream, language).as_fields() for language in languages()]
    assert len({tuple(bool(text) for text in words.values()) for words in said}) == 1


def test_it_threads_the_mails_of_a_case_and_of_no_other(cast):
    one, other = [(kind, rule) for kind, rule in CAUSES if rule.category == Category.LETTER][:2]
    threads = []
    with always_true():
        for case, cause in [(first := make_case(cast), one), (first, other), (make_case(cast), other)]:
            Message.objects.all().delete()
            threads.append(mail_about(case, cast.mo, *cause).headers["References"])
    assert threads[0] == threads[1] != threads[2]
    assert Kind.CASE_SUBMITTED in RULES
