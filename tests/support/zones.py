"""Several name servers of one zone, each with an address of its own on loopback and a fault of its own."""

import errno
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.resolver
import dns.rrset
import dns.update

DEAD = "dead"  # nobody listens, and nobody says so
LAME = "lame"  # it knows nothing of the zone
FORWARDS = "forwards"  # a referral without authority
OLD = "old"  # it never hears of a change
NO_UDP = "no udp"  # UDP is swallowed on the way
_SOA = "ns1.{zone}. hostmaster.{zone}. 1 3600 600 86400 60"


@dataclass
class View:
    """One name server: its addresses (those that are not of loopback are only named), and what is wrong with it."""

    name: str
    addresses: Sequence[str]
    fault: str = ""
    asked: list[str] = field(default_factory=list)


@dataclass
class Zone:
    """What the tests look at and turn. ``extra`` are further records: (name, type) -> text; ``*`` works."""

    name: str
    port: int
    views: Sequence[View]
    extra: dict[tuple[str, str], str] = field(default_factory=dict)
    texts: dict[str, set[str]] = field(default_factory=dict)
    # Zones that may be written to; everything else is refused, as by a provider that does not know it.
    writable: tuple[str, ...] = ()
    arrived: Callable[[], bool] = lambda: True
    guard: threading.Lock = field(default_factory=threading.Lock)

    @property
    def resolver(self) -> dns.resolver.Resolver:
        """As this machine's: it knows everything, by the zone's own port."""
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], self.port
        resolver.timeout, resolver.lifetime, resolver.cache = 1.0, 2.0, None
        return resolver

    @property
    def server(self) -> str:
        """Where changes are sent to."""
        return f"127.0.0.1:{self.port}"


@contextmanager
def name_servers(name: str, *views: View, **turned: Any) -> Iterator[Zone]:
    """Serve the zone at every loopback address of its views, and as a resolver at 127.0.0.1, all on one port."""
    addresses = ["127.0.0.1", *(each for view in views for each in view.addresses if each.startswith("127."))]
    done, port = threading.Event(), 0
    with ExitStack() as stack:
        sockets = _sockets(addresses, stack)
        port = sockets[0][0].getsockname()[1]
        zone = Zone(name, port, views, **turned)
        threads = []
        for address, (udp, tcp) in zip(addresses, sockets, strict=True):
            view = next((each for each in views if address in each.addresses), View("resolver", ()))
            for listening, serve in ((udp, _udp), (tcp, _tcp)):
                threads.append(threading.Thread(target=serve, args=(listening, zone, view, done), daemon=True))
        for thread in threads:
            thread.start()
        try:
            yield zone
        finally:
            done.set()
            for thread in threads:
                thread.join()


def _sockets(addresses: Sequence[str], stack: ExitStack) -> list[tuple[socket.socket, socket.socket]]:
    """UDP and TCP, at each address, all with the same number."""
    for _ in range(50):
        with ExitStack() as trying:
            found: list[tuple[socket.socket, socket.socket]] = []
            port = 0
            with suppress(OSError):
                for address in addresses:
                    tcp = trying.enter_context(socket.create_server((address, port)))
                    port = tcp.getsockname()[1]
                    udp = trying.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
                    udp.bind((address, port))
                    for each in (udp, tcp):
                        each.settimeout(0.05)
                    found.append((udp, tcp))
            if len(found) == len(addresses):
                stack.push(trying.pop_all())
                return found
    raise OSError(errno.EADDRINUSE, "no port is free at every address")


def _udp(listening: socket.socket, zone: Zone, view: View, done: threading.Event) -> None:
    while not done.is_set():
        with suppress(TimeoutError):
            data, client = listening.recvfrom(65_535)
            if view.fault not in (DEAD, NO_UDP) and (said := answer(data, zone, view)):
                listening.sendto(said, client)


def _tcp(listening: socket.socket, zone: Zone, view: View, done: threading.Event) -> None:
    while not done.is_set():
        if view.fault == DEAD:  # connections stay in the queue of the system
            done.wait()
            return
        with suppress(TimeoutError, OSError):
            connection, _ = listening.accept()
            with connection:
                connection.settimeout(5)
                length = int.from_bytes(connection.recv(2, socket.MSG_WAITALL), "big")
                said = answer(connection.recv(length, socket.MSG_WAITALL), zone, view)
                connection.sendall(len(said).to_bytes(2, "big") + said)


def answer(data: bytes, zone: Zone, view: View) -> bytes:
    """What this name server says to a query, or does with a change."""
    query = dns.message.from_wire(data, keyring=False)
    response = dns.message.make_response(query)
    view.asked.append(query.question[0].name.to_text() if query.question else "")
    if isinstance(query, dns.update.UpdateMessage):
        response.set_rcode(_changed(query, zone))
        return response.to_wire()
    if view.fault == LAME:
        response.set_rcode(dns.rcode.REFUSED)
        return response.to_wire()
    if view.fault == FORWARDS:
        response.authority.append(dns.rrset.from_text("test.", 60, "IN", "NS", "ns.elsewhere.test."))
        return response.to_wire()
    response.flags |= dns.flags.AA
    with zone.guard:
        _fill(response, zone, view)
    return response.to_wire()


def _changed(query: dns.update.UpdateMessage, zone: Zone) -> dns.rcode.Rcode:
    written = query.zone[0].name.to_text(omit_final_dot=True).lower()
    if zone.writable and written not in zone.writable:
        return dns.rcode.NOTAUTH
    for rrset in query.update:
        name = rrset.name.derelativize(query.zone[0].name).to_text(omit_final_dot=True).lower()
        values = {b"".join(record.strings).decode() for record in rrset}
        with zone.guard:
            kept = zone.texts.setdefault(name, set())
            zone.texts[name] = (
                kept | values if rrset.rdclass == dns.rdataclass.IN and not rrset.deleting else kept - values
            )
    return dns.rcode.NOERROR


def _fill(response: dns.message.Message, zone: Zone, view: View) -> None:
    question = response.question[0]
    asked, kind = question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype)
    for _ in range(8):
        records = _records(asked, kind, zone, view)
        alias = _found(zone, asked, "CNAME")
        if not records and alias and kind != "CNAME":
            response.answer.append(dns.rrset.from_text(asked + ".", 1, "IN", "CNAME", alias))
            asked = alias.rstrip(".")
            continue
        break
    if records:
        response.answer.append(dns.rrset.from_text(asked + ".", 1, "IN", kind, *records))
        return
    apex = _apex(asked, zone)
    response.authority.append(dns.rrset.from_text(apex + ".", 1, "IN", "SOA", _SOA.format(zone=apex)))


def _records(asked: str, kind: str, zone: Zone, view: View) -> list[str]:
    if kind == "TXT" and view.fault != OLD and zone.arrived() and zone.texts.get(asked):
        return [f'"{text}"' for text in sorted(zone.texts[asked])]
    if kind == "NS" and asked == zone.name:
        return [f"{each.name}." for each in zone.views]
    if kind == "SOA" and asked == _apex(asked, zone):
        return [_SOA.format(zone=asked)]
    if kind in ("A", "AAAA"):
        named = [each for each in zone.views if each.name == asked]
        found = [address for each in named for address in each.addresses if (":" in address) == (kind == "AAAA")]
        if found:
            return found
    further = _found(zone, asked, kind)
    return [further] if further else []


def _found(zone: Zone, asked: str, kind: str) -> str | None:
    """Also by a wildcard, below the closest name that is there (RFC 4592)."""
    if (asked, kind) in zone.extra:
        return zone.extra[asked, kind]
    names = {each for each, _ in zone.extra} | set(filter(zone.texts.get, zone.texts))
    if asked in names:
        return None
    parent = asked
    while "." in parent:
        parent = parent.partition(".")[2]
        if (f"*.{parent}", kind) in zone.extra:
            return zone.extra[f"*.{parent}", kind]
        if any(each == parent or each.endswith("." + parent) for each in names):
            return None
    return None


def _apex(asked: str, zone: Zone) -> str:
    apexes = (*zone.writable, zone.name)
    return max(
        (each for each in apexes if asked == each or asked.endswith("." + each)),
        key=len,
        default=asked.rpartition(".")[2],
    )
