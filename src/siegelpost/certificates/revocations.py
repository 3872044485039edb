"""Asking once a day whether an authority took back what is served, or the authorities above it.

An administrator hears of it once for each certificate; an automatic one is renewed at once. What was said, and since
when an answer could not be had, stands on the page.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import structlog
from django.db import transaction

from siegelpost.certificates.administrator_warning import warn
from siegelpost.certificates.installed import house, open_store
from siegelpost.certificates.models import Ending, RevocationLook
from siegelpost.doctor.live import revocation_words as texts
from siegelpost.doctor.live.revocation import Fetch, Revocation, RevocationState, Why, ask, fetched
from siegelpost.doctor.x509.chain import as_certificates
from siegelpost.doctor.x509.trust import public_authorities
from siegelpost.mail.outgoing import admin_notice
from siegelpost.mail.outgoing.compose import MailWords, mail_words
from siegelpost.office.current import the_office
from siegelpost.settings import load
from siegelpost.tls.acme import renewal
from siegelpost.tls.acme.status import acme_status
from siegelpost.tls.store import Stored

log = structlog.get_logger(__name__)
_TAG = "certificate-revoked"


@dataclass(frozen=True, slots=True)
class TakenBack:
    """A certificate in use that is no longer good, by whose word, and whether it renews itself."""

    certificate: Stored
    answers: tuple[Revocation, ...]
    renewing: bool


def asked(now: datetime, fetch: Fetch | None = None) -> dict[Stored, list[Revocation]]:
    """What the lists say of all that is served; asks the network, so never inside a transaction."""
    settings = load()
    store, fetch = open_store(settings), fetch or fetched(settings.private_networks)
    roots = [*public_authorities().blobs, *house(settings).local_roots]
    answers = {
        each: ask(as_certificates(store.chain_pem(each.id)), fetch, roots=roots, at=now)
        for each in store.current()
        if not each.self_signed
    }
    for each, said in answers.items():
        log.info("revocation asked", certificate=each.id, states=[answer.state.value for answer in said])
    return answers


def taken_back(answers: Mapping[Stored, Sequence[Revocation]], now: datetime) -> list[TakenBack]:
    """What is served and was taken back."""
    renewed = {each.id for each in acme_status(open_store(load()), now).served}
    return [
        TakenBack(each, revoked, each.id in renewed)
        for each, said in answers.items()
        if (revoked := tuple(answer for answer in said if answer.state is RevocationState.REVOKED))
    ]


def look(now: datetime | None = None, fetch: Fetch | None = None) -> int:
    """Ask the authorities whether they took back what is served; warn of it once, and renew at once what renews itself.

    Returns:
        How many administrators were told of something.
    """
    now = now or datetime.now(UTC)
    answers = asked(now, fetch)
    _note(answers, now)
    taken = taken_back(answers, now)
    if ids := [each.certificate.id for each in taken if each.renewing]:
        renewal.renew_at_once(open_store(load()), ids, now)
    if not admin_notice.possible():
        return 0
    return sum(
        warn(each.certificate.id, each.certificate.names, Ending.REVOKED, partial(_words, each), tag=_TAG)
        for each in taken
    )


# The worst of a chain counts.
_WORST = (RevocationState.REVOKED, RevocationState.UNKNOWN, RevocationState.GOOD)


def _note(answers: Mapping[Stored, Sequence[Revocation]], now: datetime) -> None:
    """For the page. What is no longer served is forgotten."""
    before = {each.certificate: each.unknown_since for each in RevocationLook.objects.all()}
    looks = []
    for stored, said in answers.items():
        state = min((each.state for each in said), key=_WORST.index, default=RevocationState.UNKNOWN)
        since = (before.get(stored.id) or now) if state is RevocationState.UNKNOWN else None
        told = [each for each in said if each.state is state]
        pairs = [[texts.sentence(each, "de"), texts.sentence(each, "en")] for each in told]
        if any(each.why is Why.NOT_REACHED for each in told):
            pairs.append([texts.REACH.de, texts.REACH.en])
        looks.append(RevocationLook(stored.id, now, state.value, pairs, since))
    with transaction.atomic():
        RevocationLook.objects.all().delete()
        RevocationLook.objects.bulk_create(looks)


def _words(taken: TakenBack, language: str) -> MailWords:
    first = taken.answers[0]
    return mail_words(
        "certificates/mail/revoked",
        language,
        names=", ".join(taken.certificate.names),
        said=[texts.sentence(each, language) for each in taken.answers],
        effects=list(texts.effects(first, language).values()),
        renewing=taken.renewing,
        url=f"{load().public_address}/certificate/",
        office=the_office(),
    )
