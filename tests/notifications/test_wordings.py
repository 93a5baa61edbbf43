"""Administrators edit mails: what could stop one or tell on one is refused, every version is kept, the shipped words stay."""

import logging

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from notifications import health
from notifications.delivery import deliver
from notifications.models import Message, Progress, Wording
from notifications.outbox import fan_out
from notifications.wordings import shipped
from tests.cast import make_case

pytestmark = pytest.mark.once


@pytest.fixture(autouse=True)
def server(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"


@pytest.fixture
def ada(cast):
    client = Client()
    client.force_login(cast.ada)
    return client


def at(template="received", language="en"):
    return reverse("notifications:wording", args=[template, language])


def typed(client, path, **more):
    form = client.get(path).context["form"]
    return {**{field.name: "" if field.value() is None else field.value() for field in form}, **more}


def sent_about_a_letter(cast):
    make_case(cast)
    fan_out()
    deliver()
    return next(sent for sent in mail.outbox if sent.to == ["rosa@people.example"])


def test_it_sends_the_words_that_were_saved(cast, ada):
    response = ada.post(at(), typed(ada, at(), first="It is here, at {name}.", rest="One.\r\n\r\nTwo."), follow=True)
    assert "Saved. The next mail says it." in response.content.decode()
    sent = sent_about_a_letter(cast)
    assert sent.body.startswith("It is here, at Allay.\n\nOne.\n\nTwo.\n\n")
    version = Wording.objects.get()
    assert Message.objects.get(template="received").said == f"en.{version.pk}.0"
    assert version.written_by == cast.ada


def test_it_is_one_language_at_a_time(cast, ada):
    ada.post(at(language="es"), typed(ada, at(language="es"), first="Ya lo tenemos."))
    assert sent_about_a_letter(cast).body.startswith("What you sent has arrived.")


@pytest.mark.parametrize(
    ("field", "words", "sentence"),
    [
        ("first", "Hello {called}", "Nothing can be filled in for “{called}” here. Write {name}, or plain words."),
        ("first", "{{ request.user.email }}", "There is a curly bracket alone"),
        ("first", "{% include 'x' %}", "There is a curly bracket alone"),
        ("first", "{}", "Nothing can be filled in for “{}” here."),
        ("first", "{name.__class__}", "There is a curly bracket alone"),
        ("first", "", "A mail needs these words."),
        ("subject", " ", "A mail needs these words."),
        ("subject", "x" * 91, "This is too long. Keep it under 90 characters."),
        ("rest", "<img src=x>", "No addresses and no code here"),
        ("rest", "See https://elsewhere.example/", "No addresses and no code here"),
        ("rest", "Read it at evil.io/in today", "No addresses and no code here"),
        ("foot", "bit.ly/3xyz", "No addresses and no code here"),
        ("rest", "tel:5550109999", "No addresses and no code here"),
        ("rest", "About your daughter", "“daughter” could tell somebody else what this is about."),
        ("rest", "Sobre la recaída", "“recaída” could tell somebody else"),
        ("subject", "Your question at {name}", "“question” could tell somebody else"),
        ("first", "xqMARKtlinkKRAM", "is a word that our own programs use"),
    ],
)
def test_it_refuses_what_could_stop_or_tell_on_a_mail_and_keeps_what_was_typed(cast, ada, field, words, sentence):
    response = ada.post(at(), typed(ada, at(), **{field: words}))
    page = response.content.decode()
    assert response.status_code == 422
    assert sentence in page.replace("&#x27;", "'")
    assert response.context["form"][field].value() == words.strip()
    assert not Wording.objects.exists()


def test_it_may_name_question_and_answer_to_those_who_allowed_it(ada):
    ada.post(at(), typed(ada, at(), fuller_first="We have your question."))
    assert Wording.objects.get().words["fuller_first"] == "We have your question."


def test_it_shows_it_first_and_saves_nothing(ada):
    page = ada.post(at(), typed(ada, at(), first="Just to see.", look="1")).content.decode()
    assert page.count("Just to see.") == 2, "in the field and in the mail"
    assert not Wording.objects.exists()


def test_it_escapes_what_is_typed_in_the_page_and_in_the_mail(cast, ada):
    ada.post(at(), typed(ada, at(), first="Fish & chips, 3 < 4"))
    assert "Fish &amp; chips, 3 &lt; 4" in ada.get(at()).content.decode()
    assert "Fish &amp; chips, 3 &lt; 4" in sent_about_a_letter(cast).alternatives[0][0]


def test_it_keeps_every_version_compares_and_goes_back(cast, ada):
    ada.post(at(), typed(ada, at(), first="The first version."))
    ada.post(at(), typed(ada, at(), first="The second version."))
    old, new = Wording.objects.order_by("pk")
    page = ada.get(at(), {"with": old.pk}).content.decode()
    assert "<del> first</del><ins> second</ins>" in page
    assert "Ada" in page
    assert "<del>" in ada.get(at(), {"with": "0"}).content.decode()
    ada.post(at(), {"reset": "1", "based_on": old.pk})
    assert Wording.objects.count() == 2, "not what somebody saved meanwhile"
    ada.post(at(), {"reset": "1", "based_on": ada.get(at()).context["newest"]})
    assert Wording.objects.count() == 3
    assert sent_about_a_letter(cast).body.startswith("What you sent has arrived.")
    assert "back to the shipped words" in ada.get(at()).content.decode()
    assert ada.get(at("ready"), {"with": new.pk}).status_code == 404
    assert ada.get(at(), {"with": "9" * 40}).status_code == 200


def test_it_shows_who_saves_second_what_the_first_one_wrote(ada):
    mine = typed(ada, at(), first="Mine.")
    ada.post(at(), typed(ada, at(), first="Theirs."))
    response = ada.post(at(), mine)
    page = response.content.decode()
    assert response.status_code == 422
    assert "Somebody saved another version meanwhile." in page
    assert "Mine." in page
    assert Wording.objects.count() == 1
    again = ada.post(at(), typed(ada, at(), first="Mine, knowing theirs."))
    assert again.status_code == 302


@pytest.mark.parametrize(
    "words", [{"first": ""}, {"subject": "S", "first": "Hello {nobody}"}, {"first": 7}, ["x"], "x"]
)
def test_no_broken_row_ever_stops_a_mail(cast, ada, words, caplog):
    Wording.objects.create(template="received", language="en", words=words, written_by=cast.ada)
    with caplog.at_level(logging.ERROR, "allay.mail"):
        assert sent_about_a_letter(cast).body.startswith("What you sent has arrived.")
    assert Message.objects.get(template="received").state == Progress.SENT
    assert "is not fit to be sent; the shipped words go out" in caplog.text
    assert [trouble for trouble in health.troubles() if "edited words of 1 mail" in trouble]
    assert ada.get(at()).status_code == 200
    assert ada.get(reverse("notifications:wordings")).status_code == 200


def test_it_shows_every_mail_of_every_language(ada):
    page = ada.get(reverse("notifications:wordings")).content.decode()
    for template, language in [("received", "es"), ("sign_in_code", "en"), ("work_digest", "es")]:
        assert at(template, language) in page
        assert ada.get(at(template, language)).status_code == 200
    assert ada.get(at("nothing", "en")).status_code == 404
    assert ada.get(at("received", "xx")).status_code == 404


def test_it_shows_a_case_the_words_that_went_out_and_not_those_of_now(cast, ada):
    ada.post(at(), typed(ada, at(), first="The words of that day."))
    sent_about_a_letter(cast)
    ada.post(at(), typed(ada, at(), first="The words of today."))
    mo = Client()
    mo.force_login(cast.mo)
    page = mo.get(Message.objects.get(template="received").event.case.get_absolute_url()).content.decode()
    assert "The words of that day." in page
    assert "The words of today." not in page


def test_it_counts_the_shipped_words_typed_again_as_shipped(ada):
    ada.post(at(), typed(ada, at(), first="Something else."))
    ada.post(at(), typed(ada, at(), first=shipped("received", "letter", "en").first))
    assert [bool(row.words) for row in Wording.objects.order_by("pk")] == [True, False]
