"""Sessions that know whose they are; who is signed in stays signed in."""

from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import migrations, models
from django.utils import timezone


def move(apps: Any, schema_editor: Any) -> None:
    """Copied, not moved: the release before goes on reading its own table until it is stopped."""
    ours, theirs = apps.get_model("accounts", "Session"), apps.get_model("sessions", "Session")
    people = set(apps.get_model("accounts", "User").objects.values_list("pk", flat=True))
    rows = []
    for old in theirs.objects.filter(expire_date__gt=timezone.now()).iterator():
        person = int(SessionStore().decode(old.session_data).get("_auth_user_id", 0))
        if person in people:
            rows.append(ours(old.session_key, old.session_data, old.expire_date, person))
    ours.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_new_starts"), ("sessions", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Session",
            fields=[
                (
                    "session_key",
                    models.CharField(max_length=40, primary_key=True, serialize=False, verbose_name="session key"),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="sessions",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={"verbose_name": "session", "verbose_name_plural": "sessions", "abstract": False},
        ),
        migrations.RunPython(move, migrations.RunPython.noop),
    ]
