"""A help line may be "not checked since it was changed"; what to press to be answered in Spanish has a place of its own."""

import django.db.models.manager
import django.utils.timezone
from django.db import migrations, models


def say_what_to_press(apps, schema_editor):
    """Where the words of the entry say it already, far below its number."""
    lines = apps.get_model("qa", "HelpLine")._default_manager
    lines.filter(key="988", details_es__contains="oprima 2", press_es="").update(press_es="oprima 2")


class Migration(migrations.Migration):

    dependencies = [
        ('qa', '0013_plain_names'),
    ]

    operations = [
        migrations.AlterModelManagers(
            name='helpline',
            managers=[
                ('everything', django.db.models.manager.Manager()),
            ],
        ),
        migrations.AddField(
            model_name='helpline',
            name='press_es',
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AlterField(
            model_name='helpline',
            name='certainty',
            field=models.CharField(choices=[('A', 'Sure: its own page was read, or it was called'), ('B', 'Fairly sure: several pages agree'), ('C', 'Not sure: it must still be checked')], default='C', max_length=1),
        ),
        migrations.AlterField(
            model_name='helpline',
            name='review_by',
            field=models.DateField(default=django.utils.timezone.localdate),
        ),
        migrations.AlterField(
            model_name='helpline',
            name='verified_on',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.RunPython(say_what_to_press, migrations.RunPython.noop),
    ]
