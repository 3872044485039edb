"""The process that takes properties in by FTP and FTPS (:mod:`siegelpost.portal.ftp`), as one of the server's."""

import select
import signal
import socket
import time

from siegelpost.server.child import GRACE, Child
from siegelpost.settings import Settings

# Seconds between two looks whether it is to end.
_TICK = 0.5


def run(settings: Settings, listening: socket.socket, child: Child) -> None:
    """Serve until the supervisor asks to end or is gone; a file that is coming is given a little time."""
    from pyftpdlib.ioloop import IOLoop
    from pyftpdlib.servers import FTPServer

    from siegelpost.portal.ftp import session_class

    ending: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: ending.append(number))
    loop = IOLoop()
    address = str(settings.ftp_public_address) if settings.ftp_public_address else None
    server = FTPServer(listening, session_class(settings.ftp_ports, address), ioloop=loop)
    child.ready()
    while not ending and not select.select([child.lifeline], [], [], 0)[0]:
        loop.loop(timeout=_TICK, blocking=False)
    server.close()
    deadline = time.monotonic() + GRACE / 2
    while time.monotonic() < deadline and _receives(loop):
        loop.loop(timeout=_TICK, blocking=False)
    server.close_all()


def _receives(loop: object) -> bool:
    """Whether a file is coming."""
    channels = list(loop.socket_map.values())  # type: ignore[attr-defined]  # the library has no types
    return any(getattr(each, "file_obj", None) is not None for each in channels)
