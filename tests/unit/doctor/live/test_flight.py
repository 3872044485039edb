"""What a server sends along with its certificate: read from real servers, and weighed as browsers do."""

import base64
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from tests.real.browsers.plain_tls import PlainServer, vector
from tests.support import parts
from tests.support.pki import Authority, Certificate
from tests.support.strange_servers import PAGE, certificate_message, over_tcp, records, server_hello, serving
from tests.support.transparency import TestLog, ocsp_answer, packed

from siegelpost.doctor.judgement import VerdictState
from siegelpost.doctor.live import LiveReport, check, flight, staple
from siegelpost.doctor.live.client_offers import FIREFOX
from siegelpost.doctor.live.flight import Flight
from siegelpost.doctor.policy import logs
from siegelpost.doctor.policy.cause import Cause
from siegelpost.doctor.policy.logs import LogList
from siegelpost.doctor.x509 import trust
from siegelpost.doctor.x509.trust import authorities
from siegelpost.toolbox.deadline import Deadline

NAME = "expose.test"
NOW = datetime.now(UTC)
ROOT = Authority.root("Shipped Root", not_before=NOW - timedelta(days=900), days=4000)
ISSUER = ROOT.intermediate(not_before=NOW - timedelta(days=800), days=3000)
LOGS = (TestLog("Google"), TestLog("Sectigo"))
# No entry stands in the certificate: all depends on what the server sends along.
SERVED = ISSUER.issue(NAME, not_before=NOW - timedelta(days=2), days=80)
ENTRIES = packed([log.entry_beside(SERVED.der, NOW - timedelta(days=1)) for log in LOGS])
STAPLE = ocsp_answer(SERVED, ISSUER, ENTRIES, NOW)


@pytest.fixture(autouse=True)
def browsers_ship_the_root_and_count_the_logs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trust, "public_authorities", lambda: authorities((ROOT.der,)))
    known = LogList(NOW - timedelta(days=3), {log.listed().identifier: log.listed() for log in LOGS})
    monkeypatch.setattr(logs, "log_list", lambda: known)


def asked(port: int) -> Flight | None:
    return flight.ask(ip_address("127.0.0.1"), port, NAME, FIREFOX, Deadline(10))


@contextmanager
def openssl(folder: Path, *options: str) -> Iterator[int]:
    """OpenSSL's own server, which sends the entries by extension and the OCSP answer."""
    (folder / "leaf.pem").write_text(SERVED.chain_pem)
    (folder / "key.pem").write_text(SERVED.key_pem)
    (folder / "chain.pem").write_text(ISSUER.pem)
    (folder / "staple.der").write_bytes(STAPLE)
    # Where the extension may stand: in TLS 1.2's ServerHello, and beside TLS 1.3's certificate (SSL_EXT_… of ssl.h).
    carried = (0x11C0).to_bytes(4, "big") + b"\0\x12" + vector(ENTRIES, 2)
    pem = base64.encodebytes(carried).decode()
    label = "SERVERINFOV2 FOR EXTENSION 18"
    (folder / "info.pem").write_text(f"-----BEGIN {label}-----\n{pem}-----END {label}-----\n")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    files = ("-cert", "leaf.pem", "-key", "key.pem", "-cert_chain", "chain.pem", "-serverinfo", "info.pem")
    command = [str(parts.need("openssl")), "s_server", "-accept", f"127.0.0.1:{port}", "-quiet", *files]
    command += ["-status_file", "staple.der", *options]
    silent = subprocess.DEVNULL
    with subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=silent, stderr=silent) as server:
        try:
            ends = time.monotonic() + 30
            while time.monotonic() < ends:
                with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                    break
                time.sleep(0.02)
            yield port
        finally:
            server.terminate()


@pytest.mark.parametrize(
    "options",
    [
        ("-tls1_2",),
        ("-tls1_3", "-ciphersuites", "TLS_AES_128_GCM_SHA256"),
        ("-tls1_3", "-ciphersuites", "TLS_AES_256_GCM_SHA384", "-groups", "P-256"),
        ("-tls1_3", "-ciphersuites", "TLS_CHACHA20_POLY1305_SHA256", "-groups", "P-384"),
    ],
    ids=["1.2", "1.3", "1.3 on P-256", "1.3 on P-384"],
)
def test_it_is_read_from_openssls_own_server_in_each_version_suite_and_group(
    options: tuple[str, ...], tmp_path: Path
) -> None:
    with openssl(tmp_path, *options) as port:
        assert asked(port) == Flight(SERVED.der, STAPLE, ENTRIES)


def test_a_group_that_we_have_no_half_of_is_not_read(tmp_path: Path) -> None:
    with openssl(tmp_path, "-tls1_3", "-groups", "P-521") as port:
        assert asked(port) is None


def beside(*, entries: bytes = b"", answer: bytes = b"") -> dict[int, bytes]:
    """The extensions that carry a list of entries, and an OCSP answer."""
    found = {18: entries} if entries else {}
    return found | ({5: b"\1" + vector(answer, 3)} if answer else {})


def said(served: Certificate, sent: dict[int, bytes]) -> LiveReport:
    with serving(PlainServer(served, PAGE, sent).answer) as server:
        return check(NAME, connect_to=("127.0.0.1", server.port))


def test_entries_by_the_handshake_or_in_an_ocsp_answer_count_like_those_in_the_certificate() -> None:
    """A good server that sends them this way was refused, and all sending through it stopped."""
    assert said(SERVED, beside(entries=ENTRIES)).ok is True
    assert said(SERVED, beside(answer=STAPLE)).ok is True
    half = packed([LOGS[0].entry_beside(SERVED.der, NOW - timedelta(days=1))])
    other = packed([LOGS[1].entry_beside(SERVED.der, NOW - timedelta(days=1))])
    assert said(SERVED, beside(entries=half, answer=ocsp_answer(SERVED, ISSUER, other, NOW))).ok is True


def test_what_is_not_sent_or_not_about_this_certificate_does_not_count() -> None:
    stolen = ISSUER.issue(NAME, not_before=NOW - timedelta(days=2), days=80, serial=99)
    lying = packed([log.entry_beside(SERVED.der, NOW, says=b"something else") for log in LOGS])
    for served, sent in (
        (SERVED, {}),
        (SERVED, beside(entries=lying)),
        (stolen, beside(entries=ENTRIES)),
        (stolen, beside(answer=STAPLE)),
        (SERVED, beside(entries=ENTRIES[:-1])),
    ):
        report = said(served, sent)
        assert report.ok is False
        judged = [each.judged for each in report.verdicts.values()]
        assert {each.findings[0].cause for each in judged if each} == {Cause.NOT_LOGGED}


def test_what_could_not_be_read_leaves_the_answer_open() -> None:
    """Absent is not what was not seen: a server whose handshake we cannot read may send its entries all the same."""
    met = []

    def answer(connection: socket.socket) -> None:
        met.append(connection)
        if len(met) == 2:  # the first is the handshake, this one asks what is sent along
            return over_tcp(b"no TLS")(connection)
        return PlainServer(SERVED, PAGE, beside(entries=ENTRIES)).answer(connection)

    with serving(answer) as server:
        report = check(NAME, connect_to=("127.0.0.1", server.port))
    assert report.ok is None
    for each in report.verdicts.values():
        assert each.judged is not None
        assert (each.state, each.judged.findings[0].cause) == (VerdictState.UNKNOWN, Cause.SENT_ALONG_NOT_READ)


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        server_hello(),
        server_hello() + b"".join(records(certificate_message(SERVED.chain))),
        b"\x16\x03\x03\xff\xff" + bytes(65_535),
        b"\x16\x03\x03\x00\x04\x02\xff\xff\xff" * 2000,
        b"\x16\x03\x03\x00\x05\x02\x00\x00\x01\x00",
        b"\x14\x03\x03\x00\x01\x01" * 20_000,
    ],
    ids=["nothing", "http", "hello only", "cut off", "zeros", "huge message", "short hello", "only changes"],
)
def test_nonsense_is_not_read_and_soon(sent: bytes) -> None:
    with serving(over_tcp(sent)) as server:
        started = time.monotonic()
        assert asked(server.port) is None
        assert time.monotonic() - started < 5


def test_an_ocsp_answer_without_entries_or_about_another_has_none() -> None:
    other = ISSUER.issue("other.test")
    assert staple.entries(STAPLE, SERVED.chain) == ENTRIES
    assert staple.entries(STAPLE, other.chain) is None
    assert staple.entries(b"nonsense", SERVED.chain) is None
    assert staple.is_good(STAPLE, SERVED.chain)
