"""What visitors met: whose browsers refused the certificate, and telling the administrators."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial

from django.db import transaction

from siegelpost.certificates.installed import open_store
from siegelpost.certificates.models import Alarm
from siegelpost.mail.outgoing import admin_notice
from siegelpost.mail.outgoing.compose import MailWords, mail_words
from siegelpost.office.current import the_office
from siegelpost.settings import load
from siegelpost.tls.front import Refusal
from siegelpost.tls.front.journal import Journal

SHOWN_DAYS = 14


@dataclass(frozen=True, slots=True)
class Met:
    """One day (UTC): visitors whose browsers refused the certificate, by reason; ``noise`` are all others."""

    day: date
    visitors: int
    kinds: tuple[tuple[Refusal, int], ...]
    noise: int


def met(days: int = SHOWN_DAYS, *, today: date | None = None) -> list[Met]:
    """The last days, the latest first; today always, the others where something was refused."""
    today = today or datetime.now(UTC).date()
    found = [_day(today - timedelta(days=back)) for back in range(days)]
    return [each for each in found if each.day == today or each.visitors or each.noise]


def alarm(*, today: date | None = None) -> int:
    """Tell every administrator by mail, once a day at most, when visitors' browsers refuse the certificate.

    What was refused before the present one was put in is settled: whoever mended it must not hear of it.

    Returns:
        How many mails were queued.
    """
    met_today = _day(today or datetime.now(UTC).date(), since=_put_in())
    if not (met_today.visitors and admin_notice.possible()):
        return 0
    with transaction.atomic():
        _, fresh = Alarm.objects.get_or_create(day=met_today.day, defaults={"visitors": met_today.visitors})
        if not fresh:
            return 0
        return len(admin_notice.tell(partial(_words, met_today.visitors)))


def _put_in() -> datetime | None:
    """When what is served now was activated; None where nothing is."""
    with suppress(OSError):
        return datetime.fromtimestamp(open_store(load()).active_file.stat().st_mtime, UTC)
    return None


def _day(day: date, *, since: datetime | None = None) -> Met:
    found = Journal(open_store(load()).folder / "refusals").day(day, since=since)
    return Met(day, found.likely, tuple(found.kinds.most_common()), found.visitors - found.likely)


def _words(visitors: int, language: str) -> MailWords:
    url = f"{load().public_address}/certificate/"
    return mail_words("certificates/mail/refused", language, visitors=visitors, url=url, office=the_office())
