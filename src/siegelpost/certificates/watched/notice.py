"""Telling administrators of a watched host: once for each stage, and when it is well again."""

from datetime import datetime, timedelta
from functools import partial

from siegelpost.certificates import administrator_warning
from siegelpost.certificates.expiry_notice import LEVELS, level_of
from siegelpost.certificates.models import WatchedHost
from siegelpost.certificates.watched.look import WatchState
from siegelpost.certificates.watched.services import SERVICES, Service
from siegelpost.mail.outgoing import admin_notice
from siegelpost.mail.outgoing.compose import MailWords, mail_words
from siegelpost.office.current import the_office
from siegelpost.settings import load
from siegelpost.toolbox.words import Words

WELL, BAD, UNSEEN = "", "bad", "unseen"
UNSEEN_AFTER = timedelta(days=3)
PAGE = "/certificate/watched/"


def stage(host: WatchedHost, now: datetime) -> str:
    """What there is to tell of: ``bad``, ``unseen``, how near the end is (a position in ``LEVELS``), or nothing."""
    if host.state == WatchState.BAD.value:
        return BAD
    level = level_of(host.begins, host.ends, now) if host.begins and host.ends else None
    if level is not None:
        return str(level)
    if host.state == WatchState.UNKNOWN.value:
        silent = host.unseen_since is not None and now - host.unseen_since >= UNSEEN_AFTER
        return UNSEEN if silent else host.told
    return WELL


def tell(host: WatchedHost, now: datetime) -> int:
    """Tell of a stage that is new, in the caller's transaction; gives how many people were told.

    Without a mail server nobody is told, and the next look tries again.
    """
    new = stage(host, now)
    if new == host.told or not admin_notice.possible():
        return 0
    farther = new.isdigit() and host.told.isdigit() and int(new) < int(host.told)
    host.told = new
    host.save(update_fields=["told"])
    if farther:
        return 0
    words = partial(_words, host, new, now)
    return administrator_warning.tell(words, body=host.host, url=PAGE, tag=f"watched-{host.public_id}")


def _words(host: WatchedHost, stage: str, now: datetime, language: str) -> MailWords:
    return mail_words(
        "certificates/mail/watched",
        language,
        host=host.host,
        service=SERVICES[Service(host.service)].words[language],
        well=stage == WELL,
        bad=stage == BAD,
        unseen=stage == UNSEEN,
        ended=stage == str(len(LEVELS) - 1),
        ends_at=host.ends,
        unseen_since=host.unseen_since,
        remarks=[Words(*each)[language] for each in host.remarks],
        url=f"{load().public_address}{PAGE}",
        office=the_office(),
    )
