"""A name server of the tests' own, on loopback: it says what a table says, truth or not."""

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.resolver
import dns.rrset

# (name, type) -> records as text with their time to live, or an rcode, or a function of the query.
Records = tuple[int, tuple[str, ...]]
Answer = Records | dns.rcode.Rcode | Callable[[dns.message.Message], dns.message.Message | None]
Zone = Mapping[tuple[str, str], Answer]


@contextmanager
def name_server(zone: Zone) -> Iterator[dns.resolver.Resolver]:
    """A resolver that asks a server which knows this zone. Names that are not in it do not exist."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.settimeout(0.05)
        done = threading.Event()
        thread = threading.Thread(target=_serve, args=(listening, zone, done), daemon=True)
        thread.start()
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers = ["127.0.0.1"]
        resolver.port = listening.getsockname()[1]
        resolver.timeout = 0.5
        try:
            yield resolver
        finally:
            done.set()
            thread.join()


def _serve(listening: socket.socket, zone: Zone, done: threading.Event) -> None:
    while not done.is_set():
        with suppress(TimeoutError):
            data, client = listening.recvfrom(65_535)
            answer = _answer(dns.message.from_wire(data), zone)
            if answer is not None:
                listening.sendto(answer.to_wire(max_size=65_535), client)


def _answer(query: dns.message.Message, zone: Zone) -> dns.message.Message | None:
    question = query.question[0]
    name, kind = question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype)
    response = dns.message.make_response(query, recursion_available=True)
    for asked in (kind, "CNAME", "ANY"):
        found = zone.get((name, asked))
        if callable(found):
            return found(query)
        if isinstance(found, dns.rcode.Rcode):
            response.set_rcode(found)
            return response
        if found is not None:
            _add(response, name, asked, found, zone)
            return response
    if not any(each == name for each, _ in zone):
        response.set_rcode(dns.rcode.NXDOMAIN)
    return response


def _add(response: dns.message.Message, name: str, kind: str, found: Records, zone: Zone) -> None:
    """The records, and what a CNAME leads to, as far as a message has room."""
    for _ in range(20):
        ttl, records = found
        response.answer.append(dns.rrset.from_text(name + ".", ttl, "IN", kind, *records))
        if kind != "CNAME":
            return
        name = records[0].rstrip(".").lower()
        asked = dns.rdatatype.to_text(response.question[0].rdtype)
        kind = asked if (name, asked) in zone else "CNAME"
        following = zone.get((name, kind))
        if not isinstance(following, tuple):
            return
        found = following
