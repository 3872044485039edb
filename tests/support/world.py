"""The internet of one test, in a network namespace: name servers, and pebble, which sees names as the world does.

``python -m tests.support.world FOLDER`` reads a :class:`World` as JSON from standard input, says in one line of JSON by
which certificates its authority is trusted, and goes on until its input ends.
"""

import json
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.request
from contextlib import nullcontext, suppress
from dataclasses import asdict, dataclass, field
from ipaddress import ip_address
from pathlib import Path

from tests.support import parts, pki
from tests.support.gateway import gateway
from tests.support.zones import View, Zone, answer

from siegelpost.certificates.surroundings.router import SSDP_PORT

ZONE, NAME, AUTHORITY = "buero.example", "post.buero.example", "ca.buero.example"
PORT, UPDATES = 14000, 5300
PORT_OF_ROOTS = 15000
_RESOLVER = View("resolver", ())


@dataclass
class World:
    """What there is: everything that names may say, and who says it.

    Args:
        records: (name, type, text) of the zone, as the world sees it.
        servers: its name servers: a name, the addresses it is said to have, and those of them that answer.
        resolvers: addresses that know everything.
        router: where a router answers UPnP, and what it says of its address on the internet.
        inside: records as the house's own name server gives them instead, who stands at ``house``.
    """

    records: list[tuple[str, str, str]]
    servers: list[tuple[str, list[str], list[str]]]
    resolvers: list[str]
    inside: list[tuple[str, str, str]] = field(default_factory=list)
    house: str = ""
    router: str = ""
    router_says: str = ""

    def text(self) -> str:
        """As it is handed over."""
        return json.dumps(asdict(self))

    def serve(self) -> None:
        """Answer at every address."""
        views = [View(name, addresses) for name, addresses, _ in self.servers]
        zone = Zone(ZONE, 53, views, extra={(name, kind): text for name, kind, text in self.records})
        for view, (_, _, answering) in zip(views, self.servers, strict=True):
            for address in answering:
                _listen(address, zone, view)
        for address in self.resolvers:
            _listen(address, zone, _RESOLVER)
        if self.house:
            own = View("ns.buero.example", [self.house])
            inside = {(name, kind): text for name, kind, text in self.inside}
            _listen(self.house, Zone(ZONE, 53, [own], extra=inside), own)


def _listen(address: str, zone: Zone, view: View) -> None:
    """At the port of the DNS, and at the one that takes changes."""
    family = socket.AF_INET6 if ip_address(address).version == 6 else socket.AF_INET
    udp = socket.socket(family, socket.SOCK_DGRAM)
    udp.bind((address, 53))
    tcp, updates = (socket.create_server((address, port), family=family) for port in (53, UPDATES))
    for work, listening in ((_udp, udp), (_tcp, tcp), (_tcp, updates)):
        threading.Thread(target=work, args=(listening, zone, view), daemon=True).start()


def _udp(listening: socket.socket, zone: Zone, view: View) -> None:
    while True:
        data, client = listening.recvfrom(65_535)
        listening.sendto(answer(data, zone, view), client)


def _tcp(listening: socket.socket, zone: Zone, view: View) -> None:
    while True:
        connection, _ = listening.accept()
        with connection, suppress(OSError):
            connection.settimeout(5)
            length = int.from_bytes(connection.recv(2, socket.MSG_WAITALL), "big")
            said = answer(connection.recv(length, socket.MSG_WAITALL), zone, view)
            connection.sendall(len(said).to_bytes(2, "big") + said)


def _pebble(folder: Path, resolver: str) -> "tuple[subprocess.Popen[bytes], str, str]":
    """Running; with PEM of the root of its own HTTPS, and of the one under which it issues."""
    root = pki.Authority.root("pebble's own HTTPS")
    own = root.issue(AUTHORITY, "localhost", "127.0.0.1")
    (folder / "cert.pem").write_text(own.chain_pem)
    (folder / "key.pem").write_text(own.key_pem)
    configuration = {
        "listenAddress": f":{PORT}",
        "managementListenAddress": f":{PORT_OF_ROOTS}",
        "certificate": str(folder / "cert.pem"),
        "privateKey": str(folder / "key.pem"),
        "httpPort": 80,
        "tlsPort": 443,
        "ocspResponderURL": "",
        "certificateValidityPeriod": 90 * 24 * 3600,
    }
    (folder / "pebble.json").write_text(json.dumps({"pebble": configuration}))
    with (folder / "pebble.log").open("wb") as out:
        process = subprocess.Popen(
            [parts.need("pebble"), "-config", str(folder / "pebble.json"), "-dnsserver", resolver],
            env={"PEBBLE_VA_NOSLEEP": "1", "PEBBLE_WFE_NONCEREJECT": "0", "PEBBLE_AUTHZREUSE": "0"},
            stdout=out,
            stderr=out,
        )
    context = ssl.create_default_context(cadata=root.pem)
    for _ in range(300):
        with suppress(OSError):
            url = f"https://localhost:{PORT_OF_ROOTS}/roots/0"
            with urllib.request.urlopen(url, context=context, timeout=5) as said:
                return process, root.pem, said.read().decode()
        time.sleep(0.1)
    raise TimeoutError((folder / "pebble.log").read_text())


def main() -> None:
    world = World(**json.loads(sys.stdin.readline()))
    world.serve()
    routed = gateway(world.router_says, address=world.router, port=SSDP_PORT) if world.router else nullcontext()
    resolver = world.resolvers[0]
    process, ca_bundle, root = _pebble(Path(sys.argv[1]), f"[{resolver}]:53" if ":" in resolver else f"{resolver}:53")
    with routed:
        try:
            print(json.dumps({"ca_bundle": ca_bundle, "root": root}), flush=True)
            sys.stdin.read()
        finally:
            process.kill()


if __name__ == "__main__":
    main()
