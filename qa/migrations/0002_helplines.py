"""Fills the registry of help lines on a new installation (qa/helplines.toml). Never touches lines that exist."""

import tomllib
from datetime import date, timedelta
from pathlib import Path

from django.db import migrations

SEED = Path(__file__).resolve().parent.parent / "helplines.toml"
VERIFIED = date(2026, 11, 1)


def fill(apps, schema_editor):
    HelpLine = apps.get_model("qa", "HelpLine")
    for line in tomllib.loads(SEED.read_text(encoding="utf-8"))["line"]:
        values = {**line, "sources": "\n".join(line["sources"])}
        key = values.pop("key")
        values |= {"verified_on": VERIFIED, "review_by": VERIFIED + timedelta(days=90)}
        HelpLine.objects.get_or_create(key=key, defaults=values)


class Migration(migrations.Migration):
    dependencies = [("qa", "0001_initial")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
