"""`manage.py index_publications`: the search index and the counts of topics afresh, from what is published."""

from collections.abc import Iterator

from django.core.management.base import BaseCommand
from django.db import transaction
from django.db.models import Count, Q

from qa.fulltext import Terms, index
from qa.models import Audience, Publication, Topic
from qa.models.publications import place_of
from qa.progress import bar, stoppable

AT_ONCE = 1_000
STAYS = "The index is as it was before."


class Command(BaseCommand):
    help = "Build the search index anew, in one transaction."

    def handle(self, *args: object, **options: object) -> None:
        with stoppable(STAYS), transaction.atomic():
            total = Publication.objects.filter(withdrawn_at__isnull=True).count()
            done = index.rebuild(bar(_entries(), total, self.stderr))
            _count_letters()
        self.stdout.write(f"{done:,} publications are in the index.")


def _entries() -> Iterator[tuple[int, Terms]]:
    pages = Publication.objects.prefetch_related("topics").order_by("pk")
    last = 0
    while chunk := list(pages.filter(pk__gt=last)[:AT_ONCE]):
        last = chunk[-1].pk
        for page in chunk:
            page.place = None if page.withdrawn_at else place_of(page)
            if page.place is not None:
                yield page.place, page.terms()
        Publication.objects.bulk_update(chunk, ["place"], batch_size=200)


def _count_letters() -> None:
    shown = Q(publications__withdrawn_at__isnull=True)
    kinds = {audience: shown & Q(publications__audience=audience) for audience in (Audience.PUBLIC, Audience.MEMBERS)}
    counted = Topic.objects.annotate(
        public=Count("publications", filter=kinds[Audience.PUBLIC]),
        members=Count("publications", filter=kinds[Audience.MEMBERS]),
    )
    for topic in counted:
        Topic.objects.filter(pk=topic.pk).update(public_letters=topic.public, members_letters=topic.members)
