"""What Chromium asks of the server's certificate in the handshake, before it weighs it: ``ssl_cert.cc`` of BoringSSL.

It walks to the key and to the key usages by itself, and looks at nothing else on the way.
"""

from siegelpost.doctor import der
from siegelpost.doctor.browsers.fault import Fault
from siegelpost.doctor.der import DerError, Reader
from siegelpost.doctor.policy import precedence
from siegelpost.doctor.policy.cause import Cause
from siegelpost.doctor.policy.precedence import Status
from siegelpost.doctor.x509 import certificate as parts
from siegelpost.doctor.x509 import keys
from siegelpost.doctor.x509.certificate import Certificate
from siegelpost.doctor.x509.extensions import DIGITAL_SIGNATURE, has_bit


def refusal(whole: bytes, certificate: Certificate | None = None) -> tuple[Status, Fault] | None:
    """Why the handshake ends here: the way cannot be walked, or the key may not sign. ``certificate`` is blamed."""
    try:
        usages = _usages(whole)
    except DerError:
        return precedence.PROTOCOL, Fault(Cause.MALFORMED if certificate is None else Cause.BAD_EXTENSION, certificate)
    if usages is None or has_bit(usages, DIGITAL_SIGNATURE):
        return None
    return precedence.KEY_USAGE, Fault(Cause.WRONG_KEY_USAGE, certificate)


def _usages(whole: bytes) -> bytes | None:
    """The bits of the first key usage extension; None when there is none. Raises DerError."""
    tbs = Reader(Reader(der.only(whole, der.SEQUENCE)).value(der.SEQUENCE))
    tbs.optional(0xA0)
    tbs.value(der.INTEGER)
    for _part in ("algorithm", "issuer", "validity", "subject"):
        tbs.value(der.SEQUENCE)
    key = tbs.whole(der.SEQUENCE)
    if keys.public_key(key).fault or keys.is_no_key(key) or keys.is_off_its_curve(key):
        raise DerError("key")
    tbs.optional(0x81)
    tbs.optional(0x82)
    field = tbs.optional(0xA3)
    if field is None:
        return None
    extensions = Reader(Reader(field).value(der.SEQUENCE))
    while not extensions.at_end():
        one = Reader(extensions.value(der.SEQUENCE))
        oid = one.value(der.OID)
        one.optional(der.BOOLEAN)
        value = one.value(der.OCTET_STRING)
        one.finish()
        if oid == parts.KEY_USAGE:
            return der.bit_string(der.only(value, der.BIT_STRING))[0]
    return None
