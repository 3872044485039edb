"""SFTP with OpenSSH's client, and asyncssh's where a file is to be cut off at a certain byte."""

import asyncio
import io
import subprocess
from pathlib import Path

import asyncssh
import pytest
from tests.real.portal.scene import brought, lies, opened
from tests.support.parts import need
from tests.support.ports import free_port
from tests.support.serving import Serve
from tests.unit.estates.intake.scene import flats, package

from siegelpost.toolbox.limits import INTAKE_CONNECTION

Run = subprocess.CompletedProcess[str]


def openssh(folder: Path, port: int, login: str, password: str, *more: str) -> tuple[dict[str, str], list[str]]:
    """Environment and command of OpenSSH's sftp, which remembers the server's key in this folder."""
    ask = folder / "ask"
    ask.write_text(f"#!/bin/sh\necho {password}\n")
    ask.chmod(0o700)
    options = {
        "StrictHostKeyChecking": "accept-new",
        "UserKnownHostsFile": str(folder / "known"),
        "NumberOfPasswordPrompts": "1",
        "PreferredAuthentications": "password",
    }
    arguments = [each for name, value in options.items() for each in ("-o", f"{name}={value}")]
    environment = {"SSH_ASKPASS": str(ask), "SSH_ASKPASS_REQUIRE": "force", "PATH": "/usr/bin:/bin"}
    return environment, [str(need("sftp")), *arguments, *more, "-P", str(port), f"{login}@127.0.0.1"]


def by_openssh(
    folder: Path, port: int, login: str, password: str, *commands: str, source: str = "127.0.0.1", patience: int = 90
) -> Run:
    """What OpenSSH's sftp does, coming from this address."""
    environment, command = openssh(folder, port, login, password, "-o", f"BindAddress={source}")
    return subprocess.run(
        command,
        input="".join(f"{each}\n" for each in commands),
        env=environment,
        capture_output=True,
        text=True,
        timeout=patience,
        check=False,
    )


def test_what_programs_do_and_what_strangers_try(serve: Serve, tmp_path: Path) -> None:
    """One server: each of these costs a start otherwise."""
    port = free_port()
    server = serve(sftp_port=str(port))
    login, password, folder = opened(server.installation, most_mib=1)
    (tmp_path / "a.zip").write_bytes(package(flats("A")))
    (tmp_path / "large.zip").write_bytes(bytes(3_000_000))
    put = ("mkdir export", "cd export", f"put {tmp_path}/a.zip a.zip.part", "rename a.zip.part a.zip", "ls -l")
    done = by_openssh(tmp_path, port, login, password, *put)
    assert done.returncode == 0, done.stderr
    assert "a.zip" in done.stdout
    assert lies(folder) == ["export/a.zip"]
    refused = by_openssh(tmp_path, port, login, "wrong", "ls")
    assert "Permission denied" in refused.stderr

    tricks = (
        f"get export/a.zip {tmp_path}/back.zip", "rm export/a.zip", "symlink /etc/passwd link", "ln export/a.zip hard",
        f"put {tmp_path}/a.zip ../../../etc/passwd.part", f"put {tmp_path}/a.zip '..\\\\..\\\\x.zip'",
        f"put {tmp_path}/large.zip large.part",
    )  # fmt: skip
    tried = by_openssh(tmp_path, port, login, password, *(f"-{command}" for command in tricks))
    assert not (tmp_path / "back.zip").exists() or not (tmp_path / "back.zip").stat().st_size
    assert set(lies(folder)) == {"export/a.zip", "etc/passwd.part", "large.part"}, tried.stderr
    assert (folder / "large.part").stat().st_size <= 1 << 20
    (folder / "large.part").unlink()
    asyncio.run(_cut_off_and_crowd(port, login, password))
    brought(server.installation, "Haus A", "Haus B")

    # The key stays, or every program would warn of it.
    key = (tmp_path / "known").read_text()
    server.stop()
    again = serve(sftp_port=str(port))
    assert by_openssh(tmp_path, port, login, password, "ls").returncode == 0
    assert (tmp_path / "known").read_text() == key
    assert again.process.poll() is None


async def _cut_off_and_crowd(port: int, login: str, password: str) -> None:
    whole = io.BytesIO(package(flats("B"))).getvalue()

    async def come() -> asyncssh.SSHClientConnection:
        return await asyncssh.connect(
            "127.0.0.1", port, username=login, password=password, known_hosts=None, client_keys=None, config=None
        )

    async with await come() as first:
        sftp = await first.start_sftp_client()
        file = await sftp.open("b.zip", "wb")
        await file.write(whole[:300])
        async with await come() as second:
            other = await second.start_sftp_client()
            with pytest.raises(asyncssh.SFTPFailure, match="in use"):
                await other.open("b.zip", "wb")
            with pytest.raises(asyncssh.ChannelOpenError):
                await second.create_process("id")
            with pytest.raises(asyncssh.ChannelOpenError):
                await second.open_connection("127.0.0.1", port)
            with pytest.raises(asyncssh.ChannelListenError):
                await second.forward_remote_port("", 0, "127.0.0.1", port)
        first.abort()
    async with await come() as third:
        sftp = await third.start_sftp_client()
        for _ in range(100):
            try:
                rest = await sftp.open("b.zip", "r+b")
            except asyncssh.SFTPError:
                await asyncio.sleep(0.1)
                continue
            break
        await rest.seek(300)
        await rest.write(whole[300:])
        await rest.close()
    here = [await come() for _ in range(INTAKE_CONNECTION.most)]
    with pytest.raises((asyncssh.Error, OSError)):
        await come()
    for each in here:
        each.close()
