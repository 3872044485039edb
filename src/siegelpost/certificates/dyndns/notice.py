"""Telling the administrators that a record is not kept up to date."""

from functools import partial

from django.utils import translation

from siegelpost.certificates.dyndns.record import Fault
from siegelpost.certificates.dyndns.words import sentences
from siegelpost.mail.outgoing import admin_notice
from siegelpost.mail.outgoing.compose import MailWords, mail_words
from siegelpost.office.current import the_office
from siegelpost.settings import load


def tell(name: str, kind: str, fault: Fault, detail: str) -> bool:
    """Queue the letters, in the caller's transaction, which notes that they were told; false while nobody can be."""
    return admin_notice.possible() and bool(admin_notice.tell(partial(_words, name, kind, fault, detail)))


def _words(name: str, kind: str, fault: Fault, detail: str, language: str) -> MailWords:
    with translation.override(language):
        said = sentences(fault, name=name, kind=kind)
    return mail_words(
        "certificates/mail/dyndns",
        language,
        name=name,
        kind=kind,
        said=said,
        detail=detail,
        url=f"{load().public_address}/certificate/dyndns/",
        office=the_office(),
    )
