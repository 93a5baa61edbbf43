"""Roles count once they are confirmed; those that are there already were granted before this rule and count on."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


def confirm_what_is_there(apps, schema_editor):
    apps.get_model("accounts", "RoleGrant").objects.update(confirmed_at=models.F("granted_at"))


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_away")]
    operations = [
        migrations.AddField(
            model_name="rolegrant",
            name="confirmed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="rolegrant",
            name="confirmed_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddConstraint(
            model_name="rolegrant",
            constraint=models.CheckConstraint(
                condition=models.Q(confirmed_by__isnull=True)
                | (~models.Q(confirmed_by=models.F("user")) & models.Q(granted_by__isnull=True))
                | (~models.Q(confirmed_by=models.F("user")) & ~models.Q(confirmed_by=models.F("granted_by"))),
                name="role_takes_two_people",
            ),
        ),
        migrations.RunPython(confirm_what_is_there, migrations.RunPython.noop),
    ]
