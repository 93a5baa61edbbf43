"""Everybody is written to in their own language, chosen by them, at first by their browser; so are the pages of mail."""

import gettext
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from notifications import unsubscribe
from notifications.delivery import deliver
from notifications.models import About, Category, Message
from notifications.outbox import fan_out
from tests.cast import make_case
from tests.workflow.test_intake_pages import ASK, CHECK, hidden, written

pytestmark = pytest.mark.once

CATALOGUE = Path(settings.BASE_DIR) / "locale" / "es" / "LC_MESSAGES"


@pytest.fixture(autouse=True)
def server(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


def speaks(person, language):
    person.language = language
    person.save()
    return person


def sign_up(address, accepts):
    page = Client(headers={"accept-language": accepts})
    page.post(reverse("account_login"), {"email": address})
    return page


@pytest.mark.parametrize(
    ("accepts", "language"), [("es-MX,es;q=0.9,en;q=0.5", "es"), ("en-US", "en"), ("fr", "en"), ("", "en")]
)
def test_it_begins_in_the_language_of_the_browser(db, accepts, language):
    sign_up("new@people.example", accepts)
    assert User.objects.get(email="new@people.example").language == language
    deliver()
    assert mail.outbox[0].subject == {"es": "Para entrar en Allay", "en": "Signing in at Allay"}[language]


def test_it_keeps_what_was_chosen_whatever_the_browser_says(cast):
    sign_up(speaks(cast.rosa, "es").email, "en-US")
    assert User.objects.get(pk=cast.rosa.pk).language == "es"


def test_it_writes_to_each_in_their_own(cast):
    speaks(cast.rosa, "es")
    make_case(cast, danger="yes")
    fan_out()
    deliver()
    subjects = {sent.to[0]: sent.subject for sent in mail.outbox}
    assert subjects["rosa@people.example"] == "Hay novedades para usted en Allay"
    assert subjects["mo@people.example"] == "Please look now at Allay"
    sent = next(sent for sent in mail.outbox if sent.to == ["rosa@people.example"])
    assert sent.body.startswith("Ya llegó lo que nos envió.")
    assert "Dejar" not in sent.body
    assert "No recibir más correos como este" in sent.body
    assert Message.objects.get(category=Category.LETTER).said == "es.0.0"


def test_it_arrives_whole_over_smtp(cast):
    speaks(cast.rosa, "es")
    make_case(cast)
    fan_out()
    deliver()
    (sent,) = [sent for sent in mail.outbox if sent.to == ["rosa@people.example"]]
    assert "¿" not in sent.subject
    assert (
        "Lo va a leer una persona. La página de abajo"
        in sent.message().get_payload(0).get_payload(decode=True).decode()
    )


def test_it_is_chosen_on_the_page_of_mail(cast):
    client = Client()
    client.force_login(cast.rosa)
    page = reverse("notifications:preferences")
    form = client.get(page).context["form"]
    values = {field.name: field.value() or "" for field in form}
    response = client.post(page, {**values, "language": "es"}, follow=True)
    assert User.objects.get(pk=cast.rosa.pk).language == "es"
    said = response.content.decode()
    assert "Guardado. Así le escribimos desde ahora." in said
    assert '<div lang="es">' in said
    assert "Cómo le escribimos" in said
    assert client.post(page, {**values, "language": "xx"}).status_code == 200
    assert User.objects.get(pk=cast.rosa.pk).language == "es", "a language we do not speak changes nothing"


def test_it_stops_in_the_language_of_the_mail(cast):
    path = unsubscribe.address(speaks(cast.rosa, "es"), About.PROGRESS).removeprefix(settings.PUBLIC_URL)
    client = Client(headers={"accept-language": "en"})
    assert "¿Dejar de recibir estos correos?" in client.get(path).content.decode()
    assert "Listo. Ya no le llegarán estos correos." in client.post(path).content.decode()
    assert "Llegó lo que nos envió" in client.get(path).content.decode(), "what ends is named"
    cast.rosa.delete()
    assert "Stop these mails?" in client.get(path).content.decode()


def test_it_is_asked_when_a_letter_is_sent(cast):
    client = Client()
    client.force_login(cast.bela)
    client.post(ASK, written(client))
    page = client.get(CHECK)
    assert page.context["language"] == "en"
    client.post(CHECK, {"checked": hidden(page, "checked"), "language": "es"})
    fan_out()
    deliver()
    assert "Hay novedades para usted en Allay" in [sent.subject for sent in mail.outbox]


def test_it_has_compiled_what_it_says():
    """What is served is what is written; `manage.py compilemessages` brings them together."""
    with (CATALOGUE / "django.mo").open("rb") as file:
        served = gettext.GNUTranslations(file)
    said_in_file = re.findall(r'^msgid "(.+)"\nmsgstr "(.*)"', (CATALOGUE / "django.po").read_text(), re.M)
    assert len(said_in_file) > 40
    for said, meant in said_in_file:
        said, meant = said.replace('\\"', '"'), meant.replace('\\"', '"')
        assert meant, said
        assert served.gettext(said) == meant
