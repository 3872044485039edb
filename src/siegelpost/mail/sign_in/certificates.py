"""The app's own key: made here, its certificate uploaded at the provider, and by it each request signed (RFC 7523)."""

import json
import uuid
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509.oid import NameOID
from django.db import transaction

from siegelpost.mail.sign_in.models import SignInKey
from siegelpost.settings import FIELDS, load
from siegelpost.toolbox.base64url import base64url

LIFETIME = timedelta(days=730)
# Microsoft asks for 5 to 10 minutes; a clock that is a little fast must not matter.
_VALID, _EARLIER = timedelta(minutes=8), timedelta(minutes=2)


@transaction.atomic
def make_key(now: datetime, *, active: bool) -> SignInKey:
    """A new key with its certificate; an older one of the same standing is gone."""
    key = _private_key()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Siegelpost {load().public_host}"[:64])])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    signed = builder.not_valid_before(now - timedelta(days=1)).not_valid_after(now + LIFETIME)
    certificate = signed.sign(key, hashes.SHA256())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    SignInKey.objects.filter(active=active).delete()
    return SignInKey.objects.create(
        sealed_private=FIELDS.seal_text(private.decode()),
        certificate=certificate.public_bytes(serialization.Encoding.PEM).decode(),
        ends_at=certificate.not_valid_after_utc,
        active=active,
    )


def _private_key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=3072)


@transaction.atomic
def use(key: SignInKey) -> None:
    """The provider knows this one: from now on it is the one that is used."""
    SignInKey.objects.filter(active=True).delete()
    SignInKey.objects.filter(pk=key.pk).update(active=True)


def fingerprint(key: SignInKey, algorithm: hashes.HashAlgorithm) -> str:
    """Of its certificate, as the providers' pages show it."""
    return x509.load_pem_x509_certificate(key.certificate.encode()).fingerprint(algorithm).hex().upper()


def assertion(key: SignInKey, client_id: str, audience: str, now: datetime) -> str:
    """A JSON Web Token that says who asks: PS256, with the certificate's SHA-256 in its header (RFC 7515, 4.1.8).

    Raises:
        siegelpost.toolbox.sealing.UnsealableError: the key was sealed by another one.
    """
    private = serialization.load_pem_private_key(FIELDS.unseal_text(key.sealed_private).encode(), None)
    assert isinstance(private, rsa.RSAPrivateKey)  # noqa: S101 - made above
    thumbprint = x509.load_pem_x509_certificate(key.certificate.encode()).fingerprint(hashes.SHA256())
    begins = now - _EARLIER
    claims = {
        "aud": audience,
        "iss": client_id,
        "sub": client_id,
        "jti": str(uuid.uuid4()),
        "iat": int(begins.timestamp()),
        "nbf": int(begins.timestamp()),
        "exp": int((now + _VALID).timestamp()),
    }
    head = {"alg": "PS256", "typ": "JWT", "x5t#S256": base64url(thumbprint)}
    text = ".".join(base64url(json.dumps(each).encode()) for each in (head, claims))
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
    return f"{text}.{base64url(private.sign(text.encode(), pss, hashes.SHA256()))}"
