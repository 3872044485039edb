"""Sound inputs for each reader to begin with, small, and made here wherever that is possible."""

import base64
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.transparency import TestLog

    from siegelpost.doctor.policy.knowledge import Knowledge

AT = datetime(2026, 11, 23, tzinfo=UTC)
FOLDER = Path(__file__).parent / "sound"
MAILS = Path(__file__).parents[1] / "unit/mail/incoming/mails"

OURS = """From: Max Makler <buero@office.test>
To: Vera Opfer <vera@example.org>
Subject: Ihr =?utf-8?q?Expos=C3=A9?=
Message-ID: <1@office.test>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=a

--a
Content-Type: text/plain; charset=utf-8

Guten Tag Vera Opfer, hier ist Ihr Exposé: https://office.test/s/abcdefghijklmnop Freundliche Grüße, Max Makler
--a
Content-Type: text/html; charset=utf-8

<p>Guten Tag Vera Opfer, hier ist <a href="https://office.test/s/abcdefghijklmnop">Ihr Exposé</a>.</p>
--a--
""".replace("\n", "\r\n").encode()
ANSWER = """From: =?utf-8?q?Vera_Opfer?= <vera@example.org>
To: Max Makler <buero@office.test>
Subject: Re: Ihr =?utf-8?q?Expos=C3=A9?=
In-Reply-To: <1@office.test>
References: <1@office.test>
Authentication-Results: mx.office.test; dmarc=pass header.from=example.org; spf=pass smtp.mailfrom=example.org;
 dkim=pass header.d=example.org header.s=s1
Content-Type: text/plain; charset=utf-8; format=flowed
Content-Transfer-Encoding: quoted-printable

Ja, ich bestelle zahlungspflichtig.

Am 29.11.2026 um 10:00 schrieb Max Makler:
> Guten Tag Vera Opfer, hier ist Ihr Expos=C3=A9: https://office.test/s/abcdef
-- =20
Vera Opfer
""".replace("\n", "\r\n").encode()
AWAY = b"""From: vera@example.org
Subject: Automatische Antwort: Abwesend
Auto-Submitted: auto-replied
X-Auto-Response-Suppress: All
Content-Type: text/html; charset="windows-1252"

<html><body><p>Ich bin <b>nicht</b> da.<br>Gr\xfc\xdfe</p><blockquote type="cite">&gt; alt</blockquote></body></html>
"""


def pieces(data: bytes) -> list[bytes]:
    """An input cut into at most twenty blobs, each behind two bytes of length."""
    found: list[bytes] = []
    while len(data) >= 2 and len(found) < 20:
        size = int.from_bytes(data[:2], "big")
        found.append(data[2 : 2 + size])
        data = data[2 + size :]
    return found


def together(*blobs: bytes) -> bytes:
    """The input that :func:`pieces` cuts into these."""
    return b"".join(len(each).to_bytes(2, "big") + each for each in blobs)


def mails() -> Iterable[bytes]:
    return [OURS, ANSWER, AWAY]


def bounces() -> Iterator[bytes]:
    from siegelpost.mail.incoming import bounces as reader

    for path in sorted(MAILS.glob("*.eml")):
        raw = path.read_bytes()
        if reader.read(raw).kind is not reader.ReportKind.OTHER:
            yield raw


def replies() -> Iterable[bytes]:
    return [ANSWER, ANSWER.replace(b"Ja, ich bestelle zahlungspflichtig.", "Ich möchte widerrufen.".encode()), AWAY]


def html() -> Iterable[bytes]:
    return [
        b'<div>Ja<br>gern</div><blockquote type="cite"><p>alt</p></blockquote><a href="https://office.test/s/a">x</a>',
        b"<!--[if mso]><style>p{}</style><![endif]--><table><tr><td><s>nein</s>&nbsp;&auml;&#x41;</td></tr></table>",
    ]


def vcards() -> Iterable[bytes]:
    return [
        b"BEGIN:VCARD\r\nVERSION:3.0\r\nN:M\xc3\xbcller;J\xc3\xb6rg;;Dr.;\r\nFN:J\xc3\xb6rg\r\n"
        b"TEL;type=CELL:+49 171 1\r\n"
        b"EMAIL;type=pref:a@b.de\r\nitem1.ADR;type=HOME:;;Weg 5;Ort;;73728;D\r\nNOTE:a\\, b\r\nEND:VCARD\r\n",
        b"BEGIN:VCARD\nVERSION:2.1\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:Gro=C3=9F;K\nTEL;HOME:040/1\n"
        b"NOTE;ENCODING=QUOTED-PRINTABLE:lange =\nZeile\nEND:VCARD\n",
        b"BEGIN:VCARD\nVERSION:4.0\nFN:Ay\xc5\x9fe\nTEL;TYPE=cell:tel:+49-30-1\nPHOTO:data:image/jpeg;base64,/9j/\n"
        b"END:VCARD\n",
        "BEGIN:VCARD\r\nVERSION:3.0\r\nN:Schäfer;Björn\r\nEND:VCARD\r\n".encode("cp1252"),
    ]


def tables() -> Iterable[bytes]:
    text = 'Anrede;Name;E-Mail 1;Telefon privat;Straße;PLZ;Ort\nFrau;"Dr. Anna; Höhe";a@x.test;040 1;Weg 1;24103;Kiel\n'
    google = "First Name,Phone 1 - Label,Phone 1 - Value\nJörg,Mobile,0170 1 ::: 0170 2\n"
    return [text.encode(), text.encode("cp1252"), ("\ufeff" + text).encode("utf-16-le"), google.encode()]


def openimmo() -> Iterator[bytes]:
    from siegelpost.demo_data import package

    xml = package.XML.read_bytes()
    yield xml
    yield packed({"openimmo.xml": xml, "hu-1014-haus.jpg": b"\xff\xd8\xff\xe0"})


def whole_zips() -> Iterator[bytes]:
    yield packed({"openimmo.xml": b"<openimmo/>", "bilder/k\u00fcche.jpg": bytes(9000)})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("openimmo.xml", b"<openimmo></openimmo>")
        archive.writestr("a.jpg", b"x" * 300, zipfile.ZIP_BZIP2)
        archive.writestr("b.jpg", b"y" * 300, zipfile.ZIP_LZMA)
        with archive.open("c.jpg", "w", force_zip64=True) as member:
            member.write(b"z" * 30)
    yield out.getvalue() + b"\0" * 20
    yield b"<openimmo></immo:openimmo >\r\n\0"


def packed(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return out.getvalue()


def pictures() -> Iterator[bytes]:
    import pillow_heif
    from PIL import Image

    for kind in ("JPEG", "PNG", "WEBP", "GIF", "TIFF"):
        out = io.BytesIO()
        Image.new("RGB", (640, 480), "red").save(out, kind, quality=30)
        yield out.getvalue()
    out = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (64, 48), "red")).save(out, quality=30)
    yield out.getvalue()


def documents() -> Iterator[bytes]:
    from pikepdf import Array, Dictionary, Name, Pdf, String

    with Pdf.new() as pdf:
        page = pdf.add_blank_page()
        page.Annots = Array([Dictionary(Subtype=Name.Link, A=Dictionary(S=Name.JavaScript, JS=String("x")))])
        pdf.docinfo["/Author"] = "V"
        for linearized in (False, True):
            out = io.BytesIO()
            pdf.save(out, linearize=linearized)
            yield out.getvalue()


def logos() -> Iterator[bytes]:
    from PIL import Image

    for kind, mode in (("PNG", "P"), ("PNG", "RGBA"), ("WEBP", "RGBA"), ("JPEG", "RGB")):
        out = io.BytesIO()
        Image.new(mode, (30, 20)).save(out, kind)
        yield out.getvalue()


@cache
def authority() -> tuple[bytes, ...]:
    """Leaf (in the logs of :func:`logs`), intermediate and root in DER, and the leaf's key in PEM."""
    from tests.support.pki import Authority
    from tests.support.transparency import logged

    root = Authority.root()
    leaf = logged(root.intermediate(path_length=0), "a.test", logs(), at=AT, days=90)
    return (*leaf.chain, root.der, leaf.key_pem.encode())


@cache
def logs() -> "tuple[TestLog, ...]":
    from tests.support.transparency import TestLog

    return TestLog("one"), TestLog("another")


@cache
def known() -> "Knowledge":
    """What the doctor knows, with our logs in place of those of certificate transparency."""
    from siegelpost.doctor.policy import knowledge
    from siegelpost.doctor.policy.logs import LogList

    ours = LogList(AT, {log.listed().identifier: log.listed() for log in logs()})
    return replace(knowledge.current(), log_list=ours)


def chain_der() -> tuple[bytes, ...]:
    return authority()[:2]


def _pem(der: bytes, kind: str = "CERTIFICATE") -> bytes:
    return f"-----BEGIN {kind}-----\n".encode() + base64.encodebytes(der) + f"-----END {kind}-----\n".encode()


def key_containers() -> Iterator[bytes]:
    from cryptography import x509
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.serialization import pkcs7, pkcs12

    leaf, middle, _root, key_pem = authority()
    key = serialization.load_pem_private_key(key_pem, None)
    certificates = [x509.load_der_x509_certificate(each) for each in (leaf, middle)]
    der, pem = serialization.Encoding.DER, serialization.Encoding.PEM
    yield from (leaf, _pem(leaf) + _pem(middle) + key_pem, key_pem)
    yield pkcs7.serialize_certificates(certificates, der)
    yield pkcs7.serialize_certificates(certificates, pem)
    weak = (
        serialization.PrivateFormat.PKCS12.encryption_builder()
        .kdf_rounds(50)
        .key_cert_algorithm(pkcs12.PBES.PBESv1SHA1And3KeyTripleDESCBC)
    )
    for protection in (serialization.NoEncryption(), weak.build(b"geheim")):
        yield pkcs12.serialize_key_and_certificates(b"a", key, certificates[0], certificates[1:], protection)  # type: ignore[arg-type]  # a key of any kind
    yield key.private_bytes(der, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    yield packed({"leaf.crt": _pem(leaf), "key.pem": key_pem})


def bought() -> Iterator[bytes]:
    leaf, middle, root, key_pem = authority()
    yield together(_pem(leaf), key_pem, _pem(middle) + _pem(root))
    yield together(packed({"a.crt": leaf, "b.crt": middle, "key.pem": key_pem}))


def chains() -> Iterator[bytes]:
    leaf, middle, root, _ = authority()
    yield together(b"a.test", root, leaf, middle)
    yield together(b"192.0.2.1", root, middle)


def handshakes() -> Iterator[bytes]:
    leaf, middle, *_ = authority()
    entries = b"".join(len(each).to_bytes(3, "big") + each + b"\0\0" for each in (leaf, middle))
    certificates = b"\0" + len(entries).to_bytes(3, "big") + entries
    yield b"\x0b" + len(certificates).to_bytes(3, "big") + certificates
    body = b"\x03\x03" + bytes(32) + b"\x00" + b"\x13\x01" + b"\x00" + b"\x00\x06\x00\x2b\x00\x02\x03\x04"
    message = b"\x02" + len(body).to_bytes(3, "big") + body
    yield b"\x16\x03\x03" + len(message).to_bytes(2, "big") + message
    yield b"HTTP/1.1 200 OK\r\nDate: Sun, 29 Nov 2026 10:00:00 GMT\r\nStrict-Transport-Security: max-age=1\r\n\r\nx"
    yield b"\x15\x03\x03\x00\x02\x02\x28"


def token_answers() -> Iterator[bytes]:
    given = b'{"token_type":"Bearer","access_token":"a.b-c","refresh_token":"r","expires_in":3599,'
    yield given + b'"scope":"https://mail.google.com/"}'
    yield b'{"error":"invalid_grant","error_subtype":"invalid_rapt","error_description":"AADSTS50173: \\ud800 no."}'
    yield b'{"status":"401","schemes":"bearer","scope":"https://mail.google.com/ \\ud800"}'
    yield b"eyJzdGF0dXMiOiI0MDEiLCJzY2hlbWVzIjoiYmVhcmVyIn0="


def autoconfigs() -> Iterator[bytes]:
    text = (
        "<?xml version='1.0'?><clientConfig version='1.1'><!-- here --><emailProvider id='makler-roth.test'>"
        "<incomingServer type='imap'><hostname>imap.%EMAILDOMAIN%</hostname><port>993</port>"
        "<socketType>SSL</socketType><username>%EMAILLOCALPART%</username><authentication>password-cleartext</authentication></incomingServer>"
        "<outgoingServer type='smtp'><hostname>müller.test</hostname><port>587</port>"
        "<socketType>STARTTLS</socketType></outgoingServer></emailProvider></clientConfig>"
    )
    yield from (text.encode(), text.encode("utf-16"))


def watched() -> Iterator[bytes]:
    yield b"220 mail.test ESMTP\r\n250-mail.test\r\n250-SIZE 1000\r\n250 STARTTLS\r\n220 go on\r\n"
    yield b"version: STSv1\r\nmode: enforce\r\nmx: a.test\r\nmx: *.b.test\r\nmax_age: 604800\r\n"
    hello = b"\x03\x03" + bytes(32) + b"\x00" + b"\xc0\x2b" + b"\x00" + b"\x00\x07\x00\x12\x00\x03\x00\x01x"
    leaf, *_ = authority()
    one = len(leaf).to_bytes(3, "big") + leaf
    told = ((2, hello), (11, len(one).to_bytes(3, "big") + one), (22, b"\x01\x00\x00\x01x"), (14, b""))
    messages = b"".join(bytes([kind]) + len(body).to_bytes(3, "big") + body for kind, body in told)
    yield b"\x16\x03\x03" + len(messages).to_bytes(2, "big") + messages


def issuers() -> Iterator[bytes]:
    _leaf, middle, root, _key = authority()
    yield from (middle, _pem(middle) + _pem(root))
    yield next(each for each in key_containers() if b"\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02" in each[:40])


def _kept(name: str) -> Iterator[bytes]:
    yield from (path.read_bytes() for path in sorted(FOLDER.glob(f"{name}*")))


def time_stamps() -> Iterator[bytes]:
    yield from _kept("time_stamp")


def proofs() -> Iterator[bytes]:
    yield from _kept("proof")


def notes() -> Iterator[bytes]:
    with zipfile.ZipFile(io.BytesIO(next(proofs()))) as archive:
        for name in archive.namelist():
            if (
                name in ("ledger/key.txt", "ledger/checkpoint.txt", "manifest.txt")
                or ".leaf." in name
                or ".open" in name
            ):
                yield archive.read(name)


def client_hellos() -> Iterator[bytes]:
    import ssl

    for protocols in (["h2", "http/1.1"], ["acme-tls/1"]):
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        context = ssl.create_default_context()
        context.set_alpn_protocols(protocols)
        client = context.wrap_bio(incoming, outgoing, server_hostname="office.test")
        try:
            client.do_handshake()
        except ssl.SSLWantReadError:
            yield outgoing.read()


def requests() -> Iterable[bytes]:
    return [
        b"GET / HTTP/1.1\r\nHost: office.test\r\nX-Forwarded-For: 203.0.113.9, 127.0.0.1\r\n"
        b"X-Forwarded-Proto: https\r\n\r\n",
        b'POST /s/a/ HTTP/1.1\r\nHost: [::1]:8443\r\nForwarded: for="[2001:db8::1]:1";proto=http\r\n'
        b"Content-Length: 3\r\n\r\na=b",
        b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n3\r\na=b\r\n0\r\n\r\n"
        b"GET /b HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
        b"GET /.well-known/acme-challenge/abc HTTP/1.0\r\nHost: office.test\r\n\r\n",
        b"GET /estates/?seite=2&nach=1.a.b HTTP/1.1\r\nHost: office.test\r\nCookie: __Host-session=a; x=b\r\n"
        b"Accept-Language: de-CH, en;q=0.5\r\nAccept: text/html;q=0.9, */*\r\nHX-Request: true\r\n"
        b"HX-Current-URL: https://office.test/a%20b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n",
    ]


def dialogues() -> Iterable[bytes]:
    return [
        b"LHLO mx.test\r\nMAIL FROM:<a@b.de> SIZE=100 BODY=8BITMIME SMTPUTF8\r\nRCPT TO:<c@office.test>\r\nDATA\r\n"
        b"Subject: a\r\n\r\n..b\r\n.\r\nQUIT\r\n",
        b"LHLO a\r\nNOOP\r\nVRFY a\r\nRSET\r\nHELP\r\nMAIL FROM:<>\r\nRCPT TO:<a@b.de>\r\nRCPT TO:<c@d.de>\r\n"
        b"DATA\r\n.\r\n",
    ]


def forms() -> Iterable[bytes]:
    return [
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x\r\nContent-Disposition: form-data; '
        b'name="f"; '
        b"filename=\"c.pdf\"; filename*=UTF-8''%C3%A4.pdf\r\nContent-Type: application/pdf\r\n\r\n%PDF-1.7\r\n"
        b"--x--\r\n",
        b'--x\r\nContent-Disposition: form-data; name="f"; filename="c"\r\n'
        b"Content-Transfer-Encoding: base64\r\n\r\nYWJj\r\n--x--\r\n",
    ]


def dns_answers() -> Iterator[bytes]:
    import dns.message
    import dns.rrset

    answers: tuple[tuple[str, ...], ...] = (
        ("A", "8.8.8.8", "127.0.0.1"),
        ("AAAA", "2001:db8::1"),
        ("CAA", '0 issue "letsencrypt.org; a=b"', '0 iodef "mailto:a@b.de"'),
        ("TXT", '"v=spf1 include:a.de ~all"', '"v=DMARC1; p=none; sp=reject"', '"v=DKIM1; k=rsa; p=AAAA"'),
        ("CNAME", "a.example.org."),
    )
    for kind, *records in answers:
        response = dns.message.make_response(
            dns.message.make_query("example.org", kind if kind != "CNAME" else "A", id=1)
        )
        response.answer.append(dns.rrset.from_text("example.org.", 60, "IN", kind, *records))
        yield response.to_wire()


def acme_answers() -> Iterator[bytes]:
    base = "https://ca.test/acme"
    yield json.dumps(
        {"newNonce": f"{base}/nonce", "newAccount": f"{base}/account", "newOrder": f"{base}/order"}
        | {"meta": {"profiles": {"classic": "x"}, "externalAccountRequired": False}}
    ).encode()
    names = {"identifiers": [{"type": "dns", "value": "a.test"}], "authorizations": [f"{base}/z/1"]}
    yield json.dumps({"status": "ready", "expires": "2026-12-01T10:00:00Z", "finalize": f"{base}/f", **names}).encode()
    challenge = {"type": "http-01", "url": f"{base}/c/1", "status": "pending", "token": "a" * 43}
    yield json.dumps(
        {"identifier": {"type": "dns", "value": "a.test"}, "status": "pending", "challenges": [challenge]}
    ).encode()
    problem = {"type": "urn:ietf:params:acme:error:caa", "detail": "no", "identifier": {"type": "dns", "value": "a"}}
    yield json.dumps({**problem, "subproblems": [problem], "status": 403}).encode()
    window = {"start": "2026-11-01T00:00:00Z", "end": "2026-11-03T00:00:00+01:00"}
    yield json.dumps({"suggestedWindow": window, "explanationURL": "https://ca.test"}).encode()


def settings_files() -> Iterable[bytes]:
    return [
        b'port = 443\npublic_url = "https://office.test"\ntrusted_proxies = ["10.0.0.0/8"]\n',
        b'[resolve]\n"a.test" = "127.0.0.1"\n',
    ]


def addresses() -> Iterable[bytes]:
    return [
        b"https://push.example.com/abc?d=e",
        "müller+x@straße.de".encode(),
        b"https://[2001:db8::1]:8443/",
        b"64:ff9b::7f00:1",
        "büro.example.de.".encode(),
        b"xn--mller-kva.de:443",
    ]


def words() -> Iterable[bytes]:
    return [
        b"3,57 % inkl. 19 % MwSt. vom Kaufpreis",
        "2,38 Monatskaltmieten zzgl. gesetzl. USt., provisionsfrei für Käufer".encode(),
        "5.950,00 € Courtage [AUFSICHTSBEHÖRDE] {a|b}".encode(),
    ]
