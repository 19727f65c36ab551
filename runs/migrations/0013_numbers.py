"""The number that a parameter or tag holds, in a column that an index finds it by."""

from typing import Any

from django.db import migrations, models

from studio.search import sql


def fill(apps: Any, schema_editor: Any) -> None:
    """One statement a table: a million rows take seconds."""
    number = sql.as_number("value", schema_editor.connection.vendor)
    for name in ("Param", "Tag"):
        table = schema_editor.quote_name(apps.get_model("runs", name)._meta.db_table)
        schema_editor.execute(f"UPDATE {table} SET number = {number} WHERE {number} IS NOT NULL")


class Migration(migrations.Migration):
    dependencies = [("runs", "0012_bulk_changes")]

    operations = [
        migrations.AddField("param", "number", models.FloatField(editable=False, null=True)),
        migrations.AddField("tag", "number", models.FloatField(editable=False, null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AddIndex(
            "param",
            models.Index(
                fields=["key", "number", "run"], name="param_number", condition=models.Q(number__isnull=False)
            ),
        ),
        migrations.AddIndex(
            "tag",
            models.Index(fields=["key", "number", "run"], name="tag_number", condition=models.Q(number__isnull=False)),
        ),
    ]
