"""By what certificates and keys are told apart: the names of one (or IP addresses), the fingerprint of the other."""

from collections.abc import Sequence
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

from siegelpost.toolbox.damages import X509_DAMAGES


def key_fingerprint(key: PublicKeyTypes) -> str:
    """SHA-256 of the SubjectPublicKeyInfo, in hexadecimal: the same for a key, its request and its certificate."""
    digest = hashes.Hash(hashes.SHA256())
    digest.update(key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo))
    return digest.finalize().hex()


def names_of(leaf: x509.Certificate) -> tuple[str, ...]:
    """Host names (lower case) and addresses of the certificate; the common name counts nowhere any more."""
    try:
        names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except X509_DAMAGES:
        return ()
    found: Sequence[object] = [
        *names.get_values_for_type(x509.DNSName),
        *names.get_values_for_type(x509.IPAddress),
    ]
    return tuple(dict.fromkeys(str(name).lower().rstrip(".") for name in found))


def is_ip_address(name: str) -> bool:
    """Whether this is an IP address and no host name."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
