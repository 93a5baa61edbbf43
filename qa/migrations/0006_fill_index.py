"""Puts the pages that are already there into the index and counts the letters of every topic."""

from django.db import migrations

from qa.fulltext import LONGEST_TERM, index
from qa.words import tokens


def entries(Publication):
    for page in Publication.objects.filter(withdrawn_at=None).prefetch_related("topics").iterator(500):
        words = {word[:LONGEST_TERM] for word in page.words.split()}
        title = {f"={word[:LONGEST_TERM]}" for word in tokens(page.title)}
        topics = {f"#{topic.pk}" for topic in page.topics.all()}
        place = (int(page.published_at.timestamp()) << 32) | page.pk
        Publication.objects.filter(pk=page.pk).update(place=place)
        yield place, frozenset(words | title | topics | {f"@{page.audience}"})


def fill(apps, schema_editor):
    Publication, Topic = apps.get_model("qa", "Publication"), apps.get_model("qa", "Topic")
    index.rebuild(entries(Publication))
    for topic in Topic.objects.all():
        shown = Publication.objects.filter(topics=topic, withdrawn_at=None)
        topic.public_letters = shown.filter(audience="public").count()
        topic.members_letters = shown.filter(audience="members").count()
        topic.save()


class Migration(migrations.Migration):
    dependencies = [("qa", "0005_search_index")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
