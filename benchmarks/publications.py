"""The reading room with 1,000 to 1,000,000 publications, on SQLite and PostgreSQL: queries and CPU time of every page.

    python -m benchmarks.publications                 both databases, 1,000 and 100,000
    python -m benchmarks.publications 1000 1000000    other sizes

Up to 20,000 letters are put together out of sentences and indexed by the product; the database copies them and their places
in the index as often as it takes, over ten years. One word stands in one letter only, at any size.

CPU time is that of this process; what PostgreSQL's server used is not in it, so the wall time stands beside it.
"""

import io
import random
import statistics
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from benchmarks.rig import filling, measured, on_each_database

WRITTEN = 20_000  # letters; more than these are copies
YEARS = 10
RARE = "quetzalcoatl"
ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    return on_each_database("benchmarks.publications", sys.argv[1:], sizes=[1_000, 100_000])


def child(asked: str) -> None:
    from django.core.management import call_command
    from django.db import connection

    from qa.models import Publication

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    size = int(asked)
    began = time.monotonic()
    with filling():
        slug = generate(min(size, WRITTEN), times=max(size // WRITTEN, 1))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    found = Publication.objects.count()
    print(f"\n{connection.vendor}, {found:,} publications (made in {time.monotonic() - began:.0f} s)", flush=True)
    for name, url in pages_of(slug).items():
        print(f"  {name:<34}{measured(url)}", flush=True)
    print(f"  {'publish one more':<34}{published()}")


def pages_of(slug: str) -> dict[str, str]:
    from django.urls import reverse

    topic = reverse("qa:topic", args=["topic-3"])
    rare = reverse("qa:topic", args=["topic-39"])
    search = reverse("qa:search")
    return {
        "home": reverse("qa:home"),
        "topics": reverse("qa:topics"),
        "a topic with every 4th letter": topic,
        "a topic with every 100th letter": rare,
        "two topics together": f"{topic}?also=topic-1",
        "one letter and its answer": reverse("qa:publication", args=[slug]),
        "search: a common word": f"{search}?q=detox",
        "search: two middling words": f"{search}?q=jail+naloxone",
        "search: a rare word": f"{search}?q={RARE}",
        "search: a misspelt word": f"{search}?q=naloxnoe",
        "search: no word we know": f"{search}?q=xyzzyplugh",
    }


def published() -> str:
    from qa.models import Topic
    from tests.qa.pages import publish

    spent = []
    now = datetime.now(UTC)
    topics = list(Topic.objects.all()[:3])
    for number in range(5):
        start = time.perf_counter()
        publish("My son came home from detox", *topics, number=900_000_000 + number, published_at=now)
        spent.append(1000 * (time.perf_counter() - start))
    return f"{'':>12}{statistics.median(spent):>29.1f} ms wall"


def generate(size: int, *, times: int) -> str:
    """So many letters so many times, in the index; the address of one."""
    from django.core.management import call_command

    from qa.models import Publication

    apart = timedelta(days=365 * YEARS) / (size * times)
    slug = write(size, apart)
    call_command("index_publications", stdout=io.StringIO())
    copy(times, apart * size)
    page = Publication.objects.get(slug=f"letter-{size // 3}")
    page.question_text += f" {RARE}"
    page.save()
    return slug


def copy(times: int, back: timedelta) -> None:
    """Every letter, its topics and its place in the index, so many times in all; each time so much earlier."""
    from django.db import connection, transaction
    from django.db.models import F

    from qa.models import Publication, Topic

    if times == 1:
        return
    through, postgres = Publication.topics.through._meta.db_table, connection.vendor == "postgresql"
    span, seconds = Publication.objects.latest("pk").pk, int(back.total_seconds())
    earlier = f"published_at - k * {seconds} * interval '1 second'"
    if not postgres:
        earlier = f"strftime('%Y-%m-%d %H:%M:%f', published_at, '-' || (k * {seconds}) || ' seconds')"
    epoch = f"extract(epoch FROM date_trunc('second', {earlier}))::bigint" if postgres else f"strftime('%s', {earlier})"
    new = {
        "id": f"id + k * {span}",
        "slug": "slug || '-copy-' || k",
        "published_at": earlier,
        "place": f"{epoch} * 4294967296 + id + k * {span}",  # qa.models.publications.place_of
    }
    columns = [field.column for field in Publication._meta.concrete_fields]
    row = "rowid" if not postgres else "place"
    with transaction.atomic(), connection.cursor() as cursor:

        def run(statement: str) -> None:
            cursor.execute(statement)

        run("CREATE TEMPORARY TABLE numbers (k integer)")
        cursor.executemany("INSERT INTO numbers VALUES (%s)", [(k,) for k in range(1, times)])
        run(
            f"CREATE TEMPORARY TABLE kept AS SELECT p.id, terms FROM qa_index i JOIN qa_publication p ON p.place = i.{row}"
        )
        indexes = []
        if postgres:  # built again in one go
            run("SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'qa_index' AND indexdef LIKE '% gin %'")
            indexes = cursor.fetchall()
            for name, _ in indexes:
                run(f"DROP INDEX {name}")
        values = ", ".join(new.get(column, column) for column in columns)
        run(f"INSERT INTO qa_publication ({', '.join(columns)}) SELECT {values} FROM qa_publication CROSS JOIN numbers")
        run(
            f"INSERT INTO {through} (publication_id, topic_id) "
            f"SELECT publication_id + k * {span}, topic_id FROM {through} CROSS JOIN numbers"
        )
        run(
            f"INSERT INTO qa_index ({row}, terms) SELECT p.place, kept.terms FROM kept CROSS JOIN numbers "
            f"JOIN qa_publication p ON p.id = kept.id + k * {span}"
        )
        run(f"UPDATE qa_word SET pages = pages * {times}")
        for _, definition in indexes:
            run(definition)
        if postgres:
            run("SELECT setval(pg_get_serial_sequence('qa_publication', 'id'), (SELECT max(id) FROM qa_publication))")
        run("DROP TABLE kept")
        run("DROP TABLE numbers")
    Topic.objects.update(public_letters=F("public_letters") * times, members_letters=F("members_letters") * times)


def write(size: int, apart: timedelta) -> str:
    """Letters out of the demo's own sentences and a long tail of made-up words; topics from common to rare."""
    from django.conf import settings

    from qa.models import Publication, Topic
    from qa.models.topics import Kind
    from qa.words import folded

    settings.DEBUG = False
    rng = random.Random(7)
    sentences = _sentences()
    tail = [
        "".join(rng.choice("bcdfglmnprst") + rng.choice("aeiou") for _ in range(rng.randint(2, 5)))
        for _ in range(40_000)
    ]
    kinds = list(Kind)
    topics = [Topic(slug=f"topic-{n}", title=f"Situation {n}", kind=kinds[n % 4], order=n) for n in range(40)]
    topics = Topic.objects.bulk_create(topics)
    newest, made = datetime(2026, 1, 1, tzinfo=UTC), 0
    while made < size:
        chunk, links = [], []
        for number in range(made, min(made + 2_000, size)):
            title = " ".join(rng.choice(sentences).split()[:9])
            body = " ".join([*rng.sample(sentences, 7), *rng.sample(tail, 12)])
            page = Publication(
                slug=f"letter-{number}", title=title, label="A mother", question_text=body[: len(body) // 2],
                answer_html=f"<p>{body[len(body) // 2 :]}</p>", answered_by="Erin, counselor",
                audience="members" if number % 20 == 0 else "public", answered_on=date(2026, 11, 1),
                reviewed_on=date(2026, 11, 2), published_at=newest - apart * (size - number),
                words=folded(title, "A mother", body),
            )  # fmt: skip
            chunk.append(page)
            links.append([topic for at, topic in enumerate(topics) if rng.random() < (0.25 if at < 8 else 0.01)])
        done = Publication.objects.bulk_create(chunk)
        through = Publication.topics.through
        through.objects.bulk_create(
            [through(publication=page, topic=topic) for page, some in zip(done, links, strict=True) for topic in some],
            batch_size=400,
        )
        made += len(chunk)
    return f"letter-{size // 2 + 1}"


def _sentences() -> list[str]:
    import tomllib

    found: list[str] = []
    for path in sorted((ROOT / "config" / "demo" / "letters").glob("*.toml")):
        letter = tomllib.loads(path.read_text(encoding="utf-8"))
        text = letter.get("question", "").replace("\n", " ")
        found += [part.strip() for part in text.split(". ") if len(part.split()) > 4]
    return found


if __name__ == "__main__":
    sys.exit(main())
