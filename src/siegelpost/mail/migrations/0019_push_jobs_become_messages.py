"""One queue: push messages that waited in the table of background jobs become rows of their own, and it goes.

Mails lose nothing by it: a job only said again what ``state`` and ``next_attempt_at`` of the mail itself say.
"""

from typing import Any

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.utils import timezone

JOB = "OldJob"


def take_over(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Keep what waits, with its device, its text and the number of the attempt that comes next."""
    job, message = apps.get_model("mail", JOB), apps.get_model("mail", "PushMessage")
    if not _is_there(job, schema_editor):
        return
    devices = set(apps.get_model("mail", "PushDevice").objects.values_list("pk", flat=True))
    # The function stood in several modules in the course of time.
    waiting = job.objects.filter(status="READY", task_path__endswith=".hand_over")
    now = timezone.now()
    for args_kwargs, run_after in waiting.values_list("args_kwargs", "run_after"):
        device, text, attempt = args_kwargs["args"]
        if device in devices:
            # A job for at once had the year 9999.
            due_at = now if run_after.year == 9999 else run_after
            message.objects.create(device_id=device, message=text, attempt=attempt, due_at=due_at)


def drop(apps: Apps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Remove the table of jobs, and what says that it is made."""
    job = apps.get_model("mail", JOB)
    if _is_there(job, schema_editor):
        schema_editor.delete_model(job)
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'django_tasks_database'")


def _is_there(job: Any, schema_editor: BaseDatabaseSchemaEditor) -> bool:
    return job._meta.db_table in schema_editor.connection.introspection.table_names()


class Migration(migrations.Migration):
    dependencies = [("mail", "0018_push_message")]

    operations = [
        # Unmanaged: made and deleted for this migration's eyes only.
        migrations.CreateModel(
            JOB,
            [
                ("id", models.UUIDField(primary_key=True)),
                ("status", models.CharField(max_length=10)),
                ("task_path", models.TextField()),
                ("args_kwargs", models.JSONField()),
                ("run_after", models.DateTimeField()),
            ],
            options={"managed": False, "db_table": "django_tasks_database_dbtaskresult"},
        ),
        migrations.RunPython(take_over, migrations.RunPython.noop),
        migrations.RunPython(drop, migrations.RunPython.noop),
        migrations.DeleteModel(JOB),
    ]
