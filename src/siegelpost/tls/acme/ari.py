"""Renewal information (ARI, RFC 9773): the authority says when a certificate is to be renewed."""

import random
from datetime import UTC, datetime, timedelta

from cryptography import x509

from siegelpost.tls.acme.client import Client, told
from siegelpost.tls.acme.problems import AcmeError, Code
from siegelpost.tls.acme.state import Window
from siegelpost.toolbox.base64url import base64url
from siegelpost.toolbox.damages import X509_DAMAGES

# § 4.3.2: what a server asks for is kept within sane limits; § 4.3.3: after a failure six hours.
SOONEST = timedelta(minutes=1)
LATEST = timedelta(days=1)
AFTER_FAILURE = timedelta(hours=6)


def certificate_id(chain_pem: str) -> str:
    """§ 4.1: the authority key identifier and the serial number, each in base64url, joined by a dot.

    Empty where the certificate has no key identifier: then there is no renewal information about it.
    """
    leaf = x509.load_pem_x509_certificates(chain_pem.encode())[0]
    try:
        key_id = leaf.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
    except X509_DAMAGES:
        return ""
    serial = leaf.serial_number
    # As in DER: two's complement, so a leading bit that is set needs a byte of zeros before it.
    content = serial.to_bytes(serial.bit_length() // 8 + 1, "big", signed=True)
    return f"{base64url(key_id)}.{base64url(content)}" if key_id else ""


def ask(client: Client, id: str, known: Window | None, now: datetime) -> Window:
    """When this certificate is to be renewed.

    Args:
        id: see :func:`certificate_id`.
        known: what was said before: as long as the window stays the same, so does the chosen moment.

    Raises:
        AcmeError: the authority did not answer, or what it said makes no sense.
    """
    base = str(client.directory["renewalInfo"]).rstrip("/")
    with told(client.authority):
        response = client.net.get(f"{base}/{id}")
        content = response.json()
        window = content["suggestedWindow"]
        start, end = _moment(window["start"]), _moment(window["end"])
    if not start < end:
        raise AcmeError(Code.NONSENSE, authority=client.authority.directory, detail="a renewal window without length")
    again = now + min(max(_retry_after(response.headers.get("Retry-After", ""), now), SOONEST), LATEST)
    explanation = str(content.get("explanationURL") or "")
    if known and (known.start, known.end) == (start, end):
        return Window(start, end, known.chosen, again, explanation)
    chosen = start + random.random() * (end - start)  # noqa: S311 - only to spread the load
    return Window(start, end, chosen, again, explanation)


def _moment(text: str) -> datetime:
    """RFC 3339, always with a time zone."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("a moment without time zone")
    return found.astimezone(UTC)


def _retry_after(text: str, now: datetime) -> timedelta:
    from email.utils import parsedate_to_datetime

    if text.isdigit():
        return timedelta(seconds=min(int(text), 10**6))
    try:
        return parsedate_to_datetime(text).astimezone(UTC) - now
    except (ValueError, TypeError):
        return AFTER_FAILURE
