"""Who holds all three roles could take no step on PostgreSQL: their names joined need 30 characters, and there were 20.

Only PostgreSQL holds to a length (and widens it without touching a row). On SQLite the table must not be made anew: that would
drop the triggers that keep the trail append-only.
"""

from django.db import migrations, models


def widen(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE workflow_event ALTER COLUMN actor_role TYPE varchar(40)")


class Migration(migrations.Migration):
    dependencies = [("workflow", "0031_nobody_decides_what_they_wrote")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[migrations.RunPython(widen, migrations.RunPython.noop)],
            state_operations=[
                migrations.AlterField("event", "actor_role", models.CharField(blank=True, max_length=40)),
            ],
        )
    ]
