"""Adds the words that search looks through and fills them for pages that are already there."""

from django.db import migrations, models

from qa.sanitize import plain_text
from qa.words import folded


def fill(apps, schema_editor):
    for page in apps.get_model("qa", "Publication").objects.iterator():
        page.words = folded(page.title, page.label, page.intro, page.question_text, plain_text(page.answer_html))
        page.save(update_fields=["words"])


class Migration(migrations.Migration):
    dependencies = [("qa", "0003_letters_sent_once")]
    operations = [
        migrations.AddField(
            model_name="publication",
            name="words",
            field=models.TextField(
                blank=True, editable=False, help_text="What search looks through; written by save()"
            ),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
