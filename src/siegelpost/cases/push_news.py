"""What recipients do, told to the agent's phone: read from the sealed log, so that nothing else has to think of it.

The log's order is fixed when it is sealed; a position in it therefore never skips an event of a transaction that
took longer. The position and the messages' jobs are kept in one transaction.
"""

import json
from datetime import datetime, timedelta
from types import MappingProxyType

from django.db import transaction
from django.db.models import Max
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from siegelpost.contacts import activities
from siegelpost.dispatch.models import Dispatch
from siegelpost.dispatch.recipient import acts
from siegelpost.dispatch.send import guard
from siegelpost.ledger.events import EventKind as E
from siegelpost.ledger.models import Event
from siegelpost.mail.push import outbox
from siegelpost.mail.push.models import PushDevice, PushKind, PushPosition, PushWishes
from siegelpost.mail.push.wishes import follow_ups_are_due, wishes_of
from siegelpost.office.models import Agent, Role

BATCH = 200
CERTIFICATE_EVERY = timedelta(hours=24)
# How many follow-ups are told of by name.
MOST_NAMED = 3

KINDS = MappingProxyType(
    {
        E.NOTIFICATION_ACCESS_TRACKING: PushKind.OPENED,
        E.DECLARATION_MADE: PushKind.CONFIRMED,
        E.CONSIGNMENT_ACCEPTANCE: PushKind.CONFIRMED,
        E.CONSIGNMENT_REJECTION: PushKind.REFUSED,
        E.INTEREST_STATED: PushKind.WISH,
        E.RELAY_TO_NON_ERDS_FAILURE: PushKind.BOUNCED,
        E.NOTIFICATION_FOR_ACCEPTANCE_FAILURE: PushKind.BOUNCED,
        E.WITHDRAWAL_DECLARED: PushKind.WITHDRAWN,
        E.DISPATCH_HELD: PushKind.HELD,
    }
)
# What no recipient did; the words of their acts are those of everywhere (:data:`acts.WORDS`).
TITLES: MappingProxyType[PushKind, Promise] = MappingProxyType(
    {
        PushKind.OPENED: gettext_lazy("%(name)s: Link geöffnet"),
        PushKind.BOUNCED: gettext_lazy("Die Mail an %(name)s kam nicht an"),
        PushKind.HELD: gettext_lazy("Die Sendung an %(name)s ist zurückgestellt"),
    }
)


def round_() -> None:
    """Tell phones of what was sealed since the last look."""
    newest = Event.objects.aggregate(newest=Max("leaf_index"))["newest"]
    position = PushPosition.objects.first()
    if position is None:
        # Nobody is told of what happened before there was anybody to tell.
        PushPosition.objects.create(pk=1, leaf_index=-1 if newest is None else newest)
        return
    if newest is None or newest <= position.leaf_index:
        return
    if not PushDevice.objects.exists():
        PushPosition.objects.update(leaf_index=newest)
        return
    with transaction.atomic():
        position = PushPosition.objects.select_for_update().get(pk=position.pk)
        events = Event.objects.filter(leaf_index__gt=position.leaf_index).order_by("leaf_index")[:BATCH]
        for event in events:
            _tell(event)
            position.leaf_index = event.leaf_index or position.leaf_index
        position.save(update_fields=["leaf_index"])


def certificate_round() -> None:
    """Tell those who see to certificates, once a day, that browsers would warn."""
    if not PushDevice.objects.exists() or guard.verdict().ok is not False:
        return
    now = timezone.now()
    with transaction.atomic():
        position = PushPosition.objects.select_for_update().first()
        if position is None or (
            position.certificate_told_at and now - position.certificate_told_at < CERTIFICATE_EVERY
        ):
            return
        position.certificate_told_at = now
        position.save(update_fields=["certificate_told_at"])
        for agent in Agent.objects.exclude(role=Role.AGENT):
            with translation.override(agent.language):
                outbox.tell(
                    agent,
                    PushKind.CERTIFICATE,
                    title=_("Das Zertifikat braucht Sie"),
                    body=_("Empfänger sähen eine Warnung. Sendungen werden zurückgestellt."),
                    url="/certificate/",
                    tag="certificate",
                )


def follow_up_round() -> None:
    """Tell everybody once a day, at their hour, what they wanted to come back to by then."""
    now = timezone.now()
    for agent in Agent.objects.filter(push_devices__isnull=False).exclude(role=Role.PARTNER).distinct():
        if follow_ups_are_due(wishes_of(agent), now):
            _tell_of_follow_ups(agent, now)


@transaction.atomic
def _tell_of_follow_ups(agent: Agent, now: datetime) -> None:
    PushWishes.objects.get_or_create(agent=agent)
    wishes = PushWishes.objects.select_for_update().get(agent=agent)
    if not follow_ups_are_due(wishes, now):
        return
    today = timezone.localdate(now)
    wishes.follow_ups_told_on = today
    wishes.save(update_fields=["follow_ups_told_on"])
    due = activities.to_follow_up(agent, today)
    count = due.count()
    if not count:
        return
    named = [str(each.contact or each.estate or each.text[:60]) for each in due[:MOST_NAMED]]
    with translation.override(agent.language):
        title = ngettext("%(count)d Wiedervorlage für heute", "%(count)d Wiedervorlagen für heute", count)
        outbox.tell(
            agent,
            PushKind.FOLLOW_UP,
            title=title % {"count": count},
            body=", ".join(named) + (" …" if count > len(named) else ""),
            url="/",
            tag="follow-ups",
            hour_was_chosen=True,
        )


def _tell(event: Event) -> None:
    act = acts.of_event(event)
    kind = PushKind.REFUSED if act is acts.RecipientAct.NO_INTEREST else KINDS.get(E(event.kind))
    if kind is None or (kind is PushKind.WISH and act is None) or _is_no_news(event, kind):
        return
    dispatch = Dispatch.objects.select_related("agent", "contact").filter(public_id=event.subject).first()
    if dispatch is None:
        return
    with translation.override(dispatch.agent.language):
        outbox.tell(
            dispatch.agent,
            kind,
            title=(f"%(name)s {acts.WORDS[act].after_name}" if act else str(TITLES[kind])) % {"name": dispatch.contact},
            body=dispatch.subject,
            url=f"/dispatches/{dispatch.public_id}/",
            tag=f"{kind.value}-{dispatch.public_id}",
        )


def _is_no_news(event: Event, kind: PushKind) -> bool:
    """A machine's look is none, and the second opening or declaration of a dispatch is none."""
    if kind is PushKind.OPENED and json.loads(bytes(event.leaf))["data"].get("machine"):
        return True
    if kind not in {PushKind.OPENED, PushKind.CONFIRMED}:
        return False
    before = Event.objects.filter(subject=event.subject, kind=event.kind, leaf_index__lt=event.leaf_index)
    if kind is PushKind.CONFIRMED:
        return before.exists()
    return any(not json.loads(bytes(each.leaf))["data"].get("machine") for each in before)
