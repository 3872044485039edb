"""Names as Firefox reads them: stricter than others in form, and looser in what it ignores."""

from siegelpost.doctor import der
from siegelpost.doctor.der import Reader
from siegelpost.doctor.x509 import names
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


def ipv4(text: bytes) -> bytes | None:
    """Four decimal numbers without leading zeros, as bytes."""
    numbers = text.split(b".")
    if len(numbers) != 4 or not all(part.isdigit() and len(part) <= 3 for part in numbers):
        return None
    if any(part != str(int(part)).encode() or int(part) > 255 for part in numbers):
        return None
    return bytes(int(part) for part in numbers)


def is_mailbox(text: bytes) -> bool:
    local, at, domain = text.partition(b"@")
    return bool(at) and all(atom and set(atom) <= _ATOM for atom in local.split(b".")) and is_dns_name(domain)
