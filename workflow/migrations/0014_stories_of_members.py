"""Stories that members began by going on from an earlier letter are the ones that colleagues start from."""

from django.db import migrations
from django.db.models import OuterRef, Subquery


def copy(apps, schema_editor):
    letters = apps.get_model("qa", "Letter").objects.filter(pk=OuterRef("letter"))
    cases = apps.get_model("workflow", "Case").objects.filter(letter__story__isnull=False)
    cases.update(story=Subquery(letters.values("story")[:1]))


class Migration(migrations.Migration):
    dependencies = [("workflow", "0013_stories"), ("qa", "0008_snippets")]
    operations = [migrations.RunPython(copy, migrations.RunPython.noop)]
