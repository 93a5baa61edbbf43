
import django.db.models.deletion
import django.utils.timezone
import qa.encryption
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('qa', '0007_readers'),
        ('workflow', '0006_desks'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name='consent',
            name='has_teaser',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='consent',
            name='may_index',
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('concern', models.CharField(choices=[('recognised', 'I recognize somebody in it, or it is about me'), ('unsafe', 'It could hurt somebody who follows it'), ('error', 'Something in it is wrong or out of date')], max_length=10)),
                ('words', qa.encryption.EncryptedTextField(blank=True)),
                ('reply_to', qa.encryption.EncryptedTextField(blank=True)),
                ('outcome', qa.encryption.EncryptedTextField(blank=True)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('closed_at', models.DateTimeField(blank=True, null=True)),
                ('closed_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
                ('page', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reports', to='qa.publication')),
            ],
            options={
                'ordering': ['at', 'id'],
                'indexes': [models.Index(condition=models.Q(('closed_at__isnull', True)), fields=['at'], name='report_open')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('closed_at__isnull', True), ('closed_by__isnull', True)), models.Q(('closed_at__isnull', False), ('closed_by__isnull', False)), _connector='OR'), name='report_closed_who_and_when')],
            },
        ),
    ]
