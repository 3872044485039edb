"""FTP with real clients: curl, lftp, and Python's where a connection is to be cut off at a certain byte."""

import ftplib
import io
import socket
import ssl
import subprocess
from contextlib import ExitStack, suppress
from pathlib import Path

import pytest
from tests.real.portal.scene import brought, lies, opened
from tests.support.parts import need
from tests.support.pki import Authority
from tests.support.ports import free_port
from tests.support.serving import NAME, Serve, Server, activate
from tests.unit.estates.intake.scene import flats, package

from siegelpost.toolbox.limits import INTAKE_CONNECTION


class Client(ftplib.FTP_TLS):
    """A client that knows the office's name."""

    def __init__(self, server: Server, port: int, source: str = "127.0.0.1") -> None:
        context = ssl.create_default_context(cadata=server.trust)
        context.check_hostname = False
        super().__init__(context=context, timeout=30)
        self.connect("127.0.0.1", port, source_address=(source, 0))

    def signed_in(self, login: str, password: str) -> "Client":
        self.login(login, password)
        self.prot_p()
        return self


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def server(serve: Serve, port: int) -> Server:
    first = free_port()
    return serve(ftp_port=str(port), ftp_passive_ports=f"{first}-{first + 40}")


def refused(client: ftplib.FTP, *commands: str) -> None:
    for command in commands:
        with pytest.raises(ftplib.error_perm):
            client.sendcmd(command)


def test_what_programs_do_and_what_strangers_try(
    server: Server, port: int, authority: Authority, tmp_path: Path
) -> None:
    """One server: each of these costs a start otherwise."""
    login, password, folder = opened(server.installation)
    whole = package(flats("A"))
    (tmp_path / "a.zip").write_bytes(whole)
    root = tmp_path / "root.pem"

    # lftp: the name a program gives, a folder of its own, and a temporary name that is renamed at the end
    commands = (
        f"set ssl:ca-file {root}; set ssl:check-hostname no; set ftp:ssl-force yes; set ftp:ssl-protect-data yes;"
        f"open -u {login},{password} -p {port} 127.0.0.1; mkdir export; cd export; put {tmp_path}/a.zip -o a.zip.part;"
        "mv a.zip.part a.zip; ls; bye"
    )
    subprocess.run([str(need("lftp")), "-c", commands], check=True, timeout=60)
    assert lies(folder) == ["export/a.zip"]

    # curl: without TLS nobody is asked for a password
    curl = [str(need("curl")), "--silent", "--show-error", "--user", f"{login}:{password}", "-T", f"{tmp_path}/a.zip"]
    plain = subprocess.run([*curl, "-v", f"ftp://127.0.0.1:{port}/"], capture_output=True, text=True, check=False)
    assert plain.returncode
    assert "PASS" not in plain.stderr
    safe = [*curl, "--ssl-reqd", "--cacert", str(root), "--resolve", f"{NAME}:{port}:127.0.0.1"]
    wrong = subprocess.run([*safe, "--user", f"{login}:wrong", f"ftp://{NAME}:{port}/"], check=False, timeout=60)
    assert wrong.returncode == 67  # CURLE_LOGIN_DENIED
    subprocess.run([*safe, f"ftp://{NAME}:{port}/same.zip"], check=True, timeout=60)

    # no name leads out, nothing is read or deleted, nothing is connected to
    client = Client(server, port).signed_in(login, password)
    for name in ("..\\..\\x.zip", "a\\..\\..\\x.zip", "x" * 300, "a/b/c/d/e/f/g.zip"):
        with pytest.raises(ftplib.error_perm):
            client.storbinary(f"STOR {name}", io.BytesIO(whole))
    client.storbinary("STOR ../../../etc/passwd", io.BytesIO(whole))
    client.storbinary("STOR Küche.part", io.BytesIO(whole))
    assert {"etc/passwd", "Küche.part"} <= set(lies(folder))
    refused(client, "RETR same.zip", "DELE etc/passwd", "RMD etc", "SITE CHMOD 777 etc", "PORT 127,0,0,1,4,1", "STOU")

    # cut off in the middle: nothing is taken; resumed, all of it is
    cut = package(flats("B"))
    sending = client.transfercmd("STOR b.zip")
    sending.sendall(cut[:200])
    other = Client(server, port).signed_in(login, password)
    with pytest.raises(ftplib.error_perm, match="in use"):
        other.transfercmd("STOR b.zip")
    sending.close()
    with suppress(ftplib.Error, OSError):
        client.voidresp()
    client.close()
    assert (folder / "b.zip").read_bytes() == cut[:200]
    rows = brought(server.installation, "Haus A")
    assert sorted(row[1:] for row in rows) == [["done", "ftps", "127.0.0.1"], *[["repeated", "ftps", "127.0.0.1"]] * 2]
    other.voidcmd("TYPE I")
    assert other.size("b.zip") == 200
    resumed = other.transfercmd("STOR b.zip", rest=200)
    resumed.sendall(cut[200:])
    resumed.close()
    other.voidresp()

    # the certificate that is active now, not that of the start
    other.close()
    renewed = authority.issue(NAME)
    activate(server.installation, renewed)
    fresh = Client(server, port)
    fresh.auth()
    assert isinstance(fresh.sock, ssl.SSLSocket)
    assert ssl.DER_cert_to_PEM_cert(fresh.sock.getpeercert(True) or b"").strip() in renewed.chain_pem

    fresh.close()

    # a crowd from one address is sent away, and the others stay
    with ExitStack() as crowd:
        words = []
        for _ in range(INTAKE_CONNECTION.most + 1):
            one = crowd.enter_context(socket.create_connection(("127.0.0.1", port), timeout=30))
            words.append(one.recv(3))
    # Of the clients before, one may not have been missed yet.
    assert words[: INTAKE_CONNECTION.most - 2] == [b"220"] * (INTAKE_CONNECTION.most - 2)
    assert words[-1] == b"421"
    brought(server.installation, "Haus A", "Haus B")
    assert lies(folder) == ["Küche.part"]
    _without_tls_and_with_little_room(server, port, tmp_path)


def _without_tls_and_with_little_room(server: Server, port: int, tmp_path: Path) -> None:
    login, password, folder = opened(server.installation, plain_ftp=True, most_mib=1)
    (tmp_path / "a.zip").write_bytes(package(flats("C")))
    curl = [str(need("curl")), "--silent", "--user", f"{login}:{password}"]
    address = f"ftp://127.0.0.1:{port}/"
    subprocess.run([*curl, "-T", f"{tmp_path}/a.zip", address], check=True, timeout=60)
    (tmp_path / "large.zip").write_bytes(bytes(3_000_000))
    assert subprocess.run([*curl, "-T", f"{tmp_path}/large.zip", address], check=False, timeout=60).returncode
    assert sum(file.stat().st_size for file in folder.iterdir()) <= 1 << 20
    rows = brought(server.installation, "Haus A", "Haus B", "Haus C")
    assert ["done", "ftp"] in [row[1:3] for row in rows]
