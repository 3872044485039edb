"""Telling the administrators that a certificate will end, long before it does.

The authorities no longer send such mails. How long before is counted in shares of the lifetime: a certificate of 90
days is told of when 22 days are left, one of six days when 36 hours are. Those that renew themselves have by then been
due for a while, so a warning always means that something stands in the way.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from django.db import transaction

from siegelpost.certificates.installed import open_store
from siegelpost.certificates.models import Ending
from siegelpost.mail.outgoing import admin_notice
from siegelpost.mail.outgoing.compose import MailWords, mail_words
from siegelpost.mail.push import outbox
from siegelpost.mail.push.models import PushKind
from siegelpost.office.current import the_office
from siegelpost.office.models import Agent
from siegelpost.settings import load
from siegelpost.tls.acme.status import AcmeStatus, acme_status
from siegelpost.tls.acme.words import problem_text, remedy_texts
from siegelpost.tls.store import Source, Stored

# Shares of the lifetime that are left; at each an administrator hears of it once.
LEVELS = (1 / 4, 1 / 6, 1 / 10, 1 / 20, 0.0)


@dataclass(frozen=True, slots=True)
class EndsSoon:
    """One certificate that will end, or has ended.

    Args:
        level: position in ``LEVELS``, the last for one that has ended.
        renewing: it was to renew itself; ``status`` says what stands in the way.
    """

    certificate: Stored
    level: int
    ended: bool
    renewing: bool
    status: AcmeStatus

    @property
    def waited_for(self) -> bool:
        """Whether the automatic certificate waits until this bought one has ended, or somebody decides."""
        return self.certificate.source is Source.IMPORTED and self.status.waits_until is not None


def due(now: datetime | None = None) -> list[EndsSoon]:
    """What there is to warn of, whether told already or not; ``now`` is aware."""
    now = now or datetime.now(UTC)
    store = open_store(load())
    status = acme_status(store, now)
    renewed = {each.id for each in status.served}
    found = []
    for each in store.current():
        share = (each.not_after - now) / (each.not_after - each.not_before)
        levels = [level for level, least in enumerate(LEVELS) if share <= least]
        if levels and not each.self_signed:
            found.append(EndsSoon(each, levels[-1], share <= 0, each.id in renewed, status))
    return found


def warn(now: datetime | None = None) -> int:
    """Tell every administrator of a certificate that ends, once for each certificate and level.

    Returns:
        How many were told of something.
    """
    warnings = due(now)
    if not admin_notice.possible():
        return 0
    told = 0
    for warning in warnings:
        with transaction.atomic():
            _, fresh = Ending.objects.get_or_create(certificate=warning.certificate.id, level=warning.level)
            if not fresh:
                continue
            for agent in admin_notice.tell(partial(_words, warning)):
                _push(agent, warning)
                told += 1
    return told


def _push(agent: Agent, warning: EndsSoon) -> None:
    title, names = _words(warning, agent.language).subject, ", ".join(warning.certificate.names)
    outbox.tell(agent, PushKind.CERTIFICATE, title=title, body=names, url="/certificate/", tag="certificate-ends")


def _words(warning: EndsSoon, language: str) -> MailWords:
    problem = warning.status.problem if warning.renewing else None
    return mail_words(
        "certificates/mail/ending",
        language,
        names=", ".join(warning.certificate.names),
        ends_at=warning.certificate.not_after,
        ended=warning.ended,
        renewing=warning.renewing,
        waited_for=warning.waited_for,
        problem=problem_text(problem, language) if problem else "",
        remedies=remedy_texts(problem, language) if problem else [],
        url=f"{load().public_address}/certificate/",
        office=the_office(),
    )
