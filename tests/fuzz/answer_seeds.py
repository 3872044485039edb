"""Sound inputs for :mod:`tests.fuzz.answers` to begin with."""

import gzip
import hashlib
import io
import json
import tarfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.pki import Authority, Certificate


@cache
def _revocable() -> "tuple[Authority, Certificate]":
    from tests.unit.doctor.live.test_revocation import ISSUER, SERVED

    return ISSUER, SERVED


def served() -> tuple[bytes, ...]:
    """A chain whose certificates name the list of their authority."""
    issuer, certificate = _revocable()
    return (certificate.der, issuer.der)


def revocations() -> Iterator[bytes]:
    from tests.unit.doctor.live.test_revocation import ISSUERS, list_of, piece

    issuer, certificate = _revocable()
    yield list_of(issuer, certificate)
    yield list_of(issuer, piece=piece(ISSUERS, users=True))


def proxy_headers() -> Iterable[bytes]:
    signature = b"\r\n\r\n\0\r\nQUIT\n"
    return [
        b"PROXY TCP4 203.0.113.7 192.0.2.1 4711 443\r\n\x16\x03\x01",
        b"PROXY TCP6 2001:db8::7 2001:db8::1 4711 443\r\n",
        signature + b"\x21\x11\x00\x0c" + bytes([203, 0, 113, 7, 192, 0, 2, 1]) + b"\x12\x34\x01\xbb",
        signature + b"\x21\x21\x00\x24" + bytes(32) + b"\x12\x34\x01\xbb",
    ]


def mailboxes() -> Iterable[bytes]:
    """A server that says all that is asked of it: tags are BAAA0, BAAA1 …"""
    mail = b"From: a@b.test\r\nSubject: x\r\n\r\nJa"
    head = b"Authentication-Results: mx.test; dmarc=pass\r\nReceived: from a by mx.test\r\n\r\n"
    said = [
        b"* OK [CAPABILITY IMAP4rev1 AUTH=PLAIN IDLE] ready",
        b"* CAPABILITY IMAP4rev1 AUTH=PLAIN IDLE",
        b"BAAA0 OK done",
        b"+ ",
        b"BAAA1 OK [CAPABILITY IMAP4rev1 IDLE] in",
        b"* 1 EXISTS",
        b"* OK [UIDVALIDITY 7] x",
        b"* OK [UIDNEXT 2] x",
        b"* OK [ALERT] full soon",
        b"BAAA2 OK [READ-ONLY] open",
        b"* CAPABILITY IMAP4rev1 IDLE",
        b"BAAA3 OK done",
        b"* SEARCH 1",
        b"BAAA4 OK found",
        b"* 1 FETCH (UID 1 BODY[HEADER.FIELDS (AUTHENTICATION-RESULTS RECEIVED)] {%d}" % len(head)
        + b"\r\n"
        + head
        + b")",
        b"BAAA5 OK fetched",
        b'* 1 FETCH (UID 1 INTERNALDATE "29-Nov-2026 10:00:00 +0100")',
        b"BAAA6 OK fetched",
        b"* 1 FETCH (UID 1 BODY[]<0> {%d}\r\n%s)" % (len(mail), mail),
        b"BAAA7 OK fetched",
        b"* BYE",
        b"BAAA8 OK bye",
    ]
    return [b"\r\n".join(said) + b"\r\n"]


def dns_services() -> Iterator[bytes]:
    """Of each service that it has the address already, line by line."""
    import dns.message
    import dns.rrset

    from siegelpost.certificates.dyndns.services import SERVICES

    ours = {"content": "192.0.2.1", "name": "www.office.test", "type": "A", "id": 1}
    answer = dns.message.make_response(dns.message.make_query("www.office.test", "A", id=1))
    answer.answer.append(dns.rrset.from_text("www.office.test.", 300, "IN", "A", "192.0.2.1"))
    said: dict[str, list[object]] = {
        "desec": [{"records": ["192.0.2.1"]}],
        "hetzner": [{"zone": {"id": 1}}, {"rrset": {"records": [{"value": "192.0.2.1"}]}}],
        "inwx": [{"code": 1000, "resData": {"record": [ours]}}],
        "ionos": [[{"id": "a", "name": "office.test"}], {"records": [ours]}],
    }
    plain = {"rfc2136": answer.to_wire(), "dyndns2": b"good 192.0.2.1"}
    for number, name in enumerate(SERVICES):
        lines = "\n".join(json.dumps(each) for each in said.get(name, ()))
        yield bytes([number]) + plain.get(name, lines.encode())


def _archive(**files: bytes) -> bytes:
    from siegelpost.backup.manifest import FORMAT, MANIFEST, Manifest

    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for name, content in files.items():
            _add(tar, name, content)
        sums = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
        manifest = Manifest(FORMAT, "1.0", "2026-11-29T10:00:00Z", next(iter(files)), None, sums, [])
        _add(tar, MANIFEST, json.dumps(asdict(manifest)).encode())
    return gzip.compress(out.getvalue(), mtime=0)


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    member = tarfile.TarInfo(name)
    member.size = len(content)
    tar.addfile(member, io.BytesIO(content))


def backups() -> Iterator[bytes]:
    from siegelpost.backup.database import SQLITE

    yield _archive(**{SQLITE: b"SQLite", "secrets/key": b"x" * 32, "bodies/ab/cd": b"%PDF"})


def intake_names() -> Iterable[bytes]:
    return [
        "Büro/objekt 12.zip".encode(),
        "B\N{COMBINING DIAERESIS}uro\\foto.jpg".encode(),
        "K\N{LATIN SMALL LETTER O WITH DIAERESIS}ln.zip".encode("cp1252"),
        b"/a/./b/c.xml",
    ]
