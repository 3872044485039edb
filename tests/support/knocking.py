"""Somebody who asks a server for its certificate again and again."""

import socket
import ssl
import threading
from hashlib import sha256

from tests.support.serving import NAME


class Knocking:
    """Shakes hands with the server from before it listens, and keeps the fingerprint of everything it is shown."""

    def __init__(self, port: int) -> None:
        self.shown: list[str] = []
        self._port = port
        self._ended = threading.Event()
        self._threads = [threading.Thread(target=self._knock) for _ in range(4)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join()

    def _knock(self) -> None:
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        while not self._ended.is_set():
            try:
                with (
                    socket.create_connection(("127.0.0.1", self._port), 30) as plain,
                    context.wrap_socket(plain, server_hostname=NAME) as secured,
                ):
                    self.shown.append(sha256(secured.getpeercert(binary_form=True) or b"").hexdigest())
            except OSError:
                self._ended.wait(0.005)
