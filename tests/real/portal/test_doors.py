"""All doors of the intake together: what is counted at one is counted at all, and what is very large or a trap.

It is FTP here and HTTPS; SFTP asks the same function (:mod:`siegelpost.portal.entrance`).
"""

import base64
import ftplib
import subprocess
import zipfile
from contextlib import closing
from http.client import TOO_MANY_REQUESTS, UNAUTHORIZED
from pathlib import Path

import pytest
from tests.real.portal.scene import brought, lies, opened
from tests.real.portal.test_ftp import Client
from tests.real.portal.test_sftp import by_openssh
from tests.support.parts import need
from tests.support.ports import free_port
from tests.support.serving import Serve, Server
from tests.unit.estates.intake.scene import flats, package

from siegelpost.toolbox.limits import INTAKE

MIB = 1024 * 1024


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def server(serve: Serve, port: int) -> Server:
    first = free_port()
    return serve(ftp_port=str(port), ftp_passive_ports=f"{first}-{first + 40}")


def lftp(server: Server, port: int, root: Path, who: tuple[str, str], *commands: str) -> None:
    """Sign in with TLS, and do this."""
    login, password = who
    begin = (
        f"set ssl:ca-file {root}; set ssl:check-hostname no; set ftp:ssl-force yes; set ftp:ssl-protect-data yes",
        f"open -u {login},{password} -p {port} 127.0.0.1",
    )
    subprocess.run([str(need("lftp")), "-c", "; ".join([*begin, *commands, "bye"])], check=True, timeout=900)


def denied(server: Server, port: int, login: str, password: str) -> None:
    with closing(Client(server, port)) as client, pytest.raises(ftplib.error_perm, match="530"):
        client.signed_in(login, password)


def test_a_storm_of_passwords_at_one_door_shuts_the_others_and_a_bomb_harms_nobody(
    server: Server, port: int, tmp_path: Path
) -> None:
    login, password, folder = opened(server.installation)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("openimmo.xml", bytes(40 * MIB))
    (tmp_path / "a.zip").write_bytes(package(flats("A")))
    lftp(server, port, tmp_path / "root.pem", (login, password), *(f"put {tmp_path}/{n}.zip" for n in ("bomb", "a")))
    rows = brought(server.installation, "Haus A")
    assert [row[:3] for row in rows] == [["a.zip", "done", "ftps"], ["bomb.zip", "refused", "ftps"]]
    assert lies(folder) == []

    for _ in range(3):
        denied(server, port, login, "wrong")
    wrong = {"Authorization": "Basic " + base64.b64encode(f"{login}:wrong".encode()).decode()}
    answers = [
        server.request("PUT", f"/intake/{login}/x.zip", body=b"x", headers=wrong).status for _ in range(INTAKE.most - 2)
    ]
    assert answers == [UNAUTHORIZED] * (INTAKE.most - 3) + [TOO_MANY_REQUESTS]
    denied(server, port, login, password)
    assert lies(folder) == []


def zipped(path: Path, number: str, size: int) -> Path:
    """A package of exactly so many bytes."""
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("openimmo.xml", flats(number))
        with archive.open("ballast.bin", "w", force_zip64=True) as member:
            for _ in range(size // MIB - 1):
                member.write(bytes(MIB))
    missing = size - path.stat().st_size
    with zipfile.ZipFile(path, "a") as archive:
        # Its name stands twice, with thirty bytes before the content and forty-six in the list behind it.
        archive.writestr("rest", bytes(missing - 2 * len("rest") - 30 - 46))
    assert path.stat().st_size == size
    return path


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_two_gigabytes_are_taken_whole_beside_small_ones_and_more_is_refused_in_words(
    serve: Serve, port: int, tmp_path: Path
) -> None:
    """By lftp and by OpenSSH's sftp; a connection that was cut leaves what it has brought."""
    sftp, first = free_port(), free_port()
    server = serve(ftp_port=str(port), sftp_port=str(sftp), ftp_passive_ports=f"{first}-{first + 40}")
    who = login, password, folder = opened(server.installation, most_mib=9000)
    for name, size in (("large", 2_000_000_000), ("secure", 2_000_000_000), ("larger", 2_200_000_000)):
        zipped(tmp_path / f"{name}.zip", name.capitalize(), size)
    (tmp_path / "small.zip").write_bytes(package(flats("Small")))
    half = Client(server, port).signed_in(login, password)
    sending = half.transfercmd("STOR cut.zip")
    sending.sendall(bytes(300 * MIB))
    half.close()
    sending.close()
    root = tmp_path / "root.pem"
    lftp(server, port, root, who[:2], *(f"put {tmp_path}/{name}.zip" for name in ("large", "small", "larger")))
    sent = by_openssh(tmp_path, sftp, login, password, f"put {tmp_path}/secure.zip", patience=900)
    assert sent.returncode == 0, sent.stderr
    rows = brought(server.installation, "Haus Large", "Haus Secure", "Haus Small")
    assert [row[:3] for row in rows if row[0] != "cut.zip"] == [
        ["large.zip", "done", "ftps"],
        ["larger.zip", "refused", "ftps"],
        ["secure.zip", "done", "sftp"],
        ["small.zip", "done", "ftps"],
    ]
    assert lies(folder) == ["cut.zip"]
