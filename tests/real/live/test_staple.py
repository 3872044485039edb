"""A certificate that demands an OCSP answer, on a real nginx: the doctor's word against the real Firefox's."""

import asyncio
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ocsp
from tests.real.browsers.ask import ask_firefox
from tests.real.browsers.servers import SHOWN
from tests.real.browsers.trust import write_database
from tests.support import der, parts
from tests.support.pki import Authority, Certificate, extension

from siegelpost.doctor.live import check
from siegelpost.doctor.policy import Browser

pytestmark = pytest.mark.real
NAME = "expose.test"
ROOT = Authority.root()
ISSUER = ROOT.intermediate("Stapling Issuer")
NOW = datetime.now(UTC)


def demanding() -> Certificate:
    """A fresh one each time: Firefox remembers what it heard of a certificate."""
    feature = extension("tls_feature", der.sequence(der.integer(5)))
    return ISSUER.issue(NAME, extensions={"tls_feature": feature})


def answer(
    about: Certificate,
    signer: Authority = ISSUER,
    *,
    days: float = 0,
    status: ocsp.OCSPCertStatus = ocsp.OCSPCertStatus.GOOD,
) -> bytes:
    """An OCSP answer that is good for a week from so many days ago."""
    leaf, issuer = (x509.load_der_x509_certificate(each) for each in about.chain)
    revoked = status is ocsp.OCSPCertStatus.REVOKED
    builder = ocsp.OCSPResponseBuilder().add_response(
        leaf,
        issuer,
        hashes.SHA1(),  # noqa: S303 - names the issuer, as responders do (RFC 5019 §2.1.1)
        status,
        NOW - timedelta(days=days, hours=1),
        NOW + timedelta(days=7 - days),
        NOW - timedelta(days=1) if revoked else None,
        None,
    )
    builder = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, x509.load_der_x509_certificate(signer.der))
    key = serialization.load_pem_private_key(signer.key_pem.encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)
    return builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def cases() -> dict[str, tuple[Certificate, bytes | None]]:
    """What each server shows and sends along; only the first satisfies."""
    found = {name: demanding() for name in ("good", "none", "of another", "revoked", "too old", "of a stranger")}
    return {
        "good": (found["good"], answer(found["good"])),
        "none": (found["none"], None),
        "of another": (found["of another"], answer(ISSUER.issue(NAME))),
        "revoked": (found["revoked"], answer(found["revoked"], status=ocsp.OCSPCertStatus.REVOKED)),
        "too old": (found["too old"], answer(found["too old"], days=60)),
        "of a stranger": (found["of a stranger"], answer(found["of a stranger"], ROOT.intermediate("Stranger"))),
    }


@contextmanager
def nginx(folder: Path) -> Iterator[dict[str, int]]:
    """One server per case; gives their ports."""
    program = parts.need("nginx")
    ports, blocks = {}, []
    for number, (name, (served, staple)) in enumerate(cases().items()):
        with socket.create_server(("127.0.0.1", 0)) as free:
            ports[name] = free.getsockname()[1]
        (folder / f"{number}.pem").write_text(served.chain_pem)
        (folder / f"{number}.key").write_text(served.key_pem)
        stapling = ""
        if staple is not None:
            (folder / f"{number}.der").write_bytes(staple)
            stapling = f"ssl_stapling on; ssl_stapling_verify off; ssl_stapling_file {folder}/{number}.der;"
        blocks.append(
            f"server {{ listen 127.0.0.1:{ports[name]} ssl; ssl_certificate {folder}/{number}.pem; "
            f"ssl_certificate_key {folder}/{number}.key; {stapling} "
            f"location / {{ default_type text/html; return 200 {SHOWN}; }} }}"
        )
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/log;\n"
        "events {}\n"
        f"http {{ access_log off; client_body_temp_path {folder}/body; {' '.join(blocks)} }}\n"
    )
    with subprocess.Popen([program, "-p", folder, "-c", config], stderr=subprocess.DEVNULL) as server:
        try:
            for port in ports.values():
                wait_for(port)
            yield ports
        finally:
            server.terminate()


def wait_for(port: int) -> None:
    ends = time.monotonic() + 30
    while time.monotonic() < ends:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise TimeoutError(f"nginx does not listen on {port}")


@pytest.mark.browser
@pytest.mark.timeout(300)
def test_only_a_good_answer_satisfies_the_demand_and_firefox_says_the_same(tmp_path: Path) -> None:
    for program in ("firefox-esr", "certutil"):
        parts.need(program)
    write_database(tmp_path / "database", [ROOT.der])
    with nginx(tmp_path) as ports:
        urls = {name: f"https://{NAME}:{port}/" for name, port in ports.items()}
        shown = asyncio.run(ask_firefox(urls, tmp_path / "profile", tmp_path / "database"))
        said = {
            name: check(NAME, connect_to=("127.0.0.1", port), local_roots=[ROOT.pem]) for name, port in ports.items()
        }
    assert {name: words == "ok" for name, words in shown.items()} == {name: name == "good" for name in ports}
    for name, report in said.items():
        assert report.verdicts[Browser.CHROMIUM].ok, name
        assert report.verdicts[Browser.FIREFOX].ok is (name == "good"), name
    assert said["none"].verdicts[Browser.FIREFOX].code == shown["none"]
