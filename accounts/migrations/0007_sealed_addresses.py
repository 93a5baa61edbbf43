"""Room for sealed addresses and their index. Nothing is sealed here, because the release before goes on reading meanwhile.

What is there is sealed by the new release once it serves (config/rotation.py). Backwards everything is opened again.
"""

from typing import Any

from django.db import migrations

from accounts.addresses import AddressIndexField, EncryptedEmailField
from accounts.master_keys import Sealed

BATCH = 500


def open_again(apps: Any, schema_editor: Any) -> None:
    people = apps.get_model("accounts", "User").objects.using(schema_editor.connection.alias).order_by("pk")
    last = 0
    while batch := list(people.filter(pk__gt=last, email_index__isnull=False).values_list("pk", "email")[:BATCH]):
        for pk, address in batch:
            people.filter(pk=pk).update(email=Sealed(address), email_index=None)
            last = pk


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_sessions")]

    operations = [
        migrations.RemoveConstraint(model_name="user", name="one_person_per_address"),
        migrations.AddField(
            model_name="user",
            name="email_index",
            field=AddressIndexField(editable=False, max_length=200, null=True, unique=True),
        ),
        migrations.AlterField(
            model_name="user",
            name="email",
            field=EncryptedEmailField(max_length=254, unique=True),
        ),
        migrations.RunPython(migrations.RunPython.noop, open_again),
    ]
