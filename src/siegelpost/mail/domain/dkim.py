"""Signing mails (DKIM, RFC 6376) where the office's mail server does not: the key, its DNS record, the signature.

The key is made here and kept sealed. Nothing is signed before the record has been seen in the DNS: a signature that
nobody can check makes a mail look worse than none.
"""

import base64
from datetime import timedelta

import structlog
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from django.db import transaction
from django.utils import timezone

from siegelpost.mail.domain.records import Lookup, NoAnswerError, public_key_in, resolver
from siegelpost.mail.models import SigningKey
from siegelpost.settings import MAILS

log = structlog.get_logger(__name__)

# RFC 8301, 3.2: at least 1024, and verifiers take up to 4096; a longer one does not fit into many DNS forms.
_BITS = 2048
# What is signed where it is present; Message-ID and Date, so that nobody sends an old mail again as a new one.
_HEADERS = (
    *(b"From", b"To", b"Cc", b"Reply-To", b"Subject", b"Date", b"Message-ID", b"In-Reply-To", b"References"),
    *(b"Auto-Submitted", b"MIME-Version", b"Content-Type", b"Content-Transfer-Encoding", b"Content-Language"),
    *(b"List-Unsubscribe", b"List-Unsubscribe-Post"),
)
# And once more than they are there (RFC 6376, 8.15): nobody can put a second one on top, which programs would show. Not
# the others: Exchange adds a Content-Language on the way.
_ONCE_MORE = frozenset(_HEADERS) - {
    *(b"Auto-Submitted", b"Content-Language", b"List-Unsubscribe", b"List-Unsubscribe-Post"),
}
CHECK_AGAIN_AFTER = timedelta(hours=12)


def key_of(domain: str) -> SigningKey | None:
    """The newest key of this domain (in ASCII form), used or not."""
    return SigningKey.objects.filter(domain=domain).order_by("-pk").first()


@transaction.atomic
def make_key(domain: str) -> SigningKey:
    """A new key for this domain; it signs nothing until :func:`start` has found its record."""
    made = rsa.generate_private_key(public_exponent=65537, key_size=_BITS)
    private = made.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    public = made.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return SigningKey.objects.create(
        domain=domain,
        selector=f"sp{timezone.now():%y%m%d%H%M%S}",
        sealed_private=MAILS.seal(private),
        public=base64.b64encode(public).decode(),
    )


def is_published(key: SigningKey, lookup: Lookup | None = None) -> bool | None:
    """Whether the DNS has the key's record as it should be; None when the DNS does not answer."""
    try:
        records = (lookup or resolver())(key.record_name, "TXT")
    except NoAnswerError:
        return None
    # RFC 6376, 3.6.2.2: several records under one name leave open which counts.
    return [public_key_in(record) for record in records] == [key.public]


def start(key: SigningKey, lookup: Lookup | None = None) -> bool | None:
    """Sign with this key alone from now on, if its record is in the DNS.

    Asks the DNS, so no transaction is open.

    Returns:
        Whether the record is there; None when the DNS does not answer, and then nothing changes.
    """
    published = is_published(key, lookup)
    if published is not None:
        with transaction.atomic():
            if published:
                stop(key.domain)
            SigningKey.objects.filter(pk=key.pk).update(
                signing=published, checked_at=timezone.now(), published=published
            )
    return published


def stop(domain: str) -> None:
    """Sign no more for this domain; the keys stay, so that mails on their way can still be checked."""
    SigningKey.objects.filter(domain=domain).update(signing=False)


def check_again(lookup: Lookup | None = None) -> None:
    """Stop signing where the record is gone from the DNS; a DNS that does not answer changes nothing.

    Each key is looked for twice a day.
    """
    due = SigningKey.objects.filter(signing=True, checked_at__lt=timezone.now() - CHECK_AGAIN_AFTER)
    for key in due:
        published = is_published(key, lookup)
        if published is None:
            continue
        if not published:
            log.warning("signing_stopped", domain=key.domain, record=key.record_name)
        # Somebody may have stopped it while the DNS was asked.
        SigningKey.objects.filter(pk=key.pk, signing=True).update(
            signing=published, published=published, checked_at=timezone.now()
        )


def signed(mime: bytes, domain: str) -> bytes:
    """The mail with a signature on top where one is to be made for this sender's domain; else as it is."""
    key = SigningKey.objects.filter(domain=domain, signing=True).order_by("-pk").first()
    if key is None:
        return mime
    # Here, because it is large, and most processes never sign a mail.
    import dkim

    signature = dkim.sign(
        mime,
        key.selector.encode(),
        key.domain.encode(),
        MAILS.unseal(bytes(key.sealed_private)),
        canonicalize=(b"relaxed", b"relaxed"),
        include_headers=[name.lower() for name in _HEADERS for _ in range(_has(mime, name) + (name in _ONCE_MORE))],
    )
    return bytes(signature) + mime


def _has(mime: bytes, header: bytes) -> bool:
    head = b"\r\n" + mime.partition(b"\r\n\r\n")[0]
    return b"\r\n" + header.lower() + b":" in head.lower()
