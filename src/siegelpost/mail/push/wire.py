"""Handing a push message to a push service: encrypted for the device, signed by this office, to public addresses only.

RFC 8030 (the request), RFC 8291 with aes128gcm (the encryption, which the service cannot read), RFC 8292 (VAPID).
"""

import base64
import http.client
import ipaddress
import socket
import ssl
import time
from functools import cache
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from siegelpost.mail.push.models import PushDevice
from siegelpost.settings import load

LONGEST_ENDPOINT = 1000
TIMEOUT = 15.0  # seconds
TTL = 12 * 3600  # seconds for which the service keeps a message for a phone that is off
_TOKEN_LIFETIME = 12 * 3600
# The order of P-256's group: a private key is a number below it.
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


POINT, SECRET = 65, 16  # bytes of a subscription's keys (RFC 8291, section 3.1)


class EndpointRefusedError(Exception):
    """The address is not one of a push service on the public internet."""


@cache
def key() -> ec.EllipticCurvePrivateKey:
    """This office's VAPID key, made of a secret of the installation, so that it is where all secrets are."""
    return ec.derive_private_key(int.from_bytes(load().secret("push"), "big") % (_ORDER - 1) + 1, ec.SECP256R1())


def public_key() -> str:
    """The key as browsers want it when they subscribe: an uncompressed point, base64url without padding."""
    point = key().public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    return base64.urlsafe_b64encode(point).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """Bytes of a key as browsers write it: base64url, with or without padding.

    Raises:
        ValueError: it is none.
    """
    return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True)


def check(endpoint: str) -> None:
    """Refuse what is no address of a push service; where it leads is looked at when it is used.

    Raises:
        EndpointRefusedError: not HTTPS, too long, with a user's name, or a bare address.
    """
    try:
        parts = urlsplit(endpoint)
        port = parts.port
    except ValueError as error:
        raise EndpointRefusedError(str(error)) from error
    plain = endpoint.isascii() and endpoint.isprintable() and " " not in endpoint and len(endpoint) <= LONGEST_ENDPOINT
    if not plain or parts.scheme != "https" or not parts.hostname or "@" in parts.netloc or parts.fragment:
        raise EndpointRefusedError(endpoint[:80])
    if not load().push_allow_private and (port not in (None, 443) or _is_no_host_name(parts.hostname)):
        raise EndpointRefusedError(endpoint[:80])


def send(device: PushDevice, message: bytes, *, contact: str) -> int:
    """Encrypt, sign and hand over one message; gives the service's status (201 when it was taken).

    Args:
        contact: whom the service may write to about these messages, as a mail address (RFC 8292, section 2.1).

    Raises:
        EndpointRefusedError: the name leads to an address that is not public.
        OSError: the service could not be reached, or does not speak TLS as it should.
    """
    # Here, because they bring a whole client for HTTP along, and most processes never send a message.
    from py_vapid import Vapid02
    from pywebpush import WebPusher

    check(device.endpoint)
    parts = urlsplit(device.endpoint)
    subscription = {"endpoint": device.endpoint, "keys": {"p256dh": device.p256dh, "auth": device.auth}}
    body = WebPusher(subscription).encode(message, content_encoding="aes128gcm")["body"]
    claims = {
        "aud": f"https://{parts.netloc}",
        "sub": f"mailto:{contact}",
        "exp": int(time.time()) + _TOKEN_LIFETIME,
    }
    headers = {
        **Vapid02(private_key=key()).sign(claims),
        "TTL": str(TTL),
        "Urgency": "normal",
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
    }
    target = f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    return _post(str(parts.hostname), parts.port or 443, target, headers, body)


def _post(host: str, port: int, target: str, headers: dict[str, str], body: bytes) -> int:
    """To the very address that was looked at; a redirect is not followed."""
    with (
        socket.create_connection((_public_address(host, port), port), timeout=TIMEOUT) as plain,
        _context().wrap_socket(plain, server_hostname=host) as secured,
    ):
        connection = http.client.HTTPSConnection(host, port)
        connection.sock = secured
        try:
            connection.request("POST", target, body=body, headers=headers)
            return connection.getresponse().status
        except http.client.HTTPException as error:
            raise OSError(str(error)) from error


def _public_address(host: str, port: int) -> str:
    for *_, (address, *_rest) in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
        found = str(address)
        if load().push_allow_private or _is_public(found):
            return found
    raise EndpointRefusedError(host)


def _is_public(address: str) -> bool:
    parsed = ipaddress.ip_address(address)
    mapped = getattr(parsed, "ipv4_mapped", None)
    return (mapped or parsed).is_global and not parsed.is_multicast


def _is_no_host_name(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." not in host
    return True


@cache
def _context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    for root in load().trust_roots:
        context.load_verify_locations(root)
    return context
