import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


def settle_those_of_before(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """What was refused before there was a list of it: nobody has to go through years of it."""
    dispatches = apps.get_model("dispatch", "Dispatch").objects.filter(state="refused")
    settled = apps.get_model("dispatch", "Settled")
    settled.objects.bulk_create(
        settled(refusal_id=pk, by_id=agent) for pk, agent in dispatches.values_list("pk", "agent_id")
    )


class Migration(migrations.Migration):
    dependencies = [
        ("dispatch", "0015_withdrawal_confirmed_by_its_address"),
    ]

    operations = [
        migrations.AddField(
            model_name="settled",
            name="refusal",
            field=models.OneToOneField(
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="refusal_settled",
                to="dispatch.dispatch",
            ),
        ),
        migrations.RunPython(settle_those_of_before, migrations.RunPython.noop),
    ]
