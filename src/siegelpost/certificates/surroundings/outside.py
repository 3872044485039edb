"""How this server is seen from outside: asked of one service that the office has named, and of nobody else.

The service (``docs/surroundings.md``; a partner runs it, ``tools/outside_service.py`` is one) is asked by GET once by
IPv4 and once by IPv6, and answers in JSON: from which address it was asked, and which ports of that very address it
could connect to: ``{"address": "198.51.100.7", "ports": {"443": true, "80": false}}``.
"""

import ipaddress
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from siegelpost.settings import Settings
from siegelpost.toolbox.deadline import Deadline, spawn
from siegelpost.toolbox.internet import Address
from siegelpost.toolbox.outgoing import DestinationRefusedError, Purpose, client_context, destination, exchange

OUTSIDE = Purpose(("https", "http"), 4096, 12.0)
_FAMILIES = (ipaddress.IPv4Address, ipaddress.IPv6Address)
_GOOD = 200


@dataclass(frozen=True, slots=True)
class Seen:
    """By one family: the address it was asked from, and for each port whether it is reached there."""

    address: Address
    ports: Mapping[int, bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outside:
    """None for a family by which nothing was to be learnt; ``asked`` is false where no service is named."""

    asked: bool = False
    v4: Seen | None = None
    v6: Seen | None = None

    def port(self, number: int) -> bool | None:
        """Whether this port is reached by any family; None where nobody could say."""
        known = [seen.ports[number] for seen in (self.v4, self.v6) if seen and number in seen.ports]
        return any(known) if known else None


def ask(settings: Settings, ports: tuple[int, ...] = (443, 80)) -> Outside:
    """What the service says; never raises."""
    if not settings.outside_service:
        return Outside()
    deadline = Deadline(OUTSIDE.seconds)
    asked = [spawn(_by, family, settings, ports, deadline) for family in _FAMILIES]
    said = []
    for each in asked:
        try:
            said.append(each.result(deadline.left() + 0.5))
        except (OSError, ValueError, TypeError, KeyError, AttributeError, DestinationRefusedError):
            said.append(None)
    return Outside(asked=True, v4=said[0], v6=said[1])


def _by(family: type[Address], settings: Settings, ports: tuple[int, ...], deadline: Deadline) -> Seen | None:
    assert settings.outside_service  # noqa: S101 - asked only then
    url = f"{settings.outside_service}?{urlencode({'ports': ','.join(map(str, ports))})}"
    to = destination(url, OUTSIDE, private=settings.private_networks, deadline=deadline)
    to = replace(to, addresses=tuple(each for each in to.addresses if isinstance(each, family)))
    if not to.addresses:
        return None
    reply = exchange(to, OUTSIDE, context=client_context(tuple(settings.trust_roots)), deadline=deadline)
    if reply.status != _GOOD:
        return None
    said = json.loads(reply.body)
    address = ipaddress.ip_address(said["address"])
    reached = {int(port): open_ for port, open_ in said.get("ports", {}).items() if isinstance(open_, bool)}
    return Seen(address, reached) if isinstance(address, family) else None
