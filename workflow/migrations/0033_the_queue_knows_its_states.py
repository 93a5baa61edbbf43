"""How many cases wait in each state is counted from the queue's index: SQLite walked every case there is for it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("workflow", "0032_room_for_three_roles")]

    operations = [
        migrations.RemoveIndex("case", "case_queue"),
        migrations.AddIndex(
            "case", models.Index(fields=["is_waiting", "tier", "submitted_at", "id", "state"], name="case_queue")
        ),
    ]
