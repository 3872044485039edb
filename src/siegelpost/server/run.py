"""``siegelpost serve``: from the settings to running processes."""

import ctypes
import os
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import structlog

from siegelpost import misconfigured
from siegelpost.foreign import room
from siegelpost.foreign.room import Door
from siegelpost.server import first_sign_in, ftp_door, handles, jobs, logs, reading_room, renewal, sftp_door, worker
from siegelpost.server.prepare import prepare
from siegelpost.server.supervisor import ProcessRole, Supervisor
from siegelpost.server.systemd import notify
from siegelpost.settings import Settings
from siegelpost.tls.front import Limits
from siegelpost.toolbox.tally import Tally
from siegelpost.toolbox.words import Words

log = structlog.get_logger(__name__)

_BACKLOG = 4_096
# mallopt(3). Left alone, glibc keeps what was once needed for each of up to sixteen pools of threads; two are enough
# for Python, whose threads take turns. What is larger than 256 KiB (a body, a picture, a PDF) is given back at once.
_ARENA_MAX, _MMAP_THRESHOLD, _TRIM_THRESHOLD = -8, -3, -1
_MALLOC = {_ARENA_MAX: 2, _MMAP_THRESHOLD: 256 * 1024, _TRIM_THRESHOLD: 256 * 1024}


def serve(settings: Settings, say: Callable[[str], None]) -> int:
    """Run the server until it is told to end; returns the exit status.

    Args:
        say: tells the person at the terminal where the server is.

    Raises:
        OSError: a port cannot be listened on.
    """
    logs.configure(settings)
    for words in misconfigured.variables(os.environ, Settings.model_fields)[1]:
        log.warning(words[settings.language])
    https = listen(settings.host, settings.port)
    http = listen(settings.host, settings.http_port) if settings.http_port else None
    proxy = listen_for_proxy(settings.proxy_listen) if settings.proxy_listen else None
    ftp = listen(settings.host, settings.ftp_port) if settings.ftp_port and _is_there("pyftpdlib") else None
    sftp = listen(settings.host, settings.sftp_port) if settings.sftp_port and _is_there("asyncssh") else None
    link = prepare(settings)
    link_file = first_sign_in.leave(settings.data, link)
    renewal.remember(settings)
    _load_what_all_share()
    logs.secrets.learn()
    _give_memory_back()
    limits = handles.fit(Limits(), doors=2 if proxy else 1)
    doors = worker.Doors(https, http, proxy, limits, Tally(settings.workers))
    reading = Door.made()
    room.ask_at(reading)
    roles = [ProcessRole("foreign", partial(reading_room.run, reading), serves_others=True)]
    roles += [ProcessRole("worker", partial(worker.run, settings, doors, place)) for place in range(settings.workers)]
    if ftp:
        roles.append(ProcessRole("ftp", partial(ftp_door.run, settings, ftp)))
    if sftp:
        roles.append(ProcessRole("sftp", partial(sftp_door.run, settings, sftp)))
    supervisor = Supervisor([*roles, ProcessRole("jobs", jobs.run)])

    def ready() -> None:
        notify("READY=1")
        say(f"Siegelpost: {settings.public_address}")
        if link:
            say(f"Erste Anmeldung, einmalig / first sign-in, once: {link if sys.stdout.isatty() else link_file}")

    return supervisor.run(ready)


def _is_there(library: str) -> bool:
    """Whether a library of the extra ``portal`` is installed.

    Raises:
        siegelpost.misconfigured.MisconfiguredError: it is not, but a setting wants it.
    """
    if find_spec(library) is None:
        words = "Für ftp_port und sftp_port fehlt {}: pip install 'siegelpost[portal]'"
        english = "ftp_port and sftp_port want {}: pip install 'siegelpost[portal]'"
        raise misconfigured.MisconfiguredError([Words(words.format(library), english.format(library))])
    return True


def _load_what_all_share() -> None:
    """Once, before the fork; Django has to be set up before."""
    for module in ("siegelpost.web.asgi", "siegelpost.server.periodic"):
        import_module(module)
    import_module("siegelpost.web.static_files").load()


def _give_memory_back() -> None:
    """Have this process and its children give memory back, where the C library knows how."""
    with suppress(AttributeError):
        for parameter, value in _MALLOC.items():
            ctypes.CDLL(None).mallopt(parameter, value)


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
