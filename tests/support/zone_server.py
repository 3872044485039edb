"""An authoritative name server of the tests' own for one zone, over UDP and TCP, that takes RFC 2136 updates with TSIG.

Its zone, its signatures and its messages are dnspython's; updates follow RFC 2136 § 3.4.2, wildcards RFC 4592.
"""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.node
import dns.rcode
import dns.rdataclass
import dns.rdataset
import dns.rdatatype
import dns.resolver
import dns.rrset
import dns.tsigkeyring
import dns.update
import dns.zone

KEY_NAME, KEY_SECRET = "office.", "c2VjcmV0IG9mIHRoZSB0ZXN0cw=="
_HEAD = """$TTL 3600
@ SOA ns hostmaster 1 3600 600 86400 60
@ NS ns
ns A 127.0.0.1
"""


@dataclass
class ServedZone:
    """The zone as it stands, and what it was asked to change.

    Args:
        silent: nothing is said about addresses of a name.
        refuses: what updates are answered with, instead of being done.
    """

    zone: dns.zone.Zone
    port: int = 0
    updates: int = 0
    silent: bool = False
    refuses: dns.rcode.Rcode | None = None
    guard: threading.Lock = field(default_factory=threading.Lock)

    @property
    def server(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def resolver(self) -> dns.resolver.Resolver:
        using = dns.resolver.Resolver(configure=False)
        using.nameservers, using.port = ["127.0.0.1"], self.port
        return using

    def put(self, name: str, kind: str, *values: str, ttl: int = 3600) -> None:
        """Have these records there instead of any, as if somebody had typed them."""
        with self.guard:
            if values:
                self.zone.replace_rdataset(name, dns.rdataset.from_text("IN", kind, ttl, *values))
            else:
                self.zone.delete_rdataset(name, kind)

    def at(self, name: str, kind: str) -> tuple[int, list[str]]:
        """Time to live and values at a name itself; (0, []) where there is nothing."""
        with self.guard:
            found = self.zone.get_rdataset(name, kind)
        return (found.ttl, sorted(each.to_text() for each in found)) if found else (0, [])


@contextmanager
def served(origin: str, records: str = "") -> Iterator[ServedZone]:
    """Serve a zone with these records (lines of a zone file)."""
    being = ServedZone(dns.zone.from_text(_HEAD + records, origin=f"{origin}.", relativize=False))
    tcp = socket.create_server(("127.0.0.1", 0))
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(tcp.getsockname())
    being.port = udp.getsockname()[1]
    done = threading.Event()
    for each in (udp, tcp):
        each.settimeout(0.05)
    threads = [threading.Thread(target=way, args=(line, being, done)) for way, line in ((_udp, udp), (_tcp, tcp))]
    for thread in threads:
        thread.start()
    try:
        yield being
    finally:
        done.set()
        for thread in threads:
            thread.join()
        udp.close()
        tcp.close()


def _udp(listening: socket.socket, being: ServedZone, done: threading.Event) -> None:
    while not done.is_set():
        with suppress(TimeoutError):
            data, client = listening.recvfrom(65_535)
            if answer := _answer(data, being):
                listening.sendto(answer, client)


def _tcp(listening: socket.socket, being: ServedZone, done: threading.Event) -> None:
    while not done.is_set():
        with suppress(OSError):
            connection, _ = listening.accept()
            with connection, connection.makefile("rb") as reader:
                connection.settimeout(5)
                length = int.from_bytes(reader.read(2), "big")
                if answer := _answer(reader.read(length), being):
                    connection.sendall(len(answer).to_bytes(2, "big") + answer)


def _answer(data: bytes, being: ServedZone) -> bytes | None:
    keyring = dns.tsigkeyring.from_text({KEY_NAME: KEY_SECRET})
    try:
        query = dns.message.from_wire(data, keyring=keyring)
    except dns.exception.DNSException:
        refusal = dns.message.make_response(dns.message.from_wire(data, question_only=True))
        refusal.set_rcode(dns.rcode.NOTAUTH)
        return refusal.to_wire()
    response = dns.message.make_response(query)
    response.flags |= dns.flags.AA
    with being.guard:
        if isinstance(query, dns.update.UpdateMessage):
            response.set_rcode(_update(query, being))
        elif being.silent and query.question[0].rdtype in (dns.rdatatype.A, dns.rdatatype.AAAA):
            if query.question[0].name.to_text().split(".")[0] != "ns":
                return None
            _fill(response, being.zone)
        else:
            _fill(response, being.zone)
    return response.to_wire()


def _update(query: dns.update.UpdateMessage, being: ServedZone) -> dns.rcode.Rcode:
    if not query.had_tsig:
        return dns.rcode.REFUSED
    if being.refuses is not None:
        return being.refuses
    if query.zone[0].name != being.zone.origin:
        return dns.rcode.NOTZONE
    for rrset in query.update:
        being.updates += 1
        name = rrset.name
        if rrset.deleting == dns.rdataclass.ANY:
            being.zone.delete_rdataset(name, rrset.rdtype)
        elif rrset.deleting is None:
            found = being.zone.find_rdataset(name, rrset.rdtype, create=True)
            found.update_ttl(rrset.ttl)
            for record in rrset:
                found.add(record)
    return dns.rcode.NOERROR


def _fill(response: dns.message.Message, zone: dns.zone.Zone) -> None:
    question = response.question[0]
    origin = zone.origin
    assert origin is not None
    if not question.name.is_subdomain(origin):
        response.set_rcode(dns.rcode.NXDOMAIN)
        return
    node = _node(zone, question.name)
    for kind in (question.rdtype, dns.rdatatype.CNAME):
        found = node.get_rdataset(dns.rdataclass.IN, kind) if node else None
        if found:
            response.answer.append(dns.rrset.from_rdata_list(question.name, found.ttl, list(found)))
            return
    response.authority.append(dns.rrset.from_rdata_list(origin, 60, list(zone.find_rdataset("@", dns.rdatatype.SOA))))
    if node is None:
        response.set_rcode(dns.rcode.NXDOMAIN)


def _node(zone: dns.zone.Zone, name: dns.name.Name) -> dns.node.Node | None:
    """At the name itself, or that of the wildcard that covers it (RFC 4592)."""
    found: dns.node.Node | None = zone.get_node(name) or zone.get_node(dns.name.Name(("*", *name.labels[1:])))
    return found
