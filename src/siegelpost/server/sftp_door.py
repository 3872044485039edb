"""The process that takes properties in by SFTP (:mod:`siegelpost.portal.sftp`), as one of the server's."""

import asyncio
import signal
import socket
from functools import partial

from siegelpost.server.child import Child
from siegelpost.settings import Settings


def run(settings: Settings, listening: socket.socket, child: Child) -> None:
    """Serve until the supervisor asks to end or is gone; whoever is cut off goes on where it was."""
    asyncio.run(_serve(settings, listening, child))


async def _serve(settings: Settings, listening: socket.socket, child: Child) -> None:
    import asyncssh

    from siegelpost.estates.intake_models import Way
    from siegelpost.portal import entrance, sftp

    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, ended.set)
    loop.add_reader(child.lifeline, ended.set)
    listening.setblocking(False)
    crowd = entrance.crowd()
    was_used = partial(entrance.was_used, Way.SFTP)
    host_keys = await asyncio.to_thread(sftp.host_keys, settings.data, are_known=was_used)
    server = await asyncssh.listen(
        sock=listening,
        server_factory=lambda: sftp.Login(crowd),
        server_host_keys=host_keys,
        sftp_factory=sftp.BoxFiles,
        allow_scp=False,
        agent_forwarding=False,
        public_key_auth=False,
        kbdint_auth=False,
        gss_host=None,
        login_timeout=30,
        keepalive_interval=60,
        keepalive_count_max=entrance.PATIENCE // 60,
        config=None,
    )
    child.ready()
    await ended.wait()
    loop.remove_reader(child.lifeline)
    server.close()
