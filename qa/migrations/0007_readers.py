
from datetime import timedelta

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


def set_review_days(apps, schema_editor):
    """Pages that are there already are looked at again a year after their last review."""
    Publication = apps.get_model("qa", "Publication")
    for page in Publication.objects.filter(review_by=None).only("pk", "reviewed_on").iterator():
        Publication.objects.filter(pk=page.pk).update(review_by=page.reviewed_on + timedelta(days=365))


class Migration(migrations.Migration):

    dependencies = [
        ('qa', '0006_fill_index'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='CallToJoin',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('heading', models.CharField(max_length=80)),
                ('text', models.TextField(max_length=600)),
                ('button', models.CharField(help_text='What the button says', max_length=40)),
                ('address', models.URLField(help_text='Where it leads')),
                ('is_shown', models.BooleanField(default=False)),
            ],
            options={
                'verbose_name_plural': 'calls to join',
            },
        ),
        migrations.AddField(
            model_name='helpline',
            name='earlier_numbers',
            field=models.TextField(blank=True, editable=False),
        ),
        migrations.AddField(
            model_name='letter',
            name='story',
            field=models.UUIDField(blank=True, db_index=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name='publication',
            name='did_not_help',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='publication',
            name='has_teaser',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='publication',
            name='helped',
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name='publication',
            name='may_index',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='publication',
            name='review_by',
            field=models.DateField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name='publication',
            name='story',
            field=models.UUIDField(blank=True, db_index=True, null=True),
        ),
        migrations.AddField(
            model_name='topic',
            name='content_note',
            field=models.CharField(blank=True, help_text='Shown before a letter, for example: This letter speaks about an overdose.', max_length=200),
        ),
        migrations.CreateModel(
            name='Correction',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.CharField(max_length=600)),
                ('is_important', models.BooleanField(default=False)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('page', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='corrections', to='qa.publication')),
            ],
            options={
                'ordering': ['-at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='OldAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', models.CharField(max_length=400, unique=True)),
                ('page', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='old_addresses', to='qa.publication')),
            ],
        ),
        migrations.RunPython(set_review_days, migrations.RunPython.noop),
    ]
