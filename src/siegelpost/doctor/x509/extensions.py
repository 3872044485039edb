"""A certificate's extensions, read as strictly as Chromium (and Apple) read them.

One that cannot be read so is no certificate to them. What Firefox forgives is read in ``firefox``.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from siegelpost.doctor import der
from siegelpost.doctor.der import DerError, Reader
from siegelpost.doctor.x509 import certificate as parts
from siegelpost.doctor.x509 import names
from siegelpost.doctor.x509.certificate import V1, V3, Certificate

KEY_CERT_SIGN = 5
DIGITAL_SIGNATURE = 0

Subtrees = tuple[tuple[int, bytes], ...]


@dataclass(frozen=True, slots=True)
class Constraints:
    """The name constraints extension (RFC 5280 §4.2.1.10)."""

    permitted: Subtrees
    excluded: Subtrees
    critical: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """What the extensions say; None stands for an extension that is not there."""

    certificate: Certificate
    subject: names.Normalized
    issuer: names.Normalized
    not_before: datetime
    not_after: datetime
    basic: tuple[bool, int | None] | None = None
    usage: bytes | None = None
    purposes: frozenset[bytes] | None = None
    alternative: tuple[tuple[int, bytes], ...] | None = None
    constraints: Constraints | None = None
    policies: tuple[bytes, ...] | None = None
    unknown_qualifiers: bool = False
    mappings: tuple[tuple[bytes, bytes], ...] = ()
    explicit_policy: int | None = None
    inhibit_mapping: int | None = None
    inhibit_any: int | None = None
    subject_key_id: bytes | None = None
    authority_key_id: bytes | None = None

    @property
    def is_self_issued(self) -> bool:
        return self.subject == self.issuer

    @property
    def is_authority(self) -> bool:
        return self.basic is not None and self.basic[0]

    def allows(self, bit: int) -> bool:
        """Whether key usages are absent or contain this one."""
        return self.usage is None or has_bit(self.usage, bit)


def has_bit(bits: bytes, number: int) -> bool:
    return number // 8 < len(bits) and bool(bits[number // 8] & (0x80 >> number % 8))


@lru_cache(maxsize=4096)
def read(certificate: Certificate) -> Reading:
    """Read the whole certificate. Raises DerError where Chromium would not take it."""
    check_form(certificate)
    _check_extensions(certificate)
    dates = certificate.dates
    if dates is None:
        raise DerError("dates")
    found = {each.oid: each for each in certificate.extensions or ()}
    values = {oid: extension.value for oid, extension in found.items()}
    policies, unknown_qualifiers = _policies(values.get(parts.CERTIFICATE_POLICIES))
    explicit, inhibit_mapping = _policy_constraints(values.get(parts.POLICY_CONSTRAINTS))
    if (access := values.get(parts.AUTHORITY_INFO_ACCESS)) is not None:
        authority_locations(access)
    return Reading(
        certificate=certificate,
        subject=names.normalized(certificate.subject),
        issuer=names.normalized(certificate.issuer),
        not_before=dates[0],
        not_after=dates[1],
        basic=_basic(values.get(parts.BASIC_CONSTRAINTS)),
        usage=_usage(values.get(parts.KEY_USAGE)),
        purposes=_purposes(values.get(parts.EXTENDED_KEY_USAGE)),
        alternative=_alternative(certificate, found.get(parts.SUBJECT_ALT_NAME)),
        constraints=_constraints(found.get(parts.NAME_CONSTRAINTS)),
        policies=policies,
        unknown_qualifiers=unknown_qualifiers,
        mappings=_mappings(values.get(parts.POLICY_MAPPINGS)),
        explicit_policy=explicit,
        inhibit_mapping=inhibit_mapping,
        inhibit_any=_small_number(values.get(parts.INHIBIT_ANY_POLICY)),
        subject_key_id=_subject_key_id(values.get(parts.SUBJECT_KEY_ID)),
        authority_key_id=_authority_key_id(values.get(parts.AUTHORITY_KEY_ID)),
    )


def check_form(certificate: Certificate) -> None:
    """Raises DerError when what stands around the extensions is not as RFC 5280 §4.1 writes it."""
    if certificate.version > V3 or (certificate.version_written and certificate.version == V1):
        raise DerError("version")
    if any(certificate.unique_ids) and certificate.version == V1:
        raise DerError("unique id in version 1")
    if certificate.extensions is not None and certificate.version != V3:
        raise DerError("extensions before version 3")
    der.bit_string(certificate.signature)


def _check_extensions(certificate: Certificate) -> None:
    if certificate.unread:
        raise DerError("extensions")
    if certificate.extensions is not None:
        if not certificate.extensions or certificate.has_duplicates:
            raise DerError("no extensions, or one twice")
        if not all(each.is_flag_sound for each in certificate.extensions):
            raise DerError("default value written, or one that is none")


def _basic(value: bytes | None) -> tuple[bool, int | None] | None:
    if value is None:
        return None
    reader = Reader(der.only(value, der.SEQUENCE))
    flag = reader.optional(der.BOOLEAN)
    length = reader.optional(der.INTEGER)
    reader.finish()
    authority = flag is not None and der.boolean(flag)
    return authority, None if length is None else _unsigned(length, most=0xFF)


def _unsigned(content: bytes, *, most: int) -> int:
    if not der.is_integer(content) or content[0] & 0x80:
        raise DerError("no number of this kind")
    number = int.from_bytes(content[:16], "big")
    if len(content) > 16 or number > most:
        raise DerError("number too large")
    return number


def _usage(value: bytes | None) -> bytes | None:
    if value is None:
        return None
    bits, _unused = der.bit_string(der.only(value, der.BIT_STRING))
    if not any(bits):
        raise DerError("key usage for nothing")
    return bits


def _purposes(value: bytes | None) -> frozenset[bytes] | None:
    if value is None:
        return None
    reader = Reader(der.only(value, der.SEQUENCE))
    found = set()
    while not reader.at_end():
        found.add(reader.value(der.OID))
    if not found:
        raise DerError("no purposes")
    return frozenset(found)


def _checked_name(kind: int, content: bytes, *, is_range: bool) -> bytes:
    if kind in (names.EMAIL, names.DNS, names.URI) and not content.isascii():
        raise DerError("name is not in ASCII")
    if kind == names.DIRECTORY:
        der.only(content, der.SEQUENCE)
    if kind == names.ADDRESS:
        if len(content) not in ((8, 32) if is_range else (4, 16)):
            raise DerError("address of an odd length")
        if is_range and not _is_mask(content[len(content) // 2 :]):
            raise DerError("mask with holes")
    return content


def _is_mask(mask: bytes) -> bool:
    return re.fullmatch("1*0*", "".join(f"{byte:08b}" for byte in mask)) is not None


def _alternative(certificate: Certificate, extension: parts.Extension | None) -> tuple[tuple[int, bytes], ...] | None:
    if extension is None:
        return None
    found = names.general_names(extension.value)
    if not found:
        raise DerError("no names")
    if certificate.subject == b"\x30\x00" and not extension.critical:
        raise DerError("neither subject nor critical names")
    return tuple((kind, _checked_name(kind, content, is_range=False)) for kind, content in found)


def _constraints(extension: parts.Extension | None) -> Constraints | None:
    if extension is None:
        return None
    reader = Reader(der.only(extension.value, der.SEQUENCE))
    trees = [reader.optional(0xA0), reader.optional(0xA1)]
    reader.finish()
    if trees == [None, None]:
        raise DerError("constraints on nothing")
    permitted, excluded = (() if tree is None else _subtrees(tree) for tree in trees)
    return Constraints(permitted, excluded, extension.critical)


def _subtrees(content: bytes) -> Subtrees:
    reader = Reader(content)
    found = []
    while not reader.at_end():
        subtree = Reader(reader.value(der.SEQUENCE))
        tag, base, _whole = subtree.element()
        subtree.finish()
        kind = names.general_name_kind(tag)
        found.append((kind, _checked_name(kind, base, is_range=True)))
    if not found:
        raise DerError("no subtrees")
    return tuple(found)


def authority_locations(value: bytes) -> list[tuple[bytes, str]]:
    """Method and URL of each entry of the authority information access extension. Raises DerError.

    What follows the list is not looked at (BoringSSL, pki/parse_certificate.cc).
    """
    reader = Reader(Reader(value).value(der.SEQUENCE))
    if reader.at_end():
        raise DerError("no access descriptions")
    found = []
    while not reader.at_end():
        entry = Reader(reader.value(der.SEQUENCE))
        method = entry.value(der.OID)
        tag, content, _whole = entry.element()
        entry.finish()
        if tag == 0:
            raise DerError("tag")
        if tag == 0x86:
            if not content.isascii():
                raise DerError("URL is not in ASCII")
            found.append((method, content.decode("ascii")))
    return found


ANY_POLICY = der.oid_bytes("2.5.29.32.0")
_CPS, _USER_NOTICE = der.oid_bytes("1.3.6.1.5.5.7.2.1"), der.oid_bytes("1.3.6.1.5.5.7.2.2")


def _policies(value: bytes | None) -> tuple[tuple[bytes, ...] | None, bool]:
    if value is None:
        return None, False
    reader = Reader(der.only(value, der.SEQUENCE))
    found: list[bytes] = []
    unknown = False
    while not reader.at_end():
        information = Reader(reader.value(der.SEQUENCE))
        found.append(information.value(der.OID))
        if not information.at_end() and _has_unknown_qualifier(information.value(der.SEQUENCE)):
            if found[-1] == ANY_POLICY:
                # RFC 5280 §4.2.1.4: with "any policy" only these two qualifiers are allowed.
                raise DerError("unknown qualifier of any policy")
            unknown = True
        information.finish()
    if not found or len(set(found)) != len(found):
        raise DerError("policies missing or twice")
    return tuple(found), unknown


def _has_unknown_qualifier(content: bytes) -> bool:
    reader = Reader(content)
    if reader.at_end():
        raise DerError("no qualifiers")
    unknown = False
    while not reader.at_end():
        qualifier = Reader(reader.value(der.SEQUENCE))
        unknown |= qualifier.value(der.OID) not in (_CPS, _USER_NOTICE)
        qualifier.element()
        qualifier.finish()
    return unknown


def _policy_constraints(value: bytes | None) -> tuple[int | None, int | None]:
    if value is None:
        return None, None
    reader = Reader(der.only(value, der.SEQUENCE))
    fields = [reader.optional(0x80), reader.optional(0x81)]
    reader.finish()
    if fields == [None, None]:
        raise DerError("policy constraints on nothing")
    explicit, mapping = (None if each is None else _unsigned(each, most=0xFF) for each in fields)
    return explicit, mapping


def _mappings(value: bytes | None) -> tuple[tuple[bytes, bytes], ...]:
    if value is None:
        return ()
    reader = Reader(der.only(value, der.SEQUENCE))
    if reader.at_end():
        raise DerError("no mappings")
    found = []
    while not reader.at_end():
        pair = Reader(reader.value(der.SEQUENCE))
        found.append((pair.value(der.OID), pair.value(der.OID)))
        pair.finish()
    return tuple(found)


def _small_number(value: bytes | None) -> int | None:
    return None if value is None else _unsigned(der.only(value, der.INTEGER), most=0xFF)


def _subject_key_id(value: bytes | None) -> bytes | None:
    return None if value is None else der.only(value, der.OCTET_STRING)


def _authority_key_id(value: bytes | None) -> bytes | None:
    if value is None:
        return None
    reader = Reader(der.only(value, der.SEQUENCE))
    key_id = reader.optional(0x80)
    issuer = reader.optional(0xA1)
    serial = reader.optional(0x82)
    reader.finish()
    if (issuer is None) != (serial is None):
        raise DerError("half an issuer")
    return key_id


CA_ISSUERS = der.oid_bytes("1.3.6.1.5.5.7.48.2")


def names_its_issuer(certificate: Certificate) -> bool:
    """Whether the certificate says where its issuer's is to be had: then there is one that the server could send."""
    access = certificate.extension(parts.AUTHORITY_INFO_ACCESS)
    if access is None:
        return False
    try:
        return any(method == CA_ISSUERS for method, _url in authority_locations(access))
    except DerError:
        return False


def is_authority(certificate: Certificate) -> bool:
    """Whether the certificate calls itself an authority's."""
    try:
        return read(certificate).is_authority
    except DerError:
        return False
