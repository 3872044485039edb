"""Whether a certificate is issued to a server's name, as Chromium and Apple compare (RFC 6125)."""

from siegelpost.doctor.policy.cause import Cause
from siegelpost.doctor.x509 import names
from siegelpost.doctor.x509.names import Host
from siegelpost.toolbox.public_suffixes import suffixes

AltNames = tuple[tuple[int, bytes], ...]


def public_suffix(domain: str) -> str:
    """The part of a name below which anybody may register: ``com``, ``co.uk``, and every unknown top level."""
    return suffixes(only_icann=True).publicsuffix(domain) or ""


def matches(host: Host, alternative: AltNames | None) -> bool:
    """Whether one of the names in the certificate is this host's."""
    if alternative is None:
        return False
    if host.address is not None:
        return any(kind == names.ADDRESS and content == host.address for kind, content in alternative)
    reference = host.text.removesuffix(".")
    label, _dot, parent = reference.partition(".")
    if not label:
        return False
    wildcard_allowed = bool(parent) and not _is_digits(reference) and public_suffix(reference) != parent
    for kind, content in alternative:
        if kind != names.DNS or not content or b"\0" in content:
            continue
        presented = content.decode("latin-1").lower().removesuffix(".")
        first, _dot, rest = presented.partition(".")
        if rest != parent or len(presented) > len(reference):
            continue
        if first == label or (first == "*" and wildcard_allowed):
            return True
    return False


def _is_digits(name: str) -> bool:
    return set(name) <= set("0123456789.")


def mismatch(host: Host, alternative: AltNames | None) -> Cause:
    """Why ``matches`` said no, as precisely as can be told."""
    shown = [(kind, content) for kind, content in alternative or () if kind in (names.DNS, names.ADDRESS)]
    if not shown:
        return Cause.NO_NAMES
    if host.address is not None:
        as_text = {host.text.encode(), host.shown.encode("utf-8")}
        if any(kind == names.DNS and content in as_text for kind, content in shown):
            return Cause.ADDRESS_AS_NAME
        return Cause.WRONG_NAME
    _label, _dot, parent = host.text.removesuffix(".").partition(".")
    wide = f"*.{parent}".encode()
    if any(kind == names.DNS and content.lower().removesuffix(b".") == wide for kind, content in shown):
        return Cause.TOO_WIDE_WILDCARD
    return Cause.WRONG_NAME


def listed(alternative: AltNames | None, *, most: int = 20) -> tuple[str, ...]:
    """The names in the certificate, for people: bounded, printable."""
    found = []
    for kind, content in alternative or ():
        if kind == names.DNS:
            found.append("".join(c if c.isprintable() else "�" for c in content[:253].decode("latin-1")))
        elif kind == names.ADDRESS:
            found.append(names.address_text(content))
        if len(found) == most:
            break
    return tuple(found)
