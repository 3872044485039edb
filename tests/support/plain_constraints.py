"""Name constraints compared pair by pair, each name with each constraint: slow, plain, and a judge of the quick form.

``firefox_check`` is written after mozilla::pkix (``pkixnames.cpp``), ``chromium_permits`` after BoringSSL
(``pki/name_constraints.cc``), which do it so themselves.
"""

from siegelpost.doctor import der
from siegelpost.doctor.browsers.firefox_constraints import OutOfBoundsError, Subject
from siegelpost.doctor.browsers.firefox_names import ipv4, is_dns_name, is_mailbox
from siegelpost.doctor.der import DerError, Reader
from siegelpost.doctor.x509 import names
from siegelpost.doctor.x509.certificate import COMMON_NAME, EMAIL_ADDRESS, attributes
from siegelpost.doctor.x509.extensions import Constraints

Names = tuple[tuple[int, bytes], ...]
SUPPORTED = {names.EMAIL, names.DNS, names.DIRECTORY, names.ADDRESS}


def firefox_check(constraints: bytes, subject: Subject) -> None:
    """Raises OutOfBoundsError when a name is outside, DerError when something cannot be read."""
    common_name_counts = subject.server
    if subject.alternative is not None:
        reader = Reader(der.only(subject.alternative, der.SEQUENCE))
        while not reader.at_end():
            tag, content, _whole = reader.element()
            kind = names.general_name_kind(tag)
            _conforms(constraints, kind, content)
            if kind in (names.DNS, names.ADDRESS):
                common_name_counts = False
    _conforms(constraints, names.DIRECTORY, subject.name)
    if subject.alternative is None or common_name_counts:
        _check_subject(constraints, subject, common_name_counts=common_name_counts)


def _check_subject(constraints: bytes, subject: Subject, *, common_name_counts: bool) -> None:
    outside = False
    for rdn in attributes(subject.name):
        for kind, tag, content in rdn:
            if kind == COMMON_NAME and common_name_counts:
                outside = not _common_name_conforms(constraints, tag, content)
            elif kind == EMAIL_ADDRESS and subject.alternative is None:
                if tag != der.IA5_STRING:
                    raise DerError("address of another string type")
                _conforms(constraints, names.EMAIL, content)
    if outside:
        raise OutOfBoundsError


def _common_name_conforms(constraints: bytes, tag: int, content: bytes) -> bool:
    if tag not in (der.PRINTABLE_STRING, der.UTF8_STRING, der.TELETEX_STRING):
        return True
    try:
        if is_dns_name(content, wildcard=True):
            _conforms(constraints, names.DNS, content)
        elif (address := ipv4(content)) is not None:
            _conforms(constraints, names.ADDRESS, address)
    except (OutOfBoundsError, DerError):
        return False
    return True


def _conforms(constraints: bytes, kind: int, content: bytes) -> None:
    reader = Reader(der.only(constraints, der.SEQUENCE))
    if reader.at_end():
        raise DerError("constraints on nothing")
    for tag in (0xA0, 0xA1):
        if reader.peek() == tag:
            _check_subtrees(Reader(reader.value(tag)), kind, content, excluded=tag == 0xA1)
    reader.finish()


def _check_subtrees(reader: Reader, kind: int, content: bytes, *, excluded: bool) -> None:
    matched = mismatched = False
    while True:
        subtree = Reader(reader.value(der.SEQUENCE))
        tag, base, _whole = subtree.element()
        base_kind = names.general_name_kind(tag)
        subtree.finish()
        if base_kind == kind:
            within = _firefox_within(kind, content, base, excluded=excluded)
            if excluded and within:
                raise OutOfBoundsError
            matched |= within
            mismatched |= not within
        if reader.at_end():
            break
    if not excluded and mismatched and not matched:
        raise OutOfBoundsError


def _firefox_within(kind: int, content: bytes, base: bytes, *, excluded: bool) -> bool:
    if kind == names.DNS:
        return _firefox_dns_within(content, base, excluded=excluded, wildcard=True, dotless=True)
    if kind == names.ADDRESS:
        if len(content) not in (4, 16) or len(base) not in (8, 32):
            raise DerError("address of an odd length")
        return _address_within(content, base)
    if kind == names.DIRECTORY:
        return _firefox_directory_within(content, base, excluded=excluded)
    if kind == names.EMAIL:
        return _firefox_email_within(content, base, excluded=excluded)
    raise OutOfBoundsError


def _firefox_dns_within(name: bytes, base: bytes, *, excluded: bool, wildcard: bool, dotless: bool) -> bool:
    if not is_dns_name(name, wildcard=wildcard) or not is_dns_name(base, base=True):
        raise DerError("no name")
    name, base = name.lower(), base.lower()
    if not base:
        return True
    if name == base:
        return True
    if len(name) > len(base):
        if base.startswith(b"."):
            return name.endswith(base)
        if dotless and name.endswith(b"." + base):
            return True
    if excluded and name.startswith(b"*."):
        _first, dot, parent = base.partition(b".")
        return bool(dot) and parent == name[2:]
    return False


def _firefox_email_within(mailbox: bytes, base: bytes, *, excluded: bool) -> bool:
    if not is_mailbox(mailbox):
        raise DerError("no mail address")
    if b"@" in base:
        if not is_mailbox(base):
            raise DerError("no mail address")
        return mailbox.lower() == base.lower()
    domain = mailbox.partition(b"@")[2]
    return _firefox_dns_within(domain, base, excluded=excluded, wildcard=False, dotless=False)


def _firefox_directory_within(name: bytes, base: bytes, *, excluded: bool) -> bool:
    inner, outer = attributes(name), attributes(base)
    if excluded:
        if inner or outer:
            raise OutOfBoundsError
        return True
    if len(outer) > len(inner):
        return False
    return all(
        len(mine) == len(theirs) and all(map(_same_attribute, mine, theirs))
        for mine, theirs in zip(inner, outer, strict=False)
    )


_EITHER_TEXT = {der.UTF8_STRING, der.PRINTABLE_STRING}


def _same_attribute(mine: tuple[bytes, int, bytes], theirs: tuple[bytes, int, bytes]) -> bool:
    if (mine[0], mine[2]) != (theirs[0], theirs[2]):
        return False
    return mine[1] == theirs[1] or {mine[1], theirs[1]} == _EITHER_TEXT


def chromium_permits(constraints: Constraints, subject: bytes, alternative: Names | None) -> bool:
    """Whether every name of the certificate is within the constraints."""
    if alternative is None:
        return _permits_mailboxes(constraints, subject) and _permits_directory(constraints, subject)
    if constraints.critical:
        constrained = {kind for kind, _base in (*constraints.permitted, *constraints.excluded)}
        if any(kind in constrained - SUPPORTED for kind, _content in alternative):
            return False
    for kind, content in alternative:
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
        return _address_within(content, base)
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


def _address_within(address: bytes, base: bytes) -> bool:
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
