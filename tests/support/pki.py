"""A small certificate factory for tests: sound chains in one line, and every odd one on request.

    root = Authority.root()
    served = root.intermediate().issue("expose.test", days=90)
    served.chain_pem, served.key_pem, root.pem

A variation is a keyword of ``Shape``. Everything is written in DER by hand, because no library agrees to build
what a doctor has to be shown. Nothing here is fit for anything but tests.
"""

import base64
import ipaddress
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha1
from typing import Any, Self

from tests.support import der
from tests.support.pki_keys import (
    Key,
    fresh_key,
    fresh_numbers,
    key,
)

# Names, extensions and uses ---------------------------------------------------------------------------------

ATTRIBUTES = {"C": "2.5.4.6", "O": "2.5.4.10", "OU": "2.5.4.11", "CN": "2.5.4.3", "L": "2.5.4.7"}
EXTENSIONS = {
    "subject_key_id": "2.5.29.14",
    "key_usage": "2.5.29.15",
    "names": "2.5.29.17",
    "issuer_names": "2.5.29.18",
    "basic_constraints": "2.5.29.19",
    "name_constraints": "2.5.29.30",
    "crl_points": "2.5.29.31",
    "policies": "2.5.29.32",
    "policy_mappings": "2.5.29.33",
    "authority_key_id": "2.5.29.35",
    "policy_constraints": "2.5.29.36",
    "extended_key_usage": "2.5.29.37",
    "inhibit_any_policy": "2.5.29.54",
    "authority_info": "1.3.6.1.5.5.7.1.1",
    "tls_feature": "1.3.6.1.5.5.7.1.24",
    "sct_list": "1.3.6.1.4.1.11129.2.4.2",
    "ct_poison": "1.3.6.1.4.1.11129.2.4.3",
}
KEY_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)
USES = {
    "server": "1.3.6.1.5.5.7.3.1",
    "client": "1.3.6.1.5.5.7.3.2",
    "code": "1.3.6.1.5.5.7.3.3",
    "email": "1.3.6.1.5.5.7.3.4",
    "time_stamp": "1.3.6.1.5.5.7.3.8",
    "ocsp": "1.3.6.1.5.5.7.3.9",
    "any": "2.5.29.37.0",
    "netscape_step_up": "2.16.840.1.113730.4.1",
}
ANY_POLICY = "2.5.29.32.0"


@dataclass(frozen=True)
class Extension:
    """One X.509 extension, as it goes onto the wire. ``value`` is what stands inside the OCTET STRING."""

    oid: str
    value: bytes
    critical: bool = False

    def encode(self) -> bytes:
        flag = (der.boolean(True),) if self.critical else ()
        return der.sequence(der.oid(self.oid), *flag, der.octets(self.value))


def extension(name: str, value: bytes, *, critical: bool = False) -> Extension:
    return Extension(EXTENSIONS[name], value, critical)


def distinguished(*parts: tuple[str, str] | bytes, encode: Callable[[str], bytes] = der.utf8) -> bytes:
    """A Name of one attribute per RDN: ``distinguished(("O", "Office"), ("CN", "Root"))``."""
    return der.sequence(
        *(
            part if isinstance(part, bytes) else der.set_of(der.sequence(der.oid(ATTRIBUTES[part[0]]), encode(part[1])))
            for part in parts
        )
    )


def dns(text: str | bytes) -> bytes:
    return der.context(2, text if isinstance(text, bytes) else text.encode(), constructed=False)


def address(text: str) -> bytes:
    return der.context(7, ipaddress.ip_address(text).packed, constructed=False)


def email(text: str) -> bytes:
    return der.context(1, text.encode(), constructed=False)


def uri(text: str) -> bytes:
    return der.context(6, text.encode(), constructed=False)


def directory(name: bytes) -> bytes:
    return der.context(4, name)


def other_name(type_oid: str = "1.3.6.1.4.1.311.20.2.3", text: str = "x") -> bytes:
    return der.context(0, der.oid(type_oid), der.context(0, der.utf8(text)))


def network(text: str) -> bytes:
    net = ipaddress.ip_network(text)
    return der.context(7, net.network_address.packed + net.netmask.packed, constructed=False)


def general_name(name: str | bytes) -> bytes:
    """Addresses become iPAddress, other text dNSName, bytes stay what they are."""
    if isinstance(name, bytes):
        return name
    try:
        return address(name)
    except ValueError:
        return dns(name.encode("idna").decode() if not name.isascii() else name)


def general_names(*names: str | bytes) -> bytes:
    return der.sequence(*map(general_name, names))


def name_constraints(permitted: Sequence[bytes] = (), excluded: Sequence[bytes] = ()) -> bytes:
    """Subtrees are general names: ``dns("test")``, ``network("10.0.0.0/8")``, ``directory(...)``."""
    trees = [
        der.context(number, *(der.sequence(base) for base in bases))
        for number, bases in enumerate((permitted, excluded))
        if bases
    ]
    return der.sequence(*trees)


def basic_constraints(*, ca: bool, path_length: int | None = None) -> bytes:
    return der.sequence(
        *([der.boolean(True)] if ca else []), *([] if path_length is None else [der.integer(path_length)])
    )


def key_usage(*usages: str) -> bytes:
    return der.named_bits(*(KEY_USAGES.index(usage) for usage in usages))


def extended_key_usage(*uses: str) -> bytes:
    return der.sequence(*(der.oid(USES.get(use, use)) for use in uses))


def policies(*oids: str) -> bytes:
    return der.sequence(*(der.sequence(der.oid(dotted)) for dotted in oids))


def authority_info(*, issuer: str | None = None, ocsp: str | None = None) -> bytes:
    """Where the issuer's certificate (``issuer``) and the OCSP responder (``ocsp``) are to be found, as URLs."""
    methods = (("1.3.6.1.5.5.7.48.1", ocsp), ("1.3.6.1.5.5.7.48.2", issuer))
    return der.sequence(*(der.sequence(der.oid(method), uri(url)) for method, url in methods if url))


# Certificates -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shape:
    """What a certificate shall look like. The defaults are sound; each field is one way to be odd.

    ``extensions`` replaces an extension by name (None leaves it out), ``more_extensions`` adds any.
    Bytes in ``subject``, ``issuer``, ``not_before``, ``not_after``, ``serial`` and ``version`` go in as
    they are (whole TLVs, but for the serial, which is the INTEGER's content).
    """

    ca: bool = False
    key: Key | str = "p256"
    subject: str | bytes | None = None
    issuer: str | bytes | None = None
    names: Sequence[str | bytes] | None = None
    names_critical: bool = False
    days: float = 90
    not_before: datetime | bytes | None = None
    not_after: datetime | bytes | None = None
    serial: int | bytes | None = None
    version: int | bytes = 3
    digest: str = "sha256"
    pss: bool = False
    path_length: int | None = None
    usages: Sequence[str] | None = None
    uses: Sequence[str] | None = None
    extensions: Mapping[str, Extension | None] = field(default_factory=dict)
    more_extensions: Sequence[Extension] = ()
    extensions_raw: bytes | None = None
    spki: bytes | None = None
    inner_algorithm: bytes | None = None
    outer_algorithm: bytes | None = None
    signature: Callable[[bytes], bytes] | None = None
    tail: bytes = b""


@dataclass(frozen=True)
class Certificate:
    """One certificate, with its key and the certificates that a server sends after it."""

    der: bytes
    key: Key
    above: tuple[bytes, ...] = ()

    @property
    def pem(self) -> str:
        return to_pem(self.der)

    @property
    def key_pem(self) -> str:
        return self.key.pem

    @property
    def chain(self) -> tuple[bytes, ...]:
        """What a server sends: this certificate and its intermediates, without the root."""
        return (self.der, *self.above)

    @property
    def chain_pem(self) -> str:
        return "".join(map(to_pem, self.chain))

    def with_above(self, *above: bytes) -> Self:
        return replace(self, above=above)


@dataclass(frozen=True)
class Authority(Certificate):
    """A certificate that issues others."""

    name: bytes = b""
    is_root: bool = False

    @classmethod
    def root(cls, name: str | bytes = "Siegelpost Test Root", **shape: Any) -> Self:
        wanted = Shape(**{"ca": True, "days": 3650, "subject": name} | shape)
        own = _key_of(wanted)
        subject = _name(wanted.subject)
        der_bytes = build(wanted, own, issuer_name=subject, issuer_key=own)
        return cls(der_bytes, own, name=subject, is_root=True)

    def intermediate(self, name: str | bytes = "Siegelpost Test Intermediate", **shape: Any) -> Self:
        wanted = Shape(**{"ca": True, "days": 1825, "subject": name} | shape)
        own = _key_of(wanted)
        der_bytes = build(wanted, own, issuer_name=self.name, issuer_key=self.key)
        return type(self)(der_bytes, own, self._passed_on(), name=_name(wanted.subject))

    def issue(self, *names: str | bytes, **shape: Any) -> Certificate:
        """A certificate for the names; the first text among them is the common name too."""
        common = next((name for name in names if isinstance(name, str)), "test")
        wanted = Shape(**{"subject": common[:64], "names": names} | shape)
        own = _key_of(wanted)
        der_bytes = build(wanted, own, issuer_name=self.name, issuer_key=self.key)
        return Certificate(der_bytes, own, self._passed_on())

    def cross_sign(self, other: "Authority", **shape: Any) -> Self:
        """The other authority's name and key, certified by this one."""
        return self.intermediate(other.name, key=other.key, **shape)

    def _passed_on(self) -> tuple[bytes, ...]:
        return () if self.is_root else self.chain


def self_signed(*names: str | bytes, **shape: Any) -> Certificate:
    """A certificate that vouches for itself, as servers make at their first start."""
    common = next((name for name in names if isinstance(name, str)), "test")
    wanted = Shape(**{"subject": common, "names": names} | shape)
    own = _key_of(wanted)
    return Certificate(build(wanted, own, issuer_name=_name(wanted.subject), issuer_key=own), own)


def to_pem(certificate: bytes) -> str:
    text = base64.b64encode(certificate).decode()
    lines = [text[start : start + 64] for start in range(0, len(text), 64)]
    return "\n".join(("-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""))


def _key_of(shape: Shape) -> Key:
    if isinstance(shape.key, Key):
        return shape.key
    return fresh_key() if shape.key == "p256" else key(shape.key, 1 if shape.ca else 0)


def _name(given: str | bytes | None) -> bytes:
    if isinstance(given, bytes):
        return given
    return distinguished(*([("CN", given)] if given else []))


def _serial(given: int | bytes | None, seed: bytes) -> bytes:
    if given is None:
        # Browsers remember issuer and serial number together; no two certificates may share them by accident.
        seed += next(fresh_numbers).to_bytes(8, "big")
        given = int.from_bytes(sha1(seed, usedforsecurity=False).digest()[:15], "big") | 1
    return der.integer(given)


def now() -> datetime:
    """From when certificates are valid that name no day: a test may turn it."""
    return datetime.now(UTC)


def _validity(shape: Shape) -> bytes:
    start = shape.not_before
    if start is None:
        start = (now() - timedelta(hours=2)).replace(microsecond=0)
    end = shape.not_after
    if end is None:
        assert isinstance(start, datetime), "name not_after when not_before is given in bytes"
        end = start + timedelta(days=shape.days)
    moments = (start, end)
    return der.sequence(*(each if isinstance(each, bytes) else der.time(each) for each in moments))


def default_extensions(shape: Shape, own: Key, issuer_key: Key) -> dict[str, Extension]:
    usages = shape.usages
    if usages is None:
        usages = ("key_cert_sign", "crl_sign") if shape.ca else ("digital_signature",)
        if not shape.ca and own.kind.startswith("rsa"):
            usages = ("digital_signature", "key_encipherment")
    uses = shape.uses
    if uses is None and not shape.ca:
        uses = ("server",)
    found = {
        "basic_constraints": extension(
            "basic_constraints",
            basic_constraints(ca=shape.ca, path_length=shape.path_length),
            critical=True,
        ),
        "key_usage": extension("key_usage", key_usage(*usages), critical=True),
        "subject_key_id": extension("subject_key_id", der.octets(own.key_id)),
        "authority_key_id": extension(
            "authority_key_id", der.sequence(der.context(0, issuer_key.key_id, constructed=False))
        ),
    }
    if uses is not None:
        found["extended_key_usage"] = extension("extended_key_usage", extended_key_usage(*uses))
    if shape.names is not None:
        found["names"] = extension("names", general_names(*shape.names), critical=shape.names_critical)
    return found


def build(shape: Shape, own: Key, *, issuer_name: bytes, issuer_key: Key) -> bytes:
    """The certificate's DER, signed by ``issuer_key``."""
    wanted = default_extensions(shape, own, issuer_key) | dict(shape.extensions)
    encoded = [each.encode() for each in (*wanted.values(), *shape.more_extensions) if each]
    version = b"" if shape.version == 1 else shape.version
    if isinstance(version, int):
        version = der.context(0, der.integer(version - 1))
    trailer = shape.extensions_raw
    if trailer is None:
        has_extensions = encoded and shape.version not in (1, 2)
        trailer = der.context(3, der.sequence(*encoded)) if has_extensions else b""
    algorithm = issuer_key.sign(b"", shape.digest, pss=shape.pss)[0]
    tbs = der.sequence(
        version,
        _serial(shape.serial, own.spki + issuer_name),
        shape.inner_algorithm or algorithm,
        issuer_name if shape.issuer is None else _name(shape.issuer),
        _validity(shape),
        _name(shape.subject),
        shape.spki or own.spki,
        trailer,
    )
    signature = issuer_key.sign(tbs, shape.digest, pss=shape.pss)[1]
    if shape.signature:
        signature = shape.signature(signature)
    return der.sequence(tbs, shape.outer_algorithm or algorithm, der.bit_string(signature)) + shape.tail
