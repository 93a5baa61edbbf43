"""Publications for tests of the reading room, without the way through the workflow."""

from datetime import date, timedelta

from django.utils import timezone

from qa.models import Audience, Publication, Topic


def publish(title="When he comes home at night", *topics: Topic, number: int = 0, **changes) -> Publication:
    """A shown page; `number` makes its address unique and its day later."""
    words = {
        "slug": f"page-{number}",
        "title": title,
        "label": "A mother",
        "question_text": "My son came home from detox. I do not know what to say to him.",
        "answer_html": "<p>You are doing a great deal already.</p><h2>What you could say</h2><p>Choose a calm hour.</p>",
        "answered_by": "Erin, counselor",
        "audience": Audience.PUBLIC,
        "answered_on": date(2026, 11, 3),
        "reviewed_on": date(2026, 11, 5),
        "published_at": timezone.now() - timedelta(days=100) + timedelta(hours=number % 2_000),
    }
    page = Publication(**{**words, **changes})
    page.save(topics=topics)
    return page
