"""TLS contexts for the front, and who chooses among them."""

import ssl
from typing import Protocol

# Mozilla "intermediate" 5.7 (TLS 1.2 part) without finite-field DHE: every browser since 2014 has ECDHE.
CIPHERS = ":".join(
    (
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-RSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES256-GCM-SHA384",
        "ECDHE-ECDSA-CHACHA20-POLY1305",
        "ECDHE-RSA-CHACHA20-POLY1305",
    )
)
ACME_TLS = b"acme-tls/1"


class ContextSource(Protocol):
    """Chooses the context of one connection, when its ClientHello is known and before TLS starts."""

    def choose(self, server_name: str | None, protocols: tuple[bytes, ...], address: str) -> ssl.SSLContext | None:
        """The context for this connection, or None to end it with an alert (unrecognized_name).

        Args:
            server_name: host name the client asked for; None when it sent none, as it does for an IP address.
            protocols: what it offers by ALPN; ``ACME_TLS`` alone is an authority's validation (RFC 8737 § 3).
            address: the address of this machine that it connected to.

        Called for every connection on the event loop: it must not block, and never change a context that it
        gave out before (OpenSSL serves a mixture of the old and the new certificate then).
        """
        ...


def server_context() -> ssl.SSLContext:
    """A context with this server's rules and no certificate yet: TLS 1.2 and 1.3, HTTP/1.1."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(CIPHERS)
    context.options |= ssl.OP_NO_RENEGOTIATION | ssl.OP_NO_COMPRESSION
    # Many clients end a connection without close_notify; HTTP itself says where a request ends.
    context.options |= ssl.OP_IGNORE_UNEXPECTED_EOF
    # Phones without AES hardware prefer ChaCha20; all suites are good, so the client's order holds.
    context.options &= ~ssl.OP_CIPHER_SERVER_PREFERENCE
    # No tickets in TLS 1.3: each worker process has keys of its own, so that resuming would mostly fail, and it saves
    # no round trip there. In TLS 1.2 it does.
    context.num_tickets = 0
    context.set_alpn_protocols(["http/1.1"])
    return context
