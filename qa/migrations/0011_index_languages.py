"""Tells the index which of the pages that are already there are in Spanish."""

from django.db import migrations

from qa.fulltext import LONGEST_TERM, index
from qa.words import tokens


def tell(apps, schema_editor):
    Publication = apps.get_model("qa", "Publication")
    pages = Publication.objects.filter(withdrawn_at=None).exclude(language="en").prefetch_related("topics")
    for page in pages.iterator(500):
        words = {word[:LONGEST_TERM] for word in page.words.split()}
        title = {f"={word[:LONGEST_TERM]}" for word in tokens(page.title)}
        topics = {f"#{topic.pk}" for topic in page.topics.all()}
        terms = frozenset(words | title | topics | {f"@{page.audience}", f"@{page.language}"})
        index.replace(page.place, page.place, terms)


class Migration(migrations.Migration):
    dependencies = [("qa", "0010_spanish")]
    operations = [migrations.RunPython(tell, migrations.RunPython.noop)]
