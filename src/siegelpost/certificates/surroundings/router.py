"""Asking the router which address it has on the internet, by UPnP (Internet Gateway Device, WAN connection service).

Only the default gateway is asked, and only for that: nothing is changed on it. What it says is a stranger's word.
"""

import re
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_network
from types import MappingProxyType
from urllib.parse import urljoin, urlsplit

from siegelpost.toolbox.deadline import Deadline
from siegelpost.toolbox.outgoing import DestinationRefusedError, Purpose, destination, exchange

ROUTER = Purpose(("http",), 64 * 1024, 3.0)
SSDP_PORT = 1900
_MOST_SECONDS = 4.0
_SERVICES = ("WANIPConnection:1", "WANIPConnection:2", "WANPPPConnection:1")
_SEARCH = (
    'M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: "ssdp:discover"\r\nMX: 1\r\n'
    "ST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\n\r\n"
)
_LOCATION = re.compile(rb"^location:[ \t]*(\S{1,500})[ \t\r]*$", re.IGNORECASE | re.MULTILINE)
_SERVICE = re.compile(
    r"<serviceType>urn:schemas-upnp-org:service:([\w:]{1,40})</serviceType>"
    r"(?:(?!</service>).){0,600}?<controlURL>([^<]{1,300})</controlURL>",
    re.DOTALL,
)
_ADDRESS = re.compile(r"<NewExternalIPAddress>([0-9.]{0,15})</NewExternalIPAddress>")
_SOAP = (
    '<?xml version="1.0"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/" '
    's:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/"><s:Body>'
    '<u:GetExternalIPAddress xmlns:u="urn:schemas-upnp-org:service:{service}"/></s:Body></s:Envelope>'
)


@dataclass(frozen=True, slots=True)
class RouterSays:
    """``address`` is None where it said that it has none of IPv4 (0.0.0.0, or an empty word)."""

    address: IPv4Address | None


def ask(gateway: IPv4Address, port: int = SSDP_PORT) -> RouterSays | None:
    """What the router at this address says; None where it does not answer, or not to that. Takes 4 s at most."""
    deadline = Deadline(_MOST_SECONDS)
    try:
        location = _found(gateway, port, deadline)
        for service, control in _services(location, gateway, deadline):
            body = _SOAP.format(service=service).encode()
            headers = {
                "Content-Type": 'text/xml; charset="utf-8"',
                "SOAPAction": f'"urn:schemas-upnp-org:service:{service}#GetExternalIPAddress"',
            }
            said = _exchange(control, gateway, deadline, headers=headers, body=body)
            if found := _ADDRESS.search(said):
                address = IPv4Address(found[1]) if found[1] else None
                return RouterSays(address if address and not address.is_unspecified else None)
    except (OSError, ValueError, DestinationRefusedError):
        return None
    return None


def _found(gateway: IPv4Address, port: int, deadline: Deadline) -> str:
    """Where its description lies, asked of it alone and not of all in the house."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.sendto(_SEARCH.encode(), (str(gateway), port))
        while True:
            asking.settimeout(min(deadline.need(), 1.5))
            said, (sender, _) = asking.recvfrom(2048)
            location = _LOCATION.search(said)
            if sender == str(gateway) and location:
                return location[1].decode("ascii")


def _services(location: str, gateway: IPv4Address, deadline: Deadline) -> list[tuple[str, str]]:
    described = _exchange(location, gateway, deadline)
    return [(kind, urljoin(location, url)) for kind, url in _SERVICE.findall(described) if kind in _SERVICES]


def _exchange(
    url: str,
    gateway: IPv4Address,
    deadline: Deadline,
    headers: Mapping[str, str] = MappingProxyType({}),
    body: bytes | None = None,
) -> str:
    """At the gateway alone, whatever it names; with a body it is sent.

    Raises:
        DestinationRefusedError: another host is named. OSError: no answer.
    """
    if urlsplit(url).hostname != str(gateway):
        raise DestinationRefusedError("not the router")
    to = destination(url, ROUTER, private=[ip_network(f"{gateway}/32")], deadline=deadline)
    method, context = "GET" if body is None else "POST", ssl.create_default_context()
    reply = exchange(to, ROUTER, method=method, headers=headers, body=body, context=context, deadline=deadline)
    return reply.body.decode("utf-8", "replace")
