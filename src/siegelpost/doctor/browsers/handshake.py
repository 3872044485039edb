"""What ends a connection before the certificate is weighed: nobody can sign with a key the browser does not offer."""

from collections.abc import Sequence

from siegelpost.doctor.browsers.fault import Fault
from siegelpost.doctor.case import Case
from siegelpost.doctor.der import DerError
from siegelpost.doctor.policy import Browser, newest
from siegelpost.doctor.policy.cause import Cause
from siegelpost.doctor.policy.cryptography import CURVES, HANDSHAKE_RSA_BITS
from siegelpost.doctor.x509 import keys
from siegelpost.doctor.x509.keys import KeyKind

# BoringSSL, SSL_MAX_CERT_LIST_DEFAULT; NSS, MAX_HANDSHAKE_MSG_LEN. Apple has published nothing.
LARGEST = {Browser.CHROMIUM: 102_400, Browser.FIREFOX: 131_071}


def size_fault(case: Case, browser: Browser) -> Fault | None:
    """Whether the server sends more than the browser reads."""
    most = LARGEST.get(browser)
    if most is None or case.size <= most:
        return None
    return Fault(Cause.TOO_LARGE, case.leaf, {"size": case.size, "most": most})


def size_of(certificates: Sequence[bytes]) -> int:
    """How long the server's message of certificates is, in bytes."""
    return 4 + sum(len(each) + 5 for each in certificates)


def key_fault(case: Case, browser: Browser) -> Fault | None:
    """Whether a server with this key and this browser have a kind of signature in common."""
    try:
        key = keys.public_key(case.leaf.key_info)
        if keys.is_no_key(case.leaf.key_info):
            return None
    except DerError:
        return None
    if key.kind is KeyKind.RSA:
        offered = key.bits >= HANDSHAKE_RSA_BITS
    elif key.kind is KeyKind.EC:
        curves = newest(CURVES, browser, public=False, at=case.at)
        offered = curves is not None and key.curve in curves.for_server
    else:
        offered = False
    return None if offered else Fault(Cause.KEY_NOT_OFFERED, case.leaf, {"key": key.name})


def nobodys_key(case: Case) -> Fault | None:
    """Whether the browser finds no key in what the server signs by."""
    try:
        key = keys.public_key(case.leaf.key_info)
        found = not keys.is_no_key(case.leaf.key_info)
    except DerError:
        return None
    return None if found else Fault(Cause.UNUSABLE_KEY, case.leaf, {"key": key.name})


def signing_fault(case: Case) -> Fault | None:
    """Whether what the server signs in the handshake cannot hold, since its key is none."""
    try:
        key = keys.public_key(case.leaf.key_info)
        off = keys.is_off_its_curve(case.leaf.key_info)
    except DerError:
        return None
    return Fault(Cause.UNUSABLE_KEY, case.leaf, {"key": key.name}) if off else None
