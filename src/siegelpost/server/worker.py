"""A worker process: the HTTPS front, and the application behind it."""

import asyncio
import signal
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_network

import uvloop

from siegelpost.server.child import GRACE, Child
from siegelpost.server.first_certificate import open_store
from siegelpost.server.redirect import RedirectProtocol, location_of
from siegelpost.settings import Settings
from siegelpost.tls.acme.challenges import challenge_contexts, tokens
from siegelpost.tls.front import Front, Limits, ProxyFront, Shared, plain
from siegelpost.tls.front.journal import Journal
from siegelpost.tls.front.live_certificates import StoreContexts
from siegelpost.toolbox.crowd import Crowd
from siegelpost.toolbox.tally import Tally

# On the plain door a proxy of this machine need not be named: nobody else gets there.
_THIS_MACHINE = (ip_network("127.0.0.0/8"), ip_network("::1/128"))


@dataclass(frozen=True, slots=True)
class Doors:
    """What all workers share.

    The listening sockets (HTTPS, plain HTTP that redirects, plain HTTP of a proxy), how much may come in by them, and
    the count of bodies on the disk.
    """

    https: socket.socket
    http: socket.socket | None
    proxy: socket.socket | None
    limits: Limits
    on_disk: Tally


def run(settings: Settings, doors: Doors, place: int, child: Child) -> None:
    """Serve until the supervisor asks to end or is gone; requests in flight are finished.

    Args:
        place: the number of this worker, from 0.
    """
    doors.on_disk.sit_down(place)
    uvloop.run(_serve(settings, doors, child))


async def _serve(settings: Settings, doors: Doors, child: Child) -> None:
    from siegelpost.web.asgi import Application

    loop = asyncio.get_running_loop()
    ended = asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    loop.add_reader(child.lifeline, ended.set)

    store = open_store(settings)
    contexts = StoreContexts(store, challenge_contexts(store))
    contexts.refresh()
    watching = asyncio.create_task(contexts.watch())
    names = [settings.public_host, *settings.allowed_hosts]
    journal = Journal(store.folder / "refusals", settings.secret("visitors"), names)
    answer = partial(plain.answer, location=_location(settings), tokens=tokens(store))
    application = Application(settings, contexts, doors.on_disk, doors.limits.bodies)
    field = settings.proxy_header.encode()
    shared = Shared(application, doors.limits, settings.trusted_proxies, field)
    balancers = {port: settings.balancers if port in settings.balanced_ports else () for port in ("https", "http")}
    listening = partial(Front, doors.https, contexts, shared, on_refusal=journal.record, plain_answer=answer)
    fronts = [listening(balancers=balancers["https"])]
    if doors.proxy is not None:
        handed_on = Shared(application, doors.limits, [*settings.trusted_proxies, *_THIS_MACHINE], field)
        fronts.append(ProxyFront(doors.proxy, contexts, handed_on, on_refusal=journal.record, plain_answer=answer))
    for front in fronts:
        front.start()
    crowd = Crowd(doors.limits.plain_connections_per_address, doors.limits.plain_connections)
    redirect = partial(RedirectProtocol, answer, crowd, balancers["http"])
    redirecting = await loop.create_server(redirect, sock=doors.http) if doors.http else None
    child.ready()
    threading.Thread(target=application.warm_up, daemon=True).start()

    await ended.wait()
    loop.remove_reader(child.lifeline)
    watching.cancel()
    if redirecting is not None:
        redirecting.close()
    application.ending()
    await asyncio.gather(*(front.stop(GRACE) for front in fronts))
    await application.close(GRACE)


def _location(settings: Settings) -> Callable[[str], str | None]:
    from django.conf import settings as django_settings
    from django.http.request import validate_host

    def allowed(host: str) -> bool:
        return validate_host(f"[{host}]" if ":" in host else host, django_settings.ALLOWED_HOSTS)

    return location_of(allowed, settings.public_host, settings.public_address, settings.port)
