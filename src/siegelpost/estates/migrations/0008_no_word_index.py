"""Properties are searched without an index; what earlier versions kept beside the migrations goes."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def drop(_apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    index = "estates_estate_folded_words"
    if schema_editor.connection.vendor == "sqlite":
        for trigger in ("added", "gone", "changed"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {index}_{trigger}")
        schema_editor.execute(f"DROP TABLE IF EXISTS {index}")
    else:
        schema_editor.execute(f"DROP INDEX IF EXISTS {index}")


class Migration(migrations.Migration):
    dependencies = [("estates", "0007_owner_order")]
    # An earlier version makes its index anew by itself.
    operations = [migrations.RunPython(drop, migrations.RunPython.noop)]
