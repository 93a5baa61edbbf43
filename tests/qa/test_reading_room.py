"""The reading room: what is shown, to whom, in which order, with how many queries."""

from datetime import UTC, date, datetime
from html import escape
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from qa.models import CallToJoin, Correction, HelpLine, Publication, Topic
from qa.querysets import PAGE_SIZE
from tests.cast import topic
from tests.qa.pages import publish

pytestmark = pytest.mark.once

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


@pytest.mark.parametrize("is_about_danger", [True, False])
def test_every_letter_has_numbers_to_call_behind_its_answer(reader, is_about_danger):
    page = publish("A letter", safety_topic() if is_about_danger else topic())
    behind = text_of(reader, "qa:publication", page.slug).split('id="the-answer"')[1]
    assert 'href="tel:911"' in behind
    assert 'href="tel:988"' in behind


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


@pytest.mark.both
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


# The front page asks the roster once more, and who comes next, in hours in which nobody is at the desk.
@pytest.mark.parametrize(
    ("name", "most"), [("qa:home", 6), ("qa:topics", 4), ("qa:topic", 7), ("qa:publication", 11), ("qa:search", 9)]
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
    assert first.headers["Cache-Control"] == "public, max-age=0, s-maxage=30, must-revalidate"
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


def test_it_asks_search_engines_to_stay_away_unless_the_member_agreed(reader):
    closed, agreed = publish("One"), publish("Two", number=1, may_index=True)
    inside = publish("Three", number=2, may_index=True, audience="members")
    assert "noindex" in reader.get(closed.get_absolute_url()).headers["X-Robots-Tag"]
    assert reader.get(agreed.get_absolute_url()).headers["X-Robots-Tag"] == "all"
    assert "noindex" in reader.get(reverse("qa:topics")).headers["X-Robots-Tag"]
    listed = reader.get(reverse("qa:sitemap_part", args=[inside.pk // 10_000])).content.decode()
    assert agreed.get_absolute_url() in listed
    assert closed.get_absolute_url() not in listed
    assert inside.get_absolute_url() not in listed


def test_it_shows_words_to_use_apart_so_that_they_can_be_copied(reader):
    answer = "<h2>Words you could use</h2><p>Try this.</p><blockquote><p>I am glad.</p></blockquote><blockquote>x</blockquote>"
    text = text_of(reader, "qa:publication", publish(answer_html=answer).slug)
    assert '<section class="words"><blockquote><p>I am glad.</p></blockquote>' in text
    assert 'data-copy hidden data-copied="Copied">Copy these words</button>' in text
    assert "Not while somebody is drunk" in text
    assert "<blockquote>x</blockquote>" in text


def test_it_says_when_an_answer_is_due_and_leaves_it_out_of_related_letters(reader):
    old = publish("Old", topic(), review_by=date(2026, 1, 1))
    new = publish("New", topic(), number=1, review_by=date(2999, 1, 1))
    assert "We are looking at this answer again" in text_of(reader, "qa:publication", old.slug)
    text = text_of(reader, "qa:publication", new.slug)
    assert "We are looking at this answer again" not in text
    assert "To be looked at again by" in text
    assert "Old" not in text.split("<main")[1]


def test_it_shows_corrections_with_their_day_and_what_a_topic_warns_of(reader):
    warned = Topic.objects.create(slug="o", title="Overdose", content_note="This letter speaks about an overdose.")
    page = publish("One", warned)
    Correction.objects.create(page=page, text="The dose was wrong.", at=datetime(2026, 11, 20, 12, tzinfo=UTC))
    text = text_of(reader, "qa:publication", page.slug)
    assert "This letter speaks about an overdose." in text
    assert "November 20, 2026" in text
    assert "The dose was wrong." in text


def test_it_shows_a_title_to_strangers_only_where_the_member_agreed(reader, member):
    page = publish("Her title", audience="members", has_teaser=True, question_text="Her words.")
    text = text_of(reader, "qa:publication", page.slug)
    assert "Her title" in text
    assert "Her words." not in text
    assert "Her words." in text_of(member, "qa:publication", page.slug)
    for name in ("qa:home", "qa:topics", "qa:search", "qa:atom", "qa:json_feed", "qa:api_publications"):
        assert "Her title" not in text_of(reader, name, **({"q": "her title"} if name == "qa:search" else {})).replace(
            'value="her title"', ""
        )
    page.withdraw()
    assert reader.get(page.get_absolute_url()).status_code == 404


def test_it_links_the_parts_of_a_story_that_this_reader_may_see(reader, member):
    story = uuid4()
    first = publish("First part", number=1, story=story)
    second = publish("Second part", number=2, story=story, answered_on=date(2026, 12, 1))
    third = publish("Third part", number=3, story=story, audience="members")
    text = text_of(reader, "qa:publication", first.slug)
    assert "Second part" in text
    assert "Third part" not in text
    assert "Third part" in text_of(member, "qa:publication", second.slug)
    second.withdraw(erase=True)
    assert "More from this family" not in text_of(reader, "qa:publication", first.slug)
    assert "First part" in text_of(member, "qa:publication", third.slug)


def test_it_puts_free_help_before_any_call_to_join_and_none_beside_danger(reader):
    CallToJoin.objects.create(
        heading="Join us", text="A group.", button="Join", address="https://x.example/", is_shown=True
    )
    calm, danger = publish("One", topic()), publish("Two", safety_topic(), number=1)
    text = text_of(reader, "qa:publication", calm.slug)
    assert text.index("Free help, day and night") < text.index("Join us")
    assert "Join us" not in text_of(reader, "qa:publication", danger.slug)


@pytest.mark.parametrize("address", ["ftp://x.example/join", "https://us@x.example/"])
def test_it_takes_no_call_to_join_that_leads_where_no_answer_may_lead(address):
    call = CallToJoin(heading="Join us", text="A group.", button="Join", address=address)
    with pytest.raises(ValidationError) as refused:
        call.full_clean()
    assert refused.value.message_dict == {"address": ["Give a web address that starts with https://."]}


def test_it_can_be_shared_without_a_word_of_it(reader, member):
    page = publish("My son and the heroin", topic())
    hidden = publish("Inside", number=1, audience="members")
    short = reverse("qa:short", args=[page.pk])
    assert short in text_of(reader, "qa:publication", page.slug)
    assert reader.get(short).headers["Location"] == page.get_absolute_url()
    assert reader.get(reverse("qa:short", args=[hidden.pk])).status_code == 404
    assert member.get(reverse("qa:short", args=[hidden.pk])).status_code == 302
    head = text_of(reader, "qa:publication", page.slug).split("</head>")[0]
    assert "heroin" not in head


def test_it_shows_every_help_line_with_what_it_is_not_in_the_order_of_the_registry(reader):
    text = text_of(reader, "qa:help_now")
    places = [text.index(f'href="{escape(line.link)}"', text.index("<main")) for line in HelpLine.objects.all()]
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
