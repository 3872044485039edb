"""Both doors of programs under kill -9 in the middle of uploads.

What was acknowledged is there, what was cut off is never brought in, and what is sent anew or resumed is.
"""

import asyncio
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import asyncssh
import pytest
from tests.real.portal.scene import brought, lies, opened
from tests.real.portal.test_ftp import Client
from tests.support.ports import free_port
from tests.support.serving import Serve, Server
from tests.unit.estates.intake.scene import flats, package

HALF = 300


def sent(name: str) -> bytes:
    return package(flats(name))


@pytest.fixture
def opening() -> Iterator[ExitStack]:
    """Whatever a test opens and a killed server cannot end."""
    with ExitStack() as stack:
        yield stack


def test_kill_9_during_uploads_loses_nothing_acknowledged_and_takes_nothing_half(
    serve: Serve, opening: ExitStack
) -> None:
    ftp_port, sftp_port, first = free_port(), free_port(), free_port()
    settings = {
        "ftp_port": str(ftp_port),
        "ftp_passive_ports": f"{first}-{first + 40}",
        "sftp_port": str(sftp_port),
    }
    server = serve(**settings)
    login, password, folder = opened(server.installation)
    client = opening.enter_context(closing(Client(server, ftp_port))).signed_in(login, password)
    with client.transfercmd("STOR a.zip") as whole:
        whole.sendall(sent("A"))
    assert client.voidresp().startswith("226")
    for name, flat in (("cut.zip", "Cut"), ("c.zip", "C")):
        client = opening.enter_context(closing(Client(server, ftp_port))).signed_in(login, password)
        opening.enter_context(client.transfercmd(f"STOR {name}")).sendall(sent(flat)[:HALF])
        has(folder / name, HALF)
    asyncio.run(by_sftp(sftp_port, login, password, folder, server))

    there = {name: (folder / name).read_bytes() for name in lies(folder)}
    assert there.pop("a.zip") == sent("A")
    assert there.pop("b.zip") == sent("B")
    assert there == {name: sent(flat)[:HALF] for name, flat in (("cut.zip", "Cut"), ("c.zip", "C"), ("d.zip", "D"))}

    server = serve(**settings)
    client = opening.enter_context(closing(Client(server, ftp_port))).signed_in(login, password)
    with client.transfercmd("STOR c.zip") as whole:
        whole.sendall(sent("C"))
    assert client.voidresp().startswith("226")
    asyncio.run(resumed(sftp_port, login, password))
    rows = brought(server.installation, "Haus A", "Haus B", "Haus C", "Haus D")
    assert [row[:3] for row in rows] == [
        ["a.zip", "done", "ftps"],
        ["b.zip", "done", "sftp"],
        ["c.zip", "done", "ftps"],
        ["d.zip", "done", "sftp"],
    ]
    assert lies(folder) == ["cut.zip"]


def has(file: Path, size: int) -> None:
    """Wait until so much has come: FTP acknowledges nothing before the end."""
    until = time.monotonic() + 30
    while not file.exists() or file.stat().st_size < size:
        assert time.monotonic() < until, f"{file.name} has not come"
        time.sleep(0.02)


def come(port: int, login: str, password: str) -> "asyncssh.misc._ACMWrapper[asyncssh.SSHClientConnection]":
    return asyncssh.connect(
        "127.0.0.1", port, username=login, password=password, known_hosts=None, client_keys=None, config=None
    )


async def by_sftp(port: int, login: str, password: str, folder: Path, server: Server) -> None:
    """One file whole, and one half, each write acknowledged; then the server is killed."""
    async with come(port, login, password) as connection:
        sftp = await connection.start_sftp_client()
        async with sftp.open("b.zip", "wb") as file:
            await file.write(sent("B"))
        half = await sftp.open("d.zip", "wb")
        await half.write(sent("D")[:HALF])
        assert (folder / "d.zip").stat().st_size == HALF
        server.stop(signal.SIGKILL)
        connection.abort()


async def resumed(port: int, login: str, password: str) -> None:
    async with come(port, login, password) as connection:
        sftp = await connection.start_sftp_client()
        async with sftp.open("d.zip", "r+b") as rest:
            begun = (await rest.stat()).size or 0
            await rest.seek(begun)
            await rest.write(sent("D")[begun:])
