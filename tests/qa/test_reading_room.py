"""The reading room: what is shown, to whom, in which order, with how many queries."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from qa.models import HelpLine, Publication, Topic
from qa.querysets import PAGE_SIZE
from tests.cast import topic
from tests.qa.pages import publish

FRAME = ("SAVEPOINT", "RELEASE", "SET LOCAL", "BEGIN", "COMMIT")  # of the transaction around a question of the index


@pytest.fixture
def reader(cast):
    """A stranger without any cookie."""
    return Client()


@pytest.fixture
def member(cast):
    client = Client()
    client.force_login(cast.bela)
    return client


def text_of(client, name, *args, **query):
    response = client.get(reverse(name, args=args), query)
    assert response.status_code == 200
    return response.content.decode()


def safety_topic():
    return Topic.objects.create(slug="after-an-overdose", title="After an overdose", is_safety=True)


def test_it_shows_a_letter_and_its_answer_with_who_and_when(reader):
    page = publish("When he comes home", topic(), intro="A short word before.")
    text = text_of(reader, "qa:publication", page.slug)
    for words in (
        "A short word before.",
        "A mother",
        "My son came home from detox.",
        "<h2>What you could say</h2>",
        "Erin, counselor",
        "November 3, 2026",
        "November 5, 2026",
        "Early recovery",
    ):
        assert words in text


def test_it_escapes_what_a_family_wrote_and_cleans_the_answer_once_more(reader):
    page = publish("<script>a()</script>", question_text="<img src=x onerror=b()>")
    Publication.objects.filter(pk=page.pk).update(answer_html="<p>Good</p><script>c()</script><b onclick=d()>e</b>")
    text = text_of(reader, "qa:publication", page.slug)
    assert "<p>Good</p>" in text
    for bite in ("<script>a", "<script>c", "<img", "onclick"):
        assert bite not in text


def test_it_keeps_titles_of_pages_neutral(reader):
    page = publish("My son and the heroin")
    for name, args in (("qa:publication", [page.slug]), ("qa:topics", []), ("qa:search", [])):
        head = text_of(reader, name, *args).split("</title>")[0]
        assert "heroin" not in head


def test_it_says_410_for_a_page_that_was_taken_down_and_shows_it_in_no_list(reader):
    page = publish("Gone for good", topic())
    page.withdraw()
    assert reader.get(page.get_absolute_url()).status_code == 410
    for name, args in (("qa:home", []), ("qa:topics", []), ("qa:topic", [topic().slug])):
        assert "Gone for good" not in text_of(reader, name, *args)
    assert "Gone for good" not in text_of(reader, "qa:search", q="gone good")


@pytest.mark.parametrize("withdrawn", [False, True])
def test_it_hides_a_members_page_from_strangers_to_the_byte(reader, member, withdrawn):
    page = publish("For members", topic(), audience="members")
    assert member.get(page.get_absolute_url()).status_code == 200
    if withdrawn:
        page.withdraw()
        assert member.get(page.get_absolute_url()).status_code == 410
    hidden, unknown = reader.get(page.get_absolute_url()), reader.get(reverse("qa:publication", args=["never-was"]))
    assert (hidden.status_code, hidden.content) == (unknown.status_code, unknown.content) == (404, unknown.content)
    clock = {"Expires": ""}  # the second may have changed in between
    assert {**hidden.headers, **clock} == {**unknown.headers, **clock}


def test_it_lists_a_members_page_for_members_only(reader, member):
    publish("Only inside", topic(), audience="members")
    for client, is_seen in ((reader, False), (member, True)):
        for name, args, query in (
            ("qa:home", [], {}),
            ("qa:topics", [], {}),
            ("qa:topic", [topic().slug], {}),
            ("qa:search", [], {"q": "only inside"}),
        ):
            assert ("letter-card" in (text := text_of(client, name, *args, **query)) or "found" in text) == is_seen


def test_it_offers_no_members_page_as_related_to_a_stranger(reader, member):
    shown = publish("One", topic())
    publish("Two inside", topic(), number=1, audience="members")
    assert "Two inside" not in text_of(reader, "qa:publication", shown.slug)
    assert "Two inside" in text_of(member, "qa:publication", shown.slug)


def test_it_offers_related_letters_with_the_reason(reader):
    money = Topic.objects.create(slug="money", title="Money")
    page = publish("One", topic(), money)
    publish("Shares one", money, number=1)
    publish("Shares both", topic(), money, number=2)
    publish("Shares none", number=3)
    text = text_of(reader, "qa:publication", page.slug)
    assert text.index("Shares both") < text.index("Shares one")
    assert "Also about: Early recovery, Money" in text
    assert "Shares none" not in text


def test_it_walks_a_long_list_by_keyset_without_a_gap_or_a_double(reader):
    when = timezone.now()
    for number in range(2 * PAGE_SIZE + 3):
        publish(f"Letter {number:03}", topic(), number=number, published_at=when)
    seen, url = [], reverse("qa:topic", args=[topic().slug])
    while url:
        response = reader.get(url)
        seen += [page.title for page in response.context["page"].items]
        url = response.context["next_url"]
    assert seen == [f"Letter {number:03}" for number in reversed(range(2 * PAGE_SIZE + 3))]


@pytest.mark.parametrize(
    "mark", ["x", "1-", "-1", "²-1", "1" * 30 + "-1", "9" * 18 + "-" + "9" * 17, "0-0", "\x00", "1-1-1"]
)
def test_it_takes_any_mark_of_a_page_without_a_fault(reader, mark):
    publish("Here", topic())
    assert reader.get(reverse("qa:topics"), {"after": mark}).status_code == 200


@pytest.mark.parametrize(
    ("name", "most"), [("qa:home", 4), ("qa:topics", 4), ("qa:topic", 7), ("qa:publication", 8), ("qa:search", 8)]
)
def test_it_asks_the_database_as_often_for_many_letters_as_for_few(reader, name, most):
    first = publish("My son and detox", topic())
    args = {"qa:topic": [topic().slug], "qa:publication": [first.slug]}.get(name, [])
    asked = []
    for count in (6, 30):
        for number in range(count * 100, count * 101):
            publish(f"My son and detox {number}", topic(), number=number)
        with CaptureQueriesContext(connection) as captured:
            text_of(reader, name, *args, **({"q": "son detox"} if name == "qa:search" else {}))
        asked.append([query["sql"] for query in captured if not query["sql"].startswith(FRAME)])
    assert len(asked[0]) == len(asked[1]) <= most, asked[1]


@pytest.mark.parametrize("name", ["qa:home", "qa:topics", "qa:search", "qa:help_now", "qa:about", "qa:privacy"])
def test_it_can_be_kept_by_caches_for_strangers_only(reader, member, name):
    first = reader.get(reverse(name))
    assert first.headers["Cache-Control"] == "public, no-cache"
    assert not first.cookies
    again = reader.get(reverse(name), headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert "no-store" in member.get(reverse(name)).headers["Cache-Control"]
    assert "ETag" not in member.get(reverse(name)).headers


def test_it_does_not_answer_a_question_of_a_cache_with_a_page_that_was_taken_down(reader):
    page = publish("Here")
    etag = reader.get(page.get_absolute_url()).headers["ETag"]
    page.withdraw()
    gone = reader.get(page.get_absolute_url(), headers={"If-None-Match": etag})
    assert gone.status_code == 410
    assert "no-store" in gone.headers["Cache-Control"]


@pytest.mark.parametrize("name", ["qa:home", "qa:topics", "qa:search", "qa:help_now", "qa:about", "qa:privacy"])
def test_it_only_reads(reader, name):
    assert reader.post(reverse(name)).status_code == 405


def test_it_asks_search_engines_to_stay_away(reader):
    assert "noindex" in reader.get(publish().get_absolute_url()).headers["X-Robots-Tag"]


def test_it_shows_every_help_line_with_what_it_is_not_in_the_order_of_the_registry(reader):
    text = text_of(reader, "qa:help_now")
    places = [text.index(f'href="{line.tel}"', text.index("<main")) for line in HelpLine.objects.all()]
    assert places == sorted(places)
    for line in HelpLine.objects.exclude(is_not=""):
        assert line.is_not.replace("'", "&#x27;") in text
    assert "outside the United States" in text


def test_it_takes_the_numbers_of_every_page_from_the_registry(reader):
    HelpLine.objects.filter(key="911").update(number="112", tel="tel:112", short_name="112", details="")
    page = publish("x", safety_topic())
    for name, args in (("qa:home", []), ("qa:help_now", []), ("qa:about", []), ("qa:publication", [page.slug])):
        text = text_of(reader, name, *args)
        assert "tel:112" in text
        body = text.split("<main")[1]
        if name != "qa:help_now":  # other lines' own words name 911 there
            assert "911" not in body


def test_it_says_what_to_do_in_an_overdose_in_the_right_order(reader):
    text = " ".join(text_of(reader, "qa:help_now").split())
    order = [
        "Call 911 and give naloxone (Narcan) right away.",
        "Phone on speaker",
        "2 to 3 minutes",
        "on their side",
        "Treat it as an overdose",
        "wear off in 30 to 90 minutes",
    ]
    places = [text.index(words) for words in order]
    assert places == sorted(places)


def test_it_shows_crisis_help_beside_letters_of_a_safety_topic_only(reader):
    danger, calm = publish("One", safety_topic()), publish("Two", topic(), number=1)
    assert "Treat it as an overdose" in text_of(reader, "qa:publication", danger.slug)
    assert "Treat it as an overdose" not in text_of(reader, "qa:publication", calm.slug)
    assert "Treat it as an overdose" in text_of(reader, "qa:topic", "after-an-overdose")


def test_it_stands_up_without_any_content(reader):
    HelpLine.objects.all().delete()
    Topic.objects.all().delete()
    for name in ("qa:home", "qa:topics", "qa:search", "qa:help_now"):
        text_of(reader, name)
    assert "No letter has been published here yet" in text_of(reader, "qa:topics")
