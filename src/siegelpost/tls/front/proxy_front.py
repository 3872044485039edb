"""What a reverse proxy on this machine or in a trusted network hands on in plain HTTP: the same HTTP, without TLS."""

import socket

from siegelpost.tls.front.handshake import Arrival
from siegelpost.tls.front.listener import Front
from siegelpost.tls.front.plain_socket import PlainSocket
from siegelpost.tls.front.proxies import believes


class ProxyFront(Front):
    """Serves only those whose word about the client's address is believed; everybody else is sent away at once."""

    def _admit(self, sock: socket.socket, address: str) -> None:
        trusted = believes(address, self._shared.trusted_proxies)
        if not (trusted and self._crowd.enter(address, brings_others=True)):
            sock.close()
            return
        sock.setblocking(False)
        plain = PlainSocket(fileno=sock.detach())
        plain.setblocking(False)
        arrival = Arrival(self._loop, self, plain, address, 0)
        self._arrivals.add(arrival)
        self.arrived(arrival, plain)
