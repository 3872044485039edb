"""Names as Firefox reads and constrains them. It is stricter than others in form, and looser in what it ignores."""

from dataclasses import dataclass

from siegelpost.doctor import der
from siegelpost.doctor.der import DerError, Reader
from siegelpost.doctor.x509 import names
from siegelpost.doctor.x509.certificate import COMMON_NAME, EMAIL_ADDRESS, attributes
from siegelpost.doctor.x509.constraints import address_within
from siegelpost.doctor.x509.names import Host

_LETTERS = frozenset(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_")
_DIGITS = frozenset(b"0123456789")
_ATOM = _LETTERS | _DIGITS | frozenset(b"!#$%&'*+-/=?^`{|}~")


def is_dns_name(name: bytes, *, wildcard: bool = False, reference: bool = False, base: bool = False) -> bool:
    """Whether it is a name in Firefox' eyes.

    ``wildcard`` allows a first label of ``*``; ``reference`` is for the address bar (may end in a dot, hyphens
    anywhere); ``base`` for a constraint (may be empty or begin with a dot).
    """
    if len(name) > 253:
        return False
    if base and not name:
        return True
    if starred := wildcard and name.startswith(b"*"):
        if not name.startswith(b"*."):
            return False
        labels = name[2:].split(b".")
    else:
        labels = name.split(b".")
        if base and len(labels) > 1 and not labels[0]:
            labels = labels[1:]
    if reference and len(labels) > 1 and not labels[-1]:
        labels = labels[:-1]
    if not all(_is_label(label, reference=reference) for label in labels):
        return False
    if set(labels[-1]) <= _DIGITS:
        return False
    return not starred or len(labels) >= 2


def _is_label(label: bytes, *, reference: bool) -> bool:
    if not 1 <= len(label) <= 63 or not set(label) <= _LETTERS | _DIGITS | {0x2D}:
        return False
    return reference or not (label.startswith(b"-") or label.endswith(b"-"))


def hostname_problem(alternative: bytes | None, host: Host, *, forgiving: bool) -> bool:
    """Whether the certificate is not this host's.

    One malformed name spoils all that follow it, unless ``forgiving`` (a root that was added locally).
    """
    if alternative is None:
        return True
    reader = Reader(der.only(alternative, der.SEQUENCE))
    wanted = host.text.encode()
    while not reader.at_end():
        tag, content, _whole = reader.element()
        kind = names.general_name_kind(tag)
        if host.address is not None:
            if kind == names.ADDRESS and content == host.address:
                return False
        elif kind == names.DNS:
            if not is_dns_name(content, wildcard=True):
                if forgiving:
                    continue
                return True
            if _presented_matches(content.lower(), wanted):
                return False
    return True


def _presented_matches(presented: bytes, wanted: bytes) -> bool:
    wanted = wanted.removesuffix(b".")
    if presented.startswith(b"*."):
        _label, dot, parent = wanted.partition(b".")
        return bool(dot) and parent == presented[2:]
    return presented == wanted


@dataclass(frozen=True, slots=True)
class Subject:
    """What of one certificate constraints are laid on."""

    name: bytes
    alternative: bytes | None
    server: bool


class OutOfBoundsError(Exception):
    """A name is not within the constraints."""


def check_constraints(constraints: bytes, subject: Subject) -> None:
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


def ipv4(text: bytes) -> bytes | None:
    """Four decimal numbers without leading zeros, as bytes."""
    numbers = text.split(b".")
    if len(numbers) != 4 or not all(part.isdigit() and len(part) <= 3 for part in numbers):
        return None
    if any(part != str(int(part)).encode() or int(part) > 255 for part in numbers):
        return None
    return bytes(int(part) for part in numbers)


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
            within = _within(kind, content, base, excluded=excluded)
            if excluded and within:
                raise OutOfBoundsError
            matched |= within
            mismatched |= not within
        if reader.at_end():
            break
    if not excluded and mismatched and not matched:
        raise OutOfBoundsError


def _within(kind: int, content: bytes, base: bytes, *, excluded: bool) -> bool:
    if kind == names.DNS:
        return _dns_within(content, base, excluded=excluded, wildcard=True, dotless=True)
    if kind == names.ADDRESS:
        if len(content) not in (4, 16) or len(base) not in (8, 32):
            raise DerError("address of an odd length")
        return address_within(content, base)
    if kind == names.DIRECTORY:
        return _directory_within(content, base, excluded=excluded)
    if kind == names.EMAIL:
        return _email_within(content, base, excluded=excluded)
    raise OutOfBoundsError


def _dns_within(name: bytes, base: bytes, *, excluded: bool, wildcard: bool, dotless: bool) -> bool:
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


def _email_within(mailbox: bytes, base: bytes, *, excluded: bool) -> bool:
    if not _is_mailbox(mailbox):
        raise DerError("no mail address")
    if b"@" in base:
        if not _is_mailbox(base):
            raise DerError("no mail address")
        return mailbox.lower() == base.lower()
    domain = mailbox.partition(b"@")[2]
    return _dns_within(domain, base, excluded=excluded, wildcard=False, dotless=False)


def _is_mailbox(text: bytes) -> bool:
    local, at, domain = text.partition(b"@")
    return bool(at) and all(atom and set(atom) <= _ATOM for atom in local.split(b".")) and is_dns_name(domain)


def _directory_within(name: bytes, base: bytes, *, excluded: bool) -> bool:
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
