"""The chain over the audit trail, and a database that refuses to change either, whoever asks.

SQLite drops a table's triggers when a later migration rebuilds the table: such a migration runs `guard` again.
"""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


SQLITE = """
CREATE TRIGGER {name}_{verb} BEFORE {verb} ON {table}
BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END;
"""
POSTGRES = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'restrict_violation'; END $$;
CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""
TABLES = {"event_is_final": "workflow_event", "seal_is_final": "workflow_seal"}


def guard(apps, schema_editor):
    for name, table in TABLES.items():
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(POSTGRES.format(name=name, table=table))
        else:
            for verb in ("UPDATE", "DELETE"):
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {name}_{verb.lower()}")
                schema_editor.execute(SQLITE.format(name=name, verb=verb.lower(), table=table))


def unguard(apps, schema_editor):
    for name, table in TABLES.items():
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP TRIGGER {name} ON {table}")
        else:
            for verb in ("update", "delete"):
                schema_editor.execute(f"DROP TRIGGER {name}_{verb}")


class Migration(migrations.Migration):

    dependencies = [
        ('workflow', '0011_readings'),
    ]

    operations = [
        migrations.CreateModel(
            name='Seal',
            fields=[
                ('position', models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ('hash', models.CharField(max_length=64)),
                ('at', models.DateTimeField(default=django.utils.timezone.now)),
                ('event', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='seal', to='workflow.event')),
            ],
            options={
                'ordering': ['position'],
            },
        ),
        migrations.RunPython(guard, unguard),
    ]
