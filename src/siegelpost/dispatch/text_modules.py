"""Text modules: kept, taken away and brought back; which ones an agent may use, and with which a letter begins."""

import uuid

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from siegelpost.dispatch.text_module_models import ModulePurpose, TextModule
from siegelpost.office.models import Agent, Language


def listed(agent: Agent) -> QuerySet[TextModule]:
    """Those the agent may use: their own and the office's, by name."""
    return _of(agent).filter(removed_at=None)


def removed(agent: Agent) -> QuerySet[TextModule]:
    """Those that were taken away and can be brought back, the latest first."""
    return _of(agent).filter(removed_at__isnull=False).order_by("-removed_at")


def one(agent: Agent, public_id: uuid.UUID) -> TextModule:
    """The text module with this id, also one that was taken away.

    Raises:
        TextModule.DoesNotExist: there is none, or it is another agent's own.
    """
    return _of(agent).get(public_id=public_id)


def usable(agent: Agent, purpose: ModulePurpose) -> list[TextModule]:
    """What the agent can put into a letter, their own first."""
    return sorted(listed(agent).filter(purpose=purpose), key=lambda one: one.owner_id is None)


def default(agent: Agent, purpose: ModulePurpose, language: Language) -> TextModule | None:
    """With which a new letter begins: the agent's own default, or else the office's."""
    found = listed(agent).filter(purpose=purpose, language=language, is_default=True)
    return min(found, key=lambda one: one.owner_id is None, default=None)


@transaction.atomic
def save(module: TextModule) -> TextModule:
    """Keep a new or changed one; as a default it takes the place of the one before."""
    if module.is_default:
        _rivals(module).update(is_default=False)
    module.save()
    return module


@transaction.atomic
def remove(module: TextModule) -> TextModule:
    """Take it away: no letter can use it any more, and those that did stay as they are."""
    module.removed_at = timezone.now()
    module.save(update_fields=["removed_at"])
    return module


@transaction.atomic
def restore(module: TextModule) -> TextModule:
    """Bring it back; where another has become the default meanwhile, that one stays it."""
    module.removed_at = None
    module.is_default = module.is_default and not _rivals(module).exists()
    module.save(update_fields=["removed_at", "is_default"])
    return module


@transaction.atomic
def erase(module: TextModule) -> None:
    """Delete one that was taken away, for good."""
    module.delete()


def _of(agent: Agent) -> QuerySet[TextModule]:
    return TextModule.objects.filter(Q(owner=None) | Q(owner=agent)).select_related("owner")


def _rivals(module: TextModule) -> QuerySet[TextModule]:
    same = {"purpose": module.purpose, "language": module.language, "owner": module.owner}
    return TextModule.objects.filter(**same, is_default=True, removed_at=None).exclude(pk=module.pk)
