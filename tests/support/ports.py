"""Ports for servers that must be told theirs before they start.

Between asking for a port and listening on it, nobody else may get it: the system gives those of its own range to every
connection and to everybody who asks for port 0, so these are from below it. Each of pytest's processes has a range of
its own and gives each port once, until it comes round.
"""

import os
import socket
from itertools import cycle

_FIRST, _EACH, _RANGES = 20_000, 1_000, 12
_MINE = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % _RANGES
# Another run beside this one has the same ranges, and begins elsewhere in them.
_TURNS = cycle(_FIRST + _MINE * _EACH + (os.getpid() + number) % _EACH for number in range(_EACH))


def free_port() -> int:
    """A TCP port of this machine on which nobody listens."""
    for _ in range(_EACH):
        port = next(_TURNS)
        try:
            socket.create_server(("127.0.0.1", port)).close()
        except OSError:
            continue
        return port
    raise AssertionError("every port of this process is taken")
