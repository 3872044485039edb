"""Writing down what was done, and coming back to it on the day one wanted to."""

import uuid
from datetime import date

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from siegelpost.contacts.diary_models import Activity
from siegelpost.contacts.models import Contact
from siegelpost.office.models import Agent


@transaction.atomic
def save(activity: Activity) -> Activity:
    """Keep a new or changed activity; another day to come back on opens it again."""
    if activity.pk:
        before = Activity.objects.get(pk=activity.pk)
        if before.follow_up_on != activity.follow_up_on:
            activity.follow_up_done_at = None
    activity.save()
    return activity


@transaction.atomic
def remove(activity: Activity) -> None:
    """Delete an activity; it stands in no proof."""
    activity.delete()


@transaction.atomic
def tick_off(activity: Activity, *, done: bool) -> Activity:
    """Say that one has come back to it, or take that back."""
    activity.follow_up_done_at = timezone.now() if done else None
    activity.save(update_fields=["follow_up_done_at"])
    return activity


@transaction.atomic
def put_off(activity: Activity, until: date) -> Activity:
    """Come back to it on that day."""
    activity.follow_up_on = until
    activity.follow_up_done_at = None
    activity.save(update_fields=["follow_up_on", "follow_up_done_at"])
    return activity


def one(public_id: uuid.UUID) -> Activity:
    """The activity with this public id.

    Raises:
        Activity.DoesNotExist: there is none.
    """
    return listed().get(public_id=public_id)


def listed() -> QuerySet[Activity]:
    """All activities with whom and what they name, the latest first."""
    return Activity.objects.select_related("contact", "agent", "estate").defer(*_NOT_SHOWN)


def to_follow_up(agent: Agent, until: date) -> QuerySet[Activity]:
    """What the agent wanted to come back to by that day and has not, the longest waiting first."""
    due = listed().filter(agent=agent, follow_up_on__lte=until, follow_up_done_at__isnull=True)
    return due.order_by("follow_up_on", "pk")


def open_with(contact: Contact) -> QuerySet[Activity]:
    """What somebody here wanted to come back to with a contact and has not, the earliest first."""
    return listed().filter(contact=contact, follow_up_on__isnull=False, follow_up_done_at=None).order_by("follow_up_on")


# Long texts of whom and what a line only names.
_NOT_SHOWN = (
    *("contact__folded", "contact__note", "estate__description", "estate__location_text", "estate__equipment_text"),
    *("estate__other_text", "estate__teaser", "estate__folded"),
)
