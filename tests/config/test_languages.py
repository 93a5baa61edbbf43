"""English and Spanish: what the address says, what is remembered, and that nothing English is left on a Spanish page."""

import re
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import reverse

from qa.models import Audience, HelpLine, Topic
from tests.cast import LETTER, make_case, topic
from tests.qa.pages import publish
from workflow.models import Case
from workflow.states import State

pytestmark = [pytest.mark.django_db, pytest.mark.once]
ENGLISH = {"the", "you", "your", "and", "is", "it", "of", "we", "they", "this", "that", "with", "have", "are", "our"}
VOID = {"meta", "link", "input", "br", "img", "path", "rect", "circle", "stop", "hr"}


class Spoken(HTMLParser):
    """The words of a page outside everything that says it is in another language."""

    def __init__(self):
        super().__init__()
        self.open, self.said, self.other = [], [], 0

    def handle_starttag(self, tag, attrs):
        if tag in VOID:
            return
        told = dict(attrs)
        is_other = told.get("lang", "es") != "es" or tag in {"script", "style", "textarea", "svg"}
        self.open.append((tag, is_other))
        self.other += is_other
        if not self.other:
            self.said += [told.get(name) or "" for name in ("aria-label", "title", "placeholder", "data-words")][:3]

    def handle_endtag(self, tag):
        while self.open:
            last, was_other = self.open.pop()
            self.other -= was_other
            if last == tag:
                return

    def handle_data(self, data):
        if not self.other:
            self.said.append(data)


def english_on(html):
    page = Spoken()
    page.feed(html)
    found = [text.strip() for text in page.said if ENGLISH & set(re.findall(r"[a-z]+", text.lower()))]
    return [text for text in found if text]


def in_spanish(client, address):
    response = client.get(address)
    assert response.status_code in {200, 404}, address
    html = response.content.decode()
    assert '<html lang="es" dir="ltr">' in html, address
    assert english_on(html) == [], address
    return html


def test_it_speaks_spanish_on_every_page_of_a_reader(client, cast):
    about = topic()
    about.title_es, about.summary_es = "Las primeras semanas", "De vuelta en casa."
    about.save()
    opioids = Topic.objects.create(slug="opioids", title="Opioids", title_es="Opioides", kind="substance")
    page = publish("When he comes home", about, opioids, may_index=True)
    names = ("home", "topics", "search", "help_now", "about", "privacy")
    addresses = [reverse(f"qa:{name}") for name in names]
    addresses += [reverse("qa:topic", args=[about.slug]), page.get_absolute_url(), "/nowhere/", "/sign-in/"]
    addresses += [f"/read/{page.slug}/tell/", "/search/?q=home", "/search/?q=zzzz"]
    for address in addresses:
        html = in_spanish(client, f"/es{address}")
        links = set(re.findall(r'href="(/[^"#?]*)', html)) - {"/language/", "/leave/"}
        assert all(link.startswith(("/es/", "/static/")) for link in links), address
    assert client.get(f"/es{page.get_absolute_url()}").headers["X-Robots-Tag"] != "all"  # found once, in its language
    for address in (reverse("qa:topics"), reverse("qa:topic", args=[about.slug])):
        assert "Todavía no se ha publicado ninguna carta en español aquí." in in_spanish(client, f"/es{address}?in=es")
    said = publish("No sé qué decirle a mi hijo", about, number=3, question_text="Mi hijo vuelve a casa y no duerme.")
    for address in (reverse("qa:topics"), reverse("qa:topic", args=[about.slug])):
        assert f'{address}?in=es#letters"' in client.get(f"/es{address}").content.decode()
        shown = in_spanish(client, f"/es{address}?in=es")
        assert said.get_absolute_url() in shown
        assert page.get_absolute_url() not in shown
    closer = f"{reverse('qa:topic', args=[about.slug])}?also=opioids"
    assert closer in client.get(f"/es{reverse('qa:topic', args=[about.slug])}").content.decode()
    assert "also=opioids" not in shown, "no letter in Spanish stands under it"
    both = client.get(f"/es{closer}&in=es").content.decode()
    assert f'{reverse("qa:topic", args=[about.slug])}?in=es"' in both, "taken away, the language stays"


def test_it_speaks_spanish_on_every_page_of_a_member(client, cast):
    cast.rosa.speak("es")
    client.force_login(cast.rosa)
    case = make_case(cast, state=State.SUBMITTED)
    for address in ("/ask/", "/my/", "/account/", "/account/erase/", "/mail/", "/sign-in/out/"):
        in_spanish(client, address)
    mine = reverse("workflow:status", args=[case.public_id])
    in_spanish(client, reverse("workflow:ask_sent", args=[case.public_id]))
    in_spanish(client, f"{mine}withdraw/")
    for state in (State.SUBMITTED, State.TRIAGED, State.DRAFTED, State.DECLINED, State.WITHDRAWN):
        Case.objects.filter(pk=case.pk).update(state=state)
        in_spanish(client, mine)
    wrong = client.post("/ask/", {"text": "short", "danger": "", "audience": ""}, follow=True).content.decode()
    assert "Elija una: ¿hay alguien en peligro ahora mismo?" in wrong
    assert english_on(wrong) == []
    sheet = re.search(r'name="sheet" value="([^"]+)"', client.get("/ask/").content.decode())[1]
    client.post("/ask/", {"sheet": sheet, "text": LETTER, "danger": "unsure", "audience": "private"})
    in_spanish(client, "/ask/check/")


def test_it_speaks_spanish_on_the_answer_and_the_decision(client, cast):
    cast.rosa.speak("es")
    client.force_login(cast.rosa)
    case = make_case(cast, state=State.REVIEWED)
    mine = reverse("workflow:status", args=[case.public_id])
    for part in ("", "answer/", "consent/"):
        in_spanish(client, mine + part)
    assert english_on(client.get(reverse("own_export", args=["html"])).content.decode()) == []
    said = client.post(f"{mine}consent/", {"choice": Audience.PRIVATE}, follow=True).content.decode()
    assert "Queda en privado." in said


def test_it_remembers_the_choice_of_a_stranger_and_of_a_member(client, cast):
    chosen = client.post("/language/", {"language": "es", "back": "/about/"})
    assert chosen.headers["Location"] == "/es/about/"
    assert '<html lang="es"' in client.get("/help-now/").content.decode()
    back = client.post("/language/", {"language": "en", "back": "/es/about/"})
    assert back.headers["Location"] == "/about/"
    client.force_login(cast.rosa)
    client.post("/language/", {"language": "es", "back": "/my/"})
    cast.rosa.refresh_from_db()
    assert cast.rosa.language == "es"
    for back in ("https://evil.example/", "a bare word", "/es//evil.example/"):
        for language in ("xx", "es", "en"):
            answer = client.post("/language/", {"language": language, "back": back})
            assert answer.headers["Location"] in {"/", "/es/"}


def test_it_takes_no_choice_for_a_member_from_another_site(cast):
    client = Client(enforce_csrf_checks=True)
    assert client.post("/language/", {"language": "es", "back": "/"}).status_code == 302  # a stranger's own browser
    client.force_login(cast.rosa)
    assert client.post("/language/", {"language": "es", "back": "/"}).status_code == 403
    cast.rosa.refresh_from_db()
    assert cast.rosa.language == "en"


def test_it_gives_caches_the_same_bytes_whatever_a_browser_asks_for(client, cast):
    for address in ("/about/", "/es/about/"):
        plain = client.get(address)
        asked = Client().get(address, headers={"Accept-Language": "es" if address == "/about/" else "en"})
        assert plain.content == asked.content
        assert "public" in plain.headers["Cache-Control"]
        assert not plain.cookies
    assert 'hreflang="es" href="http' in plain.content.decode()
    assert '<html lang="es"' in Client().get("/sign-in/", headers={"Accept-Language": "es-MX"}).content.decode()


def test_it_keeps_the_desks_and_programs_english(client, cast):
    cast.mo.speak("es")
    client.force_login(cast.mo)
    desk = client.get("/desk/triage/").content.decode()
    assert '<html lang="en"' in desk
    assert "Queue" in desk
    assert client.get("/es/desk/triage/").headers["Location"] == "/desk/triage/"
    assert client.get("/es/feed.json").headers["Location"] == "/feed.json"
    assert 'lang="en">Queue</a>' in client.get("/about/").content.decode()


def test_it_says_a_line_in_english_as_a_whole_while_nobody_translated_it(client, cast):
    HelpLine.objects.filter(key="988").update(when_es="")
    html = client.get("/es/about/").content.decode()
    assert '<li lang="en"><a href="tel:988">' in html
