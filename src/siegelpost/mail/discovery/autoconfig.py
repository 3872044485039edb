"""What a mail domain says of its servers in a file (Mozilla's form; draft-ietf-mailmaint-autoconfig).

Asked over HTTPS alone, at the domain's own two addresses, by the one rule for requests outside. The mail address is not
sent along; a file that needs it to answer is none for us.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from siegelpost.office.models import SmtpSecurity
from siegelpost.settings import load
from siegelpost.toolbox.deadline import Deadline
from siegelpost.toolbox.internet import HostError, read_host
from siegelpost.toolbox.outgoing import DestinationRefusedError, Purpose, client_context, destination, exchange

if TYPE_CHECKING:
    from lxml.etree import _Element

AUTOCONFIG = Purpose(("https",), 64 * 1024, 3.0)
URLS = (
    "https://autoconfig.{domain}/mail/config-v1.1.xml",
    "https://{domain}/.well-known/autoconfig/mail/config-v1.1.xml",
)
_GOOD = 200
_MOST_SERVERS = 20
_SECURITY = {"SSL": SmtpSecurity.TLS, "STARTTLS": SmtpSecurity.STARTTLS}
_BY_PASSWORD = {"password-cleartext", "plain", "secure", "password-encrypted"}


class NoSettingsError(ValueError):
    """The file names no server that could be used."""


@dataclass(frozen=True, slots=True)
class NamedServer:
    """A server as it was named; ``user`` is the user name, filled in."""

    host: str
    port: int
    security: SmtpSecurity
    user: str


@dataclass(frozen=True, slots=True)
class Config:
    """What was said; None where it was not."""

    url: str
    smtp: NamedServer | None
    imap: NamedServer | None


def ask(domain: str, address: str, deadline: Deadline) -> Config | None:
    """What the domain's file says; None where there is none, or none that can be used. Never raises.

    Args:
        domain: in ASCII form.
        address: stays here: it only fills the placeholders.
    """
    settings = load()
    for url in (each.format(domain=domain) for each in URLS):
        try:
            within = deadline.at_most(AUTOCONFIG.seconds)
            to = destination(url, AUTOCONFIG, private=settings.private_networks, deadline=within)
            reply = exchange(to, AUTOCONFIG, context=client_context(tuple(settings.trust_roots)), deadline=within)
            if reply.status == _GOOD:
                return read(reply.body, address, url)
        except (OSError, DestinationRefusedError, NoSettingsError):
            continue
    return None


def read(content: bytes, address: str, url: str = "") -> Config:
    """The servers that stand in this file.

    Raises:
        NoSettingsError: none does that is protected and could be used with a password.
    """
    import lxml.etree

    if b"<!" in content.replace(b"<!--", b""):  # no document type, so no entities
        raise NoSettingsError("a document type")
    parser = lxml.etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = lxml.etree.fromstring(content[: AUTOCONFIG.most_bytes], parser)
    except (lxml.etree.LxmlError, ValueError) as error:
        raise NoSettingsError("no XML") from error
    outgoing = _usable(root.iterfind(".//outgoingServer[@type='smtp']"), address, tuple(_SECURITY))
    incoming = _usable(root.iterfind(".//incomingServer[@type='imap']"), address, ("SSL",))
    if not (outgoing or incoming):
        raise NoSettingsError("no server")
    return Config(url, outgoing, incoming)


def _usable(elements: "Iterator[_Element]", address: str, protections: Sequence[str]) -> NamedServer | None:
    """The first that can be used, as the file prefers them."""
    for _number, element in zip(range(_MOST_SERVERS), elements, strict=False):
        security = _text(element, "socketType")
        ways = {(each.text or "").strip() for each in element.iterfind("authentication")}
        port = _text(element, "port")
        if security not in protections or (ways and not ways & _BY_PASSWORD):
            continue
        try:
            host = str(read_host(_filled(_text(element, "hostname"), address)))
        except (HostError, ValueError):
            continue
        if not (port.isascii() and port.isdigit() and len(port) <= 5 and 0 < int(port) < 65536) or "." not in host:
            continue
        user = _filled(_text(element, "username") or "%EMAILADDRESS%", address)
        return NamedServer(host, int(port), _SECURITY[security], user if user.isprintable() else address)
    return None


def _text(element: "_Element", name: str) -> str:
    return (element.findtext(name) or "").strip()[:255]


def _filled(text: str, address: str) -> str:
    local, _at, domain = address.rpartition("@")
    for name, value in (("ADDRESS", address), ("LOCALPART", local), ("DOMAIN", domain)):
        text = text.replace(f"%EMAIL{name}%", value)
    return text
