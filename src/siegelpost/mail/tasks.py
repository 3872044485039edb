"""The mail room's background job."""

from datetime import datetime

from django_tasks import task

from siegelpost.mail.models import OutgoingMail

URGENT_PRIORITY = 50


@task()
def deliver(mail_id: int) -> None:
    """Hand this mail to the mail server, and what else is due while the connection stands."""
    # Delivery schedules the next attempt through this module.
    from siegelpost.mail.outgoing.delivery import deliver as hand_over

    hand_over(mail_id)


def schedule(mail: OutgoingMail, *, at: datetime | None = None) -> None:
    """Have the mail delivered by a background job, not before ``at``; within the caller's transaction."""
    deliver.using(run_after=at, priority=URGENT_PRIORITY if mail.urgent else 0).enqueue(mail.pk)
