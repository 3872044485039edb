"""Under which address this line is reached, from where the office wants it known; what is not reachable is none."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_network
from types import MappingProxyType

from siegelpost.certificates.dyndns.record import Fault, RecordType
from siegelpost.certificates.surroundings import machine, outside, router
from siegelpost.certificates.surroundings.outside import Outside
from siegelpost.certificates.surroundings.router import RouterSays
from siegelpost.settings import Settings
from siegelpost.toolbox.internet import Address, is_public

# RFC 6598, shared by a carrier's customers; RFC 6333 § 5.7, the inner end of a DS-Lite line.
_CARRIERS, _DS_LITE = ip_network("100.64.0.0/10"), ip_network("192.0.0.0/29")
_SAME_NETWORK = 64  # bits of an IPv6 address that name the network


class AddressSource(StrEnum):
    """Where an address is taken from; ``OFF`` leaves the record alone."""

    OFF = ""
    INTERFACE = "interface"
    ROUTER = "router"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Line:
    """What is known of the line; None where it was not asked, or not answered."""

    own: tuple[Address, ...] | None = None
    router: RouterSays | None = None
    outside: Outside | None = None


@dataclass(frozen=True, slots=True)
class Own:
    """The address for one record, or why there is none; several where this machine has several as good."""

    candidates: tuple[Address, ...] = ()
    fault: Fault | None = None

    def address(self, standing: Iterable[Address] = ()) -> Address | None:
        """One of them: the first of those that stand already where it is among them."""
        return next((each for each in standing if each in self.candidates), next(iter(self.candidates), None))


def look(settings: Settings, sources: Iterable[AddressSource]) -> Line:
    """Ask whoever is needed for these; never raises, takes 12 s at most."""
    asked = set(sources)
    way_out = machine.gateway()
    # Also where the address comes from outside: only the router can tell that it is a carrier's.
    ask_router = bool(asked & {AddressSource.ROUTER, AddressSource.OUTSIDE}) and way_out is not None
    return Line(
        own=machine.addresses(),
        router=router.ask(way_out) if ask_router and way_out else None,
        outside=outside.ask(settings, ports=()) if AddressSource.OUTSIDE in asked else None,
    )


def own(line: Line, kind: RecordType, source: AddressSource) -> Own:
    """The address that belongs into this record.

    A private or a carrier's address is never one, nor is one that nobody named.
    """
    return _WAYS[source, kind](line)


def _interface_4(line: Line) -> Own:
    return _public([each for each in line.own or () if isinstance(each, IPv4Address)])


def _interface_6(line: Line) -> Own:
    return _public([each for each in line.own or () if isinstance(each, IPv6Address)])


def _router_4(line: Line) -> Own:
    if line.router is None:
        return Own(fault=Fault.NO_ADDRESS)
    if line.router.address is None:
        return Own(fault=Fault.DS_LITE)
    return _public([line.router.address])


def _outside_4(line: Line) -> Own:
    """What the world sees, unless the line has no such address of its own: then it is the carrier's."""
    seen = line.outside.v4 if line.outside else None
    if seen is None:
        return Own(fault=Fault.NO_ADDRESS)
    if line.router and not (line.router.address and is_public(line.router.address)):
        return _router_4(line)
    if line.router and line.router.address != seen.address:
        return Own(fault=Fault.CARRIER_NAT)
    if any(each in _CARRIERS for each in line.own or ()):
        return Own(fault=Fault.CARRIER_NAT)
    return _public([seen.address])


def _outside_6(line: Line) -> Own:
    """The network that the world sees; in it this machine's lasting address, for it goes out by passing ones."""
    seen = line.outside.v6 if line.outside else None
    if seen is None:
        return Own(fault=Fault.NO_ADDRESS)
    lasting: list[Address] = [each for each in line.own or () if isinstance(each, IPv6Address) and is_public(each)]
    network = ip_network((int(seen.address) >> _SAME_NETWORK << _SAME_NETWORK, _SAME_NETWORK))
    inside = [each for each in lasting if each in network]
    return _public(inside or [seen.address])


def _public(found: list[Address]) -> Own:
    if reachable := tuple(each for each in found if is_public(each)):
        return Own(reachable)
    if any(each in _CARRIERS for each in found):
        return Own(fault=Fault.CARRIER_NAT)
    if any(each in _DS_LITE for each in found):
        return Own(fault=Fault.DS_LITE)
    return Own(fault=Fault.PRIVATE if found else Fault.NO_ADDRESS)


_WAYS: Mapping[tuple[AddressSource, RecordType], Callable[[Line], Own]] = MappingProxyType(
    {
        (AddressSource.INTERFACE, RecordType.A): _interface_4,
        (AddressSource.INTERFACE, RecordType.AAAA): _interface_6,
        (AddressSource.ROUTER, RecordType.A): _router_4,
        (AddressSource.OUTSIDE, RecordType.A): _outside_4,
        (AddressSource.OUTSIDE, RecordType.AAAA): _outside_6,
    }
)
