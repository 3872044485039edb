"""Handing a push message to a push service: encrypted for the device, signed by this office, to public addresses only.

RFC 8030 (the request), RFC 8291 with aes128gcm (the encryption, which the service cannot read), RFC 8292 (VAPID).
"""

import base64
import time
from functools import cache

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from siegelpost.mail.push.models import PushDevice
from siegelpost.settings import load
from siegelpost.toolbox import outgoing
from siegelpost.toolbox.base64url import base64url
from siegelpost.toolbox.outgoing import PUSH, DestinationRefusedError

LONGEST_ENDPOINT = 1000
TTL = 12 * 3600  # seconds for which the service keeps a message for a phone that is off
_TOKEN_LIFETIME = 12 * 3600
# The order of P-256's group: a private key is a number below it.
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


POINT, SECRET = 65, 16  # bytes of a subscription's keys (RFC 8291, section 3.1)


@cache
def key() -> ec.EllipticCurvePrivateKey:
    """This office's VAPID key, made of a secret of the installation, so that it is where all secrets are."""
    return ec.derive_private_key(int.from_bytes(load().secret("push"), "big") % (_ORDER - 1) + 1, ec.SECP256R1())


def public_key() -> str:
    """The key as browsers want it when they subscribe: an uncompressed point, base64url without padding."""
    point = key().public_key().public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
    return base64url(point)


def decoded(text: str) -> bytes:
    """Bytes of a key as browsers write it: base64url, with or without padding.

    Raises:
        ValueError: it is none.
    """
    return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True)


def check(endpoint: str) -> None:
    """Refuse what is no address of a push service; where it leads is looked at when it is used.

    Raises:
        siegelpost.toolbox.outgoing.DestinationRefusedError: not HTTPS, too long, with a user's name, or inside.
    """
    parts, host, port = outgoing.parse(endpoint, PUSH)
    usual = isinstance(host, str) and "." in host and port == outgoing.HTTPS_PORT
    if len(endpoint) > LONGEST_ENDPOINT or parts.fragment or not (usual or load().private_networks):
        raise DestinationRefusedError("no push service")


def send(device: PushDevice, message: bytes, *, contact: str) -> int:
    """Encrypt, sign and hand over one message; gives the service's status (201 when it was taken).

    Args:
        contact: whom the service may write to about these messages, as a mail address (RFC 8292, section 2.1).

    Raises:
        siegelpost.toolbox.outgoing.DestinationRefusedError: the name leads to an address that is not public.
        OSError: the service could not be reached, or does not speak TLS as it should.
    """
    # Here, because they bring a whole client for HTTP along, and most processes never send a message.
    from py_vapid import Vapid02
    from pywebpush import WebPusher

    check(device.endpoint)
    to = outgoing.destination(device.endpoint, PUSH, private=load().private_networks)
    subscription = {"endpoint": device.endpoint, "keys": {"p256dh": device.p256dh, "auth": device.auth}}
    body = WebPusher(subscription).encode(message, content_encoding="aes128gcm")["body"]
    claims = {
        "aud": f"https://{to.authority}",
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
    context = outgoing.client_context(tuple(load().trust_roots))
    return outgoing.exchange(to, PUSH, method="POST", headers=headers, body=body, context=context).status
