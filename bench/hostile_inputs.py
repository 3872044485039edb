"""Hostile inputs of every sort, made here: none of them is large, and each would be dear to who reads it trustingly."""

import io
import struct
import zipfile
import zlib
from datetime import UTC, datetime, timedelta
from functools import cache

from asn1crypto import pkcs12 as asn1_pkcs12
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from PIL import Image

_DAY = timedelta(days=1)


@cache
def cards() -> list[bytes]:
    """VCards: empty lines without end, beginnings without an end, a property of one line."""
    return [
        b"BEGIN:VCARD\n" + b"\n" * 200_000,
        b"BEGIN:VCARD" * 20_000,
        b"BEGIN:VCARD\nN:" + b";" * 500_000 + b"\nEND:VCARD\n",
    ]


@cache
def tables() -> list[bytes]:
    """Tables of an address book: a quote without an end, columns without end, what no encoding has."""
    return [
        b'Name,E-Mail\n"' + b"a,\n" * 200_000,
        b";".join([b"Name"] * 100_000) + b"\n" + b";" * 400_000,
        b"Name;Telefon\n" + b"\xff\xfe\0;" * 100_000,
    ]


@cache
def key_files() -> list[bytes]:
    """A PKCS #12 that says how often its password is to be hashed, and one that is none."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = serialization.PrivateFormat.PKCS12.encryption_builder().kdf_rounds(1)
    encryption = builder.hmac_hash(SHA256()).build(b"x")
    bomb = asn1_pkcs12.Pfx.load(pkcs12.serialize_key_and_certificates(None, key, None, None, encryption))
    bomb["mac_data"]["iterations"] = 40_000_000
    return [bytes(bomb.dump(force=True)), b"\x30\x84\x7f\xff\xff\xff" + bytes(1000)]


@cache
def chain(authorities: int = 8) -> bytes:
    """A certificate with its key under authorities of one name that have all certified each other."""
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(authorities)]
    own = ec.generate_private_key(ec.SECP256R1())
    made = [_certificate("CA", key, signer) for key in keys for signer in keys]
    leaf = _certificate("localhost", own, keys[0])
    pem = serialization.Encoding.PEM
    form = (pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return own.private_bytes(*form) + b"".join(each.public_bytes(pem) for each in (leaf, *made))


def _certificate(name: str, key: ec.EllipticCurvePrivateKey, signer: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    subject, issuer = (x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, each)]) for each in (name, "CA"))
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder(issuer, subject, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - _DAY).not_valid_after(now + 90 * _DAY)
    builder = builder.add_extension(x509.BasicConstraints(ca=name == "CA", path_length=None), critical=True)
    return builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False).sign(
        signer, SHA256()
    )


@cache
def pictures() -> list[bytes]:
    """Of a few kilobytes each: forty million pixels, billions that are only claimed, tables that lead to themselves."""
    tiff = io.BytesIO()
    Image.new("L", (8_000, 5_000)).save(tiff, "TIFF", compression="tiff_adobe_deflate")
    box = b"".join(struct.pack(">I4s", 8 * (5_000 - depth), b"meta") for depth in range(5_000))
    return [
        _png(8_000, 5_000, whole=True),
        _png(60_000, 60_000, whole=False),
        tiff.getvalue(),
        b"II*\0\x08\0\0\0" + struct.pack("<HHHIII", 1, 0x014A, 4, 1, 8, 8) * 2_000,
        struct.pack(">I4s4sI4s4s", 24, b"ftyp", b"heic", 0, b"mif1", b"heic") + box,
    ]


def _png(width: int, height: int, *, whole: bool) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    packed = zlib.compressobj(9)
    row = bytes(1 + width * 3)
    data = b"".join(packed.compress(row) for _ in range(height if whole else 1)) + packed.flush()
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


@cache
def papers() -> list[bytes]:
    """PDFs: brackets within brackets, and a table of contents that leads nowhere."""
    deep = b"%PDF-1.7\n1 0 obj\n" + b"[" * 200_000 + b"]" * 200_000 + b"\nendobj\n%%EOF"
    return [deep, b"%PDF-1.4\n" + b"xref\n0 99999999\n" * 20_000 + b"trailer<</Prev 9>>\nstartxref\n9\n%%EOF"]


@cache
def archives() -> list[bytes]:
    """ZIPs: much out of little, and very many entries."""
    found = []
    for names, data in (([f"{number}.xml" for number in range(4)], bytes(50_000_000)), (map(str, range(20_000)), b"")):
        file = io.BytesIO()
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in names:
                archive.writestr(name, data)
        found.append(file.getvalue())
    return found


@cache
def transfers() -> list[bytes]:
    """OpenImmo: elements within elements, many attributes, entities."""
    head = b'<?xml version="1.0"?><openimmo><anbieter><immobilie>'
    return [
        head + b"<a>" * 300_000,
        head + b"<freitexte><objekttitel " + b" ".join(b'a%d="x"' % number for number in range(50_000)) + b"/>",
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "' + b"x" * 1000 + b'">]><openimmo>' + b"&b;" * 50_000,
    ]


@cache
def mails() -> list[bytes]:
    """Reports with empty lines without end, quotes, parts within parts, brackets in a sender's name."""
    head = b"From: mailer-daemon@x.test\r\nSubject: could not be delivered\r\n"
    deep = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (each, each) for each in range(500)
    )
    return [
        head + b"\r\ncould not be delivered\r\n" + b"\r\n" * 160_000,
        head + b"\r\n" + b"> \r\n" * 100_000,
        head + deep,
        b"From: " + b"(" * 3_000 + b"\r\n\r\nJa\r\n",
        head + b"References: " + b"<a@b> " * 50_000 + b"\r\n\r\nx\r\n",
    ]


@cache
def requests() -> list[bytes]:
    """What is no request, or one that two servers could read in two ways."""
    lines = [
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
        b"GET /health/live\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        b"GET /" + b"x" * 40_000,
        b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"a: b\r\n" * 500 + b"\r\n",
        bytes(2_000),
        b"\x16\x03\x01" * 500,
    ]
    return [*lines, b"GET /s/x/ HTTP/1.1\r\nHost: localhost\r\n\r\n" * 300]


def addresses() -> list[str]:
    """Where links lead that are given to one person each, with a place for what nobody was given."""
    return [
        *("/s/%s/", "/sign-in/%s/", "/handover/%s/", "/calendar/%s.ics", "/einwilligung/%s/", "/widerruf/%s/"),
        "/s/" + "%%2e%%2e/" * 300 + "%s/",
    ]


def commands() -> list[bytes]:
    """What no client of FTP says."""
    return [b"USER " + b"a" * 100_000, b"\0\xff\r\n" * 5_000, b"AUTH TLS\r\n" + bytes(5_000), b"PASV\r\n" * 1_000]


def greetings() -> list[bytes]:
    """What no client of SFTP begins with."""
    return [b"SSH-2.0-x\r\n" + b"\xff" * 40_000, b"x\r\n" * 20_000, b"SSH-2.0-" + b"x" * 50_000]


def rubbish() -> list[bytes]:
    """What stands where a handshake should begin."""
    hello = b"\x16\x03\x01\xff\xff\x01\xff\xff\xff\x03\x03"
    return [
        bytes(60_000),
        hello + bytes(60_000),
        (hello[:5].replace(b"\xff\xff", b"\0\x01") + b"\x01") * 3_000,
        b"\r\n\r\n\0\r\nQUIT\n\x21\x11\xff\xff" + b"\xff" * 2_000,
        b"PROXY TCP4 " + b"1" * 20_000,
        b"\x80\x2e\x01\x00\x02" * 2_000,
        b"\x15\x03\x03\0\x02\x02\x28" * 2_000,
    ]


def form() -> dict[str, str]:
    """A withdrawal of somebody whom nobody knows, with signs that are not seen."""
    name = "\N{RIGHT-TO-LEFT OVERRIDE}Vera\N{ZERO WIDTH SPACE} Viagra http://evil.example/"
    return {"name": name, "email": "bomb+%s@victim.example", "contract": "x " * 140}
