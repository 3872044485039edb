"""Push messages that waited in the table of background jobs, before they had one of their own."""

import uuid
from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps.registry import Apps
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from tests.support.office import an_agent, an_office

from siegelpost.mail.push.models import PushDevice, PushMessage

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "0019_push_jobs_become_messages"
TABLE = "django_tasks_database_dbtaskresult"
AT_ONCE = "9999-01-01T00:00:00+00:00"


def migrate() -> None:
    """Do what the migration does, on the tables as they are."""
    state = MigrationLoader(connection).project_state(("mail", "0018_push_message"))
    migration = import_module(f"siegelpost.mail.migrations.{NAME}").Migration(NAME, "mail")
    with connection.schema_editor() as editor:
        migration.apply(state, editor)


@pytest.fixture
def jobs() -> Any:
    """The table as it was, with every column of it."""

    class Job(models.Model):
        id = models.UUIDField(primary_key=True, default=uuid.uuid4)
        status = models.CharField(max_length=10)
        enqueued_at = models.DateTimeField(default=timezone.now)
        started_at = models.DateTimeField(null=True)
        finished_at = models.DateTimeField(null=True)
        args_kwargs = models.JSONField()
        priority = models.IntegerField(default=0)
        task_path = models.TextField()
        worker_ids = models.JSONField(default=list)
        queue_name = models.CharField(default="default", max_length=32)
        backend_name = models.CharField(default="default", max_length=32)
        run_after = models.DateTimeField()
        return_value = models.JSONField(default=None, null=True)
        exception_class_path = models.TextField(default="")
        traceback = models.TextField(default="")

        class Meta:
            app_label, db_table, apps = "old", TABLE, Apps()

        def __str__(self) -> str:
            return self.task_path

    with connection.schema_editor() as editor:
        editor.create_model(Job)
    return Job


def test_what_waits_is_taken_over_and_the_table_goes(jobs: Any) -> None:
    an_office()
    device = PushDevice.objects.create(agent=an_agent(), endpoint="https://push.example/1", p256dh="p", auth="a")
    night = timezone.now() + timedelta(hours=3)
    push, hand_over = "siegelpost.mail.push.hand_over", "siegelpost.mail.push.devices.hand_over"

    def job(path: str, run_after: Any, *args: Any, status: str = "READY") -> None:
        given = {"args": list(args), "kwargs": {}}
        jobs.objects.create(task_path=path, status=status, args_kwargs=given, run_after=run_after)

    job(push, AT_ONCE, device.pk, '{"title": "ä"}', 1)
    job(hand_over, night, device.pk, "again", 3)
    job(hand_over, AT_ONCE, device.pk, "told", 1, status="SUCCESSFUL")
    job(hand_over, AT_ONCE, device.pk + 1, "of a device that is gone", 1)
    job("siegelpost.mail.tasks.deliver", AT_ONCE, 1)
    migrate()
    first, second = PushMessage.objects.order_by("attempt")
    assert (first.device, first.message, first.attempt) == (device, '{"title": "ä"}', 1)
    assert first.due_at <= timezone.now()
    assert (second.message, second.attempt, second.due_at) == ("again", 3, night)
    assert TABLE not in connection.introspection.table_names()


def test_an_office_that_never_had_it_misses_nothing() -> None:
    assert TABLE not in connection.introspection.table_names()
    migrate()
    assert not PushMessage.objects.exists()
