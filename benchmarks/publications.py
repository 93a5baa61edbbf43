"""The reading room with 1,000 and 100,000 publications, on SQLite and PostgreSQL: queries and CPU time of every page.

    python -m benchmarks.publications            both databases, 1,000 and 100,000
    python -m benchmarks.publications 20000      another size

CPU time is that of this process; what PostgreSQL's server used is not in it, so the wall time stands beside it.
"""

import io
import random
import statistics
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from benchmarks.rig import measured, on_each_database

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    return on_each_database("benchmarks.publications", sys.argv[1:], sizes=[1_000, 100_000])


def child(asked: str) -> None:
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    size = int(asked)
    began = time.monotonic()
    slug = generate(size)
    filled = time.monotonic() - began
    began = time.monotonic()
    call_command("index_publications", stdout=io.StringIO())
    indexed = time.monotonic() - began
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    print(
        f"\n{connection.vendor}, {size:,} publications (made in {filled:.0f} s, indexed in {indexed:.0f} s)", flush=True
    )
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
        "search: a rare word": f"{search}?q=quetzalcoatl",
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


def generate(size: int) -> str:
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
    start, made = datetime(2016, 1, 1, tzinfo=UTC), 0
    while made < size:
        chunk, links = [], []
        for number in range(made, min(made + 2_000, size)):
            title = " ".join(rng.choice(sentences).split()[:9])
            body = " ".join([*rng.sample(sentences, 7), *rng.sample(tail, 12)])
            if number == size // 3:
                body += " quetzalcoatl"
            page = Publication(
                slug=f"letter-{number}", title=title, label="A mother", question_text=body[: len(body) // 2],
                answer_html=f"<p>{body[len(body) // 2 :]}</p>", answered_by="Erin, counselor",
                audience="members" if number % 20 == 0 else "public", answered_on=date(2026, 11, 1),
                reviewed_on=date(2026, 11, 2), published_at=start + timedelta(minutes=number * 50),
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
