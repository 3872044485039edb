"""Name constraints (RFC 5280 §4.2.1.10) as Chromium weighs them. Firefox differs, and stands in ``firefox``."""

from siegelpost.doctor.der import DerError
from siegelpost.doctor.x509 import names
from siegelpost.doctor.x509.certificate import EMAIL_ADDRESS, attributes
from siegelpost.doctor.x509.extensions import Constraints, Reading

SUPPORTED = {names.EMAIL, names.DNS, names.DIRECTORY, names.ADDRESS}

# More comparisons than these are refused instead of made: 64 KiB of names times 64 KiB of constraints.
MOST_COMPARISONS = 1 << 20


def permits(constraints: Constraints, reading: Reading) -> bool:
    """Whether every name of the certificate is within the constraints."""
    subject = reading.certificate.subject
    if reading.alternative is None:
        return _permits_mailboxes(constraints, subject) and _permits_directory(constraints, subject)
    if len(reading.alternative) * (len(constraints.permitted) + len(constraints.excluded)) > MOST_COMPARISONS:
        return False
    if constraints.critical:
        constrained = {kind for kind, _base in (*constraints.permitted, *constraints.excluded)}
        if any(kind in constrained - SUPPORTED for kind, _content in reading.alternative):
            return False
    for kind, content in reading.alternative:
        if kind in SUPPORTED and not _permits_name(constraints, kind, content):
            return False
    return subject == b"\x30\x00" or _permits_directory(constraints, subject)


def _permits_name(constraints: Constraints, kind: int, content: bytes) -> bool:
    excluded = [base for each, base in constraints.excluded if each == kind]
    permitted = [base for each, base in constraints.permitted if each == kind]
    if kind == names.EMAIL and (excluded or permitted) and content.count(b"@") != 1:
        return False
    if any(_within(kind, content, base, excluding=True) for base in excluded):
        return False
    return not permitted or any(_within(kind, content, base, excluding=False) for base in permitted)


def _permits_mailboxes(constraints: Constraints, subject: bytes) -> bool:
    """Without alternative names, mail addresses in the subject are held to the constraints on such."""
    if all(kind != names.EMAIL for kind, _base in (*constraints.permitted, *constraints.excluded)):
        return True
    found = [content for rdn in attributes(subject) for kind, _tag, content in rdn if kind == EMAIL_ADDRESS]
    return all(_permits_name(constraints, names.EMAIL, content) for content in found)


def _permits_directory(constraints: Constraints, subject: bytes) -> bool:
    return _permits_name(constraints, names.DIRECTORY, subject)


def _within(kind: int, content: bytes, base: bytes, *, excluding: bool) -> bool:
    if kind == names.DNS:
        return _dns_within(content.lower(), base.lower(), excluding=excluding)
    if kind == names.ADDRESS:
        return address_within(content, base)
    if kind == names.EMAIL:
        return _email_within(content, base, excluding=excluding)
    return _directory_within(content, base)


def _dns_within(name: bytes, base: bytes, *, excluding: bool) -> bool:
    if not base:
        return True
    name, base = name.removesuffix(b"."), base.removesuffix(b".")
    if excluding and name.startswith(b"*."):
        _first, dot, parent = base.partition(b".")
        if dot and name[2:] == parent:
            return True
    if name == base:
        return True
    return name.endswith(b"." + base.removeprefix(b"."))


def address_within(address: bytes, base: bytes) -> bool:
    half = len(base) // 2
    if len(address) != half:
        return False
    return all((a ^ b) & mask == 0 for a, b, mask in zip(address, base[:half], base[half:], strict=True))


def _email_within(mailbox: bytes, base: bytes, *, excluding: bool) -> bool:
    local, _at, domain = mailbox.partition(b"@")
    base_local, at, base_domain = base.rpartition(b"@")
    if base.count(b"@") > 1 or not base_domain:
        return excluding
    domain, base_domain = domain.lower(), base_domain.lower()
    if at:
        return local == base_local and domain == base_domain
    return domain.endswith(base_domain) if base_domain.startswith(b".") else domain == base_domain


def _directory_within(name: bytes, base: bytes) -> bool:
    try:
        inner, outer = names.normalized(name), names.normalized(base)
    except DerError:
        return False
    return inner[: len(outer)] == outer
