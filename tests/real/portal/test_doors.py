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


@pytest.mark.soak
@pytest.mark.timeout(1800)
def test_two_gigabytes_are_taken_whole_beside_small_ones_and_more_is_refused_in_words(
    server: Server, port: int, tmp_path: Path
) -> None:
    who = login, password, folder = opened(server.installation, most_mib=6000)
    for name, ballast in (("large", 1900 * MIB), ("larger", 2100 * MIB)):
        with zipfile.ZipFile(tmp_path / f"{name}.zip", "w") as archive:
            archive.writestr("openimmo.xml", flats(name.capitalize()))
            with archive.open("ballast.bin", "w", force_zip64=True) as member:
                for _ in range(ballast // MIB):
                    member.write(bytes(MIB))
    (tmp_path / "small.zip").write_bytes(package(flats("Small")))
    root = tmp_path / "root.pem"
    half = Client(server, port).signed_in(login, password)
    sending = half.transfercmd("STOR cut.zip")
    sending.sendall(bytes(300 * MIB))
    half.close()
    sending.close()
    lftp(server, port, root, who[:2], *(f"put {tmp_path}/{name}.zip" for name in ("large", "small", "larger")))
    rows = brought(server.installation, "Haus Large", "Haus Small")
    assert [row[:2] for row in rows if row[0] != "cut.zip"] == [
        ["large.zip", "done"],
        ["larger.zip", "refused"],
        ["small.zip", "done"],
    ]
    assert lies(folder) == ["cut.zip"]
