"""Search: finds everyday words, forgives odd input, marks without letting anything through. The same on both databases."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from qa import fulltext
from qa.asked import Group, Hits, pieces
from qa.fulltext import FENCE, Postgres, Sqlite, index
from qa.models import Publication, Topic
from qa.search import CANDIDATES, SHOWN, search, similar
from qa.words import stem, tokens
from tests.cast import topic
from tests.qa.pages import publish

STRANGER = AnonymousUser()


def titles(text, reader=STRANGER):
    return [item.page.title for item in search(text, reader).found]


@pytest.fixture
def shelf(db):
    publish("He overdosed and came home", number=1)
    publish("She drinks every night", number=2, question_text="Only beer, she says.", answer_html="<p>Rest.</p>")
    publish("Café money disappears", number=3, question_text="My wife's purse is empty.", answer_html="<p>Rest.</p>")


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("overdose", "He overdosed and came home"),
        ("OVERDOSING", "He overdosed and came home"),
        ("od", "He overdosed and came home"),
        ("my husband is drinking", "She drinks every night"),
        ("alcohol", "She drinks every night"),
        ("cafe", "Café money disappears"),
        ("wifes purse", "Café money disappears"),
        ("what do I do about the money", "Café money disappears"),
        ("he came home from an overdose, please?!", "He overdosed and came home"),
    ],
)
def test_it_finds_everyday_words_in_any_form(shelf, typed, first):
    assert titles(typed)[0] == first


def test_it_puts_pages_with_every_word_before_those_with_some_and_titles_before_texts(db):
    publish("Sleep", number=1, question_text="He came home from jail.", answer_html="<p>x</p>")
    publish("Home from jail", number=2, question_text="Short.", answer_html="<p>x</p>")
    publish("Jail", number=3, question_text="Short.", answer_html="<p>x</p>")
    assert titles("home jail") == ["Home from jail", "Sleep", "Jail"]
    assert search("home jail", STRANGER).is_loose


HOSTILE = [
    "", "   ", "\x00", "a\x00b", '"', "'", "a\"b", "%", "_", "\\", "son%", "'; DROP TABLE qa_publication; --", "* OR *",
    "NEAR(", "((((", "a AND", "-", "日本語", "🕯️", "é" * 500, "x" * 100_000, "<script>alert(1)</script>", "&lt;b&gt;",
    "{{ 7*7 }}", "{% load x %}", "\u202eabc", "İı", "ß", "a " * 500, "\ud800",
]  # fmt: skip


@pytest.mark.parametrize("typed", HOSTILE)
def test_it_never_fails_whatever_is_typed(shelf, typed):
    response = Client().get(reverse("qa:search"), {"q": typed.encode("utf-8", "replace").decode()})
    assert response.status_code == 200
    search(typed, STRANGER)
    assert Publication.objects.count() == 3


def test_it_shows_what_was_typed_as_text_only(shelf):
    text = Client().get(reverse("qa:search"), {"q": '"><script>alert(1)</script>'}).content.decode()
    assert "<script>alert" not in text
    assert "&quot;&gt;&lt;script&gt;alert(1)" in text


def test_it_marks_hits_and_escapes_everything_around_them(db):
    publish("<b>Detox</b> & after", question_text="<i>detoxing</i> at home", answer_html="<p>x</p>")
    text = Client().get(reverse("qa:search"), {"q": "detox"}).content.decode()
    assert "&lt;b&gt;<mark>Detox</mark>&lt;/b&gt; &amp; after" in text
    assert "<mark>detoxing</mark>" in text
    assert "<i>" not in text


def test_it_helps_on_when_nothing_is_found(shelf):
    Topic.objects.create(slug="money", title="Money")
    text = Client().get(reverse("qa:search"), {"q": "overdsoe"}).content.decode()
    assert "No letter has these words yet" in text
    assert "?q=overdose" in text
    assert reverse("workflow:ask") in text
    assert reverse("qa:topic", args=["money"]) in text


def test_it_offers_crisis_help_when_the_words_are_about_danger(db):
    danger = Topic.objects.create(slug="overdose", title="After an overdose", is_safety=True)
    publish("He did not wake up", danger)
    assert search("overdose", STRANGER).is_about_safety
    assert reverse("qa:help_now") in Client().get(reverse("qa:search"), {"q": "narcan overdose"}).content.decode()


def test_it_ranks_a_bounded_set_of_pages(db, monkeypatch):
    for number in range(12):
        publish("Detox", number=number)
    asked = []
    real = index.newest
    monkeypatch.setattr(index, "newest", lambda wanted, most, **more: asked.append(most) or real(wanted, most, **more))
    assert len(titles("detox")) == SHOWN
    assert asked
    assert max(asked) <= CANDIDATES


def test_it_shows_every_letter_once_page_after_page(db, client, monkeypatch):
    for number in range(25):
        publish(f"Detox {number}", number=number)
    seen, address = [], reverse("qa:search") + "?q=detox"
    while address:
        answer = client.get(address)
        seen += [item.page.title for item in answer.context["results"].found]
        assert "25 letters, the closest first." in answer.content.decode()
        assert ("Back to the first ones" in answer.content.decode()) == (len(seen) > SHOWN)
        assert ("Next letters" in answer.content.decode()) == (len(seen) < 25), "they stand instead of these"
        address = reverse("qa:search") + answer.context["next_url"] if answer.context["next_url"] else ""
    assert sorted(seen) == sorted(f"Detox {number}" for number in range(25))
    monkeypatch.setattr("qa.search.CANDIDATES", 20)
    assert "Many letters have these words." in client.get(reverse("qa:search") + "?q=detox").content.decode()


@pytest.mark.parametrize(("page", "titles_from"), [("", 0), ("x", 0), ("-1", 1), ("99", 1), ("0", 1)])
def test_a_page_that_is_not_there_is_the_nearest_one(db, page, titles_from):
    for number in range(SHOWN + 1):
        publish("Detox", number=number)
    assert search("detox", STRANGER, page=page).page == 1 + titles_from


def test_it_forgets_the_words_of_an_erased_page(db):
    page = publish("Something")
    page.withdraw(erase=True)
    page.refresh_from_db()
    assert page.words.strip() == ""


@pytest.mark.pure
@given(st.text(max_size=60), st.lists(st.sampled_from(["a", "ov", "son", "x"]), min_size=1))
def test_it_loses_no_letter_of_a_text_by_marking_it(text, stems):
    assert "".join(part for part, _ in pieces(text, Hits(Group.of(word) for word in stems))) == text


@pytest.mark.pure
def test_it_folds_words():
    assert tokens("Don't CAFÉ—naïve_x 24/7") == ["dont", "cafe", "naive", "x", "24", "7"]
    assert {stem("overdose"), stem("overdosed"), stem("overdosing")} == {"overdos"}
    assert stem("stopping") == "stop"


def words_known():
    return set(index.pages_with(["overdosed", "wardrobe", "naloxone", "came"]))


def test_it_keeps_the_index_in_the_publishing_transaction_and_forgets_what_is_withdrawn(db):
    page = publish("He overdosed", topic(), number=1, question_text="In the wardrobe.")
    assert titles("wardrobe") == ["He overdosed"]
    assert words_known() >= {"overdosed", "wardrobe"}
    page.withdraw()
    assert titles("wardrobe") == []
    assert words_known() == set()
    assert index.newest([["@public"]], 10) == []


def test_it_leaves_no_trace_of_a_publication_that_was_rolled_back(db):
    with pytest.raises(RuntimeError), transaction.atomic():
        publish("He overdosed", topic(), number=1)
        raise RuntimeError
    assert titles("overdosed") == []
    assert words_known() == set()
    assert Topic.objects.get(pk=topic().pk).public_letters == 0


def test_it_counts_the_letters_of_topics_when_they_change_and_never_when_they_are_read(db):
    first = publish("One", topic(), number=1)
    second = publish("Two", topic(), number=2)
    counts = lambda: Topic.objects.values_list("public_letters", "members_letters").get(pk=topic().pk)  # noqa: E731
    assert counts() == (2, 0)
    first.audience = "members"
    first.save()
    assert counts() == (1, 1)
    first.save()
    assert counts() == (1, 1)
    second.withdraw()
    assert counts() == (0, 1)
    first.save(topics=[])
    assert counts() == (0, 0)


@pytest.mark.parametrize("typed", ["overdsoe", "overdoes", "ovredosed", "over dosed and wardrob"])
def test_it_forgives_spelling_and_says_what_it_looked_for(db, typed):
    publish("He overdosed", number=1, question_text="In the wardrobe.")
    results = search(typed, STRANGER)
    assert [item.page.title for item in results.found] == ["He overdosed"]


def test_it_mends_no_spelling_to_a_word_that_only_members_may_read(db):
    publish("Inside", number=1, audience="members", question_text="About the quetzalcoatl matter.")
    assert search("quetzalcoatk", STRANGER).did_you_mean == ""
    assert search("quetzalcoatk", STRANGER).found == []


@pytest.mark.parametrize(
    ("typed", "title"),
    [("narcan", "Naloxone at home"), ("oxys", "Pills in the bathroom"), ("od", "He overdosed"), ("weed", "He smokes")],
)
def test_it_knows_everyday_names_of_a_thing(db, typed, title):
    publish("Naloxone at home", number=1, question_text="x", answer_html="<p>x</p>")
    publish("Pills in the bathroom", number=2, question_text="Oxycodone, thirty of them.", answer_html="<p>x</p>")
    publish("He overdosed", number=3, question_text="x", answer_html="<p>x</p>")
    publish("He smokes", number=4, question_text="It is cannabis, every day.", answer_html="<p>x</p>")
    publish("Odd jobs", number=5, question_text="Potatoes and oddities.", answer_html="<p>x</p>")
    assert titles(typed) == [title]


def test_it_keeps_to_the_topics_asked_for(db):
    money = Topic.objects.create(slug="money", title="Money")
    publish("Detox and rent", money, number=1)
    publish("Detox and sleep", topic(), number=2)
    found = search("detox", STRANGER, about=[money]).found
    assert [item.page.title for item in found] == ["Detox and rent"]


LONG = (
    "My brother came home from jail on Monday. Before that he used fentanyl for two years and I am so afraid that he "
    "will use again, because his tolerance is gone. Our mother has naloxone in the kitchen but nobody has shown her "
    "how to use it. What do we do in the first days?"
)


def test_it_offers_similar_answers_with_a_reason_and_at_most_three(db):
    for number in range(5):
        publish(f"Home from jail {number}", number=number, question_text="My brother is out of jail. Fentanyl.")
    publish("Gambling", number=9, question_text="Money on horses.", answer_html="<p>x</p>")
    offered = similar(LONG, STRANGER)
    assert len(offered) == 3
    assert all(item.page.title.startswith("Home from jail") for item in offered)
    assert all(item.reason.startswith("Also about: ") for item in offered)


def test_it_offers_nothing_for_a_few_words_and_nothing_that_does_not_fit(db):
    publish("Home from jail", number=1, question_text="My brother is out of jail. Fentanyl.")
    assert similar(LONG[:150], STRANGER) == []
    assert similar("The garden is green and the tomatoes grow. " * 10, STRANGER) == []


def test_it_offers_no_members_page_to_a_stranger(db):
    publish("Home from jail", number=1, audience="members", question_text="My brother is out of jail. Fentanyl.")
    assert similar(LONG, STRANGER) == []


@pytest.mark.parametrize("typed", [*HOSTILE, *(text * 60 for text in HOSTILE if text)])
def test_it_offers_similar_answers_whatever_is_typed(shelf, typed):
    similar(typed, STRANGER)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="the planner of PostgreSQL")
def test_it_uses_the_full_text_index_for_a_rare_word(db):
    for number in range(30):
        publish("Detox", number=number)
    publish("Wardrobe", number=99)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(FENCE)
        cursor.execute("EXPLAIN " + Postgres.older, [Postgres.query([["@public"], ["wardrob*"]]), index.FIRST, 10])
        assert "qa_index_terms" in str(cursor.fetchall())


@pytest.mark.skipif(connection.vendor != "postgresql", reason="two ways to look on PostgreSQL alone")
def test_it_finds_the_same_among_the_newest_and_in_the_index(db, monkeypatch):
    for number in range(30):
        publish("Detox" if number % 3 else "Wardrobe", number=number)
    for word in ("detox*", "wardrob*", "nowhere*"):
        wanted = [["@public"], [word]]
        every = index.newest(wanted, 30)
        assert every == sorted(every, reverse=True)
        for most, recent in ((30, 0), (4, 1), (7, 2), (10, 1)):
            monkeypatch.setattr(Postgres, "RECENT", recent)
            assert index.newest(wanted, most) == every[:most]
            assert index.newest(wanted, most, before=every[2] if every else 9) == every[3 : 3 + most]


def test_it_writes_out_a_beginning_that_many_pages_hold(db, monkeypatch):
    for number, word in enumerate(["detox", "detoxed", "detox", "wardrobe", "over1"]):
        publish(word.capitalize(), number=number, question_text="He is home.")
    wanted = [["detox*", "od"], ["wardrob*"]]
    assert index.written_out(wanted) == wanted, "few pages: as it is"
    monkeypatch.setattr(fulltext, "MANY", 2)
    assert index.written_out(wanted) == [["detox", "detoxed", "od"], ["wardrob*"]]
    monkeypatch.setattr(fulltext, "WRITTEN_OUT", 1)
    assert index.written_out(wanted) == [["detox", "od"], ["wardrob*"]], "those on most pages"
    assert index.written_out([]) == []
    assert [item.page.title for item in search("detox", STRANGER).found] == ["Detox", "Detox"]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite looks up a whole pattern only")
def test_it_looks_up_the_words_of_a_beginning_and_reads_not_all_there_are(db):
    pattern = f"detox{Sqlite.rest}"
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN SELECT word, pages FROM qa_word WHERE {Sqlite.begins}", [pattern])
        assert "SEARCH qa_word USING INDEX" in str(cursor.fetchall())
