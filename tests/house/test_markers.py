"""Marker words in all that is confidential, cases in every state: nobody who may not read them is ever shown one."""

import re

import pytest
from django.contrib.admin import site
from django.contrib.admin.utils import quote
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from notifications import outbox
from notifications.models import Message
from tests.cast import MARKER, again, make_case, signed_in, topic
from tests.qa.pages import publish
from tests.walks import Visitor, addresses, patterns, shown, walk
from tests.workflow.test_notes import composed_of
from workflow.actions import asking, comments, notes, review
from workflow.models import Event
from workflow.states import State

pytestmark = pytest.mark.once

LETTER = [MARKER, "Mikey", "Gloucester"]
NOTE, COMMENT = "Quollwinkel", "Wispelgarn"
ASKED, UNSENT, REPLIED = "trubenzahl", "Kreselbach", "Stimmelrade"  # to the member, and back from them
ALL = [*LETTER, NOTE, COMMENT, ASKED, UNSENT, REPLIED]
HIDDEN = {  # the words that stand on no page of each
    **dict.fromkeys(["stranger", "bela", "theo", "ada"], ALL),
    "rosa": [NOTE, COMMENT],
    "erin": [*LETTER, UNSENT, REPLIED],  # she answers a question that names nobody, and no reply is passed on yet
    "mo": [UNSENT],
}


@pytest.fixture(scope="module")
def lasting_cases(lasting_cast):
    return cases_of(lasting_cast)


@pytest.fixture
def cast(cast_of_the_file):
    return cast_of_the_file


@pytest.fixture
def cases(lasting_cases, db):
    return [again(case) for case in lasting_cases]


def cases_of(cast):
    """One in each state. What is said beside the letter is on each; the expert's was commented on and sent back."""
    made = []
    for number, state in enumerate(State):
        danger = "yes" if number % 2 else "no"
        made.append(sent_back(cast) if state == State.TRIAGED else make_case(cast, state=state, danger=danger))
    expert = made[list(State).index(State.TRIAGED)]
    draft = made[list(State).index(State.DRAFTED)]
    comments.comment(case_id=draft.pk, by=cast.mo, text=f"{COMMENT}: once more?")
    for case in made[:3]:
        inquiry = asking.ask(case_id=case.pk, by=cast.mo, text=f"Does {ASKED} help?")
        asking.keep_unsent(case_id=case.pk, by=cast.rosa, inquiry_id=inquiry.pk, text=f"{UNSENT} so far", knows=0)
    asking.reply(case_id=expert.pk, by=cast.rosa, inquiry_id=expert.inquiries.get().pk, text=f"Yes, {REPLIED} does.")
    for case in made:
        if case.state != State.WITHDRAWN:
            notes.write_note(case_id=case.pk, by=cast.mo, text=f"{NOTE} about the family of case {case.pk}.")
    return made


def sent_back(cast):
    case = make_case(cast, state=State.DRAFTED, danger="yes")
    comments.comment(case_id=case.pk, by=cast.mo, text=f"Which hour? {COMMENT}")
    review.request_changes(case_id=case.pk, by=cast.mo, seen=None, comment="See the comments.")
    return again(case)


def found(words, text):
    return [word for word in words if word.lower() in text.lower()]


def at(name, case):
    return reverse(f"workflow:{name}", args=[case.public_id])


def assert_clean(seen, path):
    assert not found(ALL, seen), path


def leaks(path, response, hidden):
    """The words that a page shows and should not: anywhere those hidden from this person; and, whoever asks, any of
    them in what is seen over a shoulder: tabs, histories and downloads.
    """
    page = shown(response)
    told = re.findall(r"<title>.*?</title>|<meta[^>]+>", page, re.DOTALL)
    return found(hidden, page) + found(ALL, f"{path} {dict(response.headers)} {told}")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_it_shows_nobody_a_word_that_is_not_for_them_at_any_address(cast, cases):
    leaked, walked = [], 0
    for who, hidden in HIDDEN.items():
        visitor = Visitor(getattr(cast, who, None))
        for path in addresses(cases):
            answers = [visitor.ask(path)]
            if who in {"stranger", "bela"}:
                answers.append(visitor.ask(path, "post", data={"x": "y"}))
            leaked += [(who, path, word) for answer in answers for word in leaks(path, answer, hidden)]
            walked += 1
    assert leaked == []
    assert walked > 3_500


def test_it_would_notice_a_leak(cast, cases):
    """Each of the words stands where it may be read, and a walk that came by would find it there."""
    expert = cases[list(State).index(State.TRIAGED)]

    def read(person, name, case=expert):
        return set(found(ALL, shown(Visitor(person).ask(at(name, case)))))

    assert read(cast.erin, "write") == {NOTE, COMMENT, ASKED}
    assert read(cast.mo, "letter") >= set(LETTER)
    assert NOTE in read(cast.mo, "case")
    assert read(cast.rosa, "status") >= {*LETTER, ASKED, REPLIED}
    assert UNSENT in read(cast.rosa, "status", cases[0])
    shoulder = HttpResponse(f"<title>{MARKER}</title>", headers={"Content-Disposition": f"{NOTE}.csv"})
    assert leaks(COMMENT, shoulder, []) == [MARKER, NOTE, COMMENT]


def test_it_mails_and_logs_no_word(cast, cases):
    outbox.fan_out()
    mails = [words for message in Message.objects.all() if (words := composed_of(message))]
    assert len(mails) > 10
    assert [found(ALL, words) for words in mails if found(ALL, words)] == []
    assert [event for event in Event.objects.all() if found(ALL, str(event.data))] == []


def test_it_shows_administrators_no_word_in_any_table_row_or_search(cast, cases):
    client, walked = signed_in(cast.ada), 0
    for model in site._registry:
        listed = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        rows = list(model._default_manager.values_list("pk", flat=True)[:20])
        more = [f"{listed}{quote(pk)}/{page}/" for pk in rows for page in ("change", "history", "delete")]
        for path in (listed, f"{listed}add/", f"{listed}?q={MARKER}", f"{listed}?q=Mikey", *more):
            response = client.get(path)
            text = re.sub(r'(?:q=|q%3D|value=")(?:Zyxwermelt|Mikey)', "", response.content.decode(errors="replace"))
            assert not found(ALL, text), path
            walked += 1
    assert walked > 60


@pytest.mark.parametrize("target", ["all.csv", "all.xml", "folder"])
def test_it_exports_no_word_of_a_letter_and_names_no_file_by_it(cast, cases, tmp_path, target):
    call_command("export_archive", str(tmp_path / target), "--members", verbosity=0)
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files
    for path in files:
        text = f"{path.relative_to(tmp_path)} {path.read_text(encoding='utf-8')}"
        assert not found(ALL, text), path.name


@pytest.mark.parametrize("who", ["stranger", "bela"])
def test_it_finds_no_word_of_a_letter_by_searching(cast, cases, who):
    client = Client()
    if who != "stranger":
        client.force_login(cast.bela)
    for words in ("Mikey", "Gloucester", "his sister sees everything"):
        response = client.get(reverse("qa:search"), {"q": words})
        assert all("sister" not in item.page.question_text for item in response.context["results"].found)
        assert not any(MARKER in str(item) for item in response.context["results"].found)


def test_it_shows_a_stranger_no_word_of_members_pages_by_any_address(cast):
    """Feeds, sitemap, API, cards and structured data are walked too: each is an address."""
    page = publish(f"{MARKER} title", topic(), audience="members", may_index=True, question_text=MARKER, label=MARKER)
    assert MARKER in signed_in(cast.bela).get(page.get_absolute_url()).content.decode()
    names = {name for name, _ in patterns()}
    assert {"qa:atom", "qa:json_feed", "qa:sitemap_part", "qa:api_publications", "qa:embed", "qa:short"} <= names
    for path, seen in walk(None, [make_case(cast)]):
        assert_clean(seen, path)
    client = Client()
    for query in ({"q": MARKER}, {"after": "9999999999999999-9"}, {"topic": topic().slug}):
        assert MARKER not in client.get(reverse("qa:api_publications"), query).content.decode()
