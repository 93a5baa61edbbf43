"""Bringing an archive in and taking it out: dry first, cleaned, mapped, the same however often, with the old addresses."""

from io import BytesIO, StringIO
from pathlib import Path
from xml.sax.saxutils import escape

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.test import Client

from qa.archive import bring_in, tables, wordpress
from qa.archive.entries import Unusable, split_post
from qa.models import OldAddress, Publication, Topic
from qa.sanitize import MAX_TAGS
from qa.search import search
from tests.qa.pages import publish
from tests.qa.test_search import STRANGER
from tests.terminal import Terminal

pytestmark = pytest.mark.once

HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:wp="http://wordpress.org/export/1.2/"><channel><wp:wxr_version>1.2</wp:wxr_version>"""
GOOD = "<p>Dear all, my son number {n} is home.</p><p>What now?</p><h2>Answer</h2><p>Be calm {n} times.</p><script>alert(1)</script>"


def post(n, *, content=GOOD, status="publish", kind="post", category="money-matters", **more):
    extra = "".join(f"<wp:{name}>{text}</wp:{name}>" for name, text in more.items())
    return (
        f"<item><title>Post {n}</title><link>https://old.example/2019/05/post-{n}/</link><dc:creator>Dr. Q</dc:creator>"
        f"<content:encoded>{escape(content.format(n=n))}</content:encoded><wp:post_id>{n}</wp:post_id>"
        f"<wp:post_date_gmt>2019-05-{n % 28 + 1:02} 10:00:00</wp:post_date_gmt><wp:post_type>{kind}</wp:post_type>"
        f'<wp:status>{status}</wp:status><category domain="category" nicename="{category}">X</category>{extra}</item>'
    )


@pytest.fixture
def bring(tmp_path, db):
    """Writes a file and brings it in; returns what the command said."""

    def command(text, *options, name="export.xml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        out = StringIO()
        call_command("import_archive", str(path), *options, stdout=out, stderr=StringIO())
        return out.getvalue()

    return command


def wxr(*items):
    return HEAD + "".join(items) + "</channel></rss>"


def everything():
    pages = Publication.objects.order_by("pk")
    return [
        (*row,)
        for row in pages.values_list("pk", "slug", "title", "question_text", "answer_html", "place", "answered_on")
    ]


def test_it_brings_in_500_posts_twice_with_the_same_result_as_once(bring):
    money = Topic.objects.create(slug="money-matters", title="Money")
    text = wxr(*(post(n) for n in range(1, 501)))
    assert "500 new, 0 changed, 0 unchanged, 0 skipped" in bring(text, "--write")
    once = everything()
    assert len(once) == 500
    assert "0 new, 0 changed, 500 unchanged, 0 skipped" in bring(text, "--write")
    assert everything() == once
    assert OldAddress.objects.count() == 500
    money.refresh_from_db()
    assert money.public_letters == 500
    assert search("calm", STRANGER).found


def test_it_writes_nothing_in_a_dry_run_which_is_the_default(bring):
    said = bring(wxr(post(1), post(2, content="<p>No mark.</p>")))
    assert "Would be: 1 new, 0 changed, 0 unchanged, 1 skipped" in said
    assert "Nothing was written" in said
    assert not Publication.objects.exists()


def test_it_cleans_what_comes_in(bring):
    dirty = (
        "<!-- wp:paragraph --><p>My <b onclick=x()>son</b> &amp; I [caption id=1]here[/caption].</p><!--more-->"
        "<h1>Rest</h1><p>Good <img src=x onerror=y()><a href='javascript:z()'>link</a></p><iframe src=//evil></iframe>"
    )
    bring(wxr(post(1, content=dirty.replace("{", "(").replace("}", ")"))), "--write")
    page = Publication.objects.get()
    assert page.question_text == "My son & I here."
    assert "<h2>Rest</h2>" in page.answer_html
    for bite in ("onclick", "onerror", "javascript", "iframe", "<img", "<h1"):
        assert bite not in page.question_text + page.answer_html


def test_it_says_of_each_post_why_it_was_skipped(bring, tmp_path):
    report = tmp_path / "skipped.csv"
    said = bring(
        wxr(
            post(1, status="draft"),
            post(2, post_password="secret"),
            post(3, content="<p>Only this</p><h2>Answer</h2>"),
            post(4, kind="attachment"),
            post(5),
            post(5),
        ),
        "--write", "--report", str(report),
    )  # fmt: skip
    assert "1 new, 0 changed, 0 unchanged, 4 skipped" in said
    for reason in ("not public there (draft)", "had a password", "where the answer begins", "the same address"):
        assert reason in said
        assert reason in report.read_text()
    assert ',in all,"1 new, 0 changed' in report.read_text()
    assert "no topic here for their category “money-matters”" in said


NAMED = GOOD.replace("What now?", "Call my sister Kimberly Novak at 555-201-8834.")


def test_it_keeps_the_report_of_every_run_where_one_can_come_back_to_it(bring):
    said = bring(wxr(post(1), post(2, status="draft")))
    kept = Path(said.rsplit("The report is kept in ")[1].strip())
    assert kept.parent == settings.VAR_DIR / "imports"
    assert "Post 2,skipped,It was not public there (draft)." in kept.read_text()


@pytest.mark.parametrize(("options", "shown"), [([], 1), (["--hold"], 1), (["--no-hold"], 2)])
def test_it_leaves_out_a_letter_that_may_name_somebody(bring, tmp_path, options, shown):
    report = tmp_path / "report.csv"
    said = bring(wxr(post(1), post(2, content=NAMED)), "--write", "--report", str(report), *options)
    assert Publication.objects.count() == shown
    assert ("Post 2,held," in report.read_text()) == (shown == 1)
    assert "Novak" not in said + report.read_text(), "a report says what kind, never the words"


def test_it_brings_in_what_a_person_has_looked_at_and_holds_a_change_that_names_somebody(bring, tmp_path):
    report = tmp_path / "report.csv"
    bring(wxr(post(1), post(2, content=NAMED)), "--write", "--report", str(report))
    assert "1 new, 0 changed, 1 unchanged, 0 skipped, 0 held" in bring(
        wxr(post(1), post(2, content=NAMED)), "--write", "--looked-at", str(report)
    )
    assert "0 new, 0 changed, 1 unchanged, 0 skipped, 1 held" in bring(
        wxr(post(1, content=NAMED), post(2, content=NAMED)), "--write"
    )
    assert "Novak" not in Publication.objects.get(title="Post 1").question_text


def test_it_maps_categories_to_topics(bring, tmp_path):
    rent = Topic.objects.create(slug="rent", title="Rent")
    mapping = tmp_path / "map.csv"
    mapping.write_text("money-matters,rent\n")
    assert "no topic" not in bring(wxr(post(1)), "--write", "--topics", str(mapping))
    assert list(Publication.objects.get().topics.all()) == [rent]


def test_it_brings_a_changed_post_up_to_date_and_leaves_down_what_was_taken_down(bring):
    bring(wxr(post(1), post(2)), "--write")
    page = Publication.objects.get(title="Post 1")
    Publication.objects.get(title="Post 2").withdraw()
    said = bring(wxr(post(1, content=GOOD.replace("calm", "kind")), post(2)), "--write")
    assert "0 new, 1 changed, 0 unchanged, 1 skipped" in said
    assert "It stays down" in said
    page.refresh_from_db()
    assert "kind" in page.answer_html
    assert Publication.objects.count() == 2


def test_it_leads_old_addresses_to_the_new_page_for_who_may_read_it(bring, cast):
    bring(wxr(post(1), post(2, audience="members"), post(3)), "--write")
    Publication.objects.get(title="Post 3").withdraw()
    reader, member = Client(), Client()
    member.force_login(cast.bela)
    pages = {page.title: page for page in Publication.objects.all()}
    for path in ("/2019/05/post-1/", "/2019/05/post-1"):
        response = reader.get(path)
        assert (response.status_code, response.headers["Location"]) == (301, pages["Post 1"].get_absolute_url())
    assert reader.get("/2019/05/post-2/").content == reader.get("/never/was/").content
    assert member.get("/2019/05/post-2/").status_code == 301
    assert reader.get("/2019/05/post-3/", follow=True).status_code == 410
    assert reader.post("/2019/05/post-1/").status_code == 404


@pytest.mark.parametrize(
    "bomb",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss><channel><item><title>&b;</title></item></channel></rss>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><channel><item><title>&a;</title></item></channel></rss>',
        "<rss><channel><item>",
        "",
        "not xml at all",
    ],
)
def test_it_trusts_no_xml(bring, bomb):
    with pytest.raises(CommandError, match="not a WordPress export"):
        bring(bomb, "--write")
    assert not Publication.objects.exists()
    with pytest.raises(Unusable):
        list(wordpress.read(BytesIO(bomb.encode())))


CSV = """id,title,label,question,answer,date,topics,address,audience
1,A line,A mother,"My son, 24.

What now?",Be calm.,2021-05-03,money|none,https://old.example/a/,public
2,Bad day,,x,y,last May,,,
3,Inside,,Letter,Answer,2021-05-04,,,members
"""


def test_it_reads_a_table(bring):
    Topic.objects.create(slug="money", title="Money")
    said = bring(CSV, "--write", name="archive.csv")
    assert "2 new, 0 changed, 0 unchanged, 1 skipped" in said
    assert "“last May” is not a day" in said
    page = Publication.objects.get(title="A line")
    assert page.question_text == "My son, 24.\n\nWhat now?"
    assert page.answer_html == "<p>Be calm.</p>"
    assert Publication.objects.get(title="Inside").audience == "members"
    assert "0 new, 0 changed, 2 unchanged" in bring(CSV, "--write", name="archive.csv")


@pytest.mark.parametrize(
    ("column", "words", "why"),
    [
        ("title", "x" * 161, "title is longer than 160"),
        ("label", "x" * 81, "“who asks” is longer than 80"),
        ("answered_by", "x" * 161, "name of who answered is longer than 160"),
        ("address", f"https://old.example/{'x' * 400}/", "address is longer than 400"),
        ("question", "x" * (settings.LETTER_MAX_CHARS + 1), "letter is longer than"),
        ("question", "<p> </p><!-- nothing -->", "The letter is empty"),
        ("answer", "<p> </p><script></script>", "The answer is empty"),
        ("question", "<p>x</p>" * (MAX_TAGS // 2 + 1), "2,000 markup tags"),
        ("answer", "<p>x</p>" * (MAX_TAGS // 2 + 1), "2,000 markup tags"),
        ("title", "", "It has no title"),
    ],
)
def test_it_brings_in_nothing_that_no_page_can_show(bring, column, words, why):
    row = {"title": "A line", "question": "My son.", "answer": "Be calm.", "date": "2021-05-03", column: words}
    said = bring(f"{','.join(row)}\n{','.join(row.values())}\n", "--write", name="archive.csv")
    assert "0 new, 0 changed, 0 unchanged, 1 skipped" in said
    assert why in said
    assert not Publication.objects.exists()


def test_it_names_the_columns_that_are_missing(bring):
    with pytest.raises(CommandError, match="answer, date"):
        bring("title,question\na,b\n", name="archive.csv")


def test_it_reads_markdown(tmp_path, db):
    (tmp_path / "one.md").write_text(
        "---\ntitle: One\ndate: 2021-05-03\n---\nMy *son*.\n\nWhat now?\n\n## Answer\n\nBe **calm**.\n\n<script>x</script>\n"
    )
    (tmp_path / "two.md").write_text("nothing here")
    out = StringIO()
    call_command("import_archive", str(tmp_path), "--write", stdout=out, stderr=StringIO())
    assert "1 new, 0 changed, 0 unchanged, 1 skipped" in out.getvalue()
    page = Publication.objects.get()
    assert page.question_text == "My son.\n\nWhat now?"
    assert "<p>Be <strong>calm</strong>.</p>" in page.answer_html
    assert "script" not in page.answer_html


def test_it_shows_how_far_it_is_and_leaves_no_half_a_file_when_it_is_stopped(tmp_path, db, monkeypatch):
    for number in range(3):
        publish(f"Letter {number}", number=number)
    path, seen = tmp_path / "out.csv", Terminal()
    call_command("export_archive", str(path), stdout=StringIO(), stderr=seen)
    assert "] 3 of 3" in seen.getvalue()
    whole = path.read_text()

    def stop_at_the_second(page):
        if page.title == "Letter 1":
            raise KeyboardInterrupt
        return dict.fromkeys(tables.COLUMNS, "x")

    monkeypatch.setattr(tables, "_row", stop_at_the_second)
    with pytest.raises(CommandError, match=r"Stopped\. There is no new file\."):
        call_command("export_archive", str(path), stdout=StringIO(), stderr=seen)
    assert (path.read_text(), [one.name for one in tmp_path.iterdir()]) == (whole, ["out.csv"])
    (tmp_path / ".unfinished-out.csv").symlink_to(aside := tmp_path / "aside")
    with pytest.raises(CommandError, match="Delete it, then run this again"):
        call_command("export_archive", str(path), stdout=StringIO(), stderr=seen)
    assert (path.read_text(), aside.exists()) == (whole, False)


@pytest.mark.parametrize("target", ["out.xml", "out.csv", "out"])
@pytest.mark.both
def test_it_takes_everything_out_so_that_it_comes_in_again(tmp_path, db, target):
    topic = Topic.objects.create(slug="money", title="Money")
    publish("One & <two>", topic, number=1, question_text="First.\n\nSecond & <last>.")
    publish("Inside", number=2, audience="members")
    publish("Down", number=3).withdraw()
    path = tmp_path / target
    call_command("export_archive", str(path), stdout=StringIO())
    before = Publication.objects.get(title="One & <two>")
    Publication.objects.all().delete()
    out = StringIO()
    call_command("import_archive", str(path), "--write", stdout=out, stderr=StringIO())
    assert "1 new, 0 changed, 0 unchanged, 0 skipped" in out.getvalue()
    after = Publication.objects.get()
    for field in ("title", "question_text", "answer_html", "answered_on", "audience", "answered_by"):
        assert getattr(after, field) == getattr(before, field), field
    assert list(after.topics.all()) == [topic]


@pytest.mark.pure
@pytest.mark.parametrize(
    "mark", ["<!--more-->", "<!--more Read on-->", "<h3>Our answer:</h3>", "<p><strong>Reply:</strong></p>"]
)
def test_it_finds_where_the_answer_begins(mark):
    assert split_post(f"<p>Letter</p>{mark}<p>Words</p>") == ("<p>Letter</p>", "<p>Words</p>")


@pytest.mark.pure
def test_it_knows_how_long_the_columns_are():
    lengths = [Publication._meta.get_field(name).max_length for name in ("title", "label", "answered_by")]
    assert lengths == [bring_in.TITLE, bring_in.LABEL, bring_in.BY]
