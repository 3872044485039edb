"""TLS-ALPN-01 (RFC 8737, and RFC 8738 for addresses): a certificate per name, shown to ``acme-tls/1`` alone."""

import ipaddress
import re
import ssl
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from siegelpost.tls.front import ACME_TLS, server_context
from siegelpost.tls.naming import is_ip_address
from siegelpost.tls.store import Store
from siegelpost.toolbox.durable import replace_durably

# id-pe-acmeIdentifier (RFC 8737 § 6.1); its value is the digest as an OCTET STRING.
_ACME_IDENTIFIER = x509.ObjectIdentifier("1.3.6.1.5.5.7.1.31")
_OCTETS_OF_32 = b"\x04\x20"
_NAME = re.compile(r"[a-z0-9_.-]{1,253}\Z")
_VALIDITY = timedelta(days=7)


def challenge_contexts(store: Store) -> Callable[[str], ssl.SSLContext | None]:
    """For the name in a validation's ClientHello, a context with its challenge certificate, or None.

    Called on the event loop: it reads one small file, and only for a client that speaks ``acme-tls/1`` alone.
    """
    folder = _folder(store)
    built: dict[Path, tuple[int, ssl.SSLContext]] = {}

    def context(server_name: str) -> ssl.SSLContext | None:
        if not _NAME.match(server_name) or ".." in server_name or server_name.startswith("."):
            return None
        file = folder / f"{server_name}.pem"
        try:
            changed = file.stat().st_mtime_ns
            known = built.get(file)
            if known and known[0] == changed:
                return known[1]
            made = server_context()
            made.set_alpn_protocols([ACME_TLS.decode()])
            made.load_cert_chain(file)
        except (OSError, ValueError):  # gone, or being changed
            built.pop(file, None)
            return None
        built[file] = (changed, made)
        return made

    return context


def present(store: Store, name: str, authorization: str, at: datetime) -> None:
    """Show a challenge certificate for this name or address to validations from now on."""
    replace_durably(_file(store, name), _certificate(name, authorization, at))


def remove(store: Store, name: str) -> None:
    """Show it no more."""
    with suppress(OSError):
        _file(store, name).unlink(missing_ok=True)


def _folder(store: Store) -> Path:
    return store.folder / "challenges" / "tls-alpn-01"


def _file(store: Store, name: str) -> Path:
    return _folder(store) / f"{server_name_of(name)}.pem"


def server_name_of(name: str) -> str:
    """What a validation puts into its ClientHello: for an address its reverse name (RFC 8738 § 6)."""
    return ipaddress.ip_address(name).reverse_pointer if is_ip_address(name) else name


def _certificate(name: str, authorization: str, at: datetime) -> bytes:
    """Key and certificate in one PEM; the key is worth nothing to anybody, and lives for minutes."""
    key = ec.generate_private_key(ec.SECP256R1())
    general_name: x509.GeneralName = (
        x509.IPAddress(ipaddress.ip_address(name)) if is_ip_address(name) else x509.DNSName(name)
    )
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "ACME challenge")])
    digest = sha256(authorization.encode()).digest()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - _VALIDITY)
        .not_valid_after(at + _VALIDITY)
        .add_extension(x509.SubjectAlternativeName([general_name]), critical=False)
        .add_extension(x509.UnrecognizedExtension(_ACME_IDENTIFIER, _OCTETS_OF_32 + digest), critical=True)
        .sign(key, hashes.SHA256())
    )
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + certificate.public_bytes(serialization.Encoding.PEM)
