"""One certificate, cut into its parts (RFC 5280 §4.1) without judging them.

What a part means, and what is wrong with it, differs from browser to browser and is asked in ``chromium``,
``firefox`` and ``safari``.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property, lru_cache
from hashlib import sha256

from siegelpost.doctor import der
from siegelpost.doctor.der import DerError, Reader, oid_bytes

BASIC_CONSTRAINTS = oid_bytes("2.5.29.19")
KEY_USAGE = oid_bytes("2.5.29.15")
EXTENDED_KEY_USAGE = oid_bytes("2.5.29.37")
SUBJECT_ALT_NAME = oid_bytes("2.5.29.17")
NAME_CONSTRAINTS = oid_bytes("2.5.29.30")
AUTHORITY_INFO_ACCESS = oid_bytes("1.3.6.1.5.5.7.1.1")
CERTIFICATE_POLICIES = oid_bytes("2.5.29.32")
POLICY_MAPPINGS = oid_bytes("2.5.29.33")
POLICY_CONSTRAINTS = oid_bytes("2.5.29.36")
INHIBIT_ANY_POLICY = oid_bytes("2.5.29.54")
SUBJECT_KEY_ID = oid_bytes("2.5.29.14")
AUTHORITY_KEY_ID = oid_bytes("2.5.29.35")
TLS_FEATURE = oid_bytes("1.3.6.1.5.5.7.1.24")
SCT_LIST = oid_bytes("1.3.6.1.4.1.11129.2.4.2")
QC_STATEMENTS = oid_bytes("1.3.6.1.5.5.7.1.3")
OCSP_NO_CHECK = oid_bytes("1.3.6.1.5.5.7.48.1.5")
NETSCAPE_TYPE = oid_bytes("2.16.840.1.113730.1.1")
MICROSOFT_POLICIES = oid_bytes("1.3.6.1.4.1.311.21.10")

COMMON_NAME = oid_bytes("2.5.4.3")
ORGANISATION = oid_bytes("2.5.4.10")
EMAIL_ADDRESS = oid_bytes("1.2.840.113549.1.9.1")

# A fourth version was never written, yet Firefox knows its number.
V1, V2, V3, V4 = range(4)

TRUE, FALSE = b"\xff", b"\x00"

# Larger ones are refused unread: no browser reads as much in one handshake.
LARGEST = 1 << 17


@dataclass(frozen=True, slots=True)
class Extension:
    """``flag`` is what stands where it says whether it is critical; None when nothing does."""

    oid: bytes
    value: bytes
    flag: bytes | None = None

    @property
    def critical(self) -> bool:
        return self.flag is not None and self.flag != FALSE

    @property
    def is_flag_sound(self) -> bool:
        """Whether the flag is as DER writes it: the default, which is "no", is never written."""
        return self.flag in (None, TRUE)


@dataclass(frozen=True)
class Certificate:
    """The parts of one certificate. ``whole`` is its DER; two certificates are equal when that is.

    ``unread`` says that there are extensions which cannot be told apart.
    """

    whole: bytes
    tbs: bytes = field(repr=False, compare=False)
    version: int = field(compare=False)
    version_written: bool = field(compare=False)
    serial: bytes = field(repr=False, compare=False)
    inner_algorithm: bytes = field(repr=False, compare=False)
    outer_algorithm: bytes = field(repr=False, compare=False)
    issuer: bytes = field(repr=False, compare=False)
    validity: bytes = field(repr=False, compare=False)
    subject: bytes = field(repr=False, compare=False)
    key_info: bytes = field(repr=False, compare=False)
    unique_ids: tuple[bytes | None, bytes | None] = field(repr=False, compare=False)
    extensions: tuple[Extension, ...] | None = field(repr=False, compare=False)
    signature: bytes = field(repr=False, compare=False)
    unread: bool = field(default=False, repr=False, compare=False)

    @cached_property
    def fingerprint(self) -> bytes:
        """SHA-256 of the certificate."""
        return sha256(self.whole).digest()

    @cached_property
    def by_oid(self) -> dict[bytes, Extension]:
        """The extensions; of several with one OID, the first."""
        return {each.oid: each for each in reversed(self.extensions or ())}

    @cached_property
    def has_duplicates(self) -> bool:
        return len(self.by_oid) != len(self.extensions or ())

    @cached_property
    def subject_text(self) -> str:
        return name_text(self.subject)

    @cached_property
    def issuer_text(self) -> str:
        return name_text(self.issuer)

    @cached_property
    def dates(self) -> tuple[datetime, datetime] | None:
        """First and last moment of validity, or None when they are no dates that a calendar knows."""
        try:
            reader = Reader(der.only(self.validity, der.SEQUENCE))
            moments = [moment(*reader.element()[:2]) for _ in range(2)]
            reader.finish()
        except ValueError:
            return None
        return moments[0], moments[1]

    def extension(self, oid: bytes) -> bytes | None:
        found = self.by_oid.get(oid)
        return None if found is None else found.value


@lru_cache(maxsize=4096)
def cut(whole: bytes) -> Certificate:
    """Cut a certificate's DER into its parts, or all but the extensions (``unread``).

    Raises DerError when it is no certificate. A few sins that only some browsers forgive (a version written
    though it is 1, an empty list of extensions, a flag that is neither yes nor no) are kept for them to judge.
    """
    if len(whole) > LARGEST:
        raise DerError("certificate too large")
    outer = Reader(der.only(whole, der.SEQUENCE))
    tbs = outer.whole(der.SEQUENCE)
    outer_algorithm = outer.whole(der.SEQUENCE)
    signature = outer.value(der.BIT_STRING)
    outer.finish()
    reader = Reader(der.only(tbs, der.SEQUENCE))
    version_field = reader.optional(0xA0)
    version = V1
    if version_field is not None:
        digits = der.only(version_field, der.INTEGER)
        if len(digits) != 1 or digits[0] > V4:
            raise DerError("unknown version")
        version = digits[0]
    serial = reader.value(der.INTEGER)
    inner_algorithm = reader.whole(der.SEQUENCE)
    issuer = reader.whole(der.SEQUENCE)
    validity = reader.whole(der.SEQUENCE)
    subject = reader.whole(der.SEQUENCE)
    key_info = reader.whole(der.SEQUENCE)
    unique_ids = (reader.optional(0x81), reader.optional(0x82))
    extensions_field = reader.optional(0xA3)
    reader.finish()
    extensions, unread = _extensions(extensions_field)
    return Certificate(
        whole=whole,
        tbs=tbs,
        version=version,
        version_written=version_field is not None,
        serial=serial,
        inner_algorithm=inner_algorithm,
        outer_algorithm=outer_algorithm,
        issuer=issuer,
        validity=validity,
        subject=subject,
        key_info=key_info,
        unique_ids=unique_ids,
        extensions=extensions,
        signature=signature,
        unread=unread,
    )


def parse(whole: bytes) -> Certificate:
    """The whole certificate. Raises DerError when it is none, or when its extensions cannot be told apart."""
    certificate = cut(whole)
    if certificate.unread:
        raise DerError("extensions")
    return certificate


def _extensions(field: bytes | None) -> tuple[tuple[Extension, ...] | None, bool]:
    """The extensions, and whether they cannot be told apart. Raises DerError when there is no list of them."""
    if field is None:
        return None, False
    reader = Reader(der.only(field, der.SEQUENCE))
    found = []
    try:
        while not reader.at_end():
            one = Reader(reader.value(der.SEQUENCE))
            oid = one.value(der.OID)
            flag = one.optional(der.BOOLEAN)
            value = one.value(der.OCTET_STRING)
            one.finish()
            found.append(Extension(oid, value, flag))
    except DerError:
        return None, True
    return tuple(found), False


def moment(tag: int, content: bytes) -> datetime:
    """A Time as RFC 5280 §4.1.2.5 writes it: to the second, in UTC, ending in Z.

    Raises ValueError for anything else.
    """
    digits = {der.UTC_TIME: 12, der.GENERALIZED_TIME: 14}.get(tag)
    if digits is None or len(content) != digits + 1 or content[-1:] != b"Z" or not content[:-1].isdigit():
        raise DerError("no time")
    text = content[:-1].decode("ascii")
    if tag == der.UTC_TIME:
        text = ("19" if int(text[:2]) >= 50 else "20") + text
    parts = [int(text[:4]), *(int(text[at : at + 2]) for at in range(4, 14, 2))]
    # The calendar here begins with the year 1; what began before it began long ago.
    parts[0] = max(1, parts[0])
    # One leap second is let pass by some browsers; the calendar here has none.
    leap = parts[5] == 60
    parts[5] -= leap
    year, month, day, hour, minute, second = parts
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


def attributes(name: bytes) -> list[list[tuple[bytes, int, bytes]]]:
    """The RDNs of a Name, each as (type, tag of the value, value). Raises DerError."""
    rdns = Reader(der.only(name, der.SEQUENCE))
    found = []
    while not rdns.at_end():
        rdn = Reader(rdns.value(der.SET))
        pairs = []
        while not rdn.at_end():
            pair = Reader(rdn.value(der.SEQUENCE))
            kind = pair.value(der.OID)
            tag, content, _whole = pair.element()
            pair.finish()
            pairs.append((kind, tag, content))
        found.append(pairs)
    return found


_ENCODINGS = {
    der.UTF8_STRING: "utf-8",
    der.PRINTABLE_STRING: "ascii",
    der.IA5_STRING: "ascii",
    der.TELETEX_STRING: "latin-1",
    der.BMP_STRING: "utf-16-be",
    der.UNIVERSAL_STRING: "utf-32-be",
}


def name_text(name: bytes) -> str:
    """The common name, or the organisation, or what else there is: for people, bounded, printable."""
    try:
        pairs = [pair for rdn in attributes(name) for pair in rdn]
    except DerError:
        return "?"
    for wanted in (COMMON_NAME, ORGANISATION, None):
        for kind, tag, content in reversed(pairs):
            if wanted in (kind, None):
                text = content[:200].decode(_ENCODINGS.get(tag, "latin-1"), "replace")
                return "".join(each if each.isprintable() else "�" for each in text)[:80]
    return ""
