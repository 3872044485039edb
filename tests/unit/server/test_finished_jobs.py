"""Records of finished jobs are not kept for ever, whatever the job was."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from siegelpost.mail.push import devices
from siegelpost.mail.tasks import deliver
from siegelpost.server import finished_jobs

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def a_job(kind: str, status: str, ago: timedelta) -> Any:
    made = devices.hand_over.enqueue(1, "{}", 1) if kind == "push" else deliver.enqueue(1)
    at = timezone.now() - ago
    moments = {"started_at": at, "finished_at": None if status == "RUNNING" else at} if status != "READY" else {}
    DBTaskResult.objects.filter(pk=made.id).update(status=status, enqueued_at=at, **moments)
    return DBTaskResult.objects.get(pk=made.id).pk


@pytest.mark.parametrize("kind", ["push", "mail"])
@pytest.mark.parametrize(
    ("status", "kept", "gone"),
    [("SUCCESSFUL", 2, 4), ("FAILED", 13, 15), ("RUNNING", 13, 15)],
)
def test_what_is_done_is_forgotten_after_some_days(kind: str, status: str, kept: int, gone: int) -> None:
    young = a_job(kind, status, kept * DAY)
    a_job(kind, status, gone * DAY)
    finished_jobs.forget_old()
    assert list(DBTaskResult.objects.values_list("pk", flat=True)) == [young]


def test_what_waits_is_never_forgotten() -> None:
    job = a_job("mail", "READY", 400 * DAY)
    finished_jobs.forget_old()
    assert DBTaskResult.objects.get().pk == job


def test_many_go_in_small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finished_jobs, "BATCH", 2)
    for _ in range(5):
        a_job("push", "SUCCESSFUL", 10 * DAY)
    finished_jobs.forget_old()
    assert not DBTaskResult.objects.exists()
