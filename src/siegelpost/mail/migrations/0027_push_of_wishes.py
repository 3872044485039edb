"""Who has chosen what to be told of could not choose wishes; nobody has said no to them."""

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def tell_of_wishes(apps: Apps, _editor: BaseDatabaseSchemaEditor) -> None:
    for wishes in apps.get_model("mail", "PushWishes").objects.all():
        if "wish" not in wishes.kinds:
            wishes.kinds = [*wishes.kinds, "wish"]
            wishes.save(update_fields=["kinds"])


class Migration(migrations.Migration):
    dependencies = [("mail", "0026_documents_released")]
    operations = [migrations.RunPython(tell_of_wishes, migrations.RunPython.noop)]
