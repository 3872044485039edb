"""A name server of the tests' own for one zone, which can be changed: by RFC 2136 with TSIG, and by PowerDNS's API."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import dns.exception
import dns.flags
import dns.message
import dns.name
import dns.opcode
import dns.query
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset
import dns.tsigkeyring
import dns.update

KEY_NAME, KEY_SECRET = "siegelpost.", "c2VjcmV0IG9mIHRoZSB0ZXN0cw=="
API_KEY = "key of the tests"
_SOA = "ns.{zone}. hostmaster.{zone}. 1 3600 600 86400 60"


@dataclass
class Zone:
    """Every name below the zone leads to this machine; TXT records come and go.

    ``late`` holds back that many answers about each new TXT record, as a slow secondary would.
    """

    name: str
    port: int
    api_port: int
    texts: dict[str, list[str]] = field(default_factory=dict)
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    late: int = 0
    guard: threading.Lock = field(default_factory=threading.Lock)

    @property
    def server(self) -> str:
        return f"127.0.0.1:{self.port}"

    def write(self, action: str, name: str, value: str) -> None:
        with self.guard:
            name = name.rstrip(".").lower()
            values = self.texts.setdefault(name, [])
            if action == "add" and value not in values:
                values.append(value)
            if action == "delete" and value in values:
                values.remove(value)
            self.changes.append((action, name, value))


@contextmanager
def dynamic_dns(name: str) -> Iterator[Zone]:
    """Serve the zone over UDP and TCP on one port of 127.0.0.1, and PowerDNS's API on another."""
    udp, tcp = _one_port()
    api = ThreadingHTTPServer(("127.0.0.1", 0), _Api)
    zone = _Api.zones[api.server_port] = Zone(name, udp.getsockname()[1], api.server_port)
    done = threading.Event()
    threads = [
        threading.Thread(target=_udp, args=(udp, zone, done)),
        threading.Thread(target=_tcp, args=(tcp, zone, done)),
        threading.Thread(target=api.serve_forever, args=(0.05,)),
    ]
    for thread in threads:
        thread.start()
    try:
        yield zone
    finally:
        done.set()
        api.shutdown()
        for thread in threads:
            thread.join()
        api.server_close()
        udp.close()
        tcp.close()


def _one_port() -> tuple[socket.socket, socket.socket]:
    """UDP and TCP on the same port, which somebody else may take between the two."""
    while True:
        tcp = socket.create_server(("127.0.0.1", 0))
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            udp.bind(tcp.getsockname())
        except OSError:
            tcp.close()
            udp.close()
            continue
        for each in (udp, tcp):
            each.settimeout(0.05)
        return udp, tcp


def _udp(listening: socket.socket, zone: Zone, done: threading.Event) -> None:
    while not done.is_set():
        with suppress(TimeoutError):
            data, client = listening.recvfrom(65_535)
            listening.sendto(_answer(data, zone), client)


def _tcp(listening: socket.socket, zone: Zone, done: threading.Event) -> None:
    while not done.is_set():
        with suppress(TimeoutError, OSError, EOFError):
            connection, _ = listening.accept()
            with connection:
                connection.settimeout(5)
                length = int.from_bytes(_exactly(connection, 2), "big")
                answer = _answer(_exactly(connection, length), zone)
                connection.sendall(len(answer).to_bytes(2, "big") + answer)


def _exactly(connection: socket.socket, length: int) -> bytes:
    data = b""
    while len(data) < length:
        part = connection.recv(length - len(data))
        if not part:
            raise EOFError
        data += part
    return data


def _answer(data: bytes, zone: Zone) -> bytes:
    keyring = dns.tsigkeyring.from_text({KEY_NAME: KEY_SECRET})
    try:
        query = dns.message.from_wire(data, keyring=keyring)
    except dns.exception.DNSException:
        refusal = dns.message.from_wire(data, keyring=keyring, ignore_trailing=True, question_only=True)
        response = dns.message.make_response(refusal)
        response.set_rcode(dns.rcode.NOTAUTH)
        return response.to_wire()
    response = dns.message.make_response(query)
    response.flags |= dns.flags.AA
    if isinstance(query, dns.update.UpdateMessage):
        response.set_rcode(_change(query, zone))
    else:
        _fill(response, zone)
    return response.to_wire()


def _change(query: dns.update.UpdateMessage, zone: Zone) -> dns.rcode.Rcode:
    if not query.had_tsig:
        return dns.rcode.REFUSED
    for rrset in query.update:
        full = rrset.name.derelativize(dns.name.from_text(zone.name)).to_text()
        action = "add" if rrset.rdclass == dns.rdataclass.IN and not rrset.deleting else "delete"
        for record in rrset:
            zone.write(action, full, b"".join(record.strings).decode())
    return dns.rcode.NOERROR


def _fill(response: dns.message.Message, zone: Zone) -> None:
    question = response.question[0]
    name = question.name.to_text(omit_final_dot=True).lower()
    kind = dns.rdatatype.to_text(question.rdtype)
    inside = name == zone.name or name.endswith("." + zone.name)
    with zone.guard:
        texts = list(zone.texts.get(name, []))
        if texts and kind == "TXT" and zone.late > 0:
            zone.late -= 1
            texts = []
    records: dict[str, list[str]] = {
        "A": ["127.0.0.1"] if inside and not name.startswith("_") else [],
        "TXT": [f'"{text}"' for text in texts],
        "SOA": [_SOA.format(zone=zone.name)] if name == zone.name else [],
    }
    if not inside:
        response.set_rcode(dns.rcode.NXDOMAIN)
    elif records.get(kind):
        response.answer.append(dns.rrset.from_text(name + ".", 1, "IN", kind, *records[kind]))
    else:
        soa = _SOA.format(zone=zone.name)
        response.authority.append(dns.rrset.from_text(zone.name + ".", 1, "IN", "SOA", soa))


class _Api(BaseHTTPRequestHandler):
    """As much of PowerDNS's HTTP API as dns-lexicon uses."""

    zones: dict[int, Zone] = {}
    server: ThreadingHTTPServer
    protocol_version = "HTTP/1.0"

    def _zone(self) -> Zone | None:
        if self.headers.get("X-API-Key") != API_KEY:
            self._reply(401, {"error": "Unauthorized"})
            return None
        return self.zones[self.server.server_port]

    def do_GET(self) -> None:
        zone = self._zone()
        if zone is None:
            return
        rrsets = [
            {
                "name": name + ".",
                "type": "TXT",
                "ttl": 60,
                "records": [{"content": f'"{text}"', "disabled": False} for text in texts],
            }
            for name, texts in zone.texts.items()
        ]
        self._reply(200, {"name": zone.name + ".", "kind": "Native", "rrsets": rrsets})

    def do_PATCH(self) -> None:
        zone = self._zone()
        if zone is None:
            return
        for rrset in json.loads(self.rfile.read(int(self.headers["Content-Length"])))["rrsets"]:
            name = rrset["name"].rstrip(".")
            wanted = {record["content"].strip('"') for record in rrset["records"]}
            for text in set(zone.texts.get(name, [])) - wanted:
                zone.write("delete", name, text)
            for text in wanted:
                zone.write("add", name, text)
        self._reply(204, None)

    def _reply(self, status: int, content: Any) -> None:
        body = json.dumps(content).encode() if content is not None else b""
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Say nothing."""
