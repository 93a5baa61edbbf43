"""What programs are told of a page: its absolute address, schema.org's QAPage, JSON. Public pages only."""

from typing import Any

from django.conf import settings
from django.urls import reverse

from .models import Publication, Topic
from .sanitize import clean_html, plain_text

SHARE_TITLE = "A letter and its answer"
SHARE_TEXT = "A family asked, and somebody who knows this field answered."


def absolute(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}"


def link_to(page: Publication) -> str:
    """A short address to share, in which no word of the letter stands."""
    return absolute(reverse("qa:short", args=[page.pk]))


def as_question(page: Publication) -> dict[str, Any]:
    """schema.org QAPage, for pages that search engines may show."""
    answer = {
        "@type": "Answer",
        "text": plain_text(page.answer_html),
        "dateCreated": page.answered_on.isoformat(),
        "url": absolute(page.get_absolute_url()),
        "author": {"@type": "Person", "name": page.answered_by or settings.SITE_NAME},
    }
    return {
        "@context": "https://schema.org",
        "@type": "QAPage",
        "mainEntity": {
            "@type": "Question",
            "name": page.title,
            "text": page.question_text,
            "answerCount": 1,
            "datePublished": page.published_at.date().isoformat(),
            "author": {"@type": "Person", "name": page.label or "A family"},
            "acceptedAnswer": answer,
        },
    }


def as_json(page: Publication) -> dict[str, Any]:
    """A page as the API and the exports give it."""
    return {
        "id": page.pk,
        "address": absolute(page.get_absolute_url()),
        "slug": page.slug,
        "title": page.title,
        "label": page.label,
        "intro": page.intro,
        "question": page.question_text,
        "answer_html": clean_html(page.answer_html),
        "answered_by": page.answered_by,
        "answered_on": page.answered_on.isoformat(),
        "reviewed_on": page.reviewed_on.isoformat(),
        "review_by": page.review_by.isoformat() if page.review_by else None,
        "published_at": page.published_at.isoformat(),
        "topics": [topic.slug for topic in page.topics.all()],
        "may_index": page.may_index,
    }


def topic_as_json(topic: Topic) -> dict[str, Any]:
    return {
        "slug": topic.slug,
        "title": topic.title,
        "summary": topic.summary,
        "kind": topic.kind,
        "letters": topic.public_letters,
        "is_about_safety": topic.is_safety,
    }
