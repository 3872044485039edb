"""What the fake authority of the tests issues: its root, intermediates of one key, and certificates under them."""

import base64
import ipaddress
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

KEY_ID = x509.AuthorityKeyIdentifier
Issuer = tuple[x509.Name, ec.EllipticCurvePrivateKey]


def certificate_id(leaf: x509.Certificate) -> str:
    """RFC 9773 § 4.1, worked out here a second time, from the bytes of the certificate's DER."""
    key_id = leaf.extensions.get_extension_for_class(KEY_ID).value.key_identifier or b""
    serial = leaf.serial_number.to_bytes(20, "big").lstrip(b"\0")
    if serial[0] & 0x80:
        serial = b"\0" + serial
    return ".".join(base64.urlsafe_b64encode(each).decode().rstrip("=") for each in (key_id, serial))


def kind_of(name: str) -> str:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return "dns"
    return "ip"


def leaf_for(
    request: x509.CertificateSigningRequest, names: list[str], lifetime: timedelta, at: datetime, by: Issuer
) -> x509.Certificate:
    """For these names, whatever the request says, and for its key."""
    issuer, key = by
    begins = at.replace(microsecond=0) - timedelta(hours=1)
    general: list[x509.GeneralName] = [
        x509.IPAddress(ipaddress.ip_address(name)) if kind_of(name) == "ip" else x509.DNSName(name) for name in names
    ]
    return (
        x509.CertificateBuilder()
        .subject_name(name_of(names[0]))
        .issuer_name(issuer)
        .public_key(request.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + lifetime)
        .add_extension(x509.SubjectAlternativeName(general), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(KEY_ID.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def name_of(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def middle_of(
    public: ec.EllipticCurvePublicKey, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, at: datetime
) -> x509.Certificate:
    return (
        x509.CertificateBuilder()
        .subject_name(name_of("the fake's intermediate"))
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=1000))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(KEY_ID.from_issuer_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )


def root_of(key: ec.EllipticCurvePrivateKey, at: datetime) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "the fake's root")])
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=3650))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
