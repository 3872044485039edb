"""Two real programs at the same moment, lftp and OpenSSH's sftp: each writes while the other looks, is killed midway
and goes on; and wrong passwords at all doors at once.
"""

import base64
import ftplib
import os
import random
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import dataclass
from http.client import TOO_MANY_REQUESTS, UNAUTHORIZED
from itertools import count
from pathlib import Path

import pytest
from tests.real.portal.scene import brought, lies, opened
from tests.real.portal.test_ftp import Client
from tests.real.portal.test_sftp import by_openssh, openssh
from tests.support.parts import need
from tests.support.ports import free_port
from tests.support.serving import Serve, Server
from tests.support.waiting import until
from tests.unit.estates.intake.scene import flats, package

from siegelpost.toolbox.limits import INTAKE

# Of each file; the programs are told to send it slowly, so that it is on its way until they are killed.
SIZE, A_PART, SLOWLY = 3_000_000, 100_000, 150_000
ELSEWHERE = "127.0.0.2"


@dataclass(frozen=True)
class Doors:
    """The server, and where its doors are."""

    server: Server
    ftp: int
    sftp: int


@pytest.fixture
def doors(serve: Serve) -> Doors:
    ftp, sftp, first = free_port(), free_port(), free_port()
    return Doors(
        serve(ftp_port=str(ftp), sftp_port=str(sftp), ftp_passive_ports=f"{first}-{first + 40}"), ftp=ftp, sftp=sftp
    )


def lftp(doors: Doors, folder: Path, who: tuple[str, str], *commands: str) -> list[str]:
    """The command of lftp that signs in with TLS and does this."""
    begin = (
        f"set ssl:ca-file {folder}/root.pem; set ssl:check-hostname no; set ftp:ssl-force yes",
        f"set ftp:ssl-protect-data yes; set net:max-retries 1; open -u {who[0]},{who[1]} -p {doors.ftp} 127.0.0.1",
    )
    return [str(need("lftp")), "-c", "; ".join([*begin, *commands, "bye"])]


def written(path: Path) -> int:
    with suppress(FileNotFoundError):
        return path.stat().st_size
    return 0


def ended(*programs: subprocess.Popen[str]) -> None:
    """As a machine that loses its power: no goodbye, and the server hears of it by itself."""
    for program in programs:
        os.killpg(program.pid, signal.SIGKILL)
        program.communicate()


def test_two_programs_at_once_are_killed_midway_and_go_on(doors: Doors, tmp_path: Path) -> None:
    who = login, password, folder = opened(doors.server.installation)
    dice = random.Random(7)
    for name in ("ftp", "sftp"):
        (tmp_path / f"{name}.zip").write_bytes(package(flats(name.upper()), {"plan.bin": dice.randbytes(SIZE)}))
    environment, command = openssh(tmp_path, doors.sftp, login, password, "-l", str(SLOWLY * 8 // 1000))
    first = subprocess.Popen(
        lftp(doors, tmp_path, who[:2], f"set net:limit-rate {SLOWLY}", f"put {tmp_path}/ftp.zip"),
        stdout=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    second = subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True, start_new_session=True
    )
    assert second.stdin is not None
    second.stdin.write(f"put {tmp_path}/sftp.zip\n")
    second.stdin.flush()
    until(lambda: min(written(folder / "ftp.zip"), written(folder / "sftp.zip")) > A_PART)

    # Each is seen by the other door while it grows, and none is taken.
    seen = subprocess.run(lftp(doors, tmp_path, who[:2], "ls"), capture_output=True, text=True, check=True).stdout
    assert "sftp.zip" in seen
    assert "ftp.zip" in by_openssh(tmp_path, doors.sftp, login, password, "ls").stdout
    assert first.poll() is None
    assert second.poll() is None
    ended(first, second)
    assert sorted(lies(folder)) == ["ftp.zip", "sftp.zip"]
    assert max(written(folder / "ftp.zip"), written(folder / "sftp.zip")) < SIZE

    # The server may not have missed them yet: programs try again.
    again = lftp(doors, tmp_path, who[:2], f"put -c {tmp_path}/ftp.zip")
    until(lambda: subprocess.run(again, check=False).returncode == 0)
    until(lambda: by_openssh(tmp_path, doors.sftp, login, password, f"reput {tmp_path}/sftp.zip").returncode == 0)
    rows = brought(doors.server.installation, "Haus FTP", "Haus SFTP")
    assert [row[:3] for row in rows] == [["ftp.zip", "done", "ftps"], ["sftp.zip", "done", "sftp"]]
    assert lies(folder) == []


def test_wrong_passwords_at_all_doors_at_once_are_counted_together(doors: Doors, tmp_path: Path) -> None:
    """Exactly as many are looked at as the limit says, whichever way they come; who is elsewhere comes in."""
    login, password, _folder = opened(doors.server.installation)
    numbers = count()

    def by_ftp(word: str, source: str = "127.0.0.1") -> bool:
        with closing(Client(doors.server, doors.ftp, source)) as client:
            try:
                client.signed_in(login, word)
            except ftplib.error_perm:
                return False
            return True

    def by_sftp(word: str, source: str = "127.0.0.1") -> bool:
        mine = tmp_path / str(next(numbers))
        mine.mkdir()
        return by_openssh(mine, doors.sftp, login, word, "ls", source=source).returncode == 0

    def by_https(word: str) -> int:
        header = {"Authorization": "Basic " + base64.b64encode(f"{login}:{word}".encode()).decode()}
        return doors.server.request("PUT", f"/intake/{login}/x.zip", body=b"x", headers=header).status

    few = 6
    with ThreadPoolExecutor(3) as ftp, ThreadPoolExecutor(3) as sftp, ThreadPoolExecutor(8) as https:
        answers: list[Iterator[object]] = [
            ftp.map(by_ftp, ["wrong"] * few),
            sftp.map(by_sftp, ["wrong"] * few),
            https.map(by_https, ["wrong"] * (INTAKE.most - 2 * few)),
        ]
        by_door = [set(each) for each in answers]
    assert by_door == [{False}, {False}, {UNAUTHORIZED}]  # all were looked at
    assert by_https("wrong") == TOO_MANY_REQUESTS
    assert by_https(password) == TOO_MANY_REQUESTS
    assert not by_ftp(password)
    assert not by_sftp(password)
    assert by_ftp(password, ELSEWHERE)
    assert by_sftp(password, ELSEWHERE)
