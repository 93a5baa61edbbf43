"""Every named address of the product, and people who ask for each of them."""

import re
from collections.abc import Iterator

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from qa.models import Publication, Topic

FILLERS = {
    "flag_id": 1,
    "part": 0,
    "book": "overdose",
    "message_id": 1,
    "mail": "received",
    "language": "en",
    "number": 1,
    "key": "1",
    "pk": 1,
    "token": "x",
    "page": "case",
    "form": "json",
    "table": "by-week",
}


def patterns(resolver=None, prefix=""):
    """Every named address but the administrators' site (tests/config/test_admin.py walks that)."""
    for pattern in (resolver or get_resolver()).url_patterns:
        if isinstance(pattern, URLResolver) and pattern.namespace != "admin":
            yield from patterns(pattern, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield f"{prefix}{pattern.name}", re.findall(r"<(?:\w+:)?(\w+)>", str(pattern.pattern))


def addresses(cases):
    """Each address, filled with every case, every page and every topic there is."""
    slugs = [*Publication.objects.values_list("slug", flat=True), *Topic.objects.values_list("slug", flat=True)]
    for name, wanted in patterns():
        for public_id in [case.public_id for case in cases] if "public_id" in wanted else [""]:
            for slug in slugs if "slug" in wanted else [""]:
                values = {**FILLERS, "public_id": public_id, "slug": slug}
                if unknown := set(wanted) - set(values):
                    raise ImproperlyConfigured(f"{name} wants {unknown}: add it to tests/walks.py")
                yield reverse(name, kwargs={key: values[key] for key in wanted})


class Visitor:
    """Somebody (None: a stranger) who asks for pages; whom a page signs out is signed in again before the next."""

    def __init__(self, person=None) -> None:
        self.person, self.client = person, Client()

    def ask(self, path, method="get", **data):
        session = self.client.cookies.get(settings.SESSION_COOKIE_NAME)
        if self.person is not None and not (session and session.value):
            self.client.force_login(self.person)
        return getattr(self.client, method)(path, **data)


def walk(person, cases) -> Iterator[tuple[str, str]]:
    """Each address with what this person (None: a stranger) gets there, headers and cookies included."""
    visitor = Visitor(person)
    for path in addresses(cases):
        yield path, shown(visitor.ask(path))


def shown(response) -> str:
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return body.decode(errors="replace") + str(dict(response.headers)) + str(response.cookies)
