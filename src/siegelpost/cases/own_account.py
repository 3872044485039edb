"""What people change about themselves, and what is left over of it."""

from django.db import transaction

from siegelpost.dispatch.evidence import retention
from siegelpost.office import agents
from siegelpost.office.models import Agent


@transaction.atomic
def save(agent: Agent, *, photo: bytes | None = None) -> Agent:
    """As :func:`siegelpost.office.agents.save_myself`; the file of an old photo goes, unless a dispatch shows it."""
    before = Agent.objects.select_for_update().get(pk=agent.pk).photo
    agents.save_myself(agent, photo=photo)
    retention.leave({before} - {agent.photo, ""})
    return agent
