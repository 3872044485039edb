"""Records of jobs that are done, removed after some days: they name people, and nobody needs them any more."""

from datetime import timedelta
from types import MappingProxyType

import structlog
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

log = structlog.get_logger(__name__)

# By the state of the record and the moment that counts. What failed is kept for somebody to look at. A record that
# still says that its job runs, so long after, is that of a process that was killed.
KEPT_FOR = MappingProxyType(
    {
        ("SUCCESSFUL", "finished_at"): timedelta(days=3),
        ("FAILED", "finished_at"): timedelta(days=14),
        ("RUNNING", "started_at"): timedelta(days=14),
    }
)
# So few at a time that nobody who writes has to wait for it.
BATCH = 500


def forget_old() -> None:
    """Remove the records of jobs of every kind that ended long enough ago; called every hour."""
    now, removed = timezone.now(), 0
    for (status, moment), kept_for in KEPT_FOR.items():
        old = DBTaskResult.objects.filter(**{"status": status, f"{moment}__lt": now - kept_for}).order_by()
        while some := list(old.values_list("pk", flat=True)[:BATCH]):
            DBTaskResult.objects.filter(pk__in=some).delete()
            removed += len(some)
    if removed:
        log.info("finished jobs forgotten", count=removed)
