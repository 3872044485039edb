"""``siegelpost serve``: from the settings to running processes."""

import os
import socket
from collections.abc import Callable
from functools import partial
from pathlib import Path

from siegelpost.server import jobs, logs, renewal, worker
from siegelpost.server.prepare import prepare
from siegelpost.server.supervisor import ProcessRole, Supervisor
from siegelpost.server.systemd import notify
from siegelpost.settings import Settings

_BACKLOG = 4_096


def serve(settings: Settings, say: Callable[[str], None]) -> int:
    """Run the server until it is told to end; returns the exit status.

    Args:
        say: tells the person at the terminal where the server is.

    Raises:
        OSError: a port cannot be listened on.
    """
    logs.configure(settings)
    https = listen(settings.host, settings.port)
    http = listen(settings.host, settings.http_port) if settings.http_port else None
    proxy = listen_for_proxy(settings.proxy_listen) if settings.proxy_listen else None
    link = prepare(settings)
    renewal.remember(settings)
    import siegelpost.web.asgi  # imported here once, and shared by all workers

    assert siegelpost.web.asgi  # noqa: S101 - imported for its effect
    roles = [ProcessRole("worker", partial(worker.run, settings, worker.Doors(https, http, proxy)))] * settings.workers
    supervisor = Supervisor([*roles, ProcessRole("jobs", jobs.run)])

    def ready() -> None:
        notify("READY=1")
        say(f"Siegelpost: {settings.public_address}")
        if link:
            say(f"Erste Anmeldung, einmalig / first sign-in, once: {link}")

    return supervisor.run(ready)


def listen_for_proxy(place: str) -> socket.socket:
    """A listening socket at ``127.0.0.1:8080`` or ``unix:/path``; the file is for this user and group (0660)."""
    if not place.startswith("unix:"):
        host, _, port = place.rpartition(":")
        return listen(host.strip("[]"), int(port))
    path = Path(place.removeprefix("unix:"))
    if path.is_socket():  # left behind by a server that was killed
        path.unlink()
    path.parent.mkdir(parents=True, exist_ok=True)
    found = socket.socket(socket.AF_UNIX)
    mask = os.umask(0o117)
    try:
        found.bind(str(path))
    finally:
        os.umask(mask)
    found.listen(_BACKLOG)
    return found


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; on ``::`` for IPv4 as well."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server(
        (host, port), family=family, backlog=_BACKLOG, dualstack_ipv6=host == "::" and socket.has_dualstack_ipv6()
    )
