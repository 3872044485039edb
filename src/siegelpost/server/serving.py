"""``siegelpost serve``: from the settings to running processes."""

import socket
from collections.abc import Callable
from functools import partial

import structlog

from siegelpost.server import jobs, logs, worker
from siegelpost.server.notify import notify
from siegelpost.server.prepare import prepare
from siegelpost.server.supervisor import Role, Supervisor
from siegelpost.settings import Settings

log = structlog.get_logger(__name__)

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
    link = prepare(settings)
    import siegelpost.web.asgi  # imported here once, and shared by all workers

    assert siegelpost.web.asgi  # noqa: S101 - imported for its effect
    roles = [Role("worker", partial(worker.run, settings, https, http))] * settings.workers
    supervisor = Supervisor([*roles, Role("jobs", jobs.run)])

    def ready() -> None:
        notify("READY=1")
        say(f"Siegelpost: {settings.public_address}")
        if link:
            say(f"Erste Anmeldung, einmalig / first sign-in, once: {link}")

    return supervisor.run(ready)


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; on ``::`` for IPv4 as well."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server(
        (host, port), family=family, backlog=_BACKLOG, dualstack_ipv6=host == "::" and socket.has_dualstack_ipv6()
    )
