"""Telling systemd how the server is (sd_notify(3)); without systemd, nothing happens."""

import os
import socket
from contextlib import suppress


def notify(state: str) -> None:
    """Send one state, like ``READY=1``, to the service manager that started this process, if there is one."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sock:
        sock.sendto(state.encode(), address.replace("@", "\0", 1) if address[0] == "@" else address)
