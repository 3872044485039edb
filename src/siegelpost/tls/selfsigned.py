"""The certificate of the first start: it encrypts, and every browser warns of it."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

import idna
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

# Apple refuses more than 825 days even for certificates a user trusts by hand; a year is replaced in time.
VALIDITY = timedelta(days=365)
# Visitors' clocks are wrong by some hours more often than one thinks.
_BACKDATED = timedelta(hours=12)
_MAX_COMMON_NAME = 64


def self_signed(names: Sequence[str], *, at: datetime | None = None) -> tuple[str, str]:
    """A new key (P-256) and a certificate that vouches for itself, as PEM: ``(key_pem, chain_pem)``.

    Args:
        names: host names (also with umlauts, also wildcards) and IP addresses, the most important one first.
        at: the moment of issue, aware; now by default.

    Raises:
        ValueError: no name was given, or one is no host name.
    """
    if not names:
        raise ValueError("a certificate needs at least one name")
    at = (at or datetime.now(UTC)).replace(microsecond=0)
    key = ec.generate_private_key(ec.SECP256R1())
    general_names = [_general_name(name) for name in dict.fromkeys(names)]
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, str(general_names[0].value)[:_MAX_COMMON_NAME]),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Siegelpost (self-signed)"),
        ]
    )
    usage = dict.fromkeys(
        (
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "key_cert_sign",
            "crl_sign",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - _BACKDATED)
        .not_valid_after(at + VALIDITY)
        .add_extension(x509.SubjectAlternativeName(general_names), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, **usage), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    key_pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return key_pem.decode(), certificate.public_bytes(serialization.Encoding.PEM).decode()


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        pass
    prefix, host = ("*.", name[2:]) if name.startswith("*.") else ("", name)
    try:
        ascii_name = idna.encode(host.rstrip("."), uts46=True).decode()
    except idna.IDNAError as error:
        raise ValueError(f"{name!r} is no host name: {error}") from None
    return x509.DNSName(prefix + ascii_name)
