"""A time-stamping authority on this machine: ``openssl ts`` behind a small HTTP server."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

_CONFIG = """
[req]
distinguished_name = dn
prompt = no
[dn]
CN = %(name)s
[ca]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign
[tsa]
basicConstraints = CA:FALSE
extendedKeyUsage = critical,timeStamping
keyUsage = critical,digitalSignature
[ts]
serial = serial
signer_cert = tsa.pem
signer_key = tsa.key
certs = root.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256,sha512
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


def create(folder: Path, name: str = "Probe-Zeitstempel") -> None:
    """Make the authority's root, its certificate and its configuration in ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "openssl.cnf").write_text(_CONFIG % {"name": name})
    (folder / "serial").write_text("01\n")
    for command in (
        "req -x509 -newkey rsa:2048 -nodes -config openssl.cnf -keyout root.key -out root.pem -extensions ca",
        "req -newkey rsa:2048 -nodes -config openssl.cnf -keyout tsa.key -out tsa.csr",
        "x509 -req -in tsa.csr -CA root.pem -CAkey root.key -CAcreateserial -days 30 -out tsa.pem"
        " -extfile openssl.cnf -extensions tsa",
    ):
        _openssl(folder, *command.split())


def answer(folder: Path, query: bytes) -> bytes:
    """The authority's answer to a query."""
    (folder / "query").write_bytes(query)
    _openssl(
        folder, *["ts", "-reply", "-queryfile", "query", "-config", "openssl.cnf", "-section", "ts", "-out", "reply"]
    )
    return (folder / "reply").read_bytes()


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The authority's URL while it answers."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            reply = answer(folder, self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)
