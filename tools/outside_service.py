"""Tells whoever asks from which address they ask, and which of their ports can be reached: ``outside_service``.

``python outside_service.py 8080`` on a machine of the internet that has IPv4 and IPv6, behind a proxy that speaks
HTTPS or alone; ``docs/surroundings.md`` says how. Only the asker's own address is tried, and only two ports, so that it
is of no use for looking into other networks. Needs nothing but Python.
"""

import ipaddress
import json
import socket
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

PORTS = frozenset({"80", "443"})
SECONDS = 3.0


def reached(address: str, port: int) -> bool:
    """Whether a connection to this port comes about."""
    try:
        socket.create_connection((address, port), SECONDS).close()
    except OSError:
        return False
    return True


class Service(BaseHTTPRequestHandler):
    """Answers each GET in JSON."""

    timeout = 10

    def do_GET(self) -> None:
        found = ipaddress.ip_address(self.client_address[0].partition("%")[0])
        inner = getattr(found, "ipv4_mapped", None) or found
        asked = parse_qs(urlsplit(self.path).query).get("ports", [""])[0].split(",")
        ports = {port: reached(str(inner), int(port)) for port in sorted(PORTS.intersection(asked))}
        body = json.dumps({"address": str(inner), "ports": ports}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: nobody's address is kept."""


class Server(ThreadingHTTPServer):
    """Takes both families."""

    address_family = socket.AF_INET6
    daemon_threads = True

    def server_bind(self) -> None:
        self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        super().server_bind()


if __name__ == "__main__":
    Server(("::", int(sys.argv[1])), Service).serve_forever()
