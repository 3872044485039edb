"""Telling the administrators that a certificate will end, long before it does.

The authorities no longer send such mails. How long before is counted in shares of the lifetime: a certificate of 90
days is told of when 22 days are left, one of six days when 36 hours are. Those that renew themselves have by then been
due for a while, so a warning always means that something stands in the way.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from siegelpost.certificates import administrator_warning
from siegelpost.certificates.installed import open_store
from siegelpost.mail.outgoing import admin_notice
from siegelpost.mail.outgoing.compose import MailWords, mail_words
from siegelpost.office.current import the_office
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
        level = level_of(each.not_before, each.not_after, now)
        if level is not None and not each.self_signed:
            found.append(EndsSoon(each, level, each.not_after <= now, each.id in renewed, status))
    return found


def level_of(not_before: datetime, not_after: datetime, now: datetime) -> int | None:
    """How near the end of a certificate is, as a position in ``LEVELS``; None while there is time."""
    if not_after <= not_before:
        return len(LEVELS) - 1
    share = (not_after - now) / (not_after - not_before)
    return max((level for level, least in enumerate(LEVELS) if share <= least), default=None)


def warn(now: datetime | None = None) -> int:
    """Tell every administrator of a certificate that ends, once for each certificate and level.

    Returns:
        How many were told of something.
    """
    warnings = due(now)
    if not admin_notice.possible():
        return 0
    return sum(
        administrator_warning.warn(
            each.certificate.id, each.certificate.names, each.level, partial(_words, each), tag="certificate-ends"
        )
        for each in warnings
    )


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
